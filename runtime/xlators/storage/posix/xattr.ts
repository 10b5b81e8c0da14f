/**
 * The fops about extended attributes, by `/proc/self/fd/N`: that reaches every kind of inode, and
 * follows no link of the storage. What the disk says of a name or value is what the caller gets.
 */
import { ACL_ACCESS, type Acl, readAcl } from '../../../core/acl.ts';
import { decodeName } from '../../../core/bytes.ts';
import { Dict } from '../../../core/dict.ts';
import { EINVAL, ENODATA, EPERM, ERANGE } from '../../../core/errno.ts';
import { fail, unwind } from '../../../core/gen/fops.gen.ts';
import { XATTR_LIST_MAX, XATTR_NAME_MAX, XATTR_SIZE_MAX } from '../../../core/limits.ts';
import { PROTECT_WRITES } from '../../../core/xdata.ts';
import type { Fops } from '../../../core/xlator.ts';
import type { Path } from '../../../sys/call.ts';
import * as libc from '../../../sys/libc.ts';
import { pidFor } from '../shared/internal.ts';
import { MDATA, readMdata, readWireMdata, SET_MDATA, type Times } from '../shared/mdata.ts';
import { cleansProtection, guardFault, isGuarded, movingKeys } from '../shared/moving.ts';
import {
  type AskedKeys,
  answerKeys,
  isHidden,
  isListed,
  removeXattrs,
  TRUSTED_GFID,
  USER_GFID,
  valueBytes,
  xattrop,
} from '../shared/xattrs.ts';
import type { Brick } from './brick.ts';
import { getFileattr, setFileattr } from './fileattr.ts';
import { fileOf } from './files.ts';
import type { Handle } from './handles.ts';
import { EMPTY, KEY, procEntryPath, procPath, putText } from './paths.ts';
import { killGroupId } from './privileges.ts';
import { handleOf, iattOfFd, type PosixXlator } from './resolve.ts';
import { type Subject, virtualXattr } from './virtual.ts';

const value = new Uint8Array(new ArrayBuffer(XATTR_SIZE_MAX));
const list = new Uint8Array(new ArrayBuffer(XATTR_LIST_MAX));

/** Puts an attribute's name into `KEY`; 0 or the errno. */
const putKey = (name: string): number => (putText(KEY, name, XATTR_NAME_MAX) === 0 ? 0 : ERANGE);

/** The value that a call put into `value`; its errno when `length` is below zero. */
const taken = (length: number): Uint8Array | number =>
  length < 0 ? -length : value.slice(0, length);

/** One attribute's value, or the errno. */
function getOne(fd: number, name: string): Uint8Array | number {
  const fault = putKey(name);
  if (fault !== 0) return fault;
  return taken(libc.getxattr(procPath(fd), KEY, value, value.length));
}

/** Null where the mode decides alone. */
export function accessAcl(fd: number): Acl | null {
  const found = getOne(fd, ACL_ACCESS);
  return typeof found === 'number' ? null : readAcl(found);
}

/** 0 or the errno. */
function setOne(fd: number, name: string, bytes: Uint8Array | null, flags: number): number {
  const fault = putKey(name);
  if (fault !== 0) return fault;
  if (bytes === null) return EINVAL;
  return -libc.setxattr(procPath(fd), KEY, bytes, bytes.length, flags);
}

/** 0 when a write may be done, as far as others that move the file are concerned; otherwise the errno. */
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
 * Takes away what keeps writes off (`writeFault`), where the lookup of `path` in a directory wants that
 * (`EMPTY`: of the directory).
 */
export function cleanProtection(dirFd: number, path: Path, xdata: Dict | null): void {
  if (!cleansProtection(xdata) || putKey(PROTECT_WRITES) !== 0) return;
  if (path === EMPTY) libc.removexattr(procPath(dirFd), KEY);
  else libc.lremovexattr(procEntryPath(dirFd, path, 0), KEY);
}

