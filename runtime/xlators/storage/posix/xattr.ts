/**
 * Handles the fops of storage/posix on extended attributes. Calls use the path `/proc/self/fd/N`, which works for
 * every type of inode and follows no symbolic link on the disk. The caller gets the disk's errnos.
 */
import { ACL_ACCESS, type Acl, decodeExtendedAcl } from '../../../core/acl.ts';
import { decodeName } from '../../../core/bytes.ts';
import { Dict } from '../../../core/dict.ts';
import { EINVAL, ENODATA, ENOTTY, EPERM, ERANGE } from '../../../core/errno.ts';
import {
  FS_FLAGS,
  FS_FLAGS_BYTES,
  FS_VERSION,
  FS_VERSION_BYTES,
  FS_XATTR,
  FS_XATTR_BYTES,
} from '../../../core/fileattr.ts';
import { XATTR_LIST_MAX, XATTR_NAME_MAX, XATTR_SIZE_MAX } from '../../../core/limits.ts';
import { PROTECT_WRITES } from '../../../core/xdata.ts';
import type { Fops } from '../../../core/xlator.ts';
import {
  FS_IOC_FSGETXATTR,
  FS_IOC_FSSETXATTR,
  FS_IOC_GETFLAGS,
  FS_IOC_GETVERSION,
  FS_IOC_SETFLAGS,
} from '../../../sys/constants.ts';
import type { Path } from '../../../sys/libc.ts';
import * as libc from '../../../sys/libc.ts';
import { decodeMdata, decodeWireMdata, MDATA, SET_MDATA, type Times } from '../shared/mdata.ts';
import { clearsMark, hasMarkKey, markOrCheckWrite } from '../shared/rebalance-requests.ts';
import { makeXattrFops } from '../shared/xattr-fops.ts';
import {
  isHidden,
  isListed,
  type RequestedKeys,
  readRequestedValues,
  setXattrs as setXattrsInOrder,
} from '../shared/xattrs.ts';
import { findOrOpenFile, OpenFile } from './files.ts';
import { findHandle, type PosixXlator, readFdIatt } from './handle-search.ts';
import type { InodeHandle } from './handles.ts';
import { EMPTY_PATH, keyBuffer, makeProcEntryPath, makeProcPath, writeTextTo } from './paths.ts';
import { clearSetGroupId } from './privileges.ts';
import type { Store } from './store.ts';
import { computeVirtualXattr, type OpenInode } from './virtual-xattrs.ts';

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
function getFileattr(fd: number, name: string | null): Uint8Array | number | null {
  const ioctls = name === null ? undefined : IOCTLS.get(name);
  if (ioctls === undefined) return null;
  const buffer = new Uint8Array(readBufferSize(ioctls.get));
  const result = libc.ioctl(fd, ioctls.get, buffer);
  return result < 0 ? convertErrno(result) : buffer.subarray(0, ioctls.size);
}

/** Sets the value of `name`; returns 0 or the errno, or null for a name that it cannot set. */
function setFileattr(fd: number, name: string, value: unknown): number | null {
  const ioctls = IOCTLS.get(name);
  if (ioctls?.set === undefined) return null;
  if (!(value instanceof Uint8Array) || value.length !== ioctls.size) return EINVAL;
  return convertErrno(libc.ioctl(fd, ioctls.set, value));
}

/** Reused buffers for a value and for a list of names. */
const valueBuffer = new Uint8Array(new ArrayBuffer(XATTR_SIZE_MAX));
const listBuffer = new Uint8Array(new ArrayBuffer(XATTR_LIST_MAX));

/** Writes an attribute's name into `keyBuffer`; returns 0 or the errno. */
const writeKey = (name: string): number =>
  writeTextTo(keyBuffer, name, XATTR_NAME_MAX) === 0 ? 0 : ERANGE;

/** Copies the value that a call has put into `valueBuffer`, or returns the errno; `length` is the call's result. */
const copyValue = (length: number): Uint8Array | number =>
  length < 0 ? -length : valueBuffer.slice(0, length);

