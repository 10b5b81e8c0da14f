/**
 * Reads and writes the values of the protocol of `glossa api`: big-endian, without padding. In a request all values of
 * fixed size come first, then the lengths of the others, then their bytes, so that a client writes one struct and
 * appends the bytes.
 */

import { decodeName, encodeNameInto } from '../../core/bytes.ts';
import { computeInoHi, computeInoLo, type Gfid } from '../../core/gfid.ts';
import { type Dirent, encodeDevice, type Iatt, Statvfs } from '../../core/iatt.ts';
import type { XdrReader, XdrWriter } from '../../wire/xdr.ts';

/** The types of arguments, and their values in TypeScript. */
export interface ArgumentTypes {
  readonly u32: number;
  readonly i64: number;
  /** A position or length in bytes, from 0 to 2^53 - 1. */
  readonly size: number;
  readonly gfid: Gfid;
  /** A path or a name, of any bytes but NUL. */
  readonly name: string;
  readonly data: Uint8Array;
}

export type ArgumentType = keyof ArgumentTypes;

/** The argument types whose length varies; they follow all others. */
export const isVariable = (type: ArgumentType): boolean => type === 'name' || type === 'data';

/** A lock as fcntl(2) describes it. */
export interface LockValue {
  /** F_RDLCK, F_WRLCK or F_UNLCK. */
  readonly type: number;
  readonly start: number;
  readonly length: number;
  readonly pid: number;
  /** The owner's bytes as hexadecimal text. */
  readonly owner: string;
}

/** Entries of a directory, and the handle for further ones; 0 at the end. */
export interface Listing {
  readonly handle: number;
  readonly entries: readonly Dirent[];
  readonly hasStats: boolean;
}

/** A lock that stays; handle 0 if another owner has it, with the facts of this holder. */
export interface GrantValue {
  readonly handle: number;
  readonly fence: number;
  readonly holder?: unknown;
  /** Gives the lock back, because the client has cancelled the request. */
  releaseUnused?(): void;
}

/** The types of results, and their values in TypeScript. */
export interface ResultTypes {
  readonly none: unknown;
  readonly u32: number;
  readonly size: number;
  readonly name: string;
  readonly names: readonly string[];
  readonly data: Uint8Array;
  readonly stat: Iatt | { readonly buf: Iatt };
  readonly statvfs: Statvfs;
  readonly lock: LockValue;
  readonly listing: Listing;
  readonly grant: GrantValue;
  readonly json: unknown;
}

export type ResultType = keyof ResultTypes;

/**
 * An identity as a client registers it. An id of 0xffffffff, or an empty owner, is taken from identity 0, which is
 * that of the client's process.
 */
export interface IdentityRequest {
  readonly uid: number;
  readonly gid: number;
  readonly umask: number;
  /** The supplementary groups, as big-endian numbers of 32 bits. */
  readonly groups: Uint8Array;
  readonly lockOwner: Uint8Array;
}

/** Bits of the argument `flags`. */
export const OPERATION_FLAGS = {
  /** A symbolic link at the end of the path is not followed. */
  NOFOLLOW: 1,
  /** Also all files below a directory; for mkdir, also the directories above. */
  RECURSIVE: 2,
  /** rm: an absent path is no error. copy_tree: the target may exist. */
  FORCE: 4,
  /** copy_tree: symbolic links are copied as links. */
  SYMLINKS: 8,
  /** copy_file, chunk_open: the target must be absent. */
  EXCLUSIVE: 16,
  /** fsync: data alone, as fdatasync(2). */
  DATA_ONLY: 32,
  /** opendir: entries have their attributes. */
  STATS: 64,
  /** chunk_open: an absent chunk is made. */
  CREATE: 128,
  /** chunk_store: a write is on the disk when it has its reply. */
  SYNC_WRITES: 256,
  /** chunk_lock: waits until the lock is free. */
  WAIT: 512,
} as const;

export const hasFlag = (flags: number, flag: number): boolean => (flags & flag) !== 0;

/** Stands for an argument out of its type's range; the request then fails with EINVAL. */
export const INVALID = Symbol('invalid argument');

/** Reads an argument. `length` has the bytes of a value whose length varies. */
type ArgumentReader = (r: XdrReader, length: number) => unknown;

