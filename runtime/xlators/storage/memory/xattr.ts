/** The fops on extended attributes. Namespaces and limits are those of Linux's xattr(7). */
import { isAcl } from '../../../core/acl.ts';
import { Dict } from '../../../core/dict.ts';
import { E2BIG, EEXIST, EINVAL, ENODATA, EOPNOTSUPP, EPERM, ERANGE } from '../../../core/errno.ts';
import type { Stack } from '../../../core/frame.ts';
import { IA_IFDIR, IA_IFREG } from '../../../core/iatt.ts';
import { XATTR_NAME_MAX, XATTR_SIZE_MAX } from '../../../core/limits.ts';
import { CONTENT } from '../../../core/xdata.ts';
import type { Fops } from '../../../core/xlator.ts';
import { textFault } from '../shared/names.ts';
import { guardFault, isGuarded } from '../shared/rebalance-marks.ts';
import { xattrFopsOf } from '../shared/xattr-fops.ts';
import {
  isHidden,
  isListed,
  readKeys,
  requestedKeys,
  setXattrs as setAll,
  XATTR_CREATE,
  XATTR_REPLACE,
} from '../shared/xattrs.ts';
import { type Disk, type Node, nodeOf, openOf } from './node.ts';
import { aclFault, setAcl } from './node-acls.ts';

const NAMESPACES = ['user.', 'trusted.', 'security.'];

/** Returns 0 for a valid attribute name, otherwise the errno. */
function keyFault(name: string): number {
  if (name === '') return ERANGE;
  if (textFault(name, XATTR_NAME_MAX) !== 0) return ERANGE;
  if (isAcl(name)) return 0;
  const namespace = NAMESPACES.find((prefix) => name.startsWith(prefix));
  if (namespace === undefined) return EOPNOTSUPP;
  return name === namespace ? EINVAL : 0;
}

/** Returns 0 if this node can have an attribute of this name, otherwise the errno. */
function changeFault(node: Node, name: string): number {
  const isFile = node.type === IA_IFREG || node.type === IA_IFDIR;
  return keyFault(name) || (name.startsWith('user.') && !isFile ? EPERM : 0);
}

/** Returns the values that a lookup's xdata requests, or null. */
export function lookupKeys(node: Node, keys: Dict | null): Dict | null {
  const { xattrs, pages } = node;
  const asked = xattrs === null ? null : requestedKeys(keys);
  const found =
    xattrs === null || asked === null
      ? null
      : readKeys(asked, {
          read: (name) => xattrs.get(name)?.slice() ?? null,
          names: () => [...xattrs.keys()],
        });
  if (pages === null || pages.size > (keys?.number(CONTENT) ?? -1)) return found;
  return (found ?? new Dict()).set(CONTENT, pages.read(0, pages.size));
}

/** Returns 0 if no rebalance of the file forbids a write, otherwise the errno. */
export function writeFault(node: Node, xdata: Dict | null): number {
  if (!isGuarded(xdata)) return 0;
  return guardFault(xdata, {
    find: (name) => (node.xattrs?.has(name) === true ? 0 : ENODATA),
    set(name, value) {
      node.xattrs = (node.xattrs ?? new Map()).set(name, value);
      return 0;
    },
  });
}

/** Sets one attribute; returns 0 or the errno. `flags` are setxattr(2)'s. */
function setOne(
  node: Node,
  name: string,
  value: Uint8Array | null,
  flags: number,
  caller: Stack,
): number {
  const fault = isAcl(name) ? 0 : changeFault(node, name);
  if (fault !== 0) return fault;
  if (value === null || (flags & ~(XATTR_CREATE | XATTR_REPLACE)) !== 0) return EINVAL;
  if (value.length > XATTR_SIZE_MAX) return E2BIG;
  if (isAcl(name)) return setAcl(node, name, value, caller);
  const known = node.xattrs?.has(name) === true;
  if (known && (flags & XATTR_CREATE) !== 0) return EEXIST;
  if (!known && (flags & XATTR_REPLACE) !== 0) return ENODATA;
  node.xattrs ??= new Map();
  // A copy: the caller reuses its buffer.
  node.xattrs.set(name, value.slice());
  return 0;
}

/** Sets the attributes in `dict`; returns 0 or the first errno. */
export const setXattrs = (
  disk: Disk,
  node: Node,
  dict: Dict | null,
  flags: number,
  caller: Stack,
  pid: number,
): number =>
  setAll(dict, pid, (name, value) => {
    const fault = setOne(node, name, value, flags, caller);
    if (fault === 0) node.ctime = disk.now();
    return fault;
  });

/** Returns one attribute, or all if `name` is null; or the errno. */
function get(node: Node, name: string | null, pid: number): Dict | number {
  const dict = new Dict();
  if (name === null) {
    for (const [key, value] of node.xattrs ?? []) {
      if (isListed(key, pid)) dict.set(key, value.slice(), 'bin');
    }
    return dict;
  }
  const fault = isAcl(name) ? aclFault(node) : keyFault(name);
  if (fault !== 0) return fault;
  const value = isHidden(name, pid) ? undefined : node.xattrs?.get(name);
  return value === undefined ? ENODATA : dict.set(name, value.slice(), 'bin');
}

export const xattrFops: Fops<Disk> = xattrFopsOf<Disk, Node>({
  at: nodeOf,
  open(xl, fd) {
    const opened = openOf(xl, fd);
    return typeof opened === 'number' ? opened : opened.node;
  },
  set: (frame, { priv }, node, dict, flags, pid) =>
    setXattrs(priv, node, dict, flags, frame.root, pid),
  get: (_xl, node, name, pid) => get(node, name, pid),
  remove({ priv }, node, name, pid) {
    if (isHidden(name, pid)) return EPERM;
    const fault = isAcl(name) ? aclFault(node) : changeFault(node, name);
    if (fault !== 0) return fault;
    if (node.xattrs?.delete(name) !== true && !isAcl(name)) return ENODATA;
    node.ctime = priv.now();
    return 0;
  },
  read: (node, name) => keyFault(name) || (node.xattrs?.get(name)?.slice() ?? ENODATA),
  store(frame, { priv }, node, name, bytes) {
    node.ctime = priv.now();
    return setOne(node, name, bytes, 0, frame.root);
  },
  iatt: (_xl, node) => node.iatt(),
});
