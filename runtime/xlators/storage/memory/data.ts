/** The fops on a file's data. */
import type { Dict } from '../../../core/dict.ts';
import { EBADF, EINVAL, EISDIR, ELOOP, ENOSPC, ENXIO, EOPNOTSUPP } from '../../../core/errno.ts';
import type { Fd } from '../../../core/fd.ts';
import type { Frame, Stack } from '../../../core/frame.ts';
import { fail, unwind } from '../../../core/gen/fops.gen.ts';
import { IA_IFDIR, IA_IFLNK, IA_IFREG } from '../../../core/iatt.ts';
import { O_ACCMODE, O_APPEND, O_RDONLY, O_TRUNC, O_WRONLY } from '../../../core/open-flags.ts';
import { protAfterChange } from '../../../core/privileges.ts';
import { KILL_PRIV } from '../../../core/xdata.ts';
import type { Fops } from '../../../core/xlator.ts';
import { rangeFault, strongChecksum, weakChecksum } from '../shared/replies.ts';
import { md5 } from './md5.ts';
import { type Disk, type MemoryXlator, type Node, nodeOf, openAs, openOf } from './node.ts';
import type { Pages } from './pages.ts';
import { writeFault } from './xattr.ts';

const FALLOC_FL_KEEP_SIZE = 1;
const FALLOC_FL_PUNCH_HOLE = 2;
const FALLOC_FL_ZERO_RANGE = 16;

/** Returns 0 if the node can be opened with these flags, otherwise the errno. */
export function openFault(node: Node, flags: number): number {
  if (node.type === IA_IFLNK) return ELOOP;
  const writes = (flags & O_ACCMODE) !== O_RDONLY || (flags & O_TRUNC) !== 0;
  if (node.type === IA_IFDIR) return writes ? EISDIR : 0;
  // The client's kernel opens pipes, sockets and devices itself.
  return node.pages === null ? ENXIO : 0;
}

function dataFault(node: Node): number {
  if (node.isDir) return EISDIR;
  return node.pages === null ? EINVAL : 0;
}

/** Removes a program's capabilities, as each change of its file does. */
export function killCapability(node: Node): void {
  node.xattrs?.delete('security.capability');
}

function modified(disk: Disk, node: Node): void {
  killCapability(node);
  node.mtime = disk.now();
  node.ctime = node.mtime;
}

/** Sets the size of a regular file. */
export function resize(disk: Disk, node: Node, size: number): void {
  node.pages!.truncate(size);
  modified(disk, node);
}

/** Returns the bytes written, fewer than given if the volume is full. */
export function writeAt(disk: Disk, node: Node, data: Uint8Array, offset: number): number {
  const pages = node.pages!;
  let written = pages.write(data, offset);
  if (written < data.length && disk.reclaim(node))
    written += pages.write(data.subarray(written), offset + written);
  if (written > 0) modified(disk, node);
  return written;
}

/** Returns the file of an fd that may be read (`wanted` O_RDONLY) or written through, or the errno. */
function fileOf(xl: MemoryXlator, fd: Fd, wanted: number): (Node & { pages: Pages }) | number {
  const opened = openOf(xl, fd);
  if (typeof opened === 'number') return opened;
  const { node } = opened;
  const mode = fd.flags & O_ACCMODE;
  if (wanted === O_RDONLY ? mode === O_WRONLY : mode === O_RDONLY) return EBADF;
  if (node.isDir) return EISDIR;
  return node.pages === null ? EINVAL : (node as Node & { pages: Pages });
}

/** Clears set-user-id and set-group-id if the request asks for it. */
export function killPriv(node: Node, xdata: Dict | null, caller: Stack): void {
  if (xdata?.number(KILL_PRIV) === undefined || node.type !== IA_IFREG) return;
  node.prot = protAfterChange(node.iatt(), caller);
}

function allocate(disk: Disk, node: Node, mode: number, offset: number, len: number): number {
  const pages = node.pages!;
  const fault = len === 0 ? EINVAL : rangeFault(offset, len);
  if (fault !== 0) return fault;
  const keeps = (mode & FALLOC_FL_KEEP_SIZE) !== 0;
  const rest = mode & ~FALLOC_FL_KEEP_SIZE;
  const end = offset + len;
  if (rest === FALLOC_FL_PUNCH_HOLE && !keeps) return EOPNOTSUPP;
  if (rest === FALLOC_FL_PUNCH_HOLE || rest === FALLOC_FL_ZERO_RANGE) pages.zero(offset, end);
  else if (rest !== 0) return EOPNOTSUPP;
  if (!keeps && end > pages.size) pages.truncate(end);
  modified(disk, node);
  return 0;
}

function allocated(
  fop: 'fallocate' | 'discard' | 'zerofill',
  frame: Frame,
  xl: MemoryXlator,
  fd: Fd,
  mode: number,
  offset: number,
  len: number,
) {
  const node = fileOf(xl, fd, O_WRONLY);
  if (typeof node === 'number') return fail[fop](frame, node);
  const before = node.iatt();
  const fault = allocate(xl.priv, node, mode, offset, len);
  if (fault !== 0) return fail[fop](frame, fault);
  unwind[fop](frame, 0, 0, before, node.iatt(), null);
}

const HOLE = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE;

