/**
 * The few paths that reach the kernel from here, as bytes ending in NUL in buffers that are used
 * again: one component of a name, an empty path (the descriptor itself), and the kernel's own
 * `/proc/self/fd/N`, for calls that take no O_PATH descriptor. That link leads to the inode that is
 * open, whatever its name has become, and is followed no further.
 *
 * Rules for callers: a buffer is full until the next name is put into it, so put the name in last,
 * right before the call. The two component buffers are for calls with two names.
 */
import { encodeNameInto } from '../../../core/bytes.ts';
import { NAME_MAX, SYMLINK_MAX, XATTR_NAME_MAX } from '../../../core/limits.ts';
import { cstring } from '../../../sys/struct.ts';
import { nameFault, textFault } from '../shared/names.ts';

/** Bytes a text of so many bytes may take while it is encoded, and a NUL. */
const room = (max: number): Uint8Array => new Uint8Array(max * 3 + 1);

export const NAME = room(NAME_MAX);
export const NAME_2 = room(NAME_MAX);
/** For looking an inode's own name up again, while a caller has the other buffers in use. */
export const NAME_AGAIN = room(NAME_MAX);
export const TARGET = room(SYMLINK_MAX);
export const KEY = room(XATTR_NAME_MAX);

/** The file a descriptor is open on, with `AT_EMPTY_PATH`. */
export const EMPTY = new Uint8Array(1);
/** The directory itself, for calls that want a name. */
export const SELF = cstring('.');
export const PARENT = cstring('..');

/** Puts one component into `into`; 0, or the errno to refuse the name with. */
export function putName(into: Uint8Array, name: string): number {
  const fault = nameFault(name);
  if (fault === 0) into[encodeNameInto(name, into, 0)] = 0;
  return fault;
}

/** Puts a text of at most `max` bytes into `into`; 0 or the errno. */
export function putText(into: Uint8Array, text: string, max: number): number {
  const fault = textFault(text, max);
  if (fault === 0) into[encodeNameInto(text, into, 0)] = 0;
  return fault;
}

const PREFIX = '/proc/self/fd/';
/** The prefix, a number of ten digits, a slash, a name and a NUL. */
const procBuffer = new Uint8Array(PREFIX.length + 10 + 1 + NAME_MAX + 1);
encodeNameInto(PREFIX, procBuffer, 0);

/** `/proc/self/fd/N`, in a buffer that the next call of this or of `procEntryPath` uses again. */
export function procPath(fd: number): Uint8Array {
  procBuffer[putNumber(fd)] = 0;
  return procBuffer;
}

/**
 * `/proc/self/fd/N/NAME`: an entry of a directory, for calls that do not follow its last component.
 * `name` is in `bytes` from `start` to its NUL.
 */
export function procEntryPath(fd: number, bytes: Uint8Array, start: number): Uint8Array {
  let to = putNumber(fd);
  procBuffer[to++] = 0x2f;
  let from = start;
  while (bytes[from] !== 0) procBuffer[to++] = bytes[from++]!;
  procBuffer[to] = 0;
  return procBuffer;
}

/** Writes a descriptor's decimal digits after the prefix; where they end. */
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
