/** Generates the fops for the AssemblyScript package: their table, arguments, replies, and calls of a translator's methods. */
import { hooks } from '../../bridges/host/guest.ts';
import { describeArgument, fopDocs } from '../../runtime/core/fop-docs.ts';
import { type Arg, type ArgType, type FopRow, fops, toCamelCase } from '../../runtime/core/fops.ts';
import type { FopName } from '../../runtime/core/gen/fops.gen.ts';
import { formatCodeLines } from './codes.ts';
import { makeSentence } from './fields.ts';
import { isCounting, listTypeLetters } from './native.ts';
import { isNullable, makeTypeName } from './rust.ts';

/** Formats the first line of a generated file. */
export const formatAssemblyScriptHead = (source: string): string =>
  `// Generated from ${source} by tools/gen/assemblyscript.ts (npm run gen). Do not edit.`;

/** The types of values. */
const VALUE_TYPES: Readonly<Record<ArgType, string>> = {
  loc: 'Loc',
  inode: 'Inode',
  fd: 'Fd',
  iatt: 'Iatt',
  dict: 'Dict',
  str: 'string',
  int: 'i64',
  data: 'Uint8Array',
  entries: 'Dirent[]',
  statvfs: 'Statvfs',
  flock: 'Flock',
  lease: 'LeaseFields',
  locklist: 'Flock[]',
};

/** The methods of `Values` that read a slot: objects that can change in place without a trace are taken. */
const READERS: Readonly<Partial<Record<ArgType, string>>> = {
  data: 'takeData',
  entries: 'takeObject',
  locklist: 'takeObject',
};

const getType = (row: FopRow, arg: Arg, isReply: boolean): string => {
  const nullable = isReply ? arg.type !== 'int' : isNullable(row, arg);
  return nullable ? `${VALUE_TYPES[arg.type]} | null` : VALUE_TYPES[arg.type];
};

/** Formats the properties of arguments or of the parts of a reply. */
const formatProperties = (row: FopRow, args: readonly Arg[], isReply: boolean): string =>
  args
    .map((arg, slot) => {
      const name = toCamelCase(arg.name);
      const type = getType(row, arg, isReply);
      const about = makeSentence(describeArgument(row.name as FopName, arg.name));
      const comment = about === undefined ? '' : `  /** ${about} */\n`;
      const get =
        arg.type === 'int'
          ? `this.getInteger(${slot})`
          : `changetype<${type}>(this.${READERS[arg.type] ?? 'getObject'}(${slot}))`;
      const put = arg.type === 'int' ? 'putInteger' : 'putObject';
      return `${comment}  get ${name}(): ${type} { return ${get}; }
  set ${name}(value: ${type}) { this.${put}(${slot}, value); }
`;
    })
    .join('');

/** The imports of types that the files of arguments and replies share. */
const VALUE_IMPORTS = `import { findRow } from './rows.gen';
import { Dict } from './dict';
import { Flock, Iatt, Lease as LeaseFields, Statvfs } from './fields.gen';
import { Dirent, Fd, Inode, Loc } from './values';
`;

/** Formats the class of a fop's arguments. */
function formatArguments(row: FopRow): string {
  const doc = fopDocs[row.name as FopName];
  const isOptional = (at: number): boolean =>
    row.args.slice(at).every((arg) => isNullable(row, arg));
  const parameters = row.args.map((arg, at) => {
    const type = getType(row, arg, false);
    return `${toCamelCase(arg.name)}: ${type}${isOptional(at) ? ' = null' : ''}`;
  });
  const puts = row.args.map(({ type, name }, slot) => {
    const put = type === 'int' ? 'putInteger' : 'putObject';
    return `    this.${put}(${slot}, ${toCamelCase(name)});\n`;
  });
  return `/** ${doc.summary} Asked by: ${doc.when} */
export class ${makeTypeName(row)} extends Args {
  constructor(${parameters.join(', ')}) {
    super(findRow(${row.number}));
${puts.join('')}  }
${formatProperties(row, row.args, false)}}`;
}

