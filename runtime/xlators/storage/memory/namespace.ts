/**
 * Handles the fops of storage/memory that find, create and remove names.
 *
 * Errors and their precedence are Linux's (`fs/namei.c`). Permissions are not checked: the kernel or a translator
 * above has done so.
 */
import type { Dict } from '../../../core/dict.ts';
import {
  EEXIST,
  EINVAL,
  EIO,
  EISDIR,
  ENOENT,
  ENOSPC,
  ENOTDIR,
  ENOTEMPTY,
  EPERM,
  ESTALE,
} from '../../../core/errno.ts';
import type { Frame, Stack } from '../../../core/frame.ts';
import { fail, unwind } from '../../../core/gen/fops.gen.ts';
import {
  decodeDevice,
  IA_IFBLK,
  IA_IFCHR,
  IA_IFDIR,
  IA_IFLNK,
  IA_IFREG,
  IA_INVAL,
  typeOfMode,
} from '../../../core/iatt.ts';
import type { Inode } from '../../../core/inode.ts';
import { SYMLINK_MAX } from '../../../core/limits.ts';
import { O_EXCL, O_TRUNC } from '../../../core/open-flags.ts';
import type { Loc } from '../../../core/operands.ts';
import {
  MODE_REQ,
  PROTECT_WRITES,
  RENAME_EXCHANGE,
  RENAME_FLAGS,
  RENAME_NOREPLACE,
} from '../../../core/xdata.ts';
import type { Fops } from '../../../core/xlator.ts';
import {
  findUnlinkFault,
  hasParentChanged,
  hasUnlinkConditions,
  makeParentChangedXdata,
  readInitialXattrs,
  readLinkSourceGfid,
  type Victim,
} from '../shared/entry-requests.ts';
import { type EntryReply, findTextFault } from '../shared/fop-values.ts';
import { clearsMark } from '../shared/rebalance-requests.ts';
import { findOpenFault, resize, writeAt } from './data.ts';
import {
  addOpenNode,
  type EntrySlot,
  findInodeNode,
  findNode,
  findSlot,
  type MemoryVolume,
  type MemoryXlator,
  type Node,
  releaseUnused,
} from './memory-nodes.ts';
import { inheritAcls } from './node-acls.ts';
import { readRequestedXattrs, setXattrs } from './xattr.ts';

const S_ISGID = 0o2000;
const S_IFMT = 0o170000;

/** Adds a name for `node` at `slot`, and sets the context of the loc's inode; returns the reply. */
function addName(xl: MemoryXlator, slot: EntrySlot, loc: Loc, node: Node): EntryReply {
  const { parent, name, parentBefore } = slot;
  parent.addEntry(name, node);
  setTimes(xl.priv, parent);
  loc.inode?.ctxSet(xl, node);
  return { buf: node.makeIatt(), preparent: parentBefore, postparent: parent.makeIatt() };
}

/** Sets the times of a directory in which a name was added or removed. */
function setTimes(volume: MemoryVolume, dir: Node): void {
  dir.mtime = volume.makeTimestamp();
  dir.ctime = dir.mtime;
}

/** The properties of a node to create. */
interface NodeRequest {
  readonly type: number;
  readonly prot: number;
  /** The target of a symbolic link. */
  readonly target?: string;
  /** The device number of a device. */
  readonly rdev?: number;
}

/** Returns an attribute of the loc's parent; undefined if either does not exist. */
function readParentXattr(xl: MemoryXlator, { parent }: Loc, name: string): Uint8Array | undefined {
  const node = parent === null ? ENOENT : findInodeNode(xl, parent);
  return typeof node === 'number' ? undefined : node.xattrs?.get(name);
}

/** Whether the loc's name does not exist; false on an error. */
function isAbsent(xl: MemoryXlator, loc: Loc): boolean {
  const slot = findSlot(xl, loc);
  return typeof slot !== 'number' && slot.existing === null;
}

