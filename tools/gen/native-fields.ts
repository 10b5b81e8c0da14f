/**
 * Writes the structures that travel field by field for both sides of `features/native`: in C
 * `bridges/native/glossa_fields.gen.h`, in TypeScript `bridges/native/fields.gen.ts`.
 */
import {
  type Field,
  type FieldKind,
  nameOf,
  type Struct,
  structs,
} from '../../runtime/core/fields.ts';
import { camelName, listOf, sentence } from './fields.ts';

const C_TYPES: Readonly<Record<FieldKind, string>> = {
  integer: 'int64_t ',
  gfid: 'gfid_t ',
  text: 'const char *',
};

function definition(struct: Struct): string {
  const { inC, fields } = struct;
  const declarations = fields.map(({ kind, member }) => `    ${C_TYPES[kind]}${member};`);
  const width = Math.max(...declarations.map(({ length }) => length));
  const members = declarations.map((declaration, i) => {
    const { about } = fields[i]!;
    return about === '' ? declaration : `${declaration.padEnd(width)} /* ${about} */`;
  });
  const isTag = inC.startsWith('struct ');
  const [head, end] = isTag ? [inC, '};'] : ['typedef struct', `} ${inC};`];
  return `/* ${sentence(struct.about)} */\n${head} {\n${members.join('\n')}\n${end}`;
}

function each(struct: Struct): string {
  const rows = struct.fields.map(
    (field) => `    X(${field.kind}, ${field.member}, ${nameOf(struct, field)})`,
  );
  return `#define GLOSSA_${listOf(struct)}(X) \\\n${rows.join(' \\\n')}`;
}

export function generateNativeFields(table: readonly Struct[] = structs): string {
  return `/*
 * Generated from runtime/core/fields.ts by tools/gen/native-fields.ts (npm run gen). Do not edit.
 *
 * The structures that travel field by field. A text that is NULL counts as empty. Part of glossa.h:
 * include that.
 */
#ifndef GLOSSA_FIELDS_GEN_H
#define GLOSSA_FIELDS_GEN_H

${table.map(definition).join('\n\n')}

/*
 * X(kind, member, name) for every field in the order in which they travel. kind: integer, gfid or
 * text; name: what other languages call it.
 */
${table.map(each).join('\n')}

#endif
`;
}

function groups(fields: readonly Field[]): Field[][] {
  const found: Field[][] = [];
  for (const field of fields) {
    const last = found.at(-1);
    if (field.kind === 'integer' && last?.[0]?.kind === 'integer') last.push(field);
    else found.push([field]);
  }
  return found;
}

/** How many doubles a field takes (a text as many as it needs), and how it is written at `at`. */
const SIZES: Readonly<Record<FieldKind, number>> = { integer: 1, gfid: 6, text: 0 };
const WRITES: Readonly<Record<FieldKind, (value: string) => string>> = {
  integer: (value) => `f64[at++] = ${value};`,
  gfid: (value) => `at = to.putGfid(at, ${value});`,
  text: (value) => `at = to.putText(at, ${value});`,
};

function write(struct: Struct): string {
  const { name, fields } = struct;
  const value = (field: Field): string => `from.${camelName(struct, field)}`;
  const texts = fields.filter(({ kind }) => kind === 'text');
  const fixed = fields.reduce((sum, { kind }) => sum + SIZES[kind], 0);
  const size = [fixed, ...texts.map((field) => `to.textSize(${value(field)})`)].join(' + ');
  const [params, args] = texts.length === 0 ? ['', ''] : [`to: Room, from: ${name}`, 'to, from'];
  return `export function size${name}(${params}): number {
  return ${size};
}

export function put${name}(to: Room, start: number, from: ${name}): number {
  const { f64 } = to;
  let at = start;
${fields.map((field) => `  ${WRITES[field.kind](value(field))}`).join('\n')}
  return at;
}

export function write${name}(to: Room, from: ${name} | null): void {
  if (from === null) {
    to.number(0);
    return;
  }
  to.reserve(1 + size${name}(${args}));
  to.f64[to.at] = 1;
  to.at = put${name}(to, to.at + 1, from);
}`;
}

function read({ name, fields }: Struct): string {
  const parts = groups(fields).map(({ length, 0: field }) => {
    if (field!.kind !== 'integer') return 'from.text()';
    return length === 1 ? 'from.number()' : `...from.numbers(${length})`;
  });
  // Of integers alone, what was read is the list already.
  const list = /^\.\.\.[^,]*$/.test(parts.join()) ? parts[0]!.slice(3) : `[${parts.join(', ')}]`;
  return `export const read${name} = (from: Doubles): unknown[] => ${list};`;
}

export function generateNativeCodec(table: readonly Struct[] = structs): string {
  return `/**
 * Generated from runtime/core/fields.ts by tools/gen/native-fields.ts (npm run gen). Do not edit.
 *
 * How the structures that travel field by field get into a record for C, and out of its messages.
 * Each field by its name: a loop over names would be slower. size…: how many doubles it takes at
 * most; put…: writes it where there is room, and gives the place behind; write…: makes room, and
 * writes 0 for null, otherwise 1 and the structure.
 */
import type { Gfid } from '../../runtime/core/gfid.ts';
import type { Iatt, Statvfs } from '../../runtime/core/iatt.ts';
import type { Flock, Lease } from '../../runtime/core/lock.ts';

/** What is written into: area.ts. */
export interface Room {
  readonly f64: Float64Array;
  /** The place in it where writing goes on. */
  at: number;
  /** Makes sure of room for so many doubles; \`f64\` may be another one then. */
  reserve(count: number): void;
  number(value: number): void;
  /** These write at \`at\` where there is room, and give the place behind. */
  putGfid(at: number, gfid: Gfid): number;
  putText(at: number, text: string): number;
  /** So many doubles at most. */
  textSize(text: string): number;
}

interface Doubles {
  number(): number;
  numbers(count: number): number[];
  text(): string;
}

${table.map(write).join('\n\n')}

/** Values of all fields in order, as a message has them (host/crossing/message.ts). */
${table.map(read).join('\n')}
`;
}
