/**
 * Writes the declarations of the JavaScript library: the hand-written glossa.d.ts.in, and every fop.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { errnoNames, errnoNumber } from '../../runtime/core/errno.ts';
import { type Struct, structs } from '../../runtime/core/fields.ts';
import { argDoc, fopDocs } from '../../runtime/core/fop-docs.ts';
import { type Arg, type ArgType, camel, type FopRow, fops } from '../../runtime/core/fops.ts';
import type { FopName } from '../../runtime/core/gen/fops.gen.ts';
import { interfaceBody } from './fields.ts';
import { required, TS_TYPES } from './fops.ts';

/** Types of a method's parameters. */
const PARAMETER_TYPES: Readonly<Record<ArgType, string>> = {
  ...TS_TYPES,
  data: 'Data',
  entries: 'Dirent[]',
  locklist: 'Flock[]',
};

/** Types that a method may pass on in place of a parameter. */
const RESULT_TYPES: Readonly<Record<ArgType, string>> = {
  ...PARAMETER_TYPES,
  dict: 'DictLike',
  data: 'Bytes',
  entries: TS_TYPES.entries,
  locklist: TS_TYPES.locklist,
};

const either = (type: string, nullable: boolean): string => (nullable ? `${type} | null` : type);

const list = (args: readonly Arg[], types: Readonly<Record<ArgType, string>>): string[] =>
  args.map(({ name, type, nullable }) => `${camel(name)}: ${either(types[type], nullable)}`);

const taken = (row: FopRow): string[] =>
  row.args.map(({ name, type, nullable }, at) => {
    const mark = at >= required(row) ? '?' : '';
    return `${camel(name)}${mark}: ${either(RESULT_TYPES[type], nullable || mark !== '')}`;
  });

/** The parts of a reply: in a successful one, only xdata may be null. */
const replied = (row: FopRow): Arg[] =>
  row.reply.map((arg) => ({ ...arg, nullable: arg.name === 'xdata' }));

function tableRow(row: FopRow): string {
  const parts = list(replied(row), PARAMETER_TYPES).map((part) => `readonly ${part}`);
  const mine = list(row.reply, RESULT_TYPES).map((part) => part.replace(':', '?:'));
  return `    ${row.name}: {
      args: [${list(row.args, PARAMETER_TYPES).join(', ')}];
      given: [${taken(row).join(', ')}];
      reply: [${list(replied(row), PARAMETER_TYPES).join(', ')}];
      answer: [${list(row.reply, RESULT_TYPES).join(', ')}];
      parts: { ${parts.join('; ')} };
      mine: { ${mine.join('; ')} };
    };`;
}

const sayArgs = (row: FopRow, args: readonly Arg[]): string =>
  args
    .map(({ name }) => `     * @param ${camel(name)} ${argDoc(row.name as FopName, name)}`)
    .join('\n');

function methods(row: FopRow): string {
  const { name } = row;
  const doc = fopDocs[name as FopName];
  const args = list(row.args, PARAMETER_TYPES).join(', ');
  const reply = list(replied(row), PARAMETER_TYPES).join(', ');
  const given = `Frame<'${name}'>`;
  return `    /**
     * ${doc.what} Asked by: ${doc.when}
     *
     * The reply (${row.reply.map((arg) => camel(arg.name)).join(', ')}): ${doc.reply}
${sayArgs(row, row.args)}
     */
    ${name}?(frame: ${given}, ${args}): Nothing | Promise<Returned<'${name}'>>;
    /**
     * ${doc.reply} After a failure (opRet < 0) all parts are null.
${sayArgs(row, row.reply)}
     */
    ${name}Cbk?(frame: ${given}, opRet: number, opErrno: number, ${reply}): void;
    /** Called when the caller has given up. */
    ${name}Cancel?(frame: ${given}): void;`;
}

const childMethod = (row: FopRow): string => `    /** ${fopDocs[row.name as FopName].what} */
    ${row.name}(${taken(row).join(', ')}): Promise<Reply<'${row.name}'>>;`;

const TEMPLATE = join(import.meta.dirname, 'glossa.d.ts.in');

export function generateJavaScriptTypes(table: readonly Struct[] = structs): string {
  const parts: Readonly<Record<string, string>> = {
    errno: errnoNames.map((name) => `  export const ${name}: ${errnoNumber(name)!};`).join('\n'),
    table: fops.map(tableRow).join('\n'),
    methods: fops.map(methods).join('\n'),
    children: fops.map(childMethod).join('\n'),
    ...Object.fromEntries(table.map((each) => [each.name, interfaceBody(each)])),
  };
  return readFileSync(TEMPLATE, 'utf8').replace(/@(\w+)@/g, (_, name: string) => parts[name]!);
}