/** Reads an attribute of the inode of `fd`, or returns the errno. */
function getXattr(fd: number, name: string): Uint8Array | number {
  const fault = writeKey(name);
  if (fault !== 0) return fault;
  return copyValue(libc.getxattr(makeProcPath(fd), keyBuffer, valueBuffer, valueBuffer.length));
}

/** Returns the access ACL; null if the inode has only mode bits. */
export function readAccessAcl(fd: number): Acl | null {
  const acl = getXattr(fd, ACL_ACCESS);
  return typeof acl === 'number' ? null : decodeExtendedAcl(acl);
}

/** Sets an attribute of the inode of `fd`; returns 0 or the errno. `bytes` is null for a value without an encoding. */
function setXattr(fd: number, name: string, bytes: Uint8Array | null, flags: number): number {
  const fault = writeKey(name);
  if (fault !== 0) return fault;
  if (bytes === null) return EINVAL;
  return -libc.setxattr(makeProcPath(fd), keyBuffer, bytes, bytes.length, flags);
}

/**
 * Sets or checks the mark of a file that a rebalance moves, if xdata has its keys (`shared/rebalance-requests.ts`);
 * returns 0 if the write may proceed, otherwise the errno.
 */
export function markAndCheckWrite(fd: number, xdata: Dict | null): number {
  if (!hasMarkKey(xdata)) return 0;
  return markOrCheckWrite(xdata, {
    check(name) {
      const value = getXattr(fd, name);
      return typeof value === 'number' ? value : 0;
    },
    set: (name, bytes) => setXattr(fd, name, bytes, 0),
  });
}

/**
 * Removes the mark that `markAndCheckWrite` sets from `path` in a directory (`EMPTY_PATH`: from the directory), if the
 * lookup's xdata asks for it.
 */
export function clearWriteMark(dirFd: number, path: Path, xdata: Dict | null): void {
  if (!clearsMark(xdata) || writeKey(PROTECT_WRITES) !== 0) return;
  if (path === EMPTY_PATH) libc.removexattr(makeProcPath(dirFd), keyBuffer);
  else libc.lremovexattr(makeProcEntryPath(dirFd, path, 0), keyBuffer);
}

/**
 * Sets the attributes in `dict` of the inode of `fd`; returns 0 or the first errno.
 * @param pid decides which attributes are hidden (`isHidden`)
 */
export const setXattrs = (
  { mdata }: Store,
  handle: InodeHandle,
  fd: number,
  dict: Dict | null,
  flags: number,
  pid: number,
): number =>
  setXattrsInOrder(dict, pid, (name, bytes) => {
    if (name === SET_MDATA)
      return mdata.mergeTimes(handle, fd, decodeTimes(bytes, decodeWireMdata));
    if (name === MDATA) return mdata.mergeTimes(handle, fd, decodeTimes(bytes, decodeMdata));
    return setXattr(fd, name, bytes, flags);
  });

/** Decodes times; null for a value that has no bytes, or malformed ones. */
const decodeTimes = (bytes: Uint8Array | null, decode: typeof decodeMdata): Times | null =>
  bytes === null ? null : decode(bytes);

/** Returns the requested values of `path` in a directory (`EMPTY_PATH`: of the directory), or null. */
export function readRequestedXattrs(
  dirFd: number,
  path: Path,
  keys: RequestedKeys | null,
): Dict | null {
  if (keys === null) return null;
  const isSelf = path === EMPTY_PATH;
  const makePath = (): Path => (isSelf ? makeProcPath(dirFd) : makeProcEntryPath(dirFd, path, 0));
  return readRequestedValues(keys, {
    read(name) {
      if (writeKey(name) !== 0) return null;
      const readXattr = isSelf ? libc.getxattr : libc.lgetxattr;
      const bytes = copyValue(readXattr(makePath(), keyBuffer, valueBuffer, valueBuffer.length));
      return typeof bytes === 'number' ? null : bytes;
    },
    listNames() {
      const listXattr = isSelf ? libc.listxattr : libc.llistxattr;
      const names = decodeNames(listXattr(makePath(), listBuffer, listBuffer.length));
      return typeof names === 'number' ? null : names;
    },
  });
}

