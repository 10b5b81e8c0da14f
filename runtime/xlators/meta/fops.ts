/**
 * Implements the fops of `meta`. Each checks by the inode's context whether the request is for the virtual
 * tree, and passes all other requests unchanged. Fops that would change the tree fail; fops that no front end
 * sends are not handled.
 */
import { Dict, withTimeouts } from '../../core/dict.ts';
import {
  EACCES,
  EINVAL,
  EISDIR,
  ENODATA,
  ENOENT,
  ENXIO,
  EPERM,
  ESTALE,
  EXDEV,
} from '../../core/errno.ts';
import { findFop } from '../../core/fops.ts';
import type { Frame } from '../../core/frame.ts';
import { type FopName, fail, tail, unwind } from '../../core/gen/fops.gen.ts';
import { type Before, taps } from '../../core/gen/taps.gen.ts';
import type { Iatt } from '../../core/iatt.ts';
import { type Inode, ROOT_ID } from '../../core/inode.ts';
import { messages } from '../../core/messages.ts';
import { O_ACCMODE } from '../../core/open-flags.ts';
import { Fd, Loc } from '../../core/operands.ts';
import { DIRECT_IO_MODE } from '../../core/xdata.ts';
import type { Fops } from '../../core/xlator.ts';
import { makeDirectoryFops } from './directory-fops.ts';
import {
  findOpenNode,
  findTreePath,
  type Meta,
  type MetaXlator,
  makeAttributes,
  type OpenNode,
  readBytes,
  type TreePath,
} from './state.ts';
import type { File } from './tree.ts';
import { appendWrite, applyValue, isValueComplete } from './value-writes.ts';

/** The values of a seek fop's `whence` (`gf_seek_what_t`). */
const [SEEK_DATA, SEEK_HOLE] = [0, 1];

/**
 * Makes xdata that keeps the kernel from caching entries of the tree: their content changes, and access depends on
 * the caller.
 */
const makeUncachedDict = (): Dict => withTimeouts({ entry: 0, attribute: 0, negative: 0 });

/** Whether the caller may read the tree: root, and the user who mounted. */
const mayRead = (frame: Frame, xl: MetaXlator): boolean =>
  frame.root.uid === 0 || frame.root.uid === xl.priv.owner;

/** Whether a loc names the tree's directory in the root. */
const isDirName = (xl: MetaXlator, { parent, name }: Loc): boolean =>
  parent !== null && parent.id === ROOT_ID && name === xl.priv.dirName;

/** Replies to a lookup in the tree: with the node at `treePath`, or ENOENT without such a node. */
function replyLookup(frame: Frame, xl: MetaXlator, loc: Loc, treePath: TreePath | undefined): void {
  const node = treePath && xl.priv.findNode(treePath);
  if (treePath === undefined || node === undefined) {
    unwind.lookup(frame, -1, ENOENT, null, null, makeUncachedDict(), null);
    return;
  }
  const inode = xl.inodes?.find(treePath.gfid) ?? loc.inode!;
  inode.ctxSet(xl, treePath);
  const buf = makeAttributes(xl, treePath, node);
  unwind.lookup(frame, 0, 0, inode, buf, makeUncachedDict(), null);
}

/** Opens a file of the tree: keeps its text in the fd's context. Returns 0 or the errno. */
function openFile(xl: MetaXlator, fd: Fd, treePath: TreePath, flags: number): number {
  const node = xl.priv.findNode(treePath);
  if (node === undefined) return ESTALE;
  if (node.kind !== 'file') return node.kind === 'dir' ? EISDIR : EINVAL;
  const access = flags & O_ACCMODE;
  if (access !== 0 && node.write === undefined) return refuseWrite(xl, node);
  const openNode: OpenNode = {
    treePath,
    node,
    bytes: readBytes(node),
    names: [],
    writtenBytes: null,
  };
  fd.ctxSet(xl, openNode);
  return 0;
}

/** Logs why a file cannot be written, and returns EPERM. */
function refuseWrite(xl: MetaXlator, { readOnlyReason }: File): number {
  if (readOnlyReason !== undefined)
    xl.log.error(readOnlyReason, { msgid: messages.metaValueRefused.id });
  return EPERM;
}

/** Returns a file's attributes; the size of an open file is that of the text being read. */
function readAttributes(xl: MetaXlator, fd: Fd, treePath: TreePath): Iatt | null {
  const openNode = findOpenNode(xl, fd);
  if (openNode !== undefined)
    return makeAttributes(xl, treePath, openNode.node, openNode.bytes.length);
  const node = xl.priv.findNode(treePath);
  return node === undefined ? null : makeAttributes(xl, treePath, node);
}

/** Checks a truncate: only a file that can be written may be truncated, and only to 0. Returns 0 or the errno. */
function checkTruncate(xl: MetaXlator, treePath: TreePath, size: number): number {
  const node = xl.priv.findNode(treePath);
  if (node?.kind !== 'file' || node.write === undefined) return EPERM;
  return size === 0 ? 0 : EINVAL;
}

