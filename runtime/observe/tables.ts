/**
 * The tables that a recording is read by: its fops with the types of their arguments and replies, and
 * the fields of structures. A recording brings its own, as those of another version may differ.
 */

import { type Arg, type ArgType, fops } from '../core/fops.ts';
import {
  FLOCK_FIELDS,
  IATT_FIELDS,
  LEASE_FIELDS,
  NEW_FLOCK,
  NEW_IATT,
  NEW_LEASE,
  NEW_STATVFS,
  STATVFS_FIELDS,
} from '../core/gen/fields.gen.ts';
import { NULL_GFID } from '../core/gfid.ts';

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

export type StructName = 'iatt' | 'statvfs' | 'flock' | 'lease';

export interface Tables {
  readonly fops: readonly FopTypes[];
  readonly structs: Readonly<Record<StructName, readonly FieldRow[]>>;
}

const rows = (args: readonly Arg[]): readonly ArgRow[] =>
  args.map(({ name, type }) => [name, type]);

const fields = <T extends object>(names: readonly (keyof T)[], initial: T): readonly FieldRow[] =>
  names.map((name) => [name as string, initial[name] as number | string]);

/** Those of this version. */
export const ownTables: Tables = {
  fops: fops.map(({ number, name, args, reply }) => ({
    number,
    name,
    args: rows(args),
    reply: rows(reply),
  })),
  structs: {
    iatt: fields(IATT_FIELDS, NEW_IATT),
    statvfs: fields(STATVFS_FIELDS, NEW_STATVFS),
    flock: fields(FLOCK_FIELDS, NEW_FLOCK),
    lease: fields(LEASE_FIELDS, NEW_LEASE),
  },
};

/** How a field travels, told by what it is at first. */
export const kindOf = (initial: number | string): 'number' | 'gfid' | 'text' => {
  if (typeof initial === 'number') return 'number';
  return initial === NULL_GFID ? 'gfid' : 'text';
};