/** Creates a node without a name for `caller`, as in directory `parent`; or returns the errno. */
function createNode(
  volume: MemoryVolume,
  parent: Node,
  caller: Stack,
  xdata: Dict | null,
  newNode: NodeRequest,
): Node | number {
  if (parent.nlink === 0) return ENOENT;
  if (volume.inodeCount >= volume.inodeLimit && !volume.reclaimRemoved(null)) return ENOSPC;
  const gfid = volume.chooseGfid(xdata);
  if (gfid === null) return EEXIST;
  const node = volume.addNode(gfid, newNode.type, newNode.target, newNode.rdev);
  const inheritsGroup = (parent.prot & S_ISGID) !== 0;
  node.uid = caller.uid;
  node.gid = inheritsGroup ? parent.gid : caller.gid;
  node.prot = newNode.prot;
  if (inheritsGroup && node.isDir) node.prot |= S_ISGID;
  inheritAcls(parent, node, xdata?.number(MODE_REQ) ?? newNode.prot);
  // The pid -1 is that of an internal client, which may set hidden attributes.
  setXattrs(volume, node, readInitialXattrs(xdata), 0, caller, -1);
  return node;
}

/** Creates a node at the loc; returns the reply or the errno. */
function createEntry(
  frame: Frame,
  xl: MemoryXlator,
  loc: Loc,
  xdata: Dict | null,
  newNode: NodeRequest,
): EntryReply | number {
  const slot = findSlot(xl, loc);
  if (typeof slot === 'number') return slot;
  const { parent, existing } = slot;
  if (existing !== null) return EEXIST;
  const node = createNode(xl.priv, parent, frame.root, xdata, newNode);
  if (typeof node === 'number') return node;
  node.nlink = 1;
  if (node.isDir) {
    node.nlink = 2;
    node.parent = parent;
    parent.nlink += 1;
  }
  return addName(xl, slot, loc, node);
}

/** Removes an existing name; the caller has checked that it may be removed. */
function removeEntry(xl: MemoryXlator, slot: EntrySlot): void {
  const { parent, name, existing } = slot;
  parent.entries!.delete(name);
  setTimes(xl.priv, parent);
  dropLink(xl, parent, existing!);
}

/** Removes all entries of a directory, recursively. */
function removeAllEntries(xl: MemoryXlator, top: Node): void {
  const openDirectories = [top];
  for (let dir = openDirectories.at(-1); dir !== undefined; dir = openDirectories.at(-1)) {
    const [entry] = dir.entries!;
    if (entry === undefined) openDirectories.pop();
    else if (entry[1].node.isDir && entry[1].node.entries!.size > 0)
      openDirectories.push(entry[1].node);
    else {
      dir.entries!.delete(entry[0]);
      dropLink(xl, dir, entry[1].node);
    }
  }
}

/** Lowers a node's link count after a name in `parent` was removed, and destroys the node if it is unused. */
function dropLink(xl: MemoryXlator, parent: Node, node: Node): void {
  if (node.isDir) {
    node.nlink = 0;
    parent.nlink -= 1;
  } else node.nlink -= 1;
  node.ctime = xl.priv.makeTimestamp();
  releaseUnused(xl, node);
}

/** Finds a lookup's node by name, or by gfid if the loc has no name. */
function findLookupNode(xl: MemoryXlator, loc: Loc): Node | number {
  const { inode, parent, name } = loc;
  if (parent === null || name === null) return findNode(xl, loc);
  const node =
    name === '.' || name === '..' ? findDotNode(xl, parent, name) : findNamedNode(xl, loc);
  if (typeof node === 'number') return node;
  // The name has another inode now: with ESTALE the caller looks it up again, with a new inode.
  return inode?.linked && inode.gfid !== node.gfid ? ESTALE : node;
}

/** Returns the node of the loc's name, or the errno. */
function findNamedNode(xl: MemoryXlator, loc: Loc): Node | number {
  const slot = findSlot(xl, loc);
  return typeof slot === 'number' ? slot : (slot.existing ?? ENOENT);
}

/** Returns a directory for `.`, or its parent for `..`; the root has no parent. */
function findDotNode(xl: MemoryXlator, parent: Inode, name: '.' | '..'): Node | number {
  const node = findInodeNode(xl, parent);
  if (typeof node === 'number') return node;
  if (!node.isDir) return ENOTDIR;
  const { parent: parentDir } = node;
  if (name === '.') return node;
  return parentDir === null || parentDir === node ? ENOENT : parentDir;
}