/**
 * Sets what is in `dict` of the inode that `fd` is open on, one after the other, up to the first that
 * fails; 0 or its errno.
 */
export function setXattrs(
  { mdata }: Brick,
  handle: Handle,
  fd: number,
  dict: Dict | null,
  flags: number,
  pid: number,
): number {
  let fault = 0;
  dict?.forEach((name, given) => {
    if (fault !== 0) return;
    const bytes = valueBytes(given);
    if (isHidden(name, pid)) fault = EPERM;
    else if (name === SET_MDATA) fault = mdata.merge(handle, fd, timesIn(bytes, readWireMdata));
    else if (name === MDATA) fault = mdata.merge(handle, fd, timesIn(bytes, readMdata));
    else fault = setOne(fd, name, bytes, flags);
  });
  return fault;
}

const timesIn = (bytes: Uint8Array | null, read: typeof readMdata): Times | null =>
  bytes === null ? null : read(bytes);

/**
 * The values that are asked for, of `path` in a directory (`EMPTY`: of the directory); null when there
 * are none.
 */
export function lookupKeys(dirFd: number, path: Path, keys: AskedKeys | null): Dict | null {
  if (keys === null) return null;
  const isSelf = path === EMPTY;
  const at = (): Path => (isSelf ? procPath(dirFd) : procEntryPath(dirFd, path, 0));
  return answerKeys(keys, {
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

/** The names that a call put into `list`, or its errno. */
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

/** One attribute, or all that may be seen when `name` is null; or the errno. */
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

/** What is an open file's attribute, but none on disk; null when `name` is not of that kind. */
function fileattr(fd: number, name: string | null): Dict | number | null {
  const found = getFileattr(fd, name);
  return found instanceof Uint8Array ? new Dict().set(name!, found, 'bin') : found;
}

/** 0 or the errno; null when `dict` is not of that kind. They are set one at a time. */
function setFileattrs(fd: number, dict: Dict | null): number | null {
  const [name, more] = dict?.keys() ?? [];
  return name === undefined || more !== undefined ? null : setFileattr(fd, name, dict?.get(name));
}

/** 0 or the errno. */
function remove(handle: Handle, fd: number, name: string, pid: number): number {
  if (isHidden(name, pid)) return EPERM;
  if (name === MDATA) handle.mdata = undefined;
  return putKey(name) || -libc.removexattr(procPath(fd), KEY);
}

/** The values after (GET_AND_SET: before) the operation, or the errno. */
function combine(fd: number, optype: number, dict: Dict | null): Dict | number {
  const answer = new Dict();
  let fault = 0;
  dict?.forEach((name, given) => {
    if (fault !== 0) return;
    const bytes = valueBytes(given);
    const isGfid = name === TRUSTED_GFID || name === USER_GFID;
    const current = isGfid ? EPERM : getOne(fd, name);
    if (typeof current === 'number' && current !== ENODATA) fault = current;
    if (fault !== 0 || bytes === null) return;
    const result = xattrop(optype, typeof current === 'number' ? null : current, bytes);
    if (typeof result === 'number') {
      fault = result;
      return;
    }
    if (result.answer !== null) answer.set(name, result.answer, 'bin');
    if (result.store !== null) fault = setOne(fd, name, result.store, 0);
  });
  return fault === 0 ? answer : fault;
}

const keysOf = (xl: PosixXlator, of: Handle, fd: number, xdata: Dict | null): Dict | null =>
  movingKeys(xdata, () => iattOfFd(xl.priv, fd, of));

export const xattrFops: Fops<Brick> = {
  setxattr(frame, xl, loc, dict, flags, xdata) {
    const handle = handleOf(xl, loc);
    if (typeof handle === 'number') return fail.setxattr(frame, handle);
    const pid = pidFor(frame.root.pid, xdata);
    const fault = setXattrs(xl.priv, handle, handle.fd, dict, flags, pid);
    if (fault !== 0) return fail.setxattr(frame, fault);
    xl.priv.mdata.set(frame, 'setxattr', handle);
    if (dict?.has(ACL_ACCESS)) {
      killGroupId(handle.fd, iattOfFd(xl.priv, handle.fd, handle), frame.root);
    }
    unwind.setxattr(frame, 0, 0, keysOf(xl, handle, handle.fd, xdata));
  },

  fsetxattr(frame, xl, fd, dict, flags, xdata) {
    const file = fileOf(xl, fd);
    if (typeof file === 'number') return fail.fsetxattr(frame, file);
    const fault =
      setFileattrs(file.fd, dict) ??
      setXattrs(xl.priv, file.handle, file.fd, dict, flags, frame.root.pid);
    if (fault !== 0) return fail.fsetxattr(frame, fault);
    xl.priv.mdata.set(frame, 'fsetxattr', file.handle, file.fd);
    unwind.fsetxattr(frame, 0, 0, keysOf(xl, file.handle, file.fd, xdata));
  },

  getxattr(frame, xl, loc, name, _xdata) {
    const handle = handleOf(xl, loc);
    if (typeof handle === 'number') return fail.getxattr(frame, handle);
    const dict = get(xl, handle, name, frame.root.pid);
    if (typeof dict === 'number') return fail.getxattr(frame, dict);
    unwind.getxattr(frame, dict.size, 0, dict, null);
  },

  fgetxattr(frame, xl, fd, name, _xdata) {
    const file = fileOf(xl, fd);
    if (typeof file === 'number') return fail.fgetxattr(frame, file);
    const dict = fileattr(file.fd, name) ?? get(xl, file, name, frame.root.pid);
    if (typeof dict === 'number') return fail.fgetxattr(frame, dict);
    unwind.fgetxattr(frame, dict.size, 0, dict, null);
  },

  removexattr(frame, xl, loc, name, xdata) {
    const handle = handleOf(xl, loc);
    if (typeof handle === 'number') return fail.removexattr(frame, handle);
    const { pid } = frame.root;
    const fault = removeXattrs(name, xdata, (each) => remove(handle, handle.fd, each, pid));
    if (fault !== 0) return fail.removexattr(frame, fault);
    xl.priv.mdata.set(frame, 'removexattr', handle);
    unwind.removexattr(frame, 0, 0, keysOf(xl, handle, handle.fd, xdata));
  },

  fremovexattr(frame, xl, fd, name, xdata) {
    const file = fileOf(xl, fd);
    if (typeof file === 'number') return fail.fremovexattr(frame, file);
    const { pid } = frame.root;
    const fault = removeXattrs(name, xdata, (each) => remove(file.handle, file.fd, each, pid));
    if (fault !== 0) return fail.fremovexattr(frame, fault);
    xl.priv.mdata.set(frame, 'fremovexattr', file.handle, file.fd);
    unwind.fremovexattr(frame, 0, 0, keysOf(xl, file.handle, file.fd, xdata));
  },

  xattrop(frame, xl, loc, optype, dict, xdata) {
    const handle = handleOf(xl, loc);
    if (typeof handle === 'number') return fail.xattrop(frame, handle);
    const answer = combine(handle.fd, optype, dict);
    if (typeof answer === 'number') return fail.xattrop(frame, answer);
    unwind.xattrop(frame, 0, 0, answer, keysOf(xl, handle, handle.fd, xdata));
  },

  fxattrop(frame, xl, fd, optype, dict, xdata) {
    const file = fileOf(xl, fd);
    if (typeof file === 'number') return fail.fxattrop(frame, file);
    const answer = combine(file.fd, optype, dict);
    if (typeof answer === 'number') return fail.fxattrop(frame, answer);
    unwind.fxattrop(frame, 0, 0, answer, keysOf(xl, file.handle, file.fd, xdata));
  },
};
