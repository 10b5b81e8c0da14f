/**
 * The fops of `meta`. Each checks by the inode's context whether it concerns the virtual tree, and passes
 * all others unchanged. Fops that make no sense in the tree are refused; fops that no front end sends are
 * not handled.
 */
import { Dict } from '../../core/dict.ts';
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
import { Fd } from '../../core/fd.ts';
import { findFop } from '../../core/fops.ts';
import type { Frame } from '../../core/frame.ts';
import { type FopName, fail, tail, unwind } from '../../core/gen/fops.gen.ts';
import { type Before, taps } from '../../core/gen/taps.gen.ts';
import type { Iatt } from '../../core/iatt.ts';
import { type Inode, ROOT_ID } from '../../core/inode.ts';
import { Loc } from '../../core/loc.ts';
import { messages } from '../../core/messages.ts';
import { O_ACCMODE } from '../../core/open-flags.ts';
import { withTimeouts } from '../../core/timeouts.ts';
import { DIRECT_IO_MODE } from '../../core/xdata.ts';
import type { Fops } from '../../core/xlator.ts';
import { listingFops } from './listing.ts';
import type { File } from './nodes.ts';
import {
  attributesOf,
  bytesOf,
  type Meta,
  type MetaXlator,
  type OpenNode,
  openOf,
  placeOf,
  type TreePath,
} from './state.ts';
import { appendWrite, applyValue, isWhole } from './value-writes.ts';

const [SEEK_DATA, SEEK_HOLE] = [0, 1];
/** The kernel must not cache entries: their content changes, and access depends on the caller. */
const uncached = (): Dict => withTimeouts({ entry: 0, attribute: 0, negative: 0 });

const mayRead = (frame: Frame, xl: MetaXlator): boolean =>
  frame.root.uid === 0 || frame.root.uid === xl.priv.owner;

const isDirName = (xl: MetaXlator, { parent, name }: Loc): boolean =>
  parent !== null && parent.id === ROOT_ID && name === xl.priv.dirName;

function lookup(frame: Frame, xl: MetaXlator, loc: Loc, place: TreePath | undefined): void {
  const node = place && xl.priv.nodeAt(place);
  if (place === undefined || node === undefined) {
    unwind.lookup(frame, -1, ENOENT, null, null, uncached(), null);
    return;
  }
  const inode = xl.inodes?.find(place.gfid) ?? loc.inode!;
  inode.ctxSet(xl, place);
  const buf = attributesOf(xl, place, node);
  unwind.lookup(frame, 0, 0, inode, buf, uncached(), null);
}

function open(xl: MetaXlator, fd: Fd, place: TreePath, flags: number): number {
  const node = xl.priv.nodeAt(place);
  if (node === undefined) return ESTALE;
  if (node.kind !== 'file') return node.kind === 'dir' ? EISDIR : EINVAL;
  const access = flags & O_ACCMODE;
  if (access !== 0 && node.write === undefined) return refuse(xl, node);
  const opened: OpenNode = { place, node, bytes: bytesOf(node), names: [], written: null };
  fd.ctxSet(xl, opened);
  return 0;
}

function refuse(xl: MetaXlator, { readOnly }: File): number {
  if (readOnly !== undefined) xl.log.error(readOnly, { msgid: messages.metaRefused.id });
  return EPERM;
}

/** Returns a file's attributes; the size of an open file is that of the text being read. */
function fstat(xl: MetaXlator, fd: Fd, place: TreePath): Iatt | null {
  const opened = openOf(xl, fd);
  if (opened !== undefined) return attributesOf(xl, place, opened.node, opened.bytes.length);
  const node = xl.priv.nodeAt(place);
  return node === undefined ? null : attributesOf(xl, place, node);
}

function empty(xl: MetaXlator, place: TreePath, size: number): number {
  const node = xl.priv.nodeAt(place);
  if (node?.kind !== 'file' || node.write === undefined) return EPERM;
  return size === 0 ? 0 : EINVAL;
}

