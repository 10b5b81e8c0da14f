/**
 * Generates `python/glupy/__init__.pyi`, the type stub of the Python package: inserts the package's declarations, and
 * every fop, structure, option and errno, into glupy.pyi.in, which has what neither says.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { errnoNames, errnoNumber } from '../../runtime/core/errno.ts';
import { makeShortName, type Struct, structs } from '../../runtime/core/fields.ts';
import { describeArgument, fopDocs } from '../../runtime/core/fop-docs.ts';
import { type Arg, type ArgType, type FopRow, fops } from '../../runtime/core/fops.ts';
import type { FopName } from '../../runtime/core/gen/fops.gen.ts';
import { makeSentence } from './fields.ts';
import { countRequired, TS_TYPES } from './fops.ts';
import { insertDeclarations } from './python-source.ts';

const LINE_WIDTH = 100;

/** Types of a method's parameters. */
const PARAMETER_TYPES: Readonly<Record<ArgType, string>> = {
  ...TS_TYPES,
  str: 'str',
  int: 'int',
  data: 'Data',
  entries: 'Listing[Dirent]',
  locklist: 'Listing[Flock]',
};

/** Types that a method may pass on in place of a parameter. */
const RESULT_TYPES: Readonly<Record<ArgType, string>> = {
  ...PARAMETER_TYPES,
  dict: 'Mapping[str, DictValue]',
  data: 'Buffer',
  entries: 'Sequence[Dirent]',
  locklist: 'Sequence[Flock]',
};

const addNone = (type: string): string => `${type} | None`;

const isOptional = ({ name, type, nullable }: Arg): boolean =>
  name === 'xdata' || (nullable && type !== 'dict');

/** Returns the type of a parameter, with `| None` if it is nullable. */
const formatParameterType = (arg: Arg, nullable: boolean): string =>
  nullable ? addNone(PARAMETER_TYPES[arg.type]) : PARAMETER_TYPES[arg.type];

const makeReplyClassName = ({ name }: FopRow): string =>
  `${name.replace(/(^|_)(\w)/g, (_, __, letter: string) => letter.toUpperCase())}Reply`;

/** Writes a signature, on one line if it fits. */
function formatSignature(
  indent: string,
  name: string,
  params: readonly string[],
  result: string,
): string {
  const line = `${indent}def ${name}(${params.join(', ')}) -> ${result}:`;
  if (line.length <= LINE_WIDTH) return line;
  const lines = params.map((param) => `${indent}    ${param},\n`).join('');
  return `${indent}def ${name}(\n${lines}${indent}) -> ${result}:`;
}

