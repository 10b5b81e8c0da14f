/**
 * Declares the methods of a file system that an author writes by path (docs/write/storage.md), and checks what they
 * return. The values are those of JSON, so that methods of all languages return the same; data is bytes.
 */

import { decodeName, NameError, nameLength } from '../core/bytes.ts';
import type { FileMethod } from '../core/file-methods.ts';
import type { Frame } from '../core/frame.ts';
import { IA_IFDIR, IA_IFLNK, IA_IFREG, typeOfMode } from '../core/iatt.ts';
import type { Fd } from '../core/operands.ts';
import { findNameFault } from '../xlators/storage/shared/fop-values.ts';
import { Listing, NAMES_MAX } from './listing.ts';

/** Methods of filters, which enter a module in the same way. */
export const filterMethods = [
  ...(['entry_seen', 'entry_stored'] as const),
  ...(['encode', 'decode', 'transform_read', 'transform_write'] as const),
] as const;
export type HostedMethod = (typeof filterMethods)[number];

export const isFilterMethod = (method: string): method is HostedMethod =>
  (filterMethods as readonly string[]).includes(method);

/** The arguments of one call; a method reads those that its parameters name. */
export interface MethodCall {
  readonly method: FileMethod | HostedMethod;
  readonly path: string;
  /** The new path, the target of a link, the name of an attribute, or changes as JSON. */
  readonly text: string | undefined;
  /** The offset, or the size, mode or flags. */
  readonly a: number;
  /** The size of a read; the number of `fd`. */
  readonly b: number;
  /** The number of the handle that `open` or `create` returned; -1 without one. */
  readonly handle: number;
  readonly data: Uint8Array | null;
  /** The open file of a filter of data. */
  readonly fd?: Fd;
  /** The last listing of the directory, which is the result of `list` again for the same names. */
  readonly known?: Listing<Attributes> | null | undefined;
}

/** Takes a method's result: 0 and the value, or the errno. */
export type TakeResult = (errno: number, value: unknown) => void;

/** The author's methods, wherever they run. */
export interface FilesBackend {
  /** The methods that the author defines. */
  readonly defined: ReadonlySet<FileMethod>;
  /** Whether `read` takes no offset and returns the whole file. */
  readonly readsWhole: boolean;
  /**
   * Whether a file that is removed while it is open keeps its data by a hidden name although `open` is defined; without
   * `open` it always does.
   */
  readonly hidesRemoved?: boolean;
  /** A number that changes whenever code of the author's may have run; undefined where that is not known. */
  readonly timesEntered?: number | undefined;
  /** Calls a method for the request of `frame`; the value was checked by `checkResult`. */
  call(frame: Frame, call: MethodCall, take: TakeResult): void;
}

/** Thrown for a result that the method cannot have; the text is for the author. */
export class ResultError extends Error {
  readonly code = 'GLOSSA_FILES_RESULT';
}

/** The attributes of a file or directory, as `stat` returns them; what is left out has a default. */
export interface Attributes {
  readonly type?: 'file' | 'directory' | 'symlink';
  /** Bytes. */
  readonly size?: number;
  /** Permission bits, perhaps with those of the type. */
  readonly mode?: number;
  readonly nlink?: number;
  readonly uid?: number;
  readonly gid?: number;
  /** Seconds since 1970, with a fraction. */
  readonly atime?: number;
  readonly mtime?: number;
  readonly ctime?: number;
  /** A number of the file's own, by which two names of it are known to lead to one file. */
  readonly ino?: number;
  /** Seconds for which the kernel may keep them. */
  readonly timeout?: number;
}

/** The answer that there is no such file, and the seconds for which the kernel may keep it. */
export interface Absent {
  readonly absent: true;
  readonly timeout?: number;
}

