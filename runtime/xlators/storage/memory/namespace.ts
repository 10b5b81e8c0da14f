/**
 * The fops that find, create and remove names.
 *
 * Errors and their precedence are Linux's (`fs/namei.c`). Permissions are not checked: the kernel or another
 * initiator has done so.
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
import type { Loc } from '../../../core/loc.ts';
import { O_EXCL, O_TRUNC } from '../../../core/open-flags.ts';
import {
  MODE_REQ,
  PROTECT_WRITES,
  RENAME_EXCHANGE,
  RENAME_FLAGS,
  RENAME_NOREPLACE,
} from '../../../core/xdata.ts';
import type { Fops } from '../../../core/xlator.ts';
import {
  changedReply,
  initialXattrs,
  isConditional,
  linkSourceGfid,
  parentChanged,
  unlinkFault,
  type Victim,
} from '../shared/entry-requests.ts';
import { textFault } from '../shared/names.ts';
import { cleansProtection } from '../shared/rebalance-marks.ts';
import { type EntryReply, rdevOf } from '../shared/replies.ts';
import { openFault, resize, writeAt } from './data.ts';
import {
  type Disk,
  type EntryPlace,
  type MemoryXlator,
  type Node,
  nodeOf,
  nodeOfInode,
  openAs,
  placeOf,
  releaseUnused,
} from './node.ts';
import { inheritAcls } from './node-acls.ts';
import { lookupKeys, setXattrs } from './xattr.ts';

const S_ISGID = 0o2000;
const S_IFMT = 0o170000;

/** Adds a name for `node` at `place`, and sets the context of the loc's inode. */
function addName(xl: MemoryXlator, place: EntryPlace, loc: Loc, node: Node): EntryReply {
  const { parent, name, before } = place;
  parent.addEntry(name, node);
  touch(xl.priv, parent);
  loc.inode?.ctxSet(xl, node);
  return { buf: node.iatt(), preparent: before, postparent: parent.iatt() };
}

function touch(disk: Disk, dir: Node): void {
  dir.mtime = disk.now();
  dir.ctime = dir.mtime;
}

interface NewNode {
  readonly type: number;
  readonly prot: number;
  readonly target?: string;
  readonly rdev?: number;
}

function xattrOfFolder(xl: MemoryXlator, { parent }: Loc, name: string): Uint8Array | undefined {
  const node = parent === null ? ENOENT : nodeOfInode(xl, parent);
  return typeof node === 'number' ? undefined : node.xattrs?.get(name);
}

function isAbsent(xl: MemoryXlator, loc: Loc): boolean {
  const at = placeOf(xl, loc);
  return typeof at !== 'number' && at.found === null;
}

/** Creates a node without a name for `parent`, owned by the caller; or returns the errno. */
function newChild(
  disk: Disk,
  parent: Node,
  caller: Stack,
  xdata: Dict | null,
  what: NewNode,
): Node | number {
  if (parent.nlink === 0) return ENOENT;
  if (disk.inodes >= disk.inodeLimit && !disk.reclaim(null)) return ENOSPC;
  const gfid = disk.gfidFor(xdata);
  if (gfid === null) return EEXIST;
  const node = disk.newNode(gfid, what.type, what.target, what.rdev);
  const inherits = (parent.prot & S_ISGID) !== 0;
  node.uid = caller.uid;
  node.gid = inherits ? parent.gid : caller.gid;
  node.prot = what.prot;
  if (inherits && node.isDir) node.prot |= S_ISGID;
  inheritAcls(parent, node, xdata?.number(MODE_REQ) ?? what.prot);
  setXattrs(disk, node, initialXattrs(xdata), 0, caller, -1);
  return node;
}

/** Creates a node at the loc; returns the reply or the errno. */
function make(
  frame: Frame,
  xl: MemoryXlator,
  loc: Loc,
  xdata: Dict | null,
  what: NewNode,
): EntryReply | number {
  const place = placeOf(xl, loc);
  if (typeof place === 'number') return place;
  const { parent, found } = place;
  if (found !== null) return EEXIST;
  const node = newChild(xl.priv, parent, frame.root, xdata, what);
  if (typeof node === 'number') return node;
  node.nlink = 1;
  if (node.isDir) {
    node.nlink = 2;
    node.parent = parent;
    parent.nlink += 1;
  }
  return addName(xl, place, loc, node);
}