/** Returns 0 if the rename is allowed, otherwise the errno. */
function findRenameFault(source: EntrySlot, target: EntrySlot, flags: number): number {
  const node = source.existing;
  const replaced = target.existing;
  if (node === null) return ENOENT;
  if ((flags & RENAME_NOREPLACE) !== 0 && replaced !== null) return EEXIST;
  const isExchange = (flags & RENAME_EXCHANGE) !== 0;
  if (isExchange && replaced === null) return ENOENT;
  if (node.isDir && target.parent.isWithin(node)) return EINVAL;
  if (replaced?.isDir && source.parent.isWithin(replaced)) return isExchange ? EINVAL : ENOTEMPTY;
  if (target.parent.nlink === 0) return ENOENT;
  if (replaced === null || isExchange || replaced === node) return 0;
  if (node.isDir && !replaced.isDir) return ENOTDIR;
  if (!node.isDir && replaced.isDir) return EISDIR;
  return replaced.isDir && replaced.entries!.size > 0 ? ENOTEMPTY : 0;
}

/** Renames an entry, or exchanges two; the caller has checked that it may. */
function moveEntry(
  xl: MemoryXlator,
  source: EntrySlot,
  target: EntrySlot,
  isExchange: boolean,
): void {
  const volume = xl.priv;
  const node = source.existing!;
  const replaced = target.existing;
  if (replaced === node) return;
  if (isExchange) setEntry(source.parent, source.name, replaced!, target.parent);
  else {
    source.parent.entries!.delete(source.name);
    if (replaced !== null) dropLink(xl, target.parent, replaced);
  }
  setEntry(target.parent, target.name, node, source.parent);
  setTimes(volume, source.parent);
  setTimes(volume, target.parent);
  node.ctime = volume.makeTimestamp();
  if (isExchange) replaced!.ctime = node.ctime;
}

/** Adds a name in `parent` for `node`, which moves there from directory `origin`. */
function setEntry(parent: Node, name: string, node: Node, origin: Node): void {
  parent.addEntry(name, node);
  if (!node.isDir) return;
  node.parent = parent;
  origin.nlink -= 1;
  parent.nlink += 1;
}

