/**
 * The fops on extended attributes, by `/proc/self/fd/N`, which works for every type of inode and follows no
 * link of the storage. The caller gets the disk's errnos.
 */
import { ACL_ACCESS, type Acl, decodeExtendedAcl } from '../../../core/acl.ts';
import { decodeName } from '../../../core/bytes.ts';
import { Dict } from '../../../core/dict.ts';
import { EINVAL, ENODATA, EPERM, ERANGE } from '../../../core/errno.ts';
import { XATTR_LIST_MAX, XATTR_NAME_MAX, XATTR_SIZE_MAX } from '../../../core/limits.ts';
import { PROTECT_WRITES } from '../../../core/xdata.ts';
import type { Fops } from '../../../core/xlator.ts';
import type { Path } from '../../../sys/call.ts';
import * as libc from '../../../sys/libc.ts';
import { MDATA, readMdata, readWireMdata, SET_MDATA, type Times } from '../shared/mdata.ts';
import { cleansProtection, guardFault, isGuarded } from '../shared/rebalance-marks.ts';
import { xattrFopsOf } from '../shared/xattr-fops.ts';
import {
  isHidden,
  isListed,
  type RequestedKeys,
  readKeys,
  setXattrs as setAll,
} from '../shared/xattrs.ts';
import { getFileattr, setFileattr } from './fileattr.ts';
import { fileOf, OpenFile } from './files.ts';
import type { Handle } from './handles.ts';
import { EMPTY, KEY, procEntryPath, procPath, putText } from './paths.ts';
import { killGroupId } from './privileges.ts';
import { handleOf, iattOfFd, type PosixXlator } from './resolve.ts';
import type { Store } from './store.ts';
import { type Subject, virtualXattr } from './virtual.ts';

const value = new Uint8Array(new ArrayBuffer(XATTR_SIZE_MAX));
const list = new Uint8Array(new ArrayBuffer(XATTR_LIST_MAX));

/** Puts an attribute's name into `KEY`; returns 0 or the errno. */
const putKey = (name: string): number => (putText(KEY, name, XATTR_NAME_MAX) === 0 ? 0 : ERANGE);

/** Returns the value that a call put into `value`, or its errno. */
const taken = (length: number): Uint8Array | number =>
  length < 0 ? -length : value.slice(0, length);

function getOne(fd: number, name: string): Uint8Array | number {
  const fault = putKey(name);
  if (fault !== 0) return fault;
  return taken(libc.getxattr(procPath(fd), KEY, value, value.length));
}

/** Returns the access ACL; null if only the mode decides. */
export function accessAcl(fd: number): Acl | null {
  const found = getOne(fd, ACL_ACCESS);
  return typeof found === 'number' ? null : decodeExtendedAcl(found);
}

function setOne(fd: number, name: string, bytes: Uint8Array | null, flags: number): number {
  const fault = putKey(name);
  if (fault !== 0) return fault;
  if (bytes === null) return EINVAL;
  return -libc.setxattr(procPath(fd), KEY, bytes, bytes.length, flags);
}

/** Returns 0 if no rebalance of the file forbids a write, otherwise the errno. */
export function writeFault(fd: number, xdata: Dict | null): number {
  if (!isGuarded(xdata)) return 0;
  return guardFault(xdata, {
    find(name) {
      const found = getOne(fd, name);
      return typeof found === 'number' ? found : 0;
    },
    set: (name, bytes) => setOne(fd, name, bytes, 0),
  });
}

/**
 * Removes the mark that `writeFault` checks, if the lookup of `path` in a directory asks for it (`EMPTY`: of the
 * directory).
 */
export function cleanProtection(dirFd: number, path: Path, xdata: Dict | null): void {
  if (!cleansProtection(xdata) || putKey(PROTECT_WRITES) !== 0) return;
  if (path === EMPTY) libc.removexattr(procPath(dirFd), KEY);
  else libc.lremovexattr(procEntryPath(dirFd, path, 0), KEY);
}

/** Sets the attributes in `dict` of the inode of `fd`; returns 0 or the first errno. */
export const setXattrs = (
  { mdata }: Store,
  handle: Handle,
  fd: number,
  dict: Dict | null,
  flags: number,
  pid: number,
): number =>
  setAll(dict, pid, (name, bytes) => {
    if (name === SET_MDATA) return mdata.merge(handle, fd, timesIn(bytes, readWireMdata));
    if (name === MDATA) return mdata.merge(handle, fd, timesIn(bytes, readMdata));
    return setOne(fd, name, bytes, flags);
  });