/** Removes a name; the caller has checked that it may be removed. */
function remove(xl: MemoryXlator, place: EntryPlace): void {
  const { parent, name, found } = place;
  parent.entries!.delete(name);
  touch(xl.priv, parent);
  dropLink(xl, parent, found!);
}

/** Removes all entries of a directory, recursively. */
function empty(xl: MemoryXlator, top: Node): void {
  const open = [top];
  for (let dir = open.at(-1); dir !== undefined; dir = open.at(-1)) {
    const [next] = dir.entries!;
    if (next === undefined) open.pop();
    else if (next[1].node.isDir && next[1].node.entries!.size > 0) open.push(next[1].node);
    else {
      dir.entries!.delete(next[0]);
      dropLink(xl, dir, next[1].node);
    }
  }
}

function dropLink(xl: MemoryXlator, parent: Node, node: Node): void {
  if (node.isDir) {
    node.nlink = 0;
    parent.nlink -= 1;
  } else node.nlink -= 1;
  node.ctime = xl.priv.now();
  releaseUnused(xl, node);
}

/** Finds a lookup's node by name, or by gfid if the loc has no name. */
function find(xl: MemoryXlator, loc: Loc): Node | number {
  const { inode, parent, name } = loc;
  if (parent === null || name === null) return nodeOf(xl, loc);
  const found = name === '.' || name === '..' ? dots(xl, parent, name) : named(xl, loc);
  if (typeof found === 'number') return found;
  // The name has another inode now: the caller must look it up with a new inode.
  return inode?.linked && inode.gfid !== found.gfid ? ESTALE : found;
}

function named(xl: MemoryXlator, loc: Loc): Node | number {
  const place = placeOf(xl, loc);
  return typeof place === 'number' ? place : (place.found ?? ENOENT);
}

/** Returns a directory for `.`, or its parent for `..`; the root has none. */
function dots(xl: MemoryXlator, parent: Inode, name: '.' | '..'): Node | number {
  const node = nodeOfInode(xl, parent);
  if (typeof node === 'number') return node;
  if (!node.isDir) return ENOTDIR;
  const { parent: above } = node;
  if (name === '.') return node;
  return above === null || above === node ? ENOENT : above;
}

/** Returns 0 if the rename is allowed, otherwise the errno. */
function renameFault(from: EntryPlace, to: EntryPlace, flags: number): number {
  const node = from.found;
  const old = to.found;
  if (node === null) return ENOENT;
  if ((flags & RENAME_NOREPLACE) !== 0 && old !== null) return EEXIST;
  const exchange = (flags & RENAME_EXCHANGE) !== 0;
  if (exchange && old === null) return ENOENT;
  if (node.isDir && to.parent.isWithin(node)) return EINVAL;
  if (old?.isDir && from.parent.isWithin(old)) return exchange ? EINVAL : ENOTEMPTY;
  if (to.parent.nlink === 0) return ENOENT;
  if (old === null || exchange || old === node) return 0;
  if (node.isDir && !old.isDir) return ENOTDIR;
  if (!node.isDir && old.isDir) return EISDIR;
  return old.isDir && old.entries!.size > 0 ? ENOTEMPTY : 0;
}

function moveEntry(xl: MemoryXlator, from: EntryPlace, to: EntryPlace, exchange: boolean): void {
  const disk = xl.priv;
  const node = from.found!;
  const old = to.found;
  if (old === node) return;
  if (exchange) place(from.parent, from.name, old!, to.parent);
  else {
    from.parent.entries!.delete(from.name);
    if (old !== null) dropLink(xl, to.parent, old);
  }
  place(to.parent, to.name, node, from.parent);
  touch(disk, from.parent);
  touch(disk, to.parent);
  node.ctime = disk.now();
  if (exchange) old!.ctime = node.ctime;
}

/** Adds a name for `node` in `parent`; the node moves from `origin`. */
function place(parent: Node, name: string, node: Node, origin: Node): void {
  parent.addEntry(name, node);
  if (!node.isDir) return;
  node.parent = parent;
  origin.nlink -= 1;
  parent.nlink += 1;
}

