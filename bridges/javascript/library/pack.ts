/** Encodes values for the host; bridges/host/crossing/message.ts decodes them. */

import type { Arg as ArgRow, FopRow } from '../../../runtime/core/fops.ts';
import { Data, Dict, toBytes } from './data.ts';
import { host } from './host.ts';
import { Fd, Inode, Loc } from './inode.ts';
import { decodeIndex, decodeRequestId, decodeWindNumber } from './origin.ts';
import {
  Dirent,
  type Fields,
  Flock,
  haveChanged,
  Iatt,
  Lease,
  NULL_GFID,
  nameType,
  PART_OF_VALUE,
  Statvfs,
  toHostValue,
} from './values.ts';

/**
 * Encodes an argument. An unchanged value that the host has sent in this request becomes a
 * reference: `['=', wind, index]`.
 */
export function pack(requestId: number, arg: ArgRow, value: unknown): unknown {
  if (value === null || value === undefined) return null;
  const received = toHostValue(value);
  if (
    received !== undefined &&
    decodeRequestId(received._origin) === requestId &&
    fitsType(arg.type, value)
  ) {
    const { _origin } = received;
    if (!received._isChanged()) return ['=', decodeWindNumber(_origin), decodeIndex(_origin)];
  }
  return PACKERS[arg.type]!(arg, value, requestId);
}

/** True if a received value fits an argument of this type. */
const fitsType = (type: string, value: unknown): boolean =>
  Array.isArray(value)
    ? type === 'entries' || type === 'locklist'
    : value instanceof (HOST_VALUE_CLASSES[type] ?? UnknownType);

/** Has no instances, so no value fits. */
class UnknownType {}

/** The classes of received values, by the argument's type. */
const HOST_VALUE_CLASSES: Readonly<Record<string, abstract new (...args: never[]) => object>> = {
  iatt: Iatt,
  dict: Dict,
  data: Data,
  statvfs: Statvfs,
  flock: Flock,
  lease: Lease,
};

/** Stands for the request's own arguments, in place of a wind's number. */
const REQUEST_ARGUMENTS = -1;

/** Makes references to all arguments of a fop as received, in place of their values. */
export const referToArguments = (row: FopRow): unknown[] =>
  row.args.map((_, index) => ['=', REQUEST_ARGUMENTS, index]);

/**
 * Encodes arguments or reply parts, which `argRows` describe; missing values at the end become null.
 */
export function packAll(
  requestId: number,
  name: string,
  argRows: readonly ArgRow[],
  values: readonly unknown[],
): unknown[] {
  if (values.length > argRows.length) {
    const parameters = argRows.map((arg) => arg.name).join(', ');
    throw new TypeError(
      `${name} takes ${argRows.length} arguments (${parameters}), not ${values.length}`,
    );
  }
  return argRows.map((arg, index) => pack(requestId, arg, values[index]));
}

/**
 * Encodes a wind's arguments.
 * @param received the request's arguments, null if the module has not read them
 * @param args null for the received ones
 */
export function packArguments(
  requestId: number,
  row: FopRow,
  received: readonly unknown[] | null,
  args: readonly unknown[] | null,
): unknown[] {
  const values = args ?? received;
  if (values === null || (values === received && !haveChanged(values)))
    return referToArguments(row);
  return packAll(requestId, row.name, row.args, values);
}

type Packer = (arg: ArgRow, value: unknown, requestId: number) => unknown;

function throwPackError(arg: ArgRow, expected: string, value: unknown): never {
  throw new TypeError(`${arg.name} must be ${expected}, not ${nameType(value)}`);
}

/** Makes the encoder of a class's objects, which throws for any other value. */
const makeObjectPacker =
  <T>(
    tag: string,
    type: abstract new (...args: never[]) => T,
    encode: (value: T) => unknown,
  ): Packer =>
  (arg, value) =>
    value instanceof type ? [tag, encode(value)] : throwPackError(arg, type.name, value);

const makeFieldsPacker = (tag: string, type: abstract new (...args: never[]) => Fields): Packer =>
  makeObjectPacker(tag, type, (value) => value.fields());

/** Returns the items of an array. @throws {TypeError} if it has one of another type */
function checkItems<T>(
  arg: ArgRow,
  type: abstract new (...args: never[]) => T,
  value: unknown,
): T[] {
  if (!Array.isArray(value)) return throwPackError(arg, `an array of ${type.name}`, value);
  for (const item of value) {
    if (item instanceof type) continue;
    throw new TypeError(`${arg.name} must be an array of ${type.name}; ${nameType(item)} is in it`);
  }
  return value as T[];
}

/**
 * Encodes a directory entry. One that the host sent in this request has its place there (`ref`); the
 * attributes that the host has are not sent again.
 */
function packEntry(entry: Dirent, requestId: number): unknown[] {
  const { name, off, type, gfid, stat, ref } = entry;
  const isOfRequest = ref !== null && ref[0] === requestId;
  // true: the attributes as received, which the host has.
  const attributes =
    stat === null ? null : isOfRequest && stat._origin === PART_OF_VALUE ? true : stat.fields();
  return [name, off, type, gfid || NULL_GFID, attributes, isOfRequest ? ref.slice(1) : null];
}

/** The encoders of values, by the argument's type. */
const PACKERS: Readonly<Record<string, Packer>> = {
  loc: makeObjectPacker('loc', Loc, ({ _parts: [inode, parent, name, gfid] }) => [
    inode,
    parent,
    name ?? null,
    gfid ?? null,
  ]),
  inode: makeObjectPacker('inode', Inode, (value) => value.id),
  fd: makeObjectPacker('fd', Fd, (value) => value.id),
  iatt: makeFieldsPacker('iatt', Iatt),
  statvfs: makeFieldsPacker('statvfs', Statvfs),
  flock: makeFieldsPacker('flock', Flock),
  lease: makeFieldsPacker('lease', Lease),
  str: (arg, value) => (typeof value === 'string' ? value : throwPackError(arg, 'a string', value)),
  int: (arg, value) => {
    if (typeof value === 'boolean') return Number(value);
    return typeof value === 'number' ? value : throwPackError(arg, 'a number', value);
  },
  data: (arg, value) => {
    const bytes = toBytes(value) ?? throwPackError(arg, 'a Uint8Array or Data', value);
    return ['data', host.put(bytes.buffer, bytes.byteOffset, bytes.byteLength)];
  },
  dict: (arg, value) => {
    try {
      return ['dict', (value instanceof Dict ? value : new Dict(value as object)).packed()];
    } catch (error) {
      const reason = (error as Error).message;
      return throwPackError(arg, `a Dict, a Map or an object (${reason})`, value);
    }
  },
  entries: (arg, value, requestId) => [
    'entries',
    checkItems(arg, Dirent, value).map((entry) => packEntry(entry, requestId)),
  ],
  locklist: (arg, value) => [
    'locklist',
    checkItems(arg, Flock, value).map((lock) => lock.fields()),
  ],
};
