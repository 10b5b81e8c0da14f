/**
 * Encodes paths for system calls, as bytes ending in NUL in reused buffers: a name, the empty path (the descriptor
 * itself), and `/proc/self/fd/N` for calls that take no O_PATH descriptor. The kernel follows that link to the open
 * inode, even after a rename, and never beyond it.
 *
 * Callers must fill a buffer right before the system call, since the next name overwrites it. Calls with two names
 * use `nameBuffer` and `secondNameBuffer`.
 */
import { encodeNameInto, NameError } from '../../../core/bytes.ts';
import { EINVAL, ENAMETOOLONG } from '../../../core/errno.ts';
import { NAME_MAX, SYMLINK_MAX, XATTR_NAME_MAX } from '../../../core/limits.ts';
import { toCString } from '../../../sys/struct.ts';
import { isEntryName } from '../shared/fop-values.ts';

/** Allocates a buffer for a text of at most `max` UTF-16 units (three bytes each) and a NUL. */
const allocatePath = (max: number): Uint8Array => new Uint8Array(max * 3 + 1);

/** Memory for a fop's name. */
export const nameBuffer = allocatePath(NAME_MAX);
/** Memory for the second name of a rename. */
export const secondNameBuffer = allocatePath(NAME_MAX);
/** Memory for a name by which an inode is reopened, while a caller uses the other buffers. */
export const reopenNameBuffer = allocatePath(NAME_MAX);
/** Memory for the target of a new symbolic link. */
export const symlinkBuffer = allocatePath(SYMLINK_MAX);
/** Memory for the name of an extended attribute. */
export const keyBuffer = allocatePath(XATTR_NAME_MAX);

/** An empty path: the descriptor's own inode, for calls with `AT_EMPTY_PATH`. */
export const EMPTY_PATH = new Uint8Array(1);
/** The directory itself, for calls that need a name. */
export const SELF_PATH = toCString('.');
export const PARENT_PATH = toCString('..');

const SLASH = 0x2f;

/** Writes one name and a NUL into `buffer`; returns 0, or the errno of an invalid name. */
export function writeNameTo(buffer: Uint8Array, name: string): number {
  const { length } = name;
  let offset = 0;
  for (; offset < length && offset < NAME_MAX; offset++) {
    const unit = name.charCodeAt(offset);
    if (unit === 0 || unit === SLASH || unit >= 0x80) break;
    buffer[offset] = unit;
  }
  buffer[offset] = 0;
  // ASCII, and neither "." nor "..".
  if (offset === length && length > 2) return 0;
  return isEntryName(name) ? writeTextTo(buffer, name, NAME_MAX) : EINVAL;
}

/** Writes a text of at most `max` bytes and a NUL into `buffer`; returns 0 or the errno, as `findTextFault`. */
export function writeTextTo(buffer: Uint8Array, text: string, max: number): number {
  if (text.includes('\0')) return EINVAL;
  // The buffer has room for `max` units of UTF-16, of which each takes at least one byte.
  if (text.length > max) return ENAMETOOLONG;
  try {
    const length = encodeNameInto(text, buffer, 0);
    buffer[length] = 0;
    return length > max ? ENAMETOOLONG : 0;
  } catch (error) {
    if (error instanceof NameError) return error.errno;
    throw error;
  }
}

const DIGIT_ZERO = 0x30;
const PROC_PREFIX = '/proc/self/fd/';
/** Memory for the prefix, a number of ten digits, a slash, a name and a NUL. */
const procBuffer = new Uint8Array(PROC_PREFIX.length + 10 + 1 + NAME_MAX + 1);
encodeNameInto(PROC_PREFIX, procBuffer, 0);

/** Returns `/proc/self/fd/N`, in a buffer that the next call of this or of `makeProcEntryPath` overwrites. */
export function makeProcPath(fd: number): Uint8Array {
  procBuffer[writeDigits(fd)] = 0;
  return procBuffer;
}

/**
 * Returns `/proc/self/fd/N/NAME`, an entry of a directory, for calls that do not follow the last component.
 * NAME is in `bytes` from `start` to its NUL.
 */
export function makeProcEntryPath(fd: number, bytes: Uint8Array, start: number): Uint8Array {
  let writeOffset = writeDigits(fd);
  procBuffer[writeOffset++] = SLASH;
  let readOffset = start;
  while (bytes[readOffset] !== 0) procBuffer[writeOffset++] = bytes[readOffset++]!;
  procBuffer[writeOffset] = 0;
  return procBuffer;
}

/** Writes a descriptor's decimal digits into `procBuffer` after the prefix; returns the offset of their end. */
function writeDigits(fd: number): number {
  let digitCount = 1;
  for (let rest = fd; rest > 9; rest = Math.floor(rest / 10)) digitCount += 1;
  const end = PROC_PREFIX.length + digitCount;
  let rest = fd;
  for (let offset = end - 1; offset >= PROC_PREFIX.length; offset--) {
    procBuffer[offset] = DIGIT_ZERO + (rest % 10);
    rest = Math.floor(rest / 10);
  }
  return end;
}