/** Wraps a text into indented lines of at most `LINE_WIDTH` columns. */
function wrapText(indent: string, text: string): string {
  const lines = [''];
  for (const word of text.split(' ')) {
    const last = lines.at(-1)!;
    if (last !== '' && indent.length + last.length + 1 + word.length > LINE_WIDTH) lines.push(word);
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`;
  }
  return lines.map((line) => indent + line).join('\n');
}

const describeArgs = (indent: string, row: FopRow, args: readonly Arg[]): string =>
  args
    .map(({ name }) => wrapText(indent, `${name}: ${describeArgument(row.name as FopName, name)}`))
    .join('\n');

/** Formats the three methods of a translator for a fop: the fop, its callback, and its cancellation. */
function formatMethods(row: FopRow): string {
  const doc = fopDocs[row.name as FopName];
  const indent = '    ';
  const bodyIndent = `${indent}    `;
  const params = row.args.map((arg) => `${arg.name}: ${formatParameterType(arg, isOptional(arg))}`);
  const replyParams = row.reply.map(
    (arg) => `${arg.name}: ${formatParameterType(arg, arg.name === 'xdata')}`,
  );
  return [
    formatSignature(indent, row.name, ['self', 'frame: Frame', ...params], 'object'),
    wrapText(bodyIndent, `"""${doc.summary} Asked by: ${doc.when}`),
    '',
    describeArgs(bodyIndent, row, row.args),
    '',
    wrapText(bodyIndent, `Reply (${row.reply.map(({ name }) => name).join(', ')}): ${doc.reply}`),
    `${bodyIndent}"""`,
    formatSignature(
      indent,
      `${row.name}_cbk`,
      ['self', 'frame: Frame', 'op_ret: int', 'op_errno: int', ...replyParams],
      'object',
    ),
    wrapText(bodyIndent, `"""${doc.reply} After a failure (op_ret < 0) all parts are \`None\`.`),
    '',
    describeArgs(bodyIndent, row, row.reply),
    `${bodyIndent}"""`,
    `${indent}def ${row.name}_cancel(self, frame: Frame) -> object: ...`,
  ].join('\n');
}

/** Formats the method by which a translator awaits a fop of its child. */
function formatChildMethod(row: FopRow): string {
  const requiredCount = countRequired(row);
  const params = row.args.map((arg, index) => {
    const nullable = index >= requiredCount || (arg.nullable && arg.type !== 'dict');
    const type = nullable ? addNone(RESULT_TYPES[arg.type]) : RESULT_TYPES[arg.type];
    return `${arg.name}: ${type}${index >= requiredCount ? ' = None' : ''}`;
  });
  const result = `Awaitable[${makeReplyClassName(row)}]`;
  return `${formatSignature('    ', row.name, ['self', ...params], result)}
        """${fopDocs[row.name as FopName].summary}"""`;
}

/** Formats the class of the awaited replies to a fop. */
function formatReply(row: FopRow): string {
  const parts = row.reply.map((arg) => {
    const type = formatParameterType(arg, arg.name === 'xdata');
    return `    ${arg.name}: ${type}\n${wrapText('    ', `"""${describeArgument(row.name as FopName, arg.name)}"""`)}`;
  });
  return `class ${makeReplyClassName(row)}(Reply):\n${parts.join('\n')}`;
}

/** Methods that declare options: name, type of the value, description, whether bounds exist. */
const OPTIONS: readonly (readonly [string, string, string, boolean])[] = [
  ['int', '_int', 'A whole number; 0x… and 0… are bases as in C.', true],
  ['float', '_float', 'A number.', true],
  ['bool', '_bool', 'on/off, yes/no, true/false, enable/disable, 1/0.', false],
  ['size', '_int', 'Bytes; KB, MB, GB, TB, PB are powers of 1024.', true],
  ['time', '_int', 'Seconds; s, m, h, d, w and their long forms are units.', true],
  ['percent', '_float', '0 to 100, with or without the sign.', false],
  ['path', '_str', 'An absolute path.', false],
];

const formatOption = ([name, value, description, hasBounds]: (typeof OPTIONS)[number]): string => {
  // The declaration accepts the texts of a volfile, too.
  const type = value === '_str' ? value : `${value} | _str`;
  const bounds = hasBounds ? [`min: ${type} | None = None`, `max: ${type} | None = None`] : [];
  const params = ['cls', `default: ${type} | None = None`, '*', ...bounds, 'help: _str = ""'];
  return `    @classmethod
${formatSignature('    ', name, [...params, 'reconfigurable: _bool = False'], 'Option')}
        """${description}"""`;
};

/** Aliases of built-in types, for classes whose methods of the same name hide the types. */
const ALIASES = ['str', 'int', 'float', 'bool'].map((name) => `type _${name} = ${name}`).join('\n');

function formatAttributes(struct: Struct): string {
  const lines = struct.fields.flatMap((field) => {
    const about = makeSentence(field.about);
    const doc = about === undefined ? [] : [wrapText('    ', `"""${about}"""`)];
    const type = field.kind === 'integer' ? 'int' : 'str';
    return [`    ${makeShortName(struct, field)}: ${type}`, ...doc];
  });
  return lines.join('\n').trimStart();
}

export function generateStubs(table: readonly Struct[] = structs): string {
  const parts: Readonly<Record<string, string>> = {
    errno: `${ALIASES}\n${errnoNames.map((name) => `${name} = ${errnoNumber(name)}`).join('\n')}`,
    options: OPTIONS.map(formatOption).join('\n').trimStart(),
    replies: fops.map(formatReply).join('\n\n'),
    child: fops.map(formatChildMethod).join('\n').trimStart(),
    fops: fops.map(formatMethods).join('\n').trimStart(),
    ...Object.fromEntries(table.map((struct) => [struct.name, formatAttributes(struct)])),
  };
  const template = readFileSync(join(import.meta.dirname, 'glupy.pyi.in'), 'utf8');
  const text = insertDeclarations(template).replace(/# @(\w+)/g, (_, part: string) => parts[part]!);
  return `# Generated from tools/gen/glupy.pyi.in and runtime/core/fops.ts. Do not edit.\n${text}`;
}