/** The fops that the tree answers. */
const treeFops: Fops<Meta> = {
  lookup(frame, xl, loc, xdata) {
    const { parent, inode } = loc;
    if (isDirName(xl, loc)) return replyLookup(frame, xl, loc, xl.priv.makePath([]));
    const parentPath = findTreePath(xl, parent);
    const treePath = parent === null ? findTreePath(xl, inode) : undefined;
    if (parentPath === undefined && treePath === undefined) {
      tail.lookup(frame, xl.children[0]!, loc, xdata);
    } else if (!mayRead(frame, xl)) fail.lookup(frame, EACCES);
    else replyLookup(frame, xl, loc, treePath ?? xl.priv.findChildPath(parentPath!, loc.name!));
  },

  stat(frame, xl, loc, xdata) {
    const treePath = findTreePath(xl, loc.inode);
    if (treePath === undefined) return tail.stat(frame, xl.children[0]!, loc, xdata);
    const node = xl.priv.findNode(treePath);
    if (node === undefined) return fail.stat(frame, ENOENT);
    if (treePath.path.length > 0 && !mayRead(frame, xl)) return fail.stat(frame, EACCES);
    unwind.stat(frame, 0, 0, makeAttributes(xl, treePath, node), makeUncachedDict());
  },

  fstat(frame, xl, fd, xdata) {
    const treePath = findTreePath(xl, fd.inode);
    if (treePath === undefined) return tail.fstat(frame, xl.children[0]!, fd, xdata);
    const buf = readAttributes(xl, fd, treePath);
    if (buf === null) fail.fstat(frame, ENOENT);
    else unwind.fstat(frame, 0, 0, buf, makeUncachedDict());
  },

  readlink(frame, xl, loc, size, xdata) {
    const treePath = findTreePath(xl, loc.inode);
    if (treePath === undefined) return tail.readlink(frame, xl.children[0]!, loc, size, xdata);
    const node = xl.priv.findNode(treePath);
    if (node === undefined) return fail.readlink(frame, ENOENT);
    if (!mayRead(frame, xl)) return fail.readlink(frame, EACCES);
    if (node.kind !== 'link') return fail.readlink(frame, EINVAL);
    const path = node.readTarget();
    unwind.readlink(frame, path.length, 0, path, makeAttributes(xl, treePath, node), null);
  },

  open(frame, xl, loc, flags, fd, xdata) {
    const treePath = findTreePath(xl, loc.inode);
    if (treePath === undefined) return tail.open(frame, xl.children[0]!, loc, flags, fd, xdata);
    if (fd === null) return fail.open(frame, EINVAL);
    const errno = mayRead(frame, xl) ? openFile(xl, fd, treePath, flags) : EACCES;
    if (errno !== 0) return fail.open(frame, errno);
    unwind.open(frame, 0, 0, fd, new Dict().set(DIRECT_IO_MODE, 1));
  },

  readv(frame, xl, fd, size, offset, flags, xdata) {
    const treePath = findTreePath(xl, fd.inode);
    if (treePath === undefined) {
      tail.readv(frame, xl.children[0]!, fd, size, offset, flags, xdata);
      return;
    }
    const openNode = findOpenNode(xl, fd);
    if (openNode === undefined) return fail.readv(frame, EINVAL);
    const data = openNode.bytes.subarray(offset, offset + size);
    unwind.readv(frame, data.length, 0, data, readAttributes(xl, fd, treePath), null);
  },

  writev(frame, xl, fd, vector, offset, flags, xdata) {
    const treePath = findTreePath(xl, fd.inode);
    if (treePath === undefined) {
      tail.writev(frame, xl.children[0]!, fd, vector, offset, flags, xdata);
      return;
    }
    const openNode = findOpenNode(xl, fd);
    if (openNode === undefined) return fail.writev(frame, EINVAL);
    const errno = appendWrite(openNode, vector, offset);
    if (errno !== 0) return fail.writev(frame, errno);
    const { length } = vector;
    if (!isValueComplete(openNode)) return unwind.writev(frame, length, 0, null, null, null);
    applyValue(xl, openNode, (failure) => {
      if (failure === 0) unwind.writev(frame, length, 0, null, null, null);
      else fail.writev(frame, failure);
    });
  },

  flush(frame, xl, fd, xdata) {
    if (findTreePath(xl, fd.inode) === undefined) {
      tail.flush(frame, xl.children[0]!, fd, xdata);
      return;
    }
    const openNode = findOpenNode(xl, fd);
    if (openNode === undefined) return unwind.flush(frame, 0, 0, null);
    applyValue(xl, openNode, (errno) => unwind.flush(frame, errno === 0 ? 0 : -1, errno, null));
  },

  fsync(frame, xl, fd, datasync, xdata) {
    if (findTreePath(xl, fd.inode) === undefined) {
      tail.fsync(frame, xl.children[0]!, fd, datasync, xdata);
      return;
    }
    const openNode = findOpenNode(xl, fd);
    if (openNode === undefined) return unwind.fsync(frame, 0, 0, null, null, null);
    applyValue(xl, openNode, (errno) =>
      unwind.fsync(frame, errno === 0 ? 0 : -1, errno, null, null, null),
    );
  },

  truncate(frame, xl, loc, offset, xdata) {
    const treePath = findTreePath(xl, loc.inode);
    if (treePath === undefined) return tail.truncate(frame, xl.children[0]!, loc, offset, xdata);
    const errno = mayRead(frame, xl) ? checkTruncate(xl, treePath, offset) : EACCES;
    if (errno !== 0) return fail.truncate(frame, errno);
    const buf = makeAttributes(xl, treePath, xl.priv.findNode(treePath)!, 0);
    unwind.truncate(frame, 0, 0, buf, buf, makeUncachedDict());
  },

  ftruncate(frame, xl, fd, offset, xdata) {
    const treePath = findTreePath(xl, fd.inode);
    if (treePath === undefined) return tail.ftruncate(frame, xl.children[0]!, fd, offset, xdata);
    const errno = checkTruncate(xl, treePath, offset);
    if (errno !== 0) return fail.ftruncate(frame, errno);
    const openNode = findOpenNode(xl, fd);
    if (openNode !== undefined) openNode.writtenBytes = null;
    const buf = makeAttributes(xl, treePath, xl.priv.findNode(treePath)!, 0);
    unwind.ftruncate(frame, 0, 0, buf, buf, makeUncachedDict());
  },

  seek(frame, xl, fd, offset, whence, xdata) {
    const openNode = findTreePath(xl, fd.inode) && findOpenNode(xl, fd);
    if (openNode === undefined) return tail.seek(frame, xl.children[0]!, fd, offset, whence, xdata);
    const { length } = openNode.bytes;
    if (offset >= length) fail.seek(frame, ENXIO);
    else if (whence === SEEK_DATA) unwind.seek(frame, 0, 0, offset, null);
    else if (whence === SEEK_HOLE) unwind.seek(frame, 0, 0, length, null);
    else fail.seek(frame, EINVAL);
  },

  access(frame, xl, loc, mask, xdata) {
    const treePath = findTreePath(xl, loc.inode);
    if (treePath === undefined) return tail.access(frame, xl.children[0]!, loc, mask, xdata);
    unwind.access(frame, mayRead(frame, xl) ? 0 : -1, EACCES, null);
  },

  getxattr(frame, xl, loc, name, xdata) {
    if (findTreePath(xl, loc.inode) === undefined) {
      tail.getxattr(frame, xl.children[0]!, loc, name, xdata);
    } else if (name === null) unwind.getxattr(frame, 0, 0, new Dict(), null);
    else fail.getxattr(frame, ENODATA);
  },

  fgetxattr(frame, xl, fd, name, xdata) {
    if (findTreePath(xl, fd.inode) === undefined) {
      tail.fgetxattr(frame, xl.children[0]!, fd, name, xdata);
    } else if (name === null) unwind.fgetxattr(frame, 0, 0, new Dict(), null);
    else fail.fgetxattr(frame, ENODATA);
  },

  /** Replies with the space of the volume below, as the tree takes none. */
  statfs(frame, xl, loc, xdata) {
    const isInTree = findTreePath(xl, loc.inode) !== undefined;
    const target = isInTree ? new Loc(loc.inode!.table.root) : loc;
    tail.statfs(frame, xl.children[0]!, target, xdata);
  },
};

