/**
 * Lists the structures that fops carry, with their fields in order and a constructor. Recordings, messages between
 * threads and to guests, and the debugger iterate over this table, so that they cover a new field of `fields.ts`.
 */
import { type Field, makeShortName, structs } from './fields.ts';
import { toCamelCase } from './fops.ts';
import { NEW_FLOCK, NEW_LEASE } from './gen/fields.gen.ts';
import { Iatt, Statvfs } from './iatt.ts';
import type { Flock, Lease } from './lock.ts';

/** The TypeScript class or type of each structure. */
export interface StructTypes {
  iatt: Iatt;
  statvfs: Statvfs;
  flock: Flock;
  lease: Lease;
}

/** The name of a structure in the table. */
export type StructType = keyof StructTypes;

/** One field of a structure. */
export interface StructField extends Field {
  /** The field's name in TypeScript (`iaSize`); `member` is its name in C (`ia_size`). */
  readonly name: string;
}

/** The table's entry for the structure `T`. */
export interface StructRow<T> {
  readonly fields: readonly StructField[];
  /** The fields' names in TypeScript, in order. */
  readonly names: readonly (keyof T)[];
  /** Makes a structure with the initial values. */
  make(): T;
}

/** Makes the row of a structure from its fields in `fields.ts`. */
function makeRow<T>(structName: string, make: () => T): StructRow<T> {
  const struct = structs.find(({ name }) => name === structName)!;
  const fields = struct.fields.map((field) => ({
    ...field,
    name: toCamelCase(makeShortName(struct, field)),
  }));
  return { fields, names: fields.map(({ name }) => name as keyof T), make };
}

/** The table of structures, by name. */
export const structTypes: { readonly [T in StructType]: StructRow<StructTypes[T]> } = {
  iatt: makeRow('Iatt', () => new Iatt()),
  statvfs: makeRow('Statvfs', () => new Statvfs()),
  flock: makeRow<Flock>('Flock', () => ({ ...NEW_FLOCK })),
  lease: makeRow<Lease>('Lease', () => ({ ...NEW_LEASE })),
};

export const isStructType = (type: string): type is StructType => Object.hasOwn(structTypes, type);