/** Times may have a fraction, and may be negative; seconds may have a fraction. */
const ATTRIBUTE_KINDS = {
  ...({ type: 'type', size: 'integer', mode: 'integer', nlink: 'integer' } as const),
  ...({ uid: 'integer', gid: 'integer', atime: 'time', mtime: 'time', ctime: 'time' } as const),
  ...({ ino: 'integer', timeout: 'seconds' } as const),
} satisfies Record<keyof Attributes, string>;
const TYPES = { file: IA_IFREG, directory: IA_IFDIR, symlink: IA_IFLNK } as const;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Names a value for an author, shortened. */
function show(value: unknown): string {
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

/** Checks an attribute that is given. @throws {ResultError} */
function checkAttribute(name: string, given: unknown, what: string): void {
  if (!Object.hasOwn(ATTRIBUTE_KINDS, name))
    throw new ResultError(
      `${what} has an attribute ${show(name)}; there are ${Object.keys(ATTRIBUTE_KINDS).join(', ')}`,
    );
  const kind = ATTRIBUTE_KINDS[name as keyof Attributes];
  if (kind === 'type') {
    if (typeof given !== 'string' || !Object.hasOwn(TYPES, given))
      throw new ResultError(
        `${what} has the type ${show(given)}; there are ${Object.keys(TYPES).join(', ')}`,
      );
  } else if (typeof given !== 'number' || !Number.isFinite(given))
    throw new ResultError(`${what} has the ${name} ${show(given)}, which is no number`);
  else if (kind !== 'time' && given < 0)
    throw new ResultError(`${what} has the negative ${name} ${given}`);
  else if (kind === 'integer' && !Number.isSafeInteger(given))
    throw new ResultError(`${what} has the ${name} ${given}, which is no integer below 2^53`);
}

/** Checks attributes. @throws {ResultError} */
function checkAttributes(value: unknown, what: string): Attributes {
  if (typeof value === 'number') return checkAttributes({ size: value }, what);
  if (!isObject(value))
    throw new ResultError(
      `${what} must be attributes, a size in bytes, or none, not ${show(value)}`,
    );
  for (const name in value) {
    const given = value[name];
    if (given !== null && given !== undefined) checkAttribute(name, given, what);
  }
  const attributes = value as Attributes;
  if (findType(attributes) === undefined)
    throw new ResultError(
      `${what} has the mode 0o${attributes.mode!.toString(8)}: neither file, directory nor symbolic link`,
    );
  return attributes;
}

const PACKED_TYPES = Object.keys(TYPES) as (keyof typeof TYPES)[];
/** The number of what is left out, which no attribute can be. */
const LEFT_OUT = -Number.MAX_VALUE;
const packed = new Float64Array(11);
const packedBytes = new Uint8Array(packed.buffer);

const readNumber = (index: number): number | undefined =>
  packed[index] === LEFT_OUT ? undefined : packed[index];
const isCount = (value: number | undefined): boolean =>
  value === undefined || (value >= 0 && Number.isSafeInteger(value));
const isTime = (value: number | undefined): boolean =>
  value === undefined || Number.isFinite(value);

/** Attributes that a library has packed as doubles in this order, which costs a tenth of JSON. */
export class PackedAttributes implements Attributes, Record<keyof Attributes, unknown> {
  readonly type = PACKED_TYPES[packed[0]!];
  readonly size = readNumber(1);
  readonly mode = readNumber(2);
  readonly nlink = readNumber(3);
  readonly uid = readNumber(4);
  readonly gid = readNumber(5);
  readonly atime = readNumber(6);
  readonly mtime = readNumber(7);
  readonly ctime = readNumber(8);
  readonly ino = readNumber(9);
  readonly timeout = readNumber(10);

  private constructor() {
    const { size, mode, nlink, uid, gid, atime, mtime, ctime, ino, timeout } = this;
    const areCounts = [size, mode, nlink, uid, gid, ino].every(isCount);
    const areTimes = [atime, mtime, ctime, timeout].every(isTime);
    const isSound = areCounts && areTimes && !(timeout! < 0) && findType(this) !== undefined;
    if (!isSound) checkAttributes(this, 'the result');
  }

  /** @throws {ResultError} */
  static read(bytes: Uint8Array): PackedAttributes {
    if (bytes.length !== packedBytes.length)
      throw new ResultError(`must return attributes, not ${bytes.length} bytes`);
    packedBytes.set(bytes);
    return new PackedAttributes();
  }
}

/** Returns the IA_* of attributes; undefined for one that a file system by path does not have. */
export function findType({ type, mode = 0 }: Attributes): number | undefined {
  if (type !== undefined && type !== null) return TYPES[type];
  if (mode >> 12 === 0) return IA_IFREG;
  const iaType = typeOfMode(mode);
  return iaType === IA_IFREG || iaType === IA_IFDIR || iaType === IA_IFLNK ? iaType : undefined;
}

const areEqual = (a: Uint8Array, b: Uint8Array): boolean => {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index++) if (a[index] !== b[index]) return false;
  return true;
};