export const generateAssemblyScriptArguments = (): string =>
  `${formatAssemblyScriptHead('runtime/core/fops.ts')}
// The arguments of each fop.
import { Args } from './arguments';
${VALUE_IMPORTS}
${fops.map(formatArguments).join('\n\n')}
`;

/** Formats the class of a fop's reply. */
function formatReply(row: FopRow): string {
  const type = makeTypeName(row);
  const failed = row.reply
    .map((arg, slot) => (arg.type === 'int' ? `    reply.setInteger(${slot}, -1);\n` : ''))
    .join('');
  return `/** ${fopDocs[row.name as FopName].reply} */
export class ${type} extends Reply {
  /** A success without values. */
  constructor() { super(findRow(${row.number})); }
  static failure(opErrno: i32): ${type} {
    const reply = new ${type}();
    reply.opRet = -1;
    reply.opErrno = opErrno;
${failed}    return reply;
  }
${formatProperties(row, row.reply, true)}}`;
}

export const generateAssemblyScriptReplies = (): string =>
  `${formatAssemblyScriptHead('runtime/core/fops.ts')}
// The replies to each fop. Their objects may be null, and are after a failure.
import { Reply } from './arguments';
${VALUE_IMPORTS}
${fops.map(formatReply).join('\n\n')}
`;

/** Formats a fop's row of the table. */
function formatRow(row: FopRow): string {
  const method = toCamelCase(row.name);
  const texts = [row.name, method, row.logName, listTypeLetters(row.args)];
  const letters = [...texts, listTypeLetters(row.reply)].map((text) => `'${text}'`).join(', ');
  return `rows[${row.number}] = new Row(${row.number}, ${letters}, ${isCounting(row)});`;
}

export function generateAssemblyScriptRows(): string {
  const count = Math.max(...fops.map(({ number }) => number)) + 1;
  return `${formatAssemblyScriptHead('runtime/core/fops.ts')}
import { Row } from './arguments';

/** The number of fops, with gaps. */
export const FOP_COUNT = ${count};

const rows = new StaticArray<Row | null>(FOP_COUNT);
${fops.map(formatRow).join('\n')}

/** Finds the row of a fop by its number. */
export function findRow(number: i32): Row {
  return rows[number]!;
}
`;
}

export const generateAssemblyScriptCodes = (): string =>
  `${formatAssemblyScriptHead('bridges/host/guest.ts')}
// Result codes of calls, which are also states of a frame. OPEN: a method runs and has decided nothing. LATER: no
// method runs, or it has decided already, so a further decision is a message. ANSWERED: unwound, or handed on.
export const OPEN: i32 = 0;
${formatCodeLines((name, code) => `export const ${name}: i32 = ${code};`)}
`;

/** Formats the condition that the translator has a method. */
const formatHas = (method: string): string => `isDefined(changetype<T>(0).${method})`;

/** Formats the flags of a fop: 1 for a method, 2 for a callback, 4 for a cancel method. */
function formatFlags({ name, number }: FopRow): string {
  const method = toCamelCase(name);
  const bits = ['', 'Cbk', 'Cancel'].map(
    (suffix, bit) => `(${formatHas(method + suffix)} ? ${1 << bit} : general & ${1 << bit})`,
  );
  return `      case ${number}: return ${bits.join(' | ')};`;
}

/** Formats the case of a switch that calls a fop's method. */
function formatCall(row: FopRow, suffix: string, args: string): string {
  const method = toCamelCase(row.name) + suffix;
  return `      case ${row.number}: if (${formatHas(method)}) return it.${method}(${args}); break;`;
}

