/** Handles the fops of storage/memory that read, change and check an inode's attributes. */
import { decodeName, encodeName, nameLength } from '../../../core/bytes.ts';
import { EACCES, EINVAL, EOPNOTSUPP } from '../../../core/errno.ts';
import { SET_ATTR } from '../../../core/fops.ts';
import type { Stack } from '../../../core/frame.ts';
import { fail, unwind } from '../../../core/gen/fops.gen.ts';
import { IA_IFLNK, type Iatt, Statvfs } from '../../../core/iatt.ts';
import { isPermitted } from '../../../core/permissions.ts';
import type { Fops } from '../../../core/xlator.ts';
import { selectSettableBits } from '../shared/rebalance-requests.ts';
import { clearPrivilegeBits, dropCapability } from './data.ts';
import { findNode, findOrAddOpenNode, type MemoryVolume, type Node } from './memory-nodes.ts';
import { readAccessAcl, setMode } from './node-acls.ts';
import { PAGE_SIZE } from './page-store.ts';
import { readRequestedXattrs } from './xattr.ts';

const { MODE, UID, GID, ATIME, MTIME, ATIME_NOW, MTIME_NOW } = SET_ATTR;
const S_ISUID = 0o4000;
const S_ISGID = 0o2000;
const S_IXGRP = 0o010;

/**
 * Applies a setattr; returns 0 or the errno. The owner is set before the mode, since it may change the mode.
 * @param requestedBits the bits of `SET_ATTR` for the values of `attributes` that are set
 */
function applySetattr(
  volume: MemoryVolume,
  node: Node,
  attributes: Iatt,
  requestedBits: number,
): number {
  const valid = selectSettableBits(node.type, requestedBits);
  if ((valid & MODE) !== 0 && node.type === IA_IFLNK) return EOPNOTSUPP;
  if ((valid & (UID | GID)) !== 0) {
    if ((valid & UID) !== 0) node.uid = attributes.iaUid;
    if ((valid & GID) !== 0) node.gid = attributes.iaGid;
    dropCapability(node);
    // As in Linux, a change of owner clears set-user-id and set-group-id.
    if (!node.isDir) {
      node.prot &= ~S_ISUID;
      if ((node.prot & S_IXGRP) !== 0) node.prot &= ~S_ISGID;
    }
  }
  if ((valid & MODE) !== 0) setMode(node, attributes.iaProt & 0o7777);
  const now = volume.makeTimestamp();
  if ((valid & ATIME_NOW) !== 0) node.atime = now;
  else if ((valid & ATIME) !== 0)
    node.atime = { sec: attributes.iaAtime, nsec: attributes.iaAtimeNsec };
  if ((valid & MTIME_NOW) !== 0) node.mtime = now;
  else if ((valid & MTIME) !== 0)
    node.mtime = { sec: attributes.iaMtime, nsec: attributes.iaMtimeNsec };
  node.ctime = now;
  return 0;
}

/** Available bytes if the context does not know the machine's memory. */
const DEFAULT_AVAILABLE_BYTES = 2 ** 52;

/**
 * Makes a statfs reply, in pages. Without limits, the free space and the number of free inodes are the machine's
 * available memory in pages.
 */
function makeStatvfs({ store, context, inodeCount, inodeLimit }: MemoryVolume): Statvfs {
  const { pageLimit, usedPageCount } = store;
  const buf = new Statvfs();
  buf.bsize = PAGE_SIZE;
  buf.frsize = PAGE_SIZE;
  const available = Math.floor(
    (context.availableMemory?.() ?? DEFAULT_AVAILABLE_BYTES) / PAGE_SIZE,
  );
  buf.bfree = Number.isFinite(pageLimit) ? Math.max(0, pageLimit - usedPageCount) : available;
  buf.bavail = buf.bfree;
  buf.blocks = Number.isFinite(pageLimit)
    ? Math.max(pageLimit, usedPageCount)
    : usedPageCount + available;
  buf.ffree = Number.isFinite(inodeLimit) ? Math.max(0, inodeLimit - inodeCount) : available;
  buf.favail = buf.ffree;
  buf.files = inodeCount + buf.ffree;
  return buf;
}

/** Whether mode and ACL permit the caller an access; `mask` has R_OK, W_OK and X_OK. */
const isAccessPermitted = (node: Node, caller: Stack, mask: number): boolean =>
  isPermitted(node.makeIatt(), readAccessAcl(node), caller, mask);

export const attrFops: Fops<MemoryVolume> = {
  stat(frame, xl, loc, xdata) {
    const node = findNode(xl, loc);
    if (typeof node === 'number') return fail.stat(frame, node);
    unwind.stat(frame, 0, 0, node.makeIatt(), readRequestedXattrs(node, xdata));
  },

  fstat(frame, xl, fd, xdata) {
    const openNode = findOrAddOpenNode(xl, fd);
    if (typeof openNode === 'number') return fail.fstat(frame, openNode);
    unwind.fstat(frame, 0, 0, openNode.node.makeIatt(), readRequestedXattrs(openNode.node, xdata));
  },

  setattr(frame, xl, loc, stbuf, valid, xdata) {
    const node = findNode(xl, loc);
    if (typeof node === 'number') return fail.setattr(frame, node);
    const prebuf = node.makeIatt();
    clearPrivilegeBits(node, xdata, frame.root);
    const fault = applySetattr(xl.priv, node, stbuf, valid);
    if (fault !== 0) return fail.setattr(frame, fault);
    unwind.setattr(frame, 0, 0, prebuf, node.makeIatt(), null);
  },

  fsetattr(frame, xl, fd, stbuf, valid, xdata) {
    const openNode = findOrAddOpenNode(xl, fd);
    if (typeof openNode === 'number') return fail.fsetattr(frame, openNode);
    const prebuf = openNode.node.makeIatt();
    clearPrivilegeBits(openNode.node, xdata, frame.root);
    const fault = applySetattr(xl.priv, openNode.node, stbuf, valid);
    if (fault !== 0) return fail.fsetattr(frame, fault);
    unwind.fsetattr(frame, 0, 0, prebuf, openNode.node.makeIatt(), null);
  },

  access(frame, xl, loc, mask, _xdata) {
    const node = findNode(xl, loc);
    if (typeof node === 'number') return fail.access(frame, node);
    if (!isAccessPermitted(node, frame.root, mask)) return fail.access(frame, EACCES);
    unwind.access(frame, 0, 0, null);
  },

  readlink(frame, xl, loc, size, _xdata) {
    const node = findNode(xl, loc);
    if (typeof node === 'number') return fail.readlink(frame, node);
    if (node.type !== IA_IFLNK || size <= 0) return fail.readlink(frame, EINVAL);
    node.atime = xl.priv.makeTimestamp();
    const path = cutTarget(node.target, size);
    unwind.readlink(frame, nameLength(path), 0, path, node.makeIatt(), null);
  },

  statfs(frame, xl, loc, _xdata) {
    const node = findNode(xl, loc);
    if (typeof node === 'number') return fail.statfs(frame, node);
    unwind.statfs(frame, 0, 0, makeStatvfs(xl.priv), null);
  },
};

/** Returns the first `size` bytes of a symbolic link's target, as readlink(2) does. */
function cutTarget(target: string, size: number): string {
  const bytes = encodeName(target);
  return bytes.length <= size ? target : decodeName(bytes, 0, size);
}