/** Checks a listing: names and pairs, or the bytes of names alone between slashes. */
function checkListing(value: unknown, { known }: MethodCall): Listing<Attributes> {
  if (value instanceof Listing) return value as Listing<Attributes>;
  const bytes = value instanceof Uint8Array ? value : null;
  if (bytes !== null && known?.bytes != null && areEqual(bytes, known.bytes)) return known;
  const items: unknown = bytes === null ? value : decodeName(bytes).split('/');
  if (!Array.isArray(items))
    throw new ResultError(`must return names, or pairs of name and attributes, not ${show(value)}`);
  if (items.length > NAMES_MAX) throw new ResultError(`has more than ${NAMES_MAX} names`);
  const names: string[] = [];
  const given: (Attributes | null)[] = [];
  for (const item of items as unknown[]) {
    const [name, attributes] =
      typeof item === 'string' || !Array.isArray(item) ? [item, null] : (item as unknown[]);
    if (typeof name !== 'string')
      throw new ResultError(`has the name ${show(name)}, which is no text`);
    if (name === '.' || name === '..') continue;
    if (findNameFault(name) !== 0)
      throw new ResultError(`has the name ${show(name)}, which no directory entry can have`);
    names.push(name);
    if (bytes !== null) continue;
    given.push(
      attributes === null || attributes === undefined
        ? null
        : checkAttributes(attributes, `the entry ${show(name)}`),
    );
  }
  const listing = new Listing(names, bytes === null ? given : null, bytes?.slice());
  if (listing.duplicate === undefined) return listing;
  throw new ResultError(`has the name ${show(listing.duplicate)} twice`);
}

const checkNothing = (): undefined => undefined;

function checkText(value: unknown): string {
  if (typeof value !== 'string') throw new ResultError(`must return a text, not ${show(value)}`);
  try {
    nameLength(value);
  } catch (error) {
    if (!(error instanceof NameError)) throw error;
    throw new ResultError(`returned a text that cannot be encoded: ${error.message}`);
  }
  return value;
}

function checkCount(value: unknown, most: number, what: string): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0 || value > most)
    throw new ResultError(`must return ${what}, not ${show(value)}`);
  return value;
}

const checkHandle = (value: unknown): number =>
  value === null || value === undefined
    ? -1
    : checkCount(value, Number.MAX_SAFE_INTEGER, 'a handle, which the library numbers');

const STATFS_NAMES: ReadonlySet<string> = new Set([
  ...['bsize', 'frsize', 'blocks', 'bfree', 'bavail', 'files', 'ffree', 'favail', 'namemax'],
]);

function checkStatfs(value: unknown): Readonly<Record<string, number>> {
  if (!isObject(value)) throw new ResultError(`must return numbers by name, not ${show(value)}`);
  for (const [name, given] of Object.entries(value)) {
    if (!STATFS_NAMES.has(name))
      throw new ResultError(`returned ${show(name)}; there are ${[...STATFS_NAMES].join(', ')}`);
    checkCount(given, Number.MAX_SAFE_INTEGER, `a number as ${name}`);
  }
  return value as Record<string, number>;
}

function checkNames(value: unknown): string[] {
  if (!Array.isArray(value)) throw new ResultError(`must return names, not ${show(value)}`);
  return (value as unknown[]).map(checkText);
}

type Check = (value: unknown, call: MethodCall) => unknown;

/** The checks of results, by method; those of all other methods take nothing. */
const CHECKS: Partial<Record<FileMethod, Check>> = {
  list: checkListing,
  stat(value, { path }) {
    if (value instanceof PackedAttributes) return value;
    if (value === null || value === undefined) return { absent: true };
    if (isObject(value) && value.absent === true) {
      const { timeout } = value;
      if (timeout !== undefined && (typeof timeout !== 'number' || !(timeout >= 0)))
        throw new ResultError(
          `returned the timeout ${show(timeout)}, which is no number of seconds`,
        );
      return value;
    }
    const attributes =
      value instanceof Uint8Array
        ? PackedAttributes.read(value)
        : checkAttributes(value, 'the result');
    if (path === '/' && findType(attributes) !== IA_IFDIR)
      throw new ResultError('the root must be a directory');
    return attributes;
  },
  read(value, { b }) {
    if (!(value instanceof Uint8Array))
      throw new ResultError(`must return bytes, not ${show(value)}`);
    if (b >= 0 && value.length > b)
      throw new ResultError(`returned ${value.length} bytes, and ${b} were asked for`);
    return value;
  },
  readlink: checkText,
  statfs: checkStatfs,
  getxattr(value) {
    if (value === null || value === undefined || value instanceof Uint8Array) return value ?? null;
    throw new ResultError(`must return bytes, or none, not ${show(value)}`);
  },
  listxattr: checkNames,
  open: checkHandle,
  create: checkHandle,
  write: (value, { data }) =>
    value === null || value === undefined
      ? data!.length
      : checkCount(value, data!.length, `nothing or the number of bytes, at most ${data!.length}`),
};

/** Checks what a method returned. @throws {ResultError} with a text that continues the method's name */
export const checkResult = (call: MethodCall, value: unknown): unknown =>
  ((CHECKS as Partial<Record<string, Check>>)[call.method] ?? checkNothing)(value, call);
