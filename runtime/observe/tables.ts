/**
 * Defines the tables in the head of a recording: the fops with the types of arguments and replies,
 * and the fields of structures. Versions differ in these, so a reader uses the recording's own tables.
 */
import { type Arg, type ArgType, fops } from '../core/fops.ts';
import { type StructType, structTypes } from '../core/struct-types.ts';

/** A field and its initial value: a number, the null gfid, or an empty text. */
export type FieldRow = readonly [name: string, initial: number | string];
/** The name and type of an argument. */
export type ArgRow = readonly [name: string, type: ArgType];

/** A fop, with the types of its arguments and of the parts of its reply. */
export interface FopTypes {
  readonly number: number;
  readonly name: string;
  readonly args: readonly ArgRow[];
  readonly reply: readonly ArgRow[];
}

/** The tables of a recording. */
export interface Tables {
  readonly fops: readonly FopTypes[];
  readonly structs: Readonly<Record<StructType, readonly FieldRow[]>>;
}

const makeArgRows = (args: readonly Arg[]): readonly ArgRow[] =>
  args.map(({ name, type }) => [name, type]);

/** Lists the fields of a structure with their initial values. */
function makeFieldRows(type: StructType): readonly FieldRow[] {
  const initial = structTypes[type].make() as unknown as Readonly<Record<string, number | string>>;
  return structTypes[type].fields.map(({ name }) => [name, initial[name]!]);
}

/** The tables of this version. */
export const ownTables: Tables = {
  fops: fops.map(({ number, name, args, reply }) => ({
    number,
    name,
    args: makeArgRows(args),
    reply: makeArgRows(reply),
  })),
  structs: Object.fromEntries(
    Object.keys(structTypes).map((type) => [type, makeFieldRows(type as StructType)]),
  ) as unknown as Tables['structs'],
};
