/**
 * Encodes paths for system calls, as bytes ending in NUL in reused buffers: a name, the empty path (the descriptor
 * itself), and `/proc/self/fd/N` for calls that take no O_PATH descriptor. The kernel follows that link to the open
 * inode, even after a rename, and never beyond it.
 *
 * Callers must fill a buffer right before the system call, since the next name overwrites it. Calls with two names
 * use `nameBuffer` and `secondNameBuffer`.
 */
import { encodeNameInto } from '../../../core/bytes.ts';
import { NAME_MAX, SYMLINK_MAX, XATTR_NAME_MAX } from '../../../core/limits.ts';
import { toCString } from '../../../sys/struct.ts';
import { findNameFault, findTextFault } from '../shared/name-checks.ts';

/** Allocates a buffer for a text of at most `max` UTF-16 units (three bytes each) and a NUL. */
const allocatePath = (max: number): Uint8Array => new Uint8Array(max * 3 + 1);

export const nameBuffer = allocatePath(NAME_MAX);
export const secondNameBuffer = allocatePath(NAME_MAX);
/** For reopening an inode by its name while a caller uses the other buffers. */
export const reopenNameBuffer = allocatePath(NAME_MAX);
export const targetBuffer = allocatePath(SYMLINK_MAX);
export const keyBuffer = allocatePath(XATTR_NAME_MAX);

/** An empty path: the descriptor's own inode, for calls with `AT_EMPTY_PATH`. */
export const EMPTY_PATH = new Uint8Array(1);
/** The directory itself, for calls that need a name. */
export const SELF_PATH = toCString('.');
export const PARENT_PATH = toCString('..');

/** Puts one name into `buffer`; returns 0, or the errno of an invalid name. */
export function putName(buffer: Uint8Array, name: string): number {
  const fault = findNameFault(name);
  if (fault === 0) buffer[encodeNameInto(name, buffer, 0)] = 0;
  return fault;
}

/** Puts a text of at most `max` bytes into `buffer`; returns 0 or the errno. */
export function putText(buffer: Uint8Array, text: string, max: number): number {
  const fault = findTextFault(text, max);
  if (fault === 0) buffer[encodeNameInto(text, buffer, 0)] = 0;
  return fault;
}

const PREFIX = '/proc/self/fd/';
/** The prefix, a number of ten digits, a slash, a name and a NUL. */
const procBuffer = new Uint8Array(PREFIX.length + 10 + 1 + NAME_MAX + 1);
encodeNameInto(PREFIX, procBuffer, 0);

/** Returns `/proc/self/fd/N`, in a buffer that the next call of this or of `makeProcEntryPath` overwrites. */
export function makeProcPath(fd: number): Uint8Array {
  procBuffer[putNumber(fd)] = 0;
  return procBuffer;
}

/**
 * Returns `/proc/self/fd/N/NAME`, an entry of a directory, for calls that do not follow the last component.
 * NAME is in `bytes` from `start` to its NUL.
 */
export function makeProcEntryPath(fd: number, bytes: Uint8Array, start: number): Uint8Array {
  let writeOffset = putNumber(fd);
  procBuffer[writeOffset++] = 0x2f;
  let readOffset = start;
  while (bytes[readOffset] !== 0) procBuffer[writeOffset++] = bytes[readOffset++]!;
  procBuffer[writeOffset] = 0;
  return procBuffer;
}

/** Writes a descriptor's decimal digits into `procBuffer` after the prefix; returns the offset of their end. */
function putNumber(fd: number): number {
  let digits = 1;
  for (let rest = fd; rest > 9; rest = Math.floor(rest / 10)) digits += 1;
  const end = PREFIX.length + digits;
  let rest = fd;
  for (let at = end - 1; at >= PREFIX.length; at--) {
    procBuffer[at] = 0x30 + (rest % 10);
    rest = Math.floor(rest / 10);
  }
  return end;
}
