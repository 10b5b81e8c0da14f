/**
 * Makes the system calls of workloads, and data whose bytes encode their position, so that a
 * misplaced block is detected.
 */
import { constants } from 'node:fs';
import { errnoName } from '../../../../runtime/core/errno.ts';
import { AT_REMOVEDIR, O_CLOEXEC, STATX_BASIC_STATS } from '../../../../runtime/sys/constants.ts';
import {
  close,
  mkdirat,
  open,
  openat,
  pwrite,
  statx,
  unlinkat,
} from '../../../../runtime/sys/libc.ts';
import { Statx, toCString } from '../../../../runtime/sys/struct.ts';
import { CallError, describeStatus } from './workload.ts';

/**
 * Returns the result of a successful call.
 * @param call its name in the error
 * @throws {CallError}
 */
export function callOrThrow(result: number, call: string): number {
  if (result < 0) throw new CallError(call, -result, errnoName(-result));
  return result;
}

/** Opens a folder; returns the descriptor. @throws {CallError} */
export const openFolder = (path: string): number =>
  callOrThrow(
    open(toCString(path), constants.O_RDONLY | constants.O_DIRECTORY | O_CLOEXEC, 0),
    path,
  );

/** Makes a folder and opens it; returns the descriptor. @throws {CallError} */
export function makeFolder(parent: number, name: string): number {
  callOrThrow(mkdirat(parent, toCString(name), 0o755), `mkdir ${name}`);
  return openFolderAt(parent, name);
}

/** Opens a folder in an open folder; returns the descriptor. @throws {CallError} */
export const openFolderAt = (parent: number, name: string): number =>
  callOrThrow(
    openat(parent, toCString(name), constants.O_RDONLY | constants.O_DIRECTORY | O_CLOEXEC, 0),
    `open ${name}`,
  );

/** Flags of open(2) that make a file, and fail if it exists. */
export const NEW_FILE_FLAGS = constants.O_CREAT | constants.O_EXCL | constants.O_RDWR | O_CLOEXEC;

/** Writes `length` bytes, in several calls if one takes only a part. @throws {CallError} */
export function writeAll(fd: number, data: Uint8Array, length: number, offset: number): void {
  for (let written = 0; written < length; ) {
    const remaining = written === 0 ? data : data.subarray(written);
    written += callOrThrow(pwrite(fd, remaining, length - written, offset + written), 'write');
  }
}

/** Makes a new file in an open folder. @throws {CallError} */
export function makeFile(folder: number, name: string, data = new Uint8Array(0)): void {
  const fd = callOrThrow(openat(folder, toCString(name), NEW_FILE_FLAGS, 0o644), `create ${name}`);
  try {
    writeAll(fd, data, data.length, 0);
  } finally {
    close(fd);
  }
}

/** Removes a file in an open folder; returns 0, or minus an errno. */
export const unlinkFile = (folder: number, name: Uint8Array): number => unlinkat(folder, name, 0);
/** Removes an empty folder in an open folder; returns 0, or minus an errno. */
export const removeFolder = (folder: number, name: string): number =>
  unlinkat(folder, toCString(name), AT_REMOVEDIR);

/** Calls `use` with the opened folder, and closes it. */
export function withFolder<T>(path: string, use: (fd: number) => T): T {
  const fd = openFolder(path);
  try {
    return use(fd);
  } finally {
    close(fd);
  }
}

/** Makes the name of a file with a number: `file0042`. */
export const makeNumberedName = (name: string, number: number): string =>
  `${name}${String(number).padStart(4, '0')}`;

/**
 * Fills data with 32-bit words, each computed from its offset in the file and the file's salt. The
 * factor 0x9e3779b1 (2^32 divided by the golden ratio) makes neighbouring words differ in many bits.
 */
export function fillPattern(data: Uint8Array, offset: number, salt: number): void {
  const words = new Uint32Array(data.buffer, data.byteOffset, data.length >> 2);
  for (let i = 0; i < words.length; i++) words[i] = Math.imul((offset >> 2) + i, 0x9e3779b1) ^ salt;
}

/** Whether data has fillPattern's content: checks both ends and about sixty words between. */
export function isPattern(data: Uint8Array, length: number, offset: number, salt: number): boolean {
  const words = new Uint32Array(data.buffer, data.byteOffset, length >> 2);
  const lastIndex = words.length - 1;
  const stride = Math.max(1, lastIndex >> 6);
  for (let i = 0; i <= lastIndex; i += stride) {
    if (words[i] !== (Math.imul((offset >> 2) + i, 0x9e3779b1) ^ salt) >>> 0) return false;
  }
  if (lastIndex < 0) return true;
  return words[lastIndex] === (Math.imul((offset >> 2) + lastIndex, 0x9e3779b1) ^ salt) >>> 0;
}

/** The parts of a stat result that are compared. */
interface StatResult {
  /** The result of the call: 0, or minus an errno. */
  readonly status: number;
  readonly mode: number;
  readonly size: number;
}

/** Reads the expected results: calls stat for names in the plain directory. */
export function statAll(folder: number, names: readonly Uint8Array[]): StatResult[] {
  const out = new Statx();
  return names.map((name) => {
    const status = statx(folder, name, 0, STATX_BASIC_STATS, out.bytes);
    return status < 0 ? { status, mode: 0, size: 0 } : { status, mode: out.mode, size: out.size };
  });
}

/** Describes how a result of stat differs from the expected one; null if they agree. */
export function compareStat(
  name: string,
  expected: StatResult,
  status: number,
  out: Statx,
): string | null {
  if (status !== expected.status) {
    const results = [status, expected.status].map(describeStatus);
    return `stat of ${name} gives ${results[0]}, in the plain directory ${results[1]}`;
  }
  if (status < 0) return null;
  // Folder sizes depend on the file system.
  const isFolder = (expected.mode & constants.S_IFMT) === constants.S_IFDIR;
  if (out.mode === expected.mode && (isFolder || out.size === expected.size)) return null;
  return (
    `stat of ${name} gives mode ${out.mode.toString(8)} and ${out.size} bytes, ` +
    `in the plain directory ${expected.mode.toString(8)} and ${expected.size}`
  );
}
