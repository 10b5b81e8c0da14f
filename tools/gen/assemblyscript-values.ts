/** Generates the structures and numbers of the AssemblyScript package. */
import { errnoNames, errnoNumber } from '../../runtime/core/errno.ts';
import { type Field, makeShortName, type Struct, structs } from '../../runtime/core/fields.ts';
import * as iaTypes from '../../runtime/core/ia-types.ts';
import * as openFlags from '../../runtime/core/open-flags.ts';
import { ATTRIBUTE_TIMEOUT, ENTRY_TIMEOUT, NEGATIVE_TIMEOUT } from '../../runtime/core/xdata.ts';
import { formatAssemblyScriptHead } from './assemblyscript.ts';
import { formatInitialValue, makeCamelName, makeSentence } from './fields.ts';
import { formatNumbers } from './rust-values.ts';

const FIELD_TYPES = { integer: 'i64', gfid: 'string', text: 'string' } as const;
const READERS = { integer: 'readInteger', gfid: 'readGfid', text: 'readName' } as const;
const WRITERS = { integer: 'say', gfid: 'sayText', text: 'sayText' } as const;

/** Formats a field with its property, which notes changes. */
function formatField(struct: Struct, field: Field): string {
  const name = makeCamelName(struct, field);
  const type = FIELD_TYPES[field.kind];
  const about = makeSentence(field.about);
  const comment = about === undefined ? '' : `  /** ${about} */\n`;
  return `  private _${name}: ${type} = ${formatInitialValue(field).replaceAll('"', "'")};
${comment}  get ${name}(): ${type} { return this._${name}; }
  set ${name}(value: ${type}) { this.changed = true; this._${name} = value; }
`;
}

/** Formats a structure with its codec. */
function formatStruct(struct: Struct): string {
  const { name, fields } = struct;
  const formatEach = (format: (name: string, field: Field) => string): string =>
    fields.map((field) => `    ${format(`_${makeCamelName(struct, field)}`, field)}\n`).join('');
  const shown = fields.map((field) => {
    const key = makeShortName(struct, field);
    const value = `this._${makeCamelName(struct, field)}`;
    return field.kind === 'integer' ? `"${key}":\${${value}}` : `"${key}":"\${${value}}"`;
  });
  return `/** ${makeSentence(struct.about)} */
export class ${name} extends Changeable {
${fields.map((field) => formatField(struct, field)).join('')}
  copy(): ${name} {
    const copy = new ${name}();
${formatEach((field) => `copy.${field} = this.${field};`)}    return copy;
  }

  /** The fields as JSON, with their names in C. */
  toString(): string {
    return \`{${shown.join(',')}}\`;
  }

  static read(): ${name} {
    const it = new ${name}();
${formatEach((field, { kind }) => `it.${field} = ${READERS[kind]}();`)}    it.changed = false;
    return it;
  }

  write(): void {
${formatEach((field, { kind }) => `${WRITERS[kind]}(this.${field});`)}  }
}`;
}

export const generateAssemblyScriptFields = (table: readonly Struct[] = structs): string =>
  `${formatAssemblyScriptHead('runtime/core/fields.ts')}
import { Changeable } from './changeable';
import { say, sayText } from './messages';
import { readGfid, readInteger, readName } from './record';

${table.map(formatStruct).join('\n\n')}
`;

const formatConstant = (name: string, value: string): string =>
  `export const ${name}: i64 = ${value};`;

export function generateAssemblyScriptNumbers(): string {
  const numbers = errnoNames.map((name) => [name, errnoNumber(name)!] as const);
  const sources = 'runtime/core/errno.ts, open-flags.ts, ia-types.ts and xdata.ts';
  return `${formatAssemblyScriptHead(sources)}

// Linux's errno numbers.
${numbers.map(([name, number]) => `export const ${name}: i32 = ${number};`).join('\n')}

/** The name of an errno. */
export function errnoName(errno: i32): string {
  switch (errno) {
${numbers.map(([name]) => `    case ${name}: return '${name}';`).join('\n')}
    default: return 'errno ' + errno.toString();
  }
}

// Flags of open(2).
${formatNumbers(openFlags, formatConstant)}

// Types of an inode (ia_type).
${formatNumbers(iaTypes, formatConstant)}

// Keys of a reply's xdata: seconds for which the kernel may cache it.
export const ENTRY_TIMEOUT: string = '${ENTRY_TIMEOUT}';
export const ATTRIBUTE_TIMEOUT: string = '${ATTRIBUTE_TIMEOUT}';
export const NEGATIVE_TIMEOUT: string = '${NEGATIVE_TIMEOUT}';
`;
}