const timesIn = (bytes: Uint8Array | null, read: typeof readMdata): Times | null =>
  bytes === null ? null : read(bytes);

/**
 * Returns the requested values of `path` in a directory (`EMPTY`: of the directory), or null.
 */
export function lookupKeys(dirFd: number, path: Path, keys: RequestedKeys | null): Dict | null {
  if (keys === null) return null;
  const isSelf = path === EMPTY;
  const at = (): Path => (isSelf ? procPath(dirFd) : procEntryPath(dirFd, path, 0));
  return readKeys(keys, {
    read(name) {
      if (putKey(name) !== 0) return null;
      const get = isSelf ? libc.getxattr : libc.lgetxattr;
      const bytes = taken(get(at(), KEY, value, value.length));
      return typeof bytes === 'number' ? null : bytes;
    },
    names() {
      const all = isSelf ? libc.listxattr : libc.llistxattr;
      const found = namesIn(all(at(), list, list.length));
      return typeof found === 'number' ? null : found;
    },
  });
}

/** Returns the names that a call put into `list`, or its errno. */
function namesIn(length: number): string[] | number {
  if (length < 0) return -length;
  const found: string[] = [];
  for (let start = 0; start < length; ) {
    const end = list.indexOf(0, start);
    found.push(decodeName(list, start, end));
    start = end + 1;
  }
  return found;
}

/** Returns one attribute, or all listed ones if `name` is null; or the errno. */
function get(xl: PosixXlator, of: Subject, name: string | null, pid: number): Dict | number {
  const { fd } = of;
  const dict = new Dict();
  if (name !== null) {
    const computed = virtualXattr(xl, of, name);
    if (computed !== undefined) return computed;
    const bytes = isHidden(name, pid) ? ENODATA : getOne(fd, name);
    return typeof bytes === 'number' ? bytes : dict.set(name, bytes, 'bin');
  }
  const found = namesIn(libc.listxattr(procPath(fd), list, list.length));
  if (typeof found === 'number') return found;
  for (const key of found) {
    const bytes = isListed(key, pid) ? getOne(fd, key) : ENODATA;
    if (typeof bytes !== 'number') dict.set(key, bytes, 'bin');
  }
  return dict;
}

/** Returns a value by ioctl(2) (`fileattr.ts`), or the errno; null for any other name. */
function fileattr(fd: number, name: string | null): Dict | number | null {
  const found = getFileattr(fd, name);
  return found instanceof Uint8Array ? new Dict().set(name!, found, 'bin') : found;
}

/** Sets one value by ioctl(2); returns 0 or the errno, or null if `dict` is not a single such name. */
function setFileattrs(fd: number, dict: Dict | null): number | null {
  const [name, more] = dict?.keys() ?? [];
  return name === undefined || more !== undefined ? null : setFileattr(fd, name, dict?.get(name));
}

type XattrTarget = Handle | OpenFile;

const handleIn = (of: XattrTarget): Handle => (of instanceof OpenFile ? of.handle : of);

const iattOf = ({ priv }: PosixXlator, of: XattrTarget) => iattOfFd(priv, of.fd, handleIn(of));

export const xattrFops: Fops<Store> = xattrFopsOf<Store, XattrTarget>({
  at: handleOf,
  open: fileOf,
  set(_frame, { priv }, of, dict, flags, pid) {
    const own = of instanceof OpenFile ? setFileattrs(of.fd, dict) : null;
    return own ?? setXattrs(priv, handleIn(of), of.fd, dict, flags, pid);
  },
  get: (xl, of, name, pid) =>
    (of instanceof OpenFile ? fileattr(of.fd, name) : null) ?? get(xl, of, name, pid),
  remove(_xl, of, name, pid) {
    if (isHidden(name, pid)) return EPERM;
    if (name === MDATA) handleIn(of).mdata = undefined;
    return putKey(name) || -libc.removexattr(procPath(of.fd), KEY);
  },
  read: ({ fd }, name) => getOne(fd, name),
  store: (_frame, _xl, { fd }, name, bytes) => setOne(fd, name, bytes, 0),
  changed(frame, xl, of, fop, dict) {
    xl.priv.mdata.set(frame, fop, handleIn(of), of.fd);
    if (fop === 'setxattr' && dict?.has(ACL_ACCESS)) {
      killGroupId(of.fd, iattOf(xl, of), frame.root);
    }
  },
  iatt: iattOf,
});