const served: Fops<Meta> = {
  lookup(frame, xl, loc, xdata) {
    const { parent, inode } = loc;
    if (isDirName(xl, loc)) return lookup(frame, xl, loc, xl.priv.place([]));
    const above = placeOf(xl, parent);
    const own = parent === null ? placeOf(xl, inode) : undefined;
    if (above === undefined && own === undefined) {
      tail.lookup(frame, xl.children[0]!, loc, xdata);
    } else if (!mayRead(frame, xl)) fail.lookup(frame, EACCES);
    else lookup(frame, xl, loc, own ?? xl.priv.below(above!, loc.name!));
  },

  stat(frame, xl, loc, xdata) {
    const place = placeOf(xl, loc.inode);
    if (place === undefined) return tail.stat(frame, xl.children[0]!, loc, xdata);
    const node = xl.priv.nodeAt(place);
    if (node === undefined) return fail.stat(frame, ENOENT);
    if (place.path.length > 0 && !mayRead(frame, xl)) return fail.stat(frame, EACCES);
    unwind.stat(frame, 0, 0, attributesOf(xl, place, node), uncached());
  },

  fstat(frame, xl, fd, xdata) {
    const place = placeOf(xl, fd.inode);
    if (place === undefined) return tail.fstat(frame, xl.children[0]!, fd, xdata);
    const buf = fstat(xl, fd, place);
    if (buf === null) fail.fstat(frame, ENOENT);
    else unwind.fstat(frame, 0, 0, buf, uncached());
  },

  readlink(frame, xl, loc, size, xdata) {
    const place = placeOf(xl, loc.inode);
    if (place === undefined) return tail.readlink(frame, xl.children[0]!, loc, size, xdata);
    const node = xl.priv.nodeAt(place);
    if (node === undefined) return fail.readlink(frame, ENOENT);
    if (!mayRead(frame, xl)) return fail.readlink(frame, EACCES);
    if (node.kind !== 'link') return fail.readlink(frame, EINVAL);
    const path = node.target();
    unwind.readlink(frame, path.length, 0, path, attributesOf(xl, place, node), null);
  },

  open(frame, xl, loc, flags, fd, xdata) {
    const place = placeOf(xl, loc.inode);
    if (place === undefined) return tail.open(frame, xl.children[0]!, loc, flags, fd, xdata);
    if (fd === null) return fail.open(frame, EINVAL);
    const errno = mayRead(frame, xl) ? open(xl, fd, place, flags) : EACCES;
    if (errno !== 0) return fail.open(frame, errno);
    unwind.open(frame, 0, 0, fd, new Dict().set(DIRECT_IO_MODE, 1));
  },

  readv(frame, xl, fd, size, offset, flags, xdata) {
    const place = placeOf(xl, fd.inode);
    if (place === undefined) {
      tail.readv(frame, xl.children[0]!, fd, size, offset, flags, xdata);
      return;
    }
    const opened = openOf(xl, fd);
    if (opened === undefined) return fail.readv(frame, EINVAL);
    const data = opened.bytes.subarray(offset, offset + size);
    unwind.readv(frame, data.length, 0, data, fstat(xl, fd, place), null);
  },

  writev(frame, xl, fd, vector, offset, flags, xdata) {
    const place = placeOf(xl, fd.inode);
    if (place === undefined) {
      tail.writev(frame, xl.children[0]!, fd, vector, offset, flags, xdata);
      return;
    }
    const opened = openOf(xl, fd);
    if (opened === undefined) return fail.writev(frame, EINVAL);
    const errno = appendWrite(opened, vector, offset);
    if (errno !== 0) return fail.writev(frame, errno);
    const { length } = vector;
    if (!isWhole(opened)) return unwind.writev(frame, length, 0, null, null, null);
    applyValue(xl, opened, (wrong) => {
      if (wrong === 0) unwind.writev(frame, length, 0, null, null, null);
      else fail.writev(frame, wrong);
    });
  },

  flush(frame, xl, fd, xdata) {
    if (placeOf(xl, fd.inode) === undefined) {
      tail.flush(frame, xl.children[0]!, fd, xdata);
      return;
    }
    const opened = openOf(xl, fd);
    if (opened === undefined) return unwind.flush(frame, 0, 0, null);
    applyValue(xl, opened, (errno) => unwind.flush(frame, errno === 0 ? 0 : -1, errno, null));
  },

  fsync(frame, xl, fd, datasync, xdata) {
    if (placeOf(xl, fd.inode) === undefined) {
      tail.fsync(frame, xl.children[0]!, fd, datasync, xdata);
      return;
    }
    const opened = openOf(xl, fd);
    if (opened === undefined) return unwind.fsync(frame, 0, 0, null, null, null);
    applyValue(xl, opened, (errno) =>
      unwind.fsync(frame, errno === 0 ? 0 : -1, errno, null, null, null),
    );
  },

  truncate(frame, xl, loc, offset, xdata) {
    const place = placeOf(xl, loc.inode);
    if (place === undefined) return tail.truncate(frame, xl.children[0]!, loc, offset, xdata);
    const errno = mayRead(frame, xl) ? empty(xl, place, offset) : EACCES;
    if (errno !== 0) return fail.truncate(frame, errno);
    const buf = attributesOf(xl, place, xl.priv.nodeAt(place)!, 0);
    unwind.truncate(frame, 0, 0, buf, buf, uncached());
  },

  ftruncate(frame, xl, fd, offset, xdata) {
    const place = placeOf(xl, fd.inode);
    if (place === undefined) return tail.ftruncate(frame, xl.children[0]!, fd, offset, xdata);
    const errno = empty(xl, place, offset);
    if (errno !== 0) return fail.ftruncate(frame, errno);
    const opened = openOf(xl, fd);
    if (opened !== undefined) opened.written = null;
    const buf = attributesOf(xl, place, xl.priv.nodeAt(place)!, 0);
    unwind.ftruncate(frame, 0, 0, buf, buf, uncached());
  },

  seek(frame, xl, fd, offset, what, xdata) {
    const opened = placeOf(xl, fd.inode) && openOf(xl, fd);
    if (opened === undefined) return tail.seek(frame, xl.children[0]!, fd, offset, what, xdata);
    const { length } = opened.bytes;
    if (offset >= length) fail.seek(frame, ENXIO);
    else if (what === SEEK_DATA) unwind.seek(frame, 0, 0, offset, null);
    else if (what === SEEK_HOLE) unwind.seek(frame, 0, 0, length, null);
    else fail.seek(frame, EINVAL);
  },

  access(frame, xl, loc, mask, xdata) {
    const place = placeOf(xl, loc.inode);
    if (place === undefined) return tail.access(frame, xl.children[0]!, loc, mask, xdata);
    unwind.access(frame, mayRead(frame, xl) ? 0 : -1, EACCES, null);
  },

  getxattr(frame, xl, loc, name, xdata) {
    if (placeOf(xl, loc.inode) === undefined) {
      tail.getxattr(frame, xl.children[0]!, loc, name, xdata);
    } else if (name === null) unwind.getxattr(frame, 0, 0, new Dict(), null);
    else fail.getxattr(frame, ENODATA);
  },

  fgetxattr(frame, xl, fd, name, xdata) {
    if (placeOf(xl, fd.inode) === undefined) {
      tail.fgetxattr(frame, xl.children[0]!, fd, name, xdata);
    } else if (name === null) unwind.fgetxattr(frame, 0, 0, new Dict(), null);
    else fail.fgetxattr(frame, ENODATA);
  },

  /** Returns the space of the volume below; the tree takes none. */
  statfs(frame, xl, loc, xdata) {
    const isOwn = placeOf(xl, loc.inode) !== undefined;
    const there = isOwn ? new Loc(loc.inode!.table.root) : loc;
    tail.statfs(frame, xl.children[0]!, there, xdata);
  },
};

/** Fops that are refused for nodes of the tree and for its name. */
const refused: readonly FopName[] = [
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

const isOwn = (xl: MetaXlator, inode: Inode | null): boolean => placeOf(xl, inode) !== undefined;

function concerns(xl: MetaXlator, arg: unknown): boolean {
  if (arg instanceof Fd) return isOwn(xl, arg.inode);
  if (!(arg instanceof Loc)) return false;
  return isOwn(xl, arg.inode) || isOwn(xl, arg.parent) || isDirName(xl, arg);
}

/** It fails with EXDEV, after which programs copy by read and write. */
const COPY = findFop('copy_file_range')!.number;

const before: Before<Meta> = (_frame, xl, fop, first, second, third) => {
  if (!concerns(xl, first) && !concerns(xl, second) && !concerns(xl, third)) return 0;
  return fop === COPY ? EXDEV : EPERM;
};

export const fops: Fops<Meta> = { ...taps(refused, before), ...served, ...listingFops(mayRead) };