/** The parameters of hooks, as [declaration, argument]. */
const HOOK_PARAMETERS: Readonly<Record<(typeof hooks)[number], readonly [string, string]>> = {
  fini: ['', ''],
  notify: ['event: string, child: Child | null', 'event, child'],
  client_disconnect: ['client: Client', 'client'],
  entry_created: ['loc: Loc', 'loc'],
  entry_removed: ['loc: Loc', 'loc'],
  reconfigure: ['', ''],
  load_state: ['state: Dict', 'state'],
  statedump: ['dump: Dict', 'dump'],
  dump_state: ['state: Dict', 'state'],
};

export function generateAssemblyScriptDispatch(): string {
  const abstractHooks = hooks.map(
    (hook) => `  abstract ${toCamelCase(hook)}(${HOOK_PARAMETERS[hook][0]}): void;`,
  );
  const hookMethods = hooks.map((hook) => {
    const name = toCamelCase(hook);
    const [declaration, passed] = HOOK_PARAMETERS[hook];
    return `  ${name}(${declaration}): void { if (${formatHas(name)}) this.it!.${name}(${passed}); }`;
  });
  const saysHooks = hooks.map((hook) => `    say(${formatHas(toCamelCase(hook))} ? 1 : 0);`);
  const fopCalls = fops.map((row) =>
    formatCall(row, '', `frame, changetype<fop.${makeTypeName(row)}>(args)`),
  );
  const cbkCalls = fops.map((row) =>
    formatCall(row, 'Cbk', `frame, changetype<reply.${makeTypeName(row)}>(values)`),
  );
  return `${formatAssemblyScriptHead('runtime/core/fops.ts')}
// Calls the methods of a translator. What it does not define is not compiled.
import { Args, Reply } from './arguments';
import { Dict } from './dict';
import * as fop from './fop.gen';
import { Answer, Frame } from './frame';
import { say } from './messages';
import * as reply from './reply.gen';
import { Child } from './root';
import { Translator } from './translator';
import { Client, Loc } from './values';

export abstract class Dispatch {
  abstract create(): string | null;
  abstract flags(number: i32): i32;
  abstract fop(number: i32, frame: Frame, args: Args): Answer;
  /** @param callback a function of \`windThen\`, or 0 */
  abstract cbk(number: i32, callback: usize, frame: Frame, values: Reply): Answer;
  abstract cancel(number: i32, frame: Frame): Answer;
  abstract sayHooks(): void;
${abstractHooks.join('\n')}
}

export class DispatchOf<T extends Translator> extends Dispatch {
  private it: T | null = null;

  create(): string | null {
    const it = instantiate<T>();
    this.it = it;
    return it.init();
  }

  flags(number: i32): i32 {
    const general = (${formatHas('anyFop')} ? 1 : 0) | (${formatHas('anyCbk')} ? 2 : 0) | (${formatHas('anyCancel')} ? 4 : 0);
    switch (number) {
${fops.map(formatFlags).join('\n')}
      default: return 0;
    }
  }

  fop(number: i32, frame: Frame, args: Args): Answer {
    const it = this.it!;
    switch (number) {
${fopCalls.join('\n')}
    }
    if (${formatHas('anyFop')}) return it.anyFop(frame, args);
    return frame.tail(args);
  }

  cbk(number: i32, callback: usize, frame: Frame, values: Reply): Answer {
    const it = this.it!;
    if (callback != 0) return changetype<(it: T, frame: Frame, values: Reply) => Answer>(callback)(it, frame, values);
    switch (number) {
${cbkCalls.join('\n')}
    }
    if (${formatHas('anyCbk')}) return it.anyCbk(frame, values);
    return frame.unwind(values);
  }

  cancel(number: i32, frame: Frame): Answer {
    const it = this.it!;
    switch (number) {
${fops.map((row) => formatCall(row, 'Cancel', 'frame')).join('\n')}
    }
    if (${formatHas('anyCancel')}) return it.anyCancel(frame);
    return 0;
  }

  sayHooks(): void {
${saysHooks.join('\n')}
  }

${hookMethods.join('\n')}
}
`;
}
