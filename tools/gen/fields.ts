/**
 * Generates the structures of `runtime/core/fields.ts` for TypeScript: initial values
 * (`runtime/core/gen/fields.gen.ts`), and classes (`runtime/core/gen/iatt.gen.ts`).
 */
import { type Field, makeShortName, type Struct, structs } from '../../runtime/core/fields.ts';
import { toCamelCase } from '../../runtime/core/fops.ts';
import { NULL_GFID } from '../../runtime/core/gfid.ts';

/** Makes a field's name in TypeScript and JavaScript. */
export const makeCamelName = (struct: Struct, field: Field): string =>
  toCamelCase(makeShortName(struct, field));

/** Writes the initial value of a field as a literal of both JavaScript and Python. */
export function formatInitialValue({ kind, initialValue }: Field): string {
  if (kind === 'integer') return String(initialValue);
  return JSON.stringify(kind === 'gfid' ? NULL_GFID : '');
}

/** Makes a sentence of a field's meaning; undefined if that is empty because the name says it. */
export const makeSentence = (about: string): string | undefined =>
  about === '' ? undefined : `${about[0]!.toUpperCase()}${about.slice(1)}.`;

/** Makes the name of the list of a structure's fields, in every language: `IATT_FIELDS`. */
export const makeFieldsListName = ({ name }: Struct): string => `${name.toUpperCase()}_FIELDS`;

/** Writes the members of a structure, each with its comment. */
function formatMembers(
  struct: Struct,
  formatMember: (name: string, field: Field) => string,
): string {
  const lines = struct.fields.flatMap((field) => {
    const about = makeSentence(field.about);
    const comment = about === undefined ? [] : [`/** ${about} */`];
    return [...comment, formatMember(makeCamelName(struct, field), field)];
  });
  return lines.map((line) => `  ${line}`).join('\n');
}

/** Makes the name of the object with a structure's initial values: `NEW_IATT`. */
const makeInitialObjectName = ({ name }: Struct): string => `NEW_${name.toUpperCase()}`;

const formatInitialObject = (struct: Struct): string => `/** ${makeSentence(struct.about)} */
export const ${makeInitialObjectName(struct)} = {
${formatMembers(struct, (name, field) => `${name}: ${formatInitialValue(field)},`)}
};
export const ${makeFieldsListName(struct)} = names(${makeInitialObjectName(struct)});
`;

export function generateFields(table: readonly Struct[] = structs): string {
  return `/**
 * Generated from runtime/core/fields.ts by tools/gen/fields.ts (npm run gen). Do not edit.
 *
 * Structures that cross boundaries field by field: initial values, and the names of the fields in order.
 */

const names = <T extends object>(fields: T): readonly (keyof T)[] =>
  Object.keys(fields) as (keyof T)[];

${table.map(formatInitialObject).join('\n')}`;
}

/** The structures that become classes, because their objects are made fastest; and the class that each extends. */
const EXTENDS_BY_CLASS: Readonly<Record<string, string>> = {
  Iatt: ' extends IattBase',
  Statvfs: '',
};

/**
 * Writes a `copy` that copies field by field: Object.assign takes about a hundred times as long.
 */
const formatCopy = (struct: Struct): string => {
  const names = struct.fields.map((field) => makeCamelName(struct, field));
  const copySizeRest =
    EXTENDS_BY_CLASS[struct.name] === ''
      ? ''
      : '    if (this.sizeRest !== undefined) made.sizeRest = this.sizeRest;\n';
  const lines = names.map((name) => `    made.${name} = this.${name};\n`).join('') + copySizeRest;
  return `  copy(): ${struct.name} {\n    const made = new ${struct.name}();\n${lines}    return made;\n  }`;
};

export function generateIatt(table: readonly Struct[] = structs): string {
  const classes = table.flatMap((struct) => {
    const base = EXTENDS_BY_CLASS[struct.name];
    if (base === undefined) return [];
    const fields = formatMembers(
      struct,
      (name, field) => `${name} = ${formatInitialValue(field)};`,
    );
    return [
      `/** ${makeSentence(struct.about)} */\nexport class ${struct.name}${base} {\n${fields}\n\n${formatCopy(struct)}\n}\n`,
    ];
  });
  return `/**
 * Generated from runtime/core/fields.ts by tools/gen/fields.ts (npm run gen). Do not edit.
 *
 * Defines Iatt (the attributes of an inode) and Statvfs (the size of a file system) as classes, for fops and
 * translators.
 */
import { IattBase } from '../iatt-base.ts';

${classes.join('\n')}`;
}

/** Writes the fields as members of an interface in TypeScript. */
export const formatInterfaceBody = (struct: Struct): string =>
  formatMembers(
    struct,
    (name, { kind }) => `${name}: ${kind === 'integer' ? 'number' : 'string'};`,
  );
