/** The fops about extended attributes. Namespaces and limits are those of Linux's xattr(7). */

import { isAcl } from '../../../core/acl.ts';
import { Dict } from '../../../core/dict.ts';
import { E2BIG, EEXIST, EINVAL, ENODATA, EOPNOTSUPP, EPERM, ERANGE } from '../../../core/errno.ts';
import type { Stack } from '../../../core/frame.ts';
import { IA_IFDIR, IA_IFREG } from '../../../core/iatt.ts';
import { XATTR_NAME_MAX, XATTR_SIZE_MAX } from '../../../core/limits.ts';
import { CONTENT } from '../../../core/xdata.ts';
import type { Fops } from '../../../core/xlator.ts';
import { guardFault, isGuarded } from '../shared/moving.ts';
import { textFault } from '../shared/names.ts';
import { xattrFopsOf } from '../shared/xattr-fops.ts';
import {
  answerKeys,
  askedKeys,
  isHidden,
  isListed,
  setXattrs as setAll,
  XATTR_CREATE,
  XATTR_REPLACE,
} from '../shared/xattrs.ts';
import { type Disk, type Node, nodeOf, openedOf } from './node.ts';
import { aclFault, setAcl } from './node-acls.ts';

const NAMESPACES = ['user.', 'trusted.', 'security.'];

/** 0 for a name that an attribute can have, otherwise the errno. */
function keyFault(name: string): number {
  if (name === '') return ERANGE;
  if (textFault(name, XATTR_NAME_MAX) !== 0) return ERANGE;
  if (isAcl(name)) return 0;
  const namespace = NAMESPACES.find((prefix) => name.startsWith(prefix));
  if (namespace === undefined) return EOPNOTSUPP;
  return name === namespace ? EINVAL : 0;
}

/** 0 for a name that an attribute of this node can be given by, otherwise the errno. */
function changeFault(node: Node, name: string): number {
  const isFile = node.type === IA_IFREG || node.type === IA_IFDIR;
  return keyFault(name) || (name.startsWith('user.') && !isFile ? EPERM : 0);
}

/** The values of what a lookup's xdata asks for; null when there are none. */
export function lookupKeys(node: Node, keys: Dict | null): Dict | null {
  const { xattrs, pages } = node;
  const asked = xattrs === null ? null : askedKeys(keys);
  const found =
    xattrs === null || asked === null
      ? null
      : answerKeys(asked, {
          read: (name) => xattrs.get(name)?.slice() ?? null,
          names: () => [...xattrs.keys()],
        });
  if (pages === null || pages.size > (keys?.number(CONTENT) ?? -1)) return found;
  return (found ?? new Dict()).set(CONTENT, pages.read(0, pages.size));
}

/** 0 when a write may be done, as far as others that move the file are concerned; otherwise the errno. */
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

/** 0 or the errno. `flags` are setxattr(2)'s. */
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
  // A copy: the caller's buffer may be used again.
  node.xattrs.set(name, value.slice());
  return 0;
}

/** Sets what is in `dict`; 0 or the first errno. */
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

/** One attribute, or all when `name` is null; or the errno. */
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
    const opened = openedOf(xl, fd);
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