export const namespaceFops: Fops<Disk> = {
  lookup(frame, xl, loc, xdata) {
    const node = find(xl, loc);
    const parent = loc.parent === null ? node : nodeOfInode(xl, loc.parent);
    const hasParent = typeof parent !== 'number' && (loc.parent === null || parent.isDir);
    const postparent = hasParent ? parent.iatt() : null;
    if (typeof node === 'number') {
      return unwind.lookup(frame, -1, node, null, null, null, postparent);
    }
    loc.inode?.ctxSet(xl, node);
    const keys = lookupKeys(node, xdata);
    if (cleansProtection(xdata)) node.xattrs?.delete(PROTECT_WRITES);
    unwind.lookup(frame, 0, 0, loc.inode, node.iatt(), keys, postparent);
  },

  mkdir(frame, xl, loc, mode, _umask, xdata) {
    if (parentChanged(xdata, (name) => xattrOfFolder(xl, loc, name))) {
      return unwind.mkdir(frame, -1, EIO, null, null, null, null, changedReply());
    }
    const made = make(frame, xl, loc, xdata, { type: IA_IFDIR, prot: mode & 0o1777 });
    if (typeof made === 'number') return fail.mkdir(frame, made);
    unwind.mkdir(frame, 0, 0, loc.inode, made.buf, made.preparent, made.postparent, null);
  },

  mknod(frame, xl, loc, mode, rdev, _umask, xdata) {
    const type = (mode & S_IFMT) === 0 ? IA_IFREG : typeOfMode(mode);
    if (type === IA_IFDIR) return fail.mknod(frame, EPERM);
    if (type === IA_INVAL || type === IA_IFLNK) return fail.mknod(frame, EINVAL);
    const isDevice = type === IA_IFBLK || type === IA_IFCHR;
    const what = { type, prot: mode & 0o7777, rdev: isDevice ? rdevOf(rdev) : 0 };
    const twin = xl.priv.named.get(linkSourceGfid(xdata) ?? '');
    const made = twin === undefined ? make(frame, xl, loc, xdata, what) : addLink(xl, twin, loc);
    if (typeof made === 'number') return fail.mknod(frame, made);
    unwind.mknod(frame, 0, 0, loc.inode, made.buf, made.preparent, made.postparent, null);
  },

  symlink(frame, xl, linkpath, loc, _umask, xdata) {
    const fault = linkpath === '' ? ENOENT : textFault(linkpath, SYMLINK_MAX);
    const what = { type: IA_IFLNK, prot: 0o777, target: linkpath };
    const made = fault === 0 ? make(frame, xl, loc, xdata, what) : fault;
    if (typeof made === 'number') return fail.symlink(frame, made);
    unwind.symlink(frame, 0, 0, loc.inode, made.buf, made.preparent, made.postparent, null);
  },

  create(frame, xl, loc, flags, mode, _umask, fd, xdata) {
    if (parentChanged(xdata, (name) => xattrOfFolder(xl, loc, name)) && isAbsent(xl, loc)) {
      return unwind.create(frame, -1, EIO, null, null, null, null, null, changedReply());
    }
    const made = createFile(frame, xl, loc, flags, mode, xdata);
    if (typeof made === 'number') return fail.create(frame, made);
    openAs(xl, fd, loc.inode!.ctxGet(xl) as Node);
    const { buf, preparent, postparent } = made;
    unwind.create(frame, 0, 0, fd, loc.inode, buf, preparent, postparent, null);
  },

  put(frame, xl, loc, mode, _umask, flags, vector, offset, dict, xdata) {
    const made = createFile(frame, xl, loc, flags | O_TRUNC, mode, xdata);
    if (typeof made === 'number') return fail.put(frame, made);
    const node = loc.inode!.ctxGet(xl) as Node;
    const fault = fill(xl, frame, node, vector, offset, dict);
    if (fault !== 0) {
      const placeNow = placeOf(xl, loc);
      if (typeof placeNow !== 'number' && placeNow.found === node) remove(xl, placeNow);
      return fail.put(frame, fault);
    }
    unwind.put(frame, 0, 0, loc.inode, node.iatt(), made.preparent, made.postparent, null);
  },

  icreate(frame, xl, loc, mode, xdata) {
    const parent = loc.parent === null ? ENOENT : nodeOfInode(xl, loc.parent);
    if (typeof parent === 'number') return fail.icreate(frame, parent);
    if (!parent.isDir) return fail.icreate(frame, ENOTDIR);
    const what = { type: IA_IFREG, prot: mode & 0o7777 };
    const node = newChild(xl.priv, parent, frame.root, xdata, what);
    if (typeof node === 'number') return fail.icreate(frame, node);
    node.isTemporary = true;
    loc.inode?.ctxSet(xl, node);
    unwind.icreate(frame, 0, 0, loc.inode, node.iatt(), null);
  },

  link(frame, xl, oldloc, newloc, _xdata) {
    const node = nodeOf(xl, oldloc);
    if (typeof node === 'number') return fail.link(frame, node);
    const made = addLink(xl, node, newloc);
    if (typeof made === 'number') return fail.link(frame, made);
    const { buf, preparent, postparent } = made;
    unwind.link(frame, 0, 0, oldloc.inode, buf, preparent, postparent, null);
  },

  unlink(frame, xl, loc, _xflag, xdata) {
    const at = placeOf(xl, loc);
    if (typeof at === 'number') return fail.unlink(frame, at);
    if (at.found === null) return fail.unlink(frame, ENOENT);
    if (at.found.isDir) return fail.unlink(frame, EISDIR);
    const fault = isConditional(xdata) ? unlinkFault(victimOf(at.found), xdata) : 0;
    if (fault !== 0) return fail.unlink(frame, fault);
    remove(xl, at);
    unwind.unlink(frame, 0, 0, at.before, at.parent.iatt(), null);
  },

  rmdir(frame, xl, loc, flags, _xdata) {
    const at = placeOf(xl, loc);
    if (typeof at === 'number') return fail.rmdir(frame, at);
    if (at.found === null) return fail.rmdir(frame, ENOENT);
    if (!at.found.isDir) return fail.rmdir(frame, ENOTDIR);
    // replicate's flag removes the directory with all its entries.
    if (flags !== 0) empty(xl, at.found);
    if (at.found.entries!.size > 0) return fail.rmdir(frame, ENOTEMPTY);
    remove(xl, at);
    unwind.rmdir(frame, 0, 0, at.before, at.parent.iatt(), null);
  },

  rename(frame, xl, oldloc, newloc, xdata) {
    const flags = xdata?.number(RENAME_FLAGS) ?? 0;
    const known = flags === 0 || flags === RENAME_NOREPLACE || flags === RENAME_EXCHANGE;
    if (!known) return fail.rename(frame, EINVAL);
    const from = placeOf(xl, oldloc);
    if (typeof from === 'number') return fail.rename(frame, from);
    const to = placeOf(xl, newloc);
    if (typeof to === 'number') return fail.rename(frame, to);
    const fault = renameFault(from, to, flags);
    if (fault !== 0) return fail.rename(frame, fault);
    const node = from.found!;
    moveEntry(xl, from, to, flags === RENAME_EXCHANGE);
    const [fromAfter, toAfter] = [from.parent.iatt(), to.parent.iatt()];
    unwind.rename(frame, 0, 0, node.iatt(), from.before, fromAfter, to.before, toAfter, null);
  },
};

