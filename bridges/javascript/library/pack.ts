/** Encodes values for the host; bridges/host/crossing/message.ts decodes them. */

import type { Arg as ArgRow, FopRow } from '../../../runtime/core/fops.ts';
import { bytesOf, Data, Dict } from './data.ts';
import { host } from './host.ts';
import { Fd, Inode, Loc } from './inode.ts';
import {
  changed,
  Dirent,
  type Fields,
  Flock,
  hostValue,
  Iatt,
  INSIDE,
  indexOf,
  Lease,
  NULL_GFID,
  requestOf,
  Statvfs,
  typeOf,
  windOf,
} from './values.ts';

/** Encodes an argument; a received value is sent as its origin. */
export function pack(id: number, arg: ArgRow, value: unknown): unknown {
  if (value === null || value === undefined) return null;
  const origin = hostValue(value);
  if (origin !== undefined && requestOf(origin._at) === id && fits(arg.type, value)) {
    const { _at } = origin;
    if (!origin._changed()) return ['=', windOf(_at), indexOf(_at)];
  }
  return PACKERS[arg.type]!(arg, value, id);
}

/** True if a received value fits an argument of this type. */
const fits = (type: string, value: unknown): boolean =>
  Array.isArray(value)
    ? type === 'entries' || type === 'locklist'
    : value instanceof (HOST_VALUES[type] ?? Nothing);

class Nothing {}

const HOST_VALUES: Readonly<Record<string, abstract new (...args: never[]) => object>> = {
  iatt: Iatt,
  dict: Dict,
  data: Data,
  statvfs: Statvfs,
  flock: Flock,
  lease: Lease,
};

/** All arguments of a fop, as received. */
export const asCame = (row: FopRow): unknown[] => row.args.map((_, index) => ['=', -1, index]);

/** Encodes the values of a row; missing ones at the end are null. */
export function packAll(
  id: number,
  name: string,
  row: readonly ArgRow[],
  given: readonly unknown[],
): unknown[] {
  if (given.length > row.length) {
    const takes = row.map((arg) => arg.name).join(', ');
    throw new TypeError(`${name} takes ${row.length} arguments (${takes}), not ${given.length}`);
  }
  return row.map((arg, index) => pack(id, arg, given[index]));
}

/** Encodes arguments; null stands for the received ones. */
export function packArguments(
  id: number,
  row: FopRow,
  came: readonly unknown[] | null,
  args: readonly unknown[] | null,
): unknown[] {
  const values = args ?? came;
  if (values === null || (values === came && !changed(values))) return asCame(row);
  return packAll(id, row.name, row.args, values);
}

type Packer = (arg: ArgRow, value: unknown, id: number) => unknown;

function refuse(arg: ArgRow, wanted: string, value: unknown): never {
  throw new TypeError(`${arg.name} must be ${wanted}, not ${typeOf(value)}`);
}

const object =
  <T>(
    tag: string,
    made: abstract new (...args: never[]) => T,
    give: (value: T) => unknown,
  ): Packer =>
  (arg, value) =>
    value instanceof made ? [tag, give(value)] : refuse(arg, made.name, value);

const fieldsOf = (tag: string, made: abstract new (...args: never[]) => Fields): Packer =>
  object(tag, made, (value) => value.fields());

function items<T>(arg: ArgRow, made: abstract new (...args: never[]) => T, value: unknown): T[] {
  if (!Array.isArray(value)) return refuse(arg, `an array of ${made.name}`, value);
  for (const item of value) {
    if (item instanceof made) continue;
    throw new TypeError(`${arg.name} must be an array of ${made.name}; ${typeOf(item)} is in it`);
  }
  return value as T[];
}

function packEntry(entry: Dirent, id: number): unknown[] {
  const { name, off, type, gfid, stat, ref } = entry;
  const here = ref !== null && ref[0] === id;
  const attributes = stat === null ? null : here && stat._at === INSIDE ? true : stat.fields();
  return [name, off, type, gfid || NULL_GFID, attributes, here ? ref.slice(1) : null];
}

const PACKERS: Readonly<Record<string, Packer>> = {
  loc: object('loc', Loc, ({ _parts: [inode, parent, name, gfid] }) => [
    inode,
    parent,
    name ?? null,
    gfid ?? null,
  ]),
  inode: object('inode', Inode, (value) => value.id),
  fd: object('fd', Fd, (value) => value.id),
  iatt: fieldsOf('iatt', Iatt),
  statvfs: fieldsOf('statvfs', Statvfs),
  flock: fieldsOf('flock', Flock),
  lease: fieldsOf('lease', Lease),
  str: (arg, value) => (typeof value === 'string' ? value : refuse(arg, 'a string', value)),
  int: (arg, value) => {
    if (typeof value === 'boolean') return Number(value);
    return typeof value === 'number' ? value : refuse(arg, 'a number', value);
  },
  data: (arg, value) => {
    const bytes = bytesOf(value) ?? refuse(arg, 'a Uint8Array or Data', value);
    return ['data', host.put(bytes.buffer, bytes.byteOffset, bytes.byteLength)];
  },
  dict: (arg, value) => {
    try {
      return ['dict', (value instanceof Dict ? value : new Dict(value as object)).packed()];
    } catch (error) {
      const why = (error as Error).message;
      return refuse(arg, `a Dict, a Map or an object (${why})`, value);
    }
  },
  entries: (arg, value, id) => [
    'entries',
    items(arg, Dirent, value).map((entry) => packEntry(entry, id)),
  ],
  locklist: (arg, value) => ['locklist', items(arg, Flock, value).map((lock) => lock.fields())],
};