export const dataFops: Fops<Disk> = {
  open(frame, xl, loc, flags, fd, _xdata) {
    const node = nodeOf(xl, loc);
    if (typeof node === 'number') return fail.open(frame, node);
    const fault = openFault(node, flags);
    if (fault !== 0) return fail.open(frame, fault);
    if ((flags & O_TRUNC) !== 0) resize(xl.priv, node, 0);
    openAs(xl, fd, node);
    unwind.open(frame, 0, 0, fd, null);
  },

  readv(frame, xl, fd, size, offset, _flags, _xdata) {
    const node = fileOf(xl, fd, O_RDONLY);
    if (typeof node === 'number') return fail.readv(frame, node);
    if (offset < 0 || size < 0) return fail.readv(frame, EINVAL);
    const vector = node.pages.read(offset, size);
    node.atime = xl.priv.now();
    unwind.readv(frame, vector.length, 0, vector, node.iatt(), null);
  },

  writev(frame, xl, fd, vector, offset, _flags, xdata) {
    const node = fileOf(xl, fd, O_WRONLY);
    if (typeof node === 'number') return fail.writev(frame, node);
    const at = (fd.flags & O_APPEND) !== 0 ? node.pages.size : offset;
    const fault = rangeFault(at, vector.length) || writeFault(node, xdata);
    if (fault !== 0) return fail.writev(frame, fault);
    const before = node.iatt();
    killPriv(node, xdata, frame.root);
    const written = writeAt(xl.priv, node, vector, at);
    if (written === 0 && vector.length > 0) return fail.writev(frame, ENOSPC);
    unwind.writev(frame, written, 0, before, node.iatt(), null);
  },

  truncate(frame, xl, loc, offset, xdata) {
    const node = nodeOf(xl, loc);
    if (typeof node === 'number') return fail.truncate(frame, node);
    const fault = dataFault(node) || rangeFault(offset, 0);
    if (fault !== 0) return fail.truncate(frame, fault);
    const before = node.iatt();
    killPriv(node, xdata, frame.root);
    resize(xl.priv, node, offset);
    unwind.truncate(frame, 0, 0, before, node.iatt(), null);
  },

  ftruncate(frame, xl, fd, offset, xdata) {
    const node = fileOf(xl, fd, O_WRONLY);
    // ftruncate(2) returns EINVAL for an fd that is not open for writing.
    if (typeof node === 'number') return fail.ftruncate(frame, node === EBADF ? EINVAL : node);
    const fault = rangeFault(offset, 0);
    if (fault !== 0) return fail.ftruncate(frame, fault);
    const before = node.iatt();
    killPriv(node, xdata, frame.root);
    resize(xl.priv, node, offset);
    unwind.ftruncate(frame, 0, 0, before, node.iatt(), null);
  },

  flush(frame, _xl, _fd, _xdata) {
    unwind.flush(frame, 0, 0, null);
  },

  fsync(frame, xl, fd, _datasync, _xdata) {
    const opened = openOf(xl, fd);
    if (typeof opened === 'number') return fail.fsync(frame, opened);
    unwind.fsync(frame, 0, 0, opened.node.iatt(), opened.node.iatt(), null);
  },

  fallocate(frame, xl, fd, mode, offset, len, _xdata) {
    allocated('fallocate', frame, xl, fd, mode, offset, len);
  },

  discard(frame, xl, fd, offset, len, _xdata) {
    allocated('discard', frame, xl, fd, HOLE, offset, len);
  },

  zerofill(frame, xl, fd, offset, len, _xdata) {
    allocated('zerofill', frame, xl, fd, FALLOC_FL_ZERO_RANGE, offset, len);
  },

  seek(frame, xl, fd, offset, what, _xdata) {
    const opened = openOf(xl, fd);
    if (typeof opened === 'number') return fail.seek(frame, opened);
    const { pages } = opened.node;
    if (pages === null || (what !== 0 && what !== 1)) return fail.seek(frame, EINVAL);
    const at = pages.seek(offset, what);
    if (at < 0) return fail.seek(frame, ENXIO);
    unwind.seek(frame, 0, 0, at, null);
  },

  rchecksum(frame, xl, fd, offset, len, _xdata) {
    const node = fileOf(xl, fd, O_RDONLY);
    if (typeof node === 'number') return fail.rchecksum(frame, node);
    if (offset < 0 || len < 0) return fail.rchecksum(frame, EINVAL);
    const bytes = node.pages.read(offset, len);
    unwind.rchecksum(frame, 0, 0, weakChecksum(bytes), strongChecksum(md5(bytes)), null);
  },

  copy_file_range(frame, xl, fdIn, offIn, fdOut, offOut, len, flags, xdata) {
    const from = fileOf(xl, fdIn, O_RDONLY);
    if (typeof from === 'number') return fail.copy_file_range(frame, from);
    const to = fileOf(xl, fdOut, O_WRONLY);
    if (typeof to === 'number') return fail.copy_file_range(frame, to);
    const overlaps = from === to && offIn < offOut + len && offOut < offIn + len;
    const fault =
      flags !== 0 || overlaps ? EINVAL : rangeFault(offIn, 0) || rangeFault(offOut, len);
    const refused = fault || writeFault(to, xdata);
    if (refused !== 0) return fail.copy_file_range(frame, refused);
    const before = to.iatt();
    const data = from.pages.read(offIn, len);
    const written = writeAt(xl.priv, to, data, offOut);
    if (written === 0 && data.length > 0) return fail.copy_file_range(frame, ENOSPC);
    unwind.copy_file_range(frame, written, 0, from.iatt(), before, to.iatt(), null);
  },
};