export const namespaceFops: Fops<MemoryVolume> = {
  lookup(frame, xl, loc, xdata) {
    const node = findLookupNode(xl, loc);
    const parent = loc.parent === null ? node : findInodeNode(xl, loc.parent);
    const hasParent = typeof parent !== 'number' && (loc.parent === null || parent.isDir);
    const postparent = hasParent ? parent.makeIatt() : null;
    if (typeof node === 'number') {
      return unwind.lookup(frame, -1, node, null, null, null, postparent);
    }
    loc.inode?.ctxSet(xl, node);
    const replyXdata = readRequestedXattrs(node, xdata);
    // With a rebalance's key, a lookup removes the mark that a client's write has set.
    if (clearsMark(xdata)) node.xattrs?.delete(PROTECT_WRITES);
    unwind.lookup(frame, 0, 0, loc.inode, node.makeIatt(), replyXdata, postparent);
  },

  mkdir(frame, xl, loc, mode, _umask, xdata) {
    if (hasParentChanged(xdata, (name) => readParentXattr(xl, loc, name))) {
      return unwind.mkdir(frame, -1, EIO, null, null, null, null, makeParentChangedXdata());
    }
    const reply = createEntry(frame, xl, loc, xdata, { type: IA_IFDIR, prot: mode & 0o1777 });
    if (typeof reply === 'number') return fail.mkdir(frame, reply);
    unwind.mkdir(frame, 0, 0, loc.inode, reply.buf, reply.preparent, reply.postparent, null);
  },

  mknod(frame, xl, loc, mode, rdev, _umask, xdata) {
    const type = (mode & S_IFMT) === 0 ? IA_IFREG : typeOfMode(mode);
    if (type === IA_IFDIR) return fail.mknod(frame, EPERM);
    if (type === IA_INVAL || type === IA_IFLNK) return fail.mknod(frame, EINVAL);
    const isDevice = type === IA_IFBLK || type === IA_IFCHR;
    const newNode = { type, prot: mode & 0o7777, rdev: isDevice ? decodeDevice(rdev) : 0 };
    const linkSource = xl.priv.nodesByGfid.get(readLinkSourceGfid(xdata) ?? '');
    const reply =
      linkSource === undefined
        ? createEntry(frame, xl, loc, xdata, newNode)
        : addLink(xl, linkSource, loc);
    if (typeof reply === 'number') return fail.mknod(frame, reply);
    unwind.mknod(frame, 0, 0, loc.inode, reply.buf, reply.preparent, reply.postparent, null);
  },

  symlink(frame, xl, linkpath, loc, _umask, xdata) {
    const fault = linkpath === '' ? ENOENT : findTextFault(linkpath, SYMLINK_MAX);
    const newNode = { type: IA_IFLNK, prot: 0o777, target: linkpath };
    const reply = fault === 0 ? createEntry(frame, xl, loc, xdata, newNode) : fault;
    if (typeof reply === 'number') return fail.symlink(frame, reply);
    unwind.symlink(frame, 0, 0, loc.inode, reply.buf, reply.preparent, reply.postparent, null);
  },

  create(frame, xl, loc, flags, mode, _umask, fd, xdata) {
    if (hasParentChanged(xdata, (name) => readParentXattr(xl, loc, name)) && isAbsent(xl, loc)) {
      return unwind.create(frame, -1, EIO, null, null, null, null, null, makeParentChangedXdata());
    }
    const reply = createFile(frame, xl, loc, flags, mode, xdata);
    if (typeof reply === 'number') return fail.create(frame, reply);
    addOpenNode(xl, fd, loc.inode!.ctxGet(xl) as Node);
    const { buf, preparent, postparent } = reply;
    unwind.create(frame, 0, 0, fd, loc.inode, buf, preparent, postparent, null);
  },

  put(frame, xl, loc, mode, _umask, flags, vector, offset, dict, xdata) {
    const reply = createFile(frame, xl, loc, flags | O_TRUNC, mode, xdata);
    if (typeof reply === 'number') return fail.put(frame, reply);
    const node = loc.inode!.ctxGet(xl) as Node;
    const fault = fillFile(xl, frame, node, vector, offset, dict);
    if (fault !== 0) {
      // Removes the file whose data or attributes could not be stored.
      const currentSlot = findSlot(xl, loc);
      if (typeof currentSlot !== 'number' && currentSlot.existing === node)
        removeEntry(xl, currentSlot);
      return fail.put(frame, fault);
    }
    unwind.put(frame, 0, 0, loc.inode, node.makeIatt(), reply.preparent, reply.postparent, null);
  },

  icreate(frame, xl, loc, mode, xdata) {
    const parent = loc.parent === null ? ENOENT : findInodeNode(xl, loc.parent);
    if (typeof parent === 'number') return fail.icreate(frame, parent);
    if (!parent.isDir) return fail.icreate(frame, ENOTDIR);
    const newNode = { type: IA_IFREG, prot: mode & 0o7777 };
    const node = createNode(xl.priv, parent, frame.root, xdata, newNode);
    if (typeof node === 'number') return fail.icreate(frame, node);
    node.isTemporary = true;
    loc.inode?.ctxSet(xl, node);
    unwind.icreate(frame, 0, 0, loc.inode, node.makeIatt(), null);
  },

  link(frame, xl, oldloc, newloc, _xdata) {
    const node = findNode(xl, oldloc);
    if (typeof node === 'number') return fail.link(frame, node);
    const reply = addLink(xl, node, newloc);
    if (typeof reply === 'number') return fail.link(frame, reply);
    const { buf, preparent, postparent } = reply;
    unwind.link(frame, 0, 0, oldloc.inode, buf, preparent, postparent, null);
  },

  unlink(frame, xl, loc, _xflag, xdata) {
    const slot = findSlot(xl, loc);
    if (typeof slot === 'number') return fail.unlink(frame, slot);
    if (slot.existing === null) return fail.unlink(frame, ENOENT);
    if (slot.existing.isDir) return fail.unlink(frame, EISDIR);
    const fault = hasUnlinkConditions(xdata)
      ? findUnlinkFault(makeVictim(slot.existing), xdata)
      : 0;
    if (fault !== 0) return fail.unlink(frame, fault);
    removeEntry(xl, slot);
    unwind.unlink(frame, 0, 0, slot.parentBefore, slot.parent.makeIatt(), null);
  },

  rmdir(frame, xl, loc, flags, _xdata) {
    const slot = findSlot(xl, loc);
    if (typeof slot === 'number') return fail.rmdir(frame, slot);
    if (slot.existing === null) return fail.rmdir(frame, ENOENT);
    if (!slot.existing.isDir) return fail.rmdir(frame, ENOTDIR);
    // Only cluster/replicate sets the flag, to remove a directory with all its entries.
    if (flags !== 0) removeAllEntries(xl, slot.existing);
    if (slot.existing.entries!.size > 0) return fail.rmdir(frame, ENOTEMPTY);
    removeEntry(xl, slot);
    unwind.rmdir(frame, 0, 0, slot.parentBefore, slot.parent.makeIatt(), null);
  },

  rename(frame, xl, oldloc, newloc, xdata) {
    const flags = xdata?.number(RENAME_FLAGS) ?? 0;
    const areFlagsKnown = flags === 0 || flags === RENAME_NOREPLACE || flags === RENAME_EXCHANGE;
    if (!areFlagsKnown) return fail.rename(frame, EINVAL);
    const source = findSlot(xl, oldloc);
    if (typeof source === 'number') return fail.rename(frame, source);
    const target = findSlot(xl, newloc);
    if (typeof target === 'number') return fail.rename(frame, target);
    const fault = findRenameFault(source, target, flags);
    if (fault !== 0) return fail.rename(frame, fault);
    const node = source.existing!;
    moveEntry(xl, source, target, flags === RENAME_EXCHANGE);
    const [oldParentAfter, newParentAfter] = [source.parent.makeIatt(), target.parent.makeIatt()];
    unwind.rename(
      frame,
      0,
      0,
      node.makeIatt(),
      source.parentBefore,
      oldParentAfter,
      target.parentBefore,
      newParentAfter,
      null,
    );
  },
};

