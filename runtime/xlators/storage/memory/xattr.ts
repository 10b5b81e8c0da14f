/** Handles the fops of storage/memory on extended attributes. Namespaces and limits are those of Linux's xattr(7). */
import { isAclName } from '../../../core/acl.ts';
import { Dict } from '../../../core/dict.ts';
import { E2BIG, EEXIST, EINVAL, ENODATA, EPERM } from '../../../core/errno.ts';
import type { Stack } from '../../../core/frame.ts';
import { IA_IFDIR, IA_IFREG } from '../../../core/iatt.ts';
import { XATTR_SIZE_MAX } from '../../../core/limits.ts';
import { CONTENT } from '../../../core/xdata.ts';
import type { Fops } from '../../../core/xlator.ts';
import { hasMarkKey, markOrCheckWrite } from '../shared/rebalance-requests.ts';
import { makeXattrFops } from '../shared/xattr-fops.ts';
import {
  findKeyFault,
  isHidden,
  isListed,
  readRequestedKeys,
  readRequestedValues,
  setXattrs as setXattrsInOrder,
  XATTR_CREATE,
  XATTR_REPLACE,
} from '../shared/xattrs.ts';
import { findNode, findOrAddOpenNode, type MemoryVolume, type Node } from './memory-nodes.ts';
import { findAclFault, setAcl } from './node-acls.ts';

/**
 * Returns 0 if this node can have an attribute of this name, otherwise the errno: `user.` is for files and directories.
 */
function findChangeFault(node: Node, name: string): number {
  const canHaveUserXattrs = node.type === IA_IFREG || node.type === IA_IFDIR;
  return findKeyFault(name) || (name.startsWith('user.') && !canHaveUserXattrs ? EPERM : 0);
}

/** Returns the values that a lookup's xdata (`keys`) requests, the file's content included; null for none. */
export function readRequestedXattrs(node: Node, keys: Dict | null): Dict | null {
  const { xattrs, pages } = node;
  const requested = xattrs === null ? null : readRequestedKeys(keys);
  const values =
    xattrs === null || requested === null
      ? null
      : readRequestedValues(requested, {
          read: (name) => xattrs.get(name)?.slice() ?? null,
          listNames: () => [...xattrs.keys()],
        });
  // The value of CONTENT is the size of the largest file whose content is requested.
  if (pages === null || pages.size > (keys?.number(CONTENT) ?? -1)) return values;
  return (values ?? new Dict()).set(CONTENT, pages.read(0, pages.size));
}

/**
 * Sets or checks the mark of a file that a rebalance moves, if xdata has its keys (`shared/rebalance-requests.ts`);
 * returns 0 if the write may proceed, otherwise the errno.
 */
export function markAndCheckWrite(node: Node, xdata: Dict | null): number {
  if (!hasMarkKey(xdata)) return 0;
  return markOrCheckWrite(xdata, {
    check: (name) => (node.xattrs?.has(name) === true ? 0 : ENODATA),
    set(name, value) {
      node.xattrs = (node.xattrs ?? new Map()).set(name, value);
      return 0;
    },
  });
}

/**
 * Sets one attribute; returns 0 or the errno.
 * @param value null for a value that has no bytes, such as an iatt: EINVAL
 * @param flags setxattr(2)'s
 */
function setXattr(
  node: Node,
  name: string,
  value: Uint8Array | null,
  flags: number,
  caller: Stack,
): number {
  const fault = isAclName(name) ? 0 : findChangeFault(node, name);
  if (fault !== 0) return fault;
  if (value === null || (flags & ~(XATTR_CREATE | XATTR_REPLACE)) !== 0) return EINVAL;
  if (value.length > XATTR_SIZE_MAX) return E2BIG;
  if (isAclName(name)) return setAcl(node, name, value, caller);
  const exists = node.xattrs?.has(name) === true;
  if (exists && (flags & XATTR_CREATE) !== 0) return EEXIST;
  if (!exists && (flags & XATTR_REPLACE) !== 0) return ENODATA;
  node.xattrs ??= new Map();
  // Stores a copy: the caller reuses its buffer.
  node.xattrs.set(name, value.slice());
  return 0;
}

/**
 * Sets the attributes in `dict`; returns 0 or the first errno.
 * @param pid decides which attributes are hidden (`isHidden`)
 */
export const setXattrs = (
  volume: MemoryVolume,
  node: Node,
  dict: Dict | null,
  flags: number,
  caller: Stack,
  pid: number,
): number =>
  setXattrsInOrder(dict, pid, (name, value) => {
    const fault = setXattr(node, name, value, flags, caller);
    if (fault === 0) node.ctime = volume.makeTimestamp();
    return fault;
  });

/** Returns one attribute, or all listed ones if `name` is null; or the errno. */
function getXattrs(node: Node, name: string | null, pid: number): Dict | number {
  const dict = new Dict();
  if (name === null) {
    for (const [key, value] of node.xattrs ?? []) {
      if (isListed(key, pid)) dict.set(key, value.slice(), 'bin');
    }
    return dict;
  }
  const fault = isAclName(name) ? findAclFault(node) : findKeyFault(name);
  if (fault !== 0) return fault;
  const value = isHidden(name, pid) ? undefined : node.xattrs?.get(name);
  return value === undefined ? ENODATA : dict.set(name, value.slice(), 'bin');
}

export const xattrFops: Fops<MemoryVolume> = makeXattrFops<MemoryVolume, Node>({
  findNode,
  findOpenNode(xl, fd) {
    const openNode = findOrAddOpenNode(xl, fd);
    return typeof openNode === 'number' ? openNode : openNode.node;
  },
  setXattrs: (frame, { priv }, node, dict, flags, pid) =>
    setXattrs(priv, node, dict, flags, frame.root, pid),
  getXattrs: (_xl, node, name, pid) => getXattrs(node, name, pid),
  removeXattr({ priv }, node, name, pid) {
    if (isHidden(name, pid)) return EPERM;
    const fault = isAclName(name) ? findAclFault(node) : findChangeFault(node, name);
    if (fault !== 0) return fault;
    if (node.xattrs?.delete(name) !== true && !isAclName(name)) return ENODATA;
    node.ctime = priv.makeTimestamp();
    return 0;
  },
  readXattr: (node, name) => findKeyFault(name) || (node.xattrs?.get(name)?.slice() ?? ENODATA),
  storeXattr(frame, { priv }, node, name, bytes) {
    node.ctime = priv.makeTimestamp();
    return setXattr(node, name, bytes, 0, frame.root);
  },
  readIatt: (_xl, node) => node.makeIatt(),
});