/** Adds another name for a node; returns the reply or the errno. */
function addLink(xl: MemoryXlator, node: Node, loc: Loc): EntryReply | number {
  const at = placeOf(xl, loc);
  if (typeof at === 'number') return at;
  if (at.found !== null) return EEXIST;
  if (node.isDir) return EPERM;
  const isDestroyed = node.nlink === 0 && !node.isTemporary;
  if (at.parent.nlink === 0 || isDestroyed) return ENOENT;
  node.nlink += 1;
  node.isTemporary = false;
  node.ctime = xl.priv.now();
  return addName(xl, at, loc, node);
}

const victimOf = ({ type, prot, opens, xattrs }: Node): Victim => ({
  iaType: type,
  iaProt: prot,
  isOpen: opens > 0,
  has: (name) => xattrs?.has(name) === true,
});

/** Finds or creates a file at the loc; returns the reply or the errno. */
function createFile(
  frame: Frame,
  xl: MemoryXlator,
  loc: Loc,
  flags: number,
  mode: number,
  xdata: Dict | null,
): EntryReply | number {
  const at = placeOf(xl, loc);
  if (typeof at === 'number') return at;
  const { found } = at;
  if (found === null || (flags & O_EXCL) !== 0) {
    return make(frame, xl, loc, xdata, { type: IA_IFREG, prot: mode & 0o7777 });
  }
  const fault = openFault(found, flags);
  if (fault !== 0) return fault;
  if ((flags & O_TRUNC) !== 0) resize(xl.priv, found, 0);
  loc.inode?.ctxSet(xl, found);
  return { buf: found.iatt(), preparent: at.before, postparent: at.before };
}

/** Sets a new file's attributes and data; returns 0 or the errno. */
function fill(
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
