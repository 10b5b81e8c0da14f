/**
 * The tables that a recording is read by: its fops with the types of their arguments and replies, and
 * the fields of structures. A recording brings its own, as those of another version may differ.
 */
import { type Arg, type ArgType, fops } from '../core/fops.ts';
import { type StructType, structTypes } from '../core/struct-types.ts';

/** A field, and what it is where nothing is said: a number, the null gfid, or an empty text. */
export type FieldRow = readonly [name: string, initial: number | string];
/** Name and type of an argument. */
export type ArgRow = readonly [name: string, type: ArgType];

export interface FopTypes {
  readonly number: number;
  readonly name: string;
  readonly args: readonly ArgRow[];
  readonly reply: readonly ArgRow[];
}

export interface Tables {
  readonly fops: readonly FopTypes[];
  readonly structs: Readonly<Record<StructType, readonly FieldRow[]>>;
}

const rows = (args: readonly Arg[]): readonly ArgRow[] =>
  args.map(({ name, type }) => [name, type]);

/** The fields of a structure, each with what it is in a new one. */
function fields(type: StructType): readonly FieldRow[] {
  const made = structTypes[type].make() as unknown as Readonly<Record<string, number | string>>;
  return structTypes[type].fields.map(({ name }) => [name, made[name]!]);
}

/** Those of this version. */
export const ownTables: Tables = {
  fops: fops.map(({ number, name, args, reply }) => ({
    number,
    name,
    args: rows(args),
    reply: rows(reply),
  })),
  structs: Object.fromEntries(
    Object.keys(structTypes).map((type) => [type, fields(type as StructType)]),
  ) as unknown as Tables['structs'],
};
