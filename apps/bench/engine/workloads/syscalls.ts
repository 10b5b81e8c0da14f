/** Makes the system calls of workloads. */
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
import type { StatResult } from './expected-results.ts';
import { CallError } from './workload.ts';

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

/** Reads the expected results: calls stat for names in the plain directory. */
export function statAll(folder: number, names: readonly Uint8Array[]): StatResult[] {
  const out = new Statx();
  return names.map((name) => {
    const status = statx(folder, name, 0, STATX_BASIC_STATS, out.bytes);
    return status < 0 ? { status, mode: 0, size: 0 } : { status, mode: out.mode, size: out.size };
  });
}