/** Decodes the names that a call has put into `listBuffer`, or returns the errno; `length` is the call's result. */
function decodeNames(length: number): string[] | number {
  if (length < 0) return -length;
  const names: string[] = [];
  for (let start = 0; start < length; ) {
    const end = listBuffer.indexOf(0, start);
    names.push(decodeName(listBuffer, start, end));
    start = end + 1;
  }
  return names;
}

/** Returns one attribute, or all listed ones if `name` is null; or the errno. */
function getXattrs(
  xl: PosixXlator,
  target: OpenInode,
  name: string | null,
  pid: number,
): Dict | number {
  const { fd } = target;
  const dict = new Dict();
  if (name !== null) {
    const computed = computeVirtualXattr(xl, target, name);
    if (computed !== undefined) return computed;
    const bytes = isHidden(name, pid) ? ENODATA : getXattr(fd, name);
    return typeof bytes === 'number' ? bytes : dict.set(name, bytes, 'bin');
  }
  const names = decodeNames(libc.listxattr(makeProcPath(fd), listBuffer, listBuffer.length));
  if (typeof names === 'number') return names;
  for (const key of names) {
    const bytes = isListed(key, pid) ? getXattr(fd, key) : ENODATA;
    if (typeof bytes !== 'number') dict.set(key, bytes, 'bin');
  }
  return dict;
}

/** Returns inode flags, project id or version, or the errno; null for any other name. */
function getFileattrs(fd: number, name: string | null): Dict | number | null {
  const bytes = getFileattr(fd, name);
  return bytes instanceof Uint8Array ? new Dict().set(name!, bytes, 'bin') : bytes;
}

/**
 * Sets inode flags, project id or version if `dict` has exactly one name, which is one of these; returns 0 or the
 * errno. Otherwise it sets nothing, and returns null.
 */
function setFileattrs(fd: number, dict: Dict | null): number | null {
  const [name, secondName] = dict?.keys() ?? [];
  return name === undefined || secondName !== undefined
    ? null
    : setFileattr(fd, name, dict?.get(name));
}

/** The target of a fop: the handle of a loc's inode, or an fd's open file. */
type XattrTarget = InodeHandle | OpenFile;

/** Returns the handle of a target's inode. */
const getTargetHandle = (target: XattrTarget): InodeHandle =>
  target instanceof OpenFile ? target.handle : target;

/** Reads a target's attributes; null on failure. */
const readTargetIatt = ({ priv }: PosixXlator, target: XattrTarget) =>
  readFdIatt(priv, target.fd, getTargetHandle(target));

export const xattrFops: Fops<Store> = makeXattrFops<Store, XattrTarget>({
  findNode: findHandle,
  findOpenNode: findOrOpenFile,
  setXattrs(_frame, { priv }, target, dict, flags, pid) {
    const errno = target instanceof OpenFile ? setFileattrs(target.fd, dict) : null;
    return errno ?? setXattrs(priv, getTargetHandle(target), target.fd, dict, flags, pid);
  },
  getXattrs: (xl, target, name, pid) =>
    (target instanceof OpenFile ? getFileattrs(target.fd, name) : null) ??
    getXattrs(xl, target, name, pid),
  removeXattr(_xl, target, name, pid) {
    if (isHidden(name, pid)) return EPERM;
    // The cached times are no longer stored, so they must be read again.
    if (name === MDATA) getTargetHandle(target).mdata = undefined;
    return writeKey(name) || -libc.removexattr(makeProcPath(target.fd), keyBuffer);
  },
  readXattr: ({ fd }, name) => getXattr(fd, name),
  storeXattr: (_frame, _xl, { fd }, name, bytes) => setXattr(fd, name, bytes, 0),
  afterChange(frame, xl, target, fop, dict) {
    xl.priv.mdata.setTimes(frame, fop, getTargetHandle(target), target.fd);
    if (fop === 'setxattr' && dict?.has(ACL_ACCESS)) {
      clearSetGroupId(target.fd, readTargetIatt(xl, target), frame.root);
    }
  },
  readIatt: readTargetIatt,
});
