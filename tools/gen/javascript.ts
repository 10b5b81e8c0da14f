/**
 * Generates `javascript/glossa.gen.d.ts`, the types for modules in JavaScript: inserts every fop, structure and errno
 * into the hand-written glossa.d.ts.in.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { errnoNames, errnoNumber } from '../../runtime/core/errno.ts';
import { type Struct, structs } from '../../runtime/core/fields.ts';
import { describeArgument, fopDocs } from '../../runtime/core/fop-docs.ts';
import { type Arg, type ArgType, type FopRow, fops, toCamelCase } from '../../runtime/core/fops.ts';
import type { FopName } from '../../runtime/core/gen/fops.gen.ts';
import { formatInterfaceBody } from './fields.ts';
import { countRequired, TS_TYPES } from './fops.ts';

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

const addNull = (type: string, nullable: boolean): string => (nullable ? `${type} | null` : type);

const listParameters = (args: readonly Arg[], types: Readonly<Record<ArgType, string>>): string[] =>
  args.map(({ name, type, nullable }) => `${toCamelCase(name)}: ${addNull(types[type], nullable)}`);

const listOptionalParameters = (row: FopRow): string[] =>
  row.args.map(({ name, type, nullable }, index) => {
    const mark = index >= countRequired(row) ? '?' : '';
    return `${toCamelCase(name)}${mark}: ${addNull(RESULT_TYPES[type], nullable || mark !== '')}`;
  });

/** Makes the parts of a successful reply, of which only xdata may be null. */
const makeSuccessReply = (row: FopRow): Arg[] =>
  row.reply.map((arg) => ({ ...arg, nullable: arg.name === 'xdata' }));

/**
 * Formats a fop's row in the type table of glossa.d.ts.in: `args` of its method, `given` to a wind, `reply` of its
 * callback, `answer` for an unwind; `parts` of a Reply by name, and `mine` for an unwind by name.
 */
function formatTableRow(row: FopRow): string {
  const parts = listParameters(makeSuccessReply(row), PARAMETER_TYPES).map(
    (part) => `readonly ${part}`,
  );
  const ownParts = listParameters(row.reply, RESULT_TYPES).map((part) => part.replace(':', '?:'));
  return `    ${row.name}: {
      args: [${listParameters(row.args, PARAMETER_TYPES).join(', ')}];
      given: [${listOptionalParameters(row).join(', ')}];
      reply: [${listParameters(makeSuccessReply(row), PARAMETER_TYPES).join(', ')}];
      answer: [${listParameters(row.reply, RESULT_TYPES).join(', ')}];
      parts: { ${parts.join('; ')} };
      mine: { ${ownParts.join('; ')} };
    };`;
}

const describeArgs = (row: FopRow, args: readonly Arg[]): string =>
  args
    .map(
      ({ name }) =>
        `     * @param ${toCamelCase(name)} ${describeArgument(row.name as FopName, name)}`,
    )
    .join('\n');

/** Formats the three methods of a translator for a fop: the fop, its callback, and its cancellation. */
function formatMethods(row: FopRow): string {
  const { name } = row;
  const doc = fopDocs[name as FopName];
  const args = listParameters(row.args, PARAMETER_TYPES).join(', ');
  const reply = listParameters(makeSuccessReply(row), PARAMETER_TYPES).join(', ');
  const frameType = `Frame<'${name}'>`;
  return `    /**
     * ${doc.summary} Asked by: ${doc.when}
     *
     * The reply (${row.reply.map((arg) => toCamelCase(arg.name)).join(', ')}): ${doc.reply}
${describeArgs(row, row.args)}
     */
    ${name}?(frame: ${frameType}, ${args}): Nothing | Promise<Returned<'${name}'>>;
    /**
     * ${doc.reply} After a failure (opRet < 0) all parts are null.
${describeArgs(row, row.reply)}
     */
    ${name}Cbk?(frame: ${frameType}, opRet: number, opErrno: number, ${reply}): void;
    /** Called when the caller has given up. */
    ${name}Cancel?(frame: ${frameType}): void;`;
}

const formatChildMethod = (
  row: FopRow,
): string => `    /** ${fopDocs[row.name as FopName].summary} */
    ${row.name}(${listOptionalParameters(row).join(', ')}): Promise<Reply<'${row.name}'>>;`;

const TEMPLATE = join(import.meta.dirname, 'glossa.d.ts.in');

/** Indents lines by those of a module's members. */
const indent = (text: string): string => text.replace(/^(?=.)/gm, '  ');

export function generateJavaScriptTypes(table: readonly Struct[] = structs): string {
  const parts: Readonly<Record<string, string>> = {
    errno: errnoNames.map((name) => `  export const ${name}: ${errnoNumber(name)!};`).join('\n'),
    table: fops.map(formatTableRow).join('\n'),
    methods: fops.map(formatMethods).join('\n'),
    children: fops.map(formatChildMethod).join('\n'),
    ...Object.fromEntries(
      table.map((struct) => [struct.name, indent(formatInterfaceBody(struct))]),
    ),
  };
  return readFileSync(TEMPLATE, 'utf8').replace(/@(\w+)@/g, (_, name: string) => parts[name]!);
}
