/** The fops about extended attributes. Namespaces and limits are those of Linux's xattr(7). */

import { isAcl } from '../../../core/acl.ts';
import { Dict } from '../../../core/dict.ts';
import { E2BIG, EEXIST, EINVAL, ENODATA, EOPNOTSUPP, EPERM, ERANGE } from '../../../core/errno.ts';
import type { Stack } from '../../../core/frame.ts';
import { fail, unwind } from '../../../core/gen/fops.gen.ts';
import { IA_IFDIR, IA_IFREG } from '../../../core/iatt.ts';
import { XATTR_NAME_MAX, XATTR_SIZE_MAX } from '../../../core/limits.ts';
import { CONTENT } from '../../../core/xdata.ts';
import type { Fops } from '../../../core/xlator.ts';
import { pidFor } from '../shared/internal.ts';
import { guardFault, isGuarded, movingKeys } from '../shared/moving.ts';
import { textFault } from '../shared/names.ts';
import {
  answerKeys,
  askedKeys,
  isHidden,
  isListed,
  removeXattrs,
  TRUSTED_GFID,
  USER_GFID,
  valueBytes,
  XATTR_CREATE,
  XATTR_REPLACE,
  xattrop,
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

interface Change {
  readonly value: Uint8Array | null;
  /** setxattr(2)'s. */
  readonly flags: number;
  readonly caller: Stack;
}

function setOne(node: Node, name: string, { value, flags, caller }: Change): number {
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

/**
 * Sets what is in `dict`, one after the other, up to the first that fails; 0 or its errno.
 * @param pid as which, where that is not the caller's
 */
export function setXattrs(
  disk: Disk,
  node: Node,
  dict: Dict | null,
  flags: number,
  caller: Stack,
  pid = caller.pid,
): number {
  let fault = 0;
  dict?.forEach((name, value) => {
    if (fault !== 0) return;
    const change = { value: valueBytes(value), flags, caller };
    fault = isHidden(name, pid) ? EPERM : setOne(node, name, change);
    if (fault === 0) node.ctime = disk.now();
  });
  return fault;
}

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

/** 0 or the errno. */
function remove(disk: Disk, node: Node, name: string, pid: number): number {
  if (isHidden(name, pid)) return EPERM;
  const fault = isAcl(name) ? aclFault(node) : changeFault(node, name);
  if (fault !== 0) return fault;
  if (node.xattrs?.delete(name) !== true && !isAcl(name)) return ENODATA;
  node.ctime = disk.now();
  return 0;
}

/** The values after (GET_AND_SET: before) the operation, or the errno. */
function combine(
  disk: Disk,
  node: Node,
  optype: number,
  dict: Dict | null,
  caller: Stack,
): Dict | number {
  const answer = new Dict();
  let fault = 0;
  dict?.forEach((name, value) => {
    if (fault !== 0) return;
    const given = valueBytes(value);
    fault = name === TRUSTED_GFID || name === USER_GFID ? EPERM : keyFault(name);
    if (fault !== 0 || given === null) return;
    const result = xattrop(optype, node.xattrs?.get(name) ?? null, given);
    if (typeof result === 'number') {
      fault = result;
      return;
    }
    if (result.answer !== null) answer.set(name, result.answer.slice(), 'bin');
    if (result.store === null) return;
    fault = setOne(node, name, { value: result.store, flags: 0, caller });
    node.ctime = disk.now();
  });
  return fault === 0 ? answer : fault;
}

const keysOf = (node: Node, xdata: Dict | null): Dict | null =>
  movingKeys(xdata, () => node.iatt());

export const xattrFops: Fops<Disk> = {
  setxattr(frame, xl, loc, dict, flags, xdata) {
    const node = nodeOf(xl, loc);
    if (typeof node === 'number') return fail.setxattr(frame, node);
    const pid = pidFor(frame.root.pid, xdata);
    const fault = setXattrs(xl.priv, node, dict, flags, frame.root, pid);
    if (fault !== 0) return fail.setxattr(frame, fault);
    unwind.setxattr(frame, 0, 0, keysOf(node, xdata));
  },

  fsetxattr(frame, xl, fd, dict, flags, xdata) {
    const opened = openedOf(xl, fd);
    if (typeof opened === 'number') return fail.fsetxattr(frame, opened);
    const fault = setXattrs(xl.priv, opened.node, dict, flags, frame.root);
    if (fault !== 0) return fail.fsetxattr(frame, fault);
    unwind.fsetxattr(frame, 0, 0, keysOf(opened.node, xdata));
  },

  getxattr(frame, xl, loc, name, _xdata) {
    const node = nodeOf(xl, loc);
    if (typeof node === 'number') return fail.getxattr(frame, node);
    const dict = get(node, name, frame.root.pid);
    if (typeof dict === 'number') return fail.getxattr(frame, dict);
    unwind.getxattr(frame, dict.size, 0, dict, null);
  },

  fgetxattr(frame, xl, fd, name, _xdata) {
    const opened = openedOf(xl, fd);
    if (typeof opened === 'number') return fail.fgetxattr(frame, opened);
    const dict = get(opened.node, name, frame.root.pid);
    if (typeof dict === 'number') return fail.fgetxattr(frame, dict);
    unwind.fgetxattr(frame, dict.size, 0, dict, null);
  },

  removexattr(frame, xl, loc, name, xdata) {
    const node = nodeOf(xl, loc);
    if (typeof node === 'number') return fail.removexattr(frame, node);
    const { pid } = frame.root;
    const fault = removeXattrs(name, xdata, (each) => remove(xl.priv, node, each, pid));
    if (fault !== 0) return fail.removexattr(frame, fault);
    unwind.removexattr(frame, 0, 0, keysOf(node, xdata));
  },

  fremovexattr(frame, xl, fd, name, xdata) {
    const opened = openedOf(xl, fd);
    if (typeof opened === 'number') return fail.fremovexattr(frame, opened);
    const { pid } = frame.root;
    const fault = removeXattrs(name, xdata, (each) => remove(xl.priv, opened.node, each, pid));
    if (fault !== 0) return fail.fremovexattr(frame, fault);
    unwind.fremovexattr(frame, 0, 0, keysOf(opened.node, xdata));
  },

  xattrop(frame, xl, loc, optype, dict, xdata) {
    const node = nodeOf(xl, loc);
    if (typeof node === 'number') return fail.xattrop(frame, node);
    const answer = combine(xl.priv, node, optype, dict, frame.root);
    if (typeof answer === 'number') return fail.xattrop(frame, answer);
    unwind.xattrop(frame, 0, 0, answer, keysOf(node, xdata));
  },

  fxattrop(frame, xl, fd, optype, dict, xdata) {
    const opened = openedOf(xl, fd);
    if (typeof opened === 'number') return fail.fxattrop(frame, opened);
    const answer = combine(xl.priv, opened.node, optype, dict, frame.root);
    if (typeof answer === 'number') return fail.fxattrop(frame, answer);
    unwind.fxattrop(frame, 0, 0, answer, keysOf(opened.node, xdata));
  },
};