/** Adds another name for a node; returns the reply or the errno. */
function addLink(xl: MemoryXlator, node: Node, loc: Loc): EntryReply | number {
  const slot = findSlot(xl, loc);
  if (typeof slot === 'number') return slot;
  if (slot.existing !== null) return EEXIST;
  if (node.isDir) return EPERM;
  const isDestroyed = node.nlink === 0 && !node.isTemporary;
  if (slot.parent.nlink === 0 || isDestroyed) return ENOENT;
  node.nlink += 1;
  node.isTemporary = false;
  node.ctime = xl.priv.makeTimestamp();
  return addName(xl, slot, loc, node);
}

/** Describes a node for `findUnlinkFault`. */
const makeVictim = ({ type, prot, openCount, xattrs }: Node): Victim => ({
  iaType: type,
  iaProt: prot,
  isOpen: openCount > 0,
  hasXattr: (name) => xattrs?.has(name) === true,
});

/** Finds or creates a file at the loc; returns the reply or the errno. `flags` are open(2)'s. */
function createFile(
  frame: Frame,
  xl: MemoryXlator,
  loc: Loc,
  flags: number,
  mode: number,
  xdata: Dict | null,
): EntryReply | number {
  const slot = findSlot(xl, loc);
  if (typeof slot === 'number') return slot;
  const { existing } = slot;
  if (existing === null || (flags & O_EXCL) !== 0) {
    return createEntry(frame, xl, loc, xdata, { type: IA_IFREG, prot: mode & 0o7777 });
  }
  const fault = findOpenFault(existing, flags);
  if (fault !== 0) return fault;
  if ((flags & O_TRUNC) !== 0) resize(xl.priv, existing, 0);
  loc.inode?.ctxSet(xl, existing);
  return {
    buf: existing.makeIatt(),
    preparent: slot.parentBefore,
    postparent: slot.parentBefore,
  };
}

/** Sets a put's extended attributes and data on a new file; returns 0 or the errno. */
function fillFile(
  xl: MemoryXlator,
  frame: Frame,
  node: Node,
  vector: Uint8Array,
  offset: number,
  dict: Dict | null,
): number {
  const fault = setXattrs(xl.priv, node, dict, 0, frame.root, frame.root.pid);
  if (fault !== 0) return fault;
  return vector.length > 0 && writeAt(xl.priv, node, vector, offset) < vector.length ? ENOSPC : 0;
}
