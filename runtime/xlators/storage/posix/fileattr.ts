/** Reads and sets inode flags, project ids and versions of an open file by ioctl(2) (`core/fileattr.ts`). */
import { EINVAL, ENODATA, ENOTTY } from '../../../core/errno.ts';
import {
  FS_FLAGS,
  FS_FLAGS_BYTES,
  FS_VERSION,
  FS_VERSION_BYTES,
  FS_XATTR,
  FS_XATTR_BYTES,
} from '../../../core/fileattr.ts';
import {
  FS_IOC_FSGETXATTR,
  FS_IOC_FSSETXATTR,
  FS_IOC_GETFLAGS,
  FS_IOC_GETVERSION,
  FS_IOC_SETFLAGS,
} from '../../../sys/constants.ts';
import * as libc from '../../../sys/libc.ts';

/** The ioctls that read and set a value of `size` bytes. */
interface IoctlPair {
  /** The ioctl that reads the value. */
  readonly get: number;
  /** The ioctl that sets the value; absent for values that can only be read. */
  readonly set?: number;
  readonly size: number;
}

/** The ioctls by the attribute's name. */
const IOCTLS: ReadonlyMap<string, IoctlPair> = new Map([
  [FS_FLAGS, { get: FS_IOC_GETFLAGS, set: FS_IOC_SETFLAGS, size: FS_FLAGS_BYTES }],
  [FS_XATTR, { get: FS_IOC_FSGETXATTR, set: FS_IOC_FSSETXATTR, size: FS_XATTR_BYTES }],
  [FS_VERSION, { get: FS_IOC_GETVERSION, size: FS_VERSION_BYTES }],
]);

/** Returns the errno for the result of an ioctl: ENOTTY means that the file system has no such value. */
const convertErrno = (result: number): number => (result === -ENOTTY ? ENODATA : -result);

/** Returns the buffer size in an ioctl's number (_IOC_SIZE): 8 bytes, although file systems write only 4. */
const readBufferSize = (request: number): number => (request >>> 16) & 0x3fff;

/** Returns the value of the flags, project id or version `name`, or the errno; null for any other name. */
export function getFileattr(fd: number, name: string | null): Uint8Array | number | null {
  const ioctls = name === null ? undefined : IOCTLS.get(name);
  if (ioctls === undefined) return null;
  const buffer = new Uint8Array(readBufferSize(ioctls.get));
  const result = libc.ioctl(fd, ioctls.get, buffer);
  return result < 0 ? convertErrno(result) : buffer.subarray(0, ioctls.size);
}

/** Sets the value of `name`; returns 0 or the errno, or null for a name that it cannot set. */
export function setFileattr(fd: number, name: string, value: unknown): number | null {
  const ioctls = IOCTLS.get(name);
  if (ioctls?.set === undefined) return null;
  if (!(value instanceof Uint8Array) || value.length !== ioctls.size) return EINVAL;
  return convertErrno(libc.ioctl(fd, ioctls.set, value));
}