/** The readers of the argument types. They return INVALID for a value out of range. */
export const argumentReaders: { readonly [T in ArgumentType]: ArgumentReader } = {
  u32: (r) => r.u32(),
  i64: (r) => toSafeInteger(r.i64()),
  size: (r) => {
    const value = r.i64();
    return value < 0 ? INVALID : toSafeInteger(value);
  },
  gfid: (r) => r.gfid(),
  name: (r, length) => {
    const bytes = r.fixed(length);
    return bytes.includes(0) ? INVALID : decodeName(bytes);
  },
  data: (r, length) => r.fixed(length),
};

const toSafeInteger = (value: number): number | typeof INVALID =>
  Number.isSafeInteger(value) ? value : INVALID;

/** The writers of the result types. */
export const resultWriters: {
  readonly [T in ResultType]: (w: XdrWriter, value: ResultTypes[T]) => void;
} = {
  none() {},
  u32: (w, value) => w.u32(value),
  size: (w, value) => w.i64(value),
  name: writeName,
  names(w, names) {
    for (const name of names) writeCounted(w, name);
  },
  data: (w, value) => w.fixed(value),
  stat: (w, value) => writeStat(w, 'buf' in value ? value.buf : value),
  statvfs(w, value) {
    for (const name of STATVFS_FIELDS) w.i64(value[name]);
  },
  lock(w, { type, start, length, pid, owner }) {
    w.u32(type);
    w.i64(start);
    w.i64(length);
    w.u32(pid);
    w.fixed(Uint8Array.from(owner.match(/../g) ?? [], (digits) => Number.parseInt(digits, 16)));
  },
  listing(w, { handle, entries, hasStats }) {
    w.u32(handle);
    for (const { name, type, stat } of entries) {
      w.u32(type);
      if (hasStats) writeStat(w, stat!);
      writeCounted(w, name);
    }
  },
  grant(w, { handle, fence, holder }) {
    w.u32(handle);
    w.i64(fence);
    if (holder !== undefined) writeJson(w, holder);
  },
  json: writeJson,
};

/** Writes a value without undefined parts as JSON, to the end of the message. */
function writeJson(w: XdrWriter, value: unknown): void {
  w.fixed(new TextEncoder().encode(JSON.stringify(value)));
}

/** The fields of a `statvfs`, 8 bytes each. */
export const STATVFS_FIELDS = Object.keys(new Statvfs()) as Exclude<keyof Statvfs, 'copy'>[];

/** The fields of a `stat` with their sizes: bytes of the gfid, numbers of 4 and 8 bytes. */
export const STAT_FIELDS = [
  ['gfid', 16],
  ['ino', 8],
  ...(['mode', 'nlink', 'uid', 'gid', 'rdev', 'blksize'] as const).map(
    (name) => [name, 4] as const,
  ),
  ...(['size', 'blocks', 'atime', 'mtime', 'ctime', 'btime'] as const).map(
    (name) => [name, 8] as const,
  ),
  ...(['atime_nsec', 'mtime_nsec', 'ctime_nsec', 'btime_nsec'] as const).map(
    (name) => [name, 4] as const,
  ),
] as const;

/** The bytes of a `stat`. */
export const STAT_SIZE = STAT_FIELDS.reduce((sum, [, size]) => sum + size, 0);

/** Writes the fields of `STAT_FIELDS`. */
function writeStat(w: XdrWriter, buf: Iatt): void {
  w.gfid(buf.iaGfid);
  w.u32(computeInoHi(buf.iaGfid));
  w.u32(computeInoLo(buf.iaGfid));
  w.u32(buf.mode);
  w.u32(buf.iaNlink);
  w.u32(buf.iaUid);
  w.u32(buf.iaGid);
  w.u32(encodeDevice(buf.iaRdev));
  w.u32(buf.iaBlksize);
  w.i64(buf.iaSize);
  w.i64(buf.iaBlocks);
  w.i64(buf.iaAtime);
  w.i64(buf.iaMtime);
  w.i64(buf.iaCtime);
  w.i64(buf.iaBtime);
  w.u32(buf.iaAtimeNsec);
  w.u32(buf.iaMtimeNsec);
  w.u32(buf.iaCtimeNsec);
  w.u32(buf.iaBtimeNsec);
}

/** Writes the bytes of a name without a length, as the last value of a message. */
export function writeName(w: XdrWriter, name: string): void {
  // The bytes of a name are at most three for each UTF-16 unit.
  w.reserve(name.length * 3);
  w.position += encodeNameInto(name, w.bytes, w.position);
}

/** Writes a name after its length in bytes. */
export function writeCounted(w: XdrWriter, name: string): void {
  const lengthPosition = w.position;
  w.u32(0);
  writeName(w, name);
  w.patch(lengthPosition, w.position - lengthPosition - 4);
}
