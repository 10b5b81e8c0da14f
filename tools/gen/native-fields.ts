/**
 * Generates the structures of `runtime/core/fields.ts` for `features/native`: the definitions in C
 * (`bridges/native/glossa_fields.gen.h`), and their codec in TypeScript (`bridges/compiled/fields.gen.ts`).
 */
import {
  type Field,
  type FieldKind,
  makeShortName,
  type Struct,
  structs,
} from '../../runtime/core/fields.ts';
import { makeCamelName, makeFieldsListName, makeSentence } from './fields.ts';

const C_TYPES: Readonly<Record<FieldKind, string>> = {
  integer: 'int64_t ',
  gfid: 'gfid_t ',
  text: 'const char *',
};

/** Formats the definition of a structure in C. */
function formatDefinition(struct: Struct): string {
  const { typeInC, fields } = struct;
  const declarations = fields.map(({ kind, member }) => `    ${C_TYPES[kind]}${member};`);
  const width = Math.max(...declarations.map(({ length }) => length));
  const members = declarations.map((declaration, i) => {
    const { about } = fields[i]!;
    return about === '' ? declaration : `${declaration.padEnd(width)} /* ${about} */`;
  });
  const isTag = typeInC.startsWith('struct ');
  const [head, end] = isTag ? [typeInC, '};'] : ['typedef struct', `} ${typeInC};`];
  return `/* ${makeSentence(struct.about)} */\n${head} {\n${members.join('\n')}\n${end}`;
}

/** Formats a macro that applies another macro to each field of a structure. */
function formatFieldMacro(struct: Struct): string {
  const rows = struct.fields.map(
    (field) => `    X(${field.kind}, ${field.member}, ${makeShortName(struct, field)})`,
  );
  return `#define GLOSSA_${makeFieldsListName(struct)}(X) \\\n${rows.join(' \\\n')}`;
}

export function generateNativeFields(table: readonly Struct[] = structs): string {
  return `/*
 * Generated from runtime/core/fields.ts by tools/gen/native-fields.ts (npm run gen). Do not edit.
 *
 * Structures that cross boundaries field by field. A NULL text counts as empty. Include glossa.h, which
 * includes this file.
 */
#ifndef GLOSSA_FIELDS_GEN_H
#define GLOSSA_FIELDS_GEN_H

${table.map(formatDefinition).join('\n\n')}

/*
 * X(kind, member, name) for every field in order. kind: integer, gfid or text; name: the field's name in
 * other languages.
 */
${table.map(formatFieldMacro).join('\n')}

#endif
`;
}

/** Groups adjacent integers, because one call reads all of them. */
function groupIntegers(fields: readonly Field[]): Field[][] {
  const groups: Field[][] = [];
  for (const field of fields) {
    const lastGroup = groups.at(-1);
    if (field.kind === 'integer' && lastGroup?.[0]?.kind === 'integer') lastGroup.push(field);
    else groups.push([field]);
  }
  return groups;
}

/** Number of doubles that a field takes; 0 for a text, whose size depends on its length. */
const DOUBLES_BY_KIND: Readonly<Record<FieldKind, number>> = { integer: 1, gfid: 6, text: 0 };
const WRITE_STATEMENTS: Readonly<Record<FieldKind, (fieldExpression: string) => string>> = {
  integer: (fieldExpression) => `f64[at++] = ${fieldExpression};`,
  gfid: (fieldExpression) => `at = to.putGfid(at, ${fieldExpression});`,
  text: (fieldExpression) => `at = to.putText(at, ${fieldExpression});`,
};

/** Formats the functions that write a structure for C, as doubles. */
function formatEncoder(struct: Struct): string {
  const { name, fields } = struct;
  const formatFieldExpression = (field: Field): string => `from.${makeCamelName(struct, field)}`;
  const texts = fields.filter(({ kind }) => kind === 'text');
  const fixedDoubles = fields.reduce((sum, { kind }) => sum + DOUBLES_BY_KIND[kind], 0);
  const size = [
    fixedDoubles,
    ...texts.map((field) => `to.countTextDoubles(${formatFieldExpression(field)})`),
  ].join(' + ');
  const [params, args] =
    texts.length === 0 ? ['', ''] : [`to: WritableArea, from: ${name}`, 'to, from'];
  return `export function size${name}(${params}): number {
  return ${size};
}

export function put${name}(to: WritableArea, start: number, from: ${name}): number {
  const { f64 } = to;
  let at = start;
${fields.map((field) => `  ${WRITE_STATEMENTS[field.kind](formatFieldExpression(field))}`).join('\n')}
  return at;
}

export function write${name}(to: WritableArea, from: ${name} | null): void {
  if (from === null) {
    to.writeNumber(0);
    return;
  }
  to.reserve(1 + size${name}(${args}));
  to.f64[to.nextIndex] = 1;
  to.nextIndex = put${name}(to, to.nextIndex + 1, from);
}`;
}

/** Formats the function that reads a structure from a message of C, as a list of values. */
function formatReader({ name, fields }: Struct): string {
  const parts = groupIntegers(fields).map(({ length, 0: field }) => {
    if (field!.kind !== 'integer') return 'from.readText()';
    return length === 1 ? 'from.readNumber()' : `...from.readNumbers(${length})`;
  });
  // A structure of integers alone is read as the list itself.
  const list = /^\.\.\.[^,]*$/.test(parts.join())
    ? parts[0]!.slice('...'.length)
    : `[${parts.join(', ')}]`;
  return `export const read${name} = (from: Doubles): unknown[] => ${list};`;
}

export function generateNativeCodec(table: readonly Struct[] = structs): string {
  return `/**
 * Generated from runtime/core/fields.ts by tools/gen/native-fields.ts (npm run gen). Do not edit.
 *
 * Writes structures field by field into a record for C, and reads them from its messages. Fields are
 * accessed by name, as a loop over names is slower. \`size…\` returns the most doubles of a structure.
 * \`put…\` writes it within reserved room, and returns the index after it. \`write…\` reserves room, and
 * writes 0 for null, otherwise 1 and the structure.
 */
import type { Gfid } from '../../runtime/core/gfid.ts';
import type { Iatt, Statvfs } from '../../runtime/core/iatt.ts';
import type { Flock, Lease } from '../../runtime/core/lock.ts';

/** The memory to write into: area.ts. */
export interface WritableArea {
  readonly f64: Float64Array;
  /** The index of the next write. */
  nextIndex: number;
  /** Reserves room for \`count\` doubles; may replace \`f64\`. */
  reserve(count: number): void;
  writeNumber(value: number): void;
  /** Writes at \`index\`, within reserved room; returns the index after it. */
  putGfid(index: number, gfid: Gfid): number;
  putText(index: number, text: string): number;
  /** Returns the most doubles that a text may take. */
  countTextDoubles(text: string): number;
}

/** The doubles of a message from C: messages.ts. */
interface Doubles {
  readNumber(): number;
  readNumbers(count: number): number[];
  readText(): string;
}

${table.map(formatEncoder).join('\n\n')}

/** Reads the values of all fields in the order of a message (host/crossing/message.ts). */
${table.map(formatReader).join('\n')}
`;
}