/** Fops that are refused for nodes of the tree and for its name. */
const refusedFops: readonly FopName[] = [
  'mknod',
  'mkdir',
  'unlink',
  'rmdir',
  'symlink',
  'rename',
  'link',
  'create',
  'setattr',
  'fsetattr',
  'setxattr',
  'fsetxattr',
  'removexattr',
  'fremovexattr',
  'fallocate',
  'discard',
  'zerofill',
  'copy_file_range',
  'icreate',
  'namelink',
];

const isTreeInode = (xl: MetaXlator, inode: Inode | null): boolean =>
  findTreePath(xl, inode) !== undefined;

/** Whether a fop's argument is a node of the tree, or the tree's name in the root. */
function isTreeArgument(xl: MetaXlator, arg: unknown): boolean {
  if (arg instanceof Fd) return isTreeInode(xl, arg.inode);
  if (!(arg instanceof Loc)) return false;
  return isTreeInode(xl, arg.inode) || isTreeInode(xl, arg.parent) || isDirName(xl, arg);
}

/** A fop that fails with EXDEV, after which programs copy by read and write. */
const COPY_FILE_RANGE = findFop('copy_file_range')!.number;

/** Refuses a fop that has a node of the tree among its arguments; returns 0 for any other. */
const refuseInTree: Before<Meta> = (_frame, xl, fop, first, second, third) => {
  if (!isTreeArgument(xl, first) && !isTreeArgument(xl, second) && !isTreeArgument(xl, third))
    return 0;
  return fop === COPY_FILE_RANGE ? EXDEV : EPERM;
};

export const fops: Fops<Meta> = {
  ...taps(refusedFops, refuseInTree),
  ...treeFops,
  ...makeDirectoryFops(mayRead),
};
