/**
 * Writes the structures that travel field by field as the core has them: what a new one of each has
 * (`runtime/core/gen/fields.gen.ts`), and those that are classes (`runtime/core/gen/iatt.gen.ts`).
 */
import { type Field, nameOf, type Struct, structs } from '../../runtime/core/fields.ts';
import { camel } from '../../runtime/core/fops.ts';
import { NULL_GFID } from '../../runtime/core/gfid.ts';

/** A field's name in JavaScript. */
export const camelName = (struct: Struct, field: Field): string => camel(nameOf(struct, field));

/** What a field of a new one is, as text that JavaScript and Python read alike. */
export function initialOf({ kind, initial }: Field): string {
  if (kind === 'integer') return String(initial);
  return JSON.stringify(kind === 'gfid' ? NULL_GFID : '');
}

/** What a field means, as a sentence; undefined when its name says it. */
export const sentence = (about: string): string | undefined =>
  about === '' ? undefined : `${about[0]!.toUpperCase()}${about.slice(1)}.`;

/** The name of the list of a structure's fields, in every language. */
export const listOf = ({ name }: Struct): string => `${name.toUpperCase()}_FIELDS`;

/** Members, each with what it means before it. */
function members(struct: Struct, write: (name: string, field: Field) => string): string {
  const lines = struct.fields.flatMap((field) => {
    const about = sentence(field.about);
    const comment = about === undefined ? [] : [`/** ${about} */`];
    return [...comment, write(camelName(struct, field), field)];
  });
  return lines.map((line) => `  ${line}`).join('\n');
}

/** The object that has what a new one has. */
const newOf = ({ name }: Struct): string => `NEW_${name.toUpperCase()}`;

const object = (struct: Struct): string => `/** ${sentence(struct.about)} */
export const ${newOf(struct)} = {
${members(struct, (name, field) => `${name}: ${initialOf(field)},`)}
};
export const ${listOf(struct)} = names(${newOf(struct)});
`;

export function generateFields(table: readonly Struct[] = structs): string {
  return `/**
 * Generated from runtime/core/fields.ts by tools/gen/fields.ts (npm run gen). Do not edit.
 *
 * The structures that travel field by field: what a new one has, and the names of the fields in the
 * order in which they travel.
 */

const names = <T extends object>(fields: T): readonly (keyof T)[] =>
  Object.keys(fields) as (keyof T)[];

${table.map(object).join('\n')}`;
}

/** The classes, and what they derive from: fields of the class itself are the fastest to make. */
const CLASSES: Readonly<Record<string, string>> = { Iatt: ' extends IattBase', Statvfs: '' };

/** Field by field: `Object.assign` takes some hundred times as long. */
const copy = (struct: Struct): string => {
  const names = struct.fields.map((field) => camelName(struct, field));
  const rest =
    CLASSES[struct.name] === ''
      ? ''
      : '    if (this.sizeRest !== undefined) made.sizeRest = this.sizeRest;\n';
  const lines = names.map((name) => `    made.${name} = this.${name};\n`).join('') + rest;
  return `  copy(): ${struct.name} {\n    const made = new ${struct.name}();\n${lines}    return made;\n  }`;
};

export function generateIatt(table: readonly Struct[] = structs): string {
  const classes = table.flatMap((struct) => {
    const base = CLASSES[struct.name];
    if (base === undefined) return [];
    const fields = members(struct, (name, field) => `${name} = ${initialOf(field)};`);
    return [
      `/** ${sentence(struct.about)} */\nexport class ${struct.name}${base} {\n${fields}\n\n${copy(struct)}\n}\n`,
    ];
  });
  return `/**
 * Generated from runtime/core/fields.ts by tools/gen/fields.ts (npm run gen). Do not edit.
 *
 * Structures of which there are many, as classes.
 */
import { IattBase } from '../iatt-base.ts';

${classes.join('\n')}`;
}

/** The fields as members of an interface in TypeScript. */
export const interfaceBody = (struct: Struct): string =>
  members(struct, (name, { kind }) => `${name}: ${kind === 'integer' ? 'number' : 'string'};`);
