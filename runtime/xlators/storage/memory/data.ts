/** Handles the fops of storage/memory on a file's data. */
import type { Dict } from '../../../core/dict.ts';
import { EBADF, EINVAL, EISDIR, ELOOP, ENOSPC, ENXIO, EOPNOTSUPP } from '../../../core/errno.ts';
import { computeProtAfterChange, type Frame, type Stack } from '../../../core/frame.ts';
import { fail, unwind } from '../../../core/gen/fops.gen.ts';
import { IA_IFDIR, IA_IFLNK, IA_IFREG } from '../../../core/iatt.ts';
import { O_ACCMODE, O_APPEND, O_RDONLY, O_TRUNC, O_WRONLY } from '../../../core/open-flags.ts';
import type { Fd } from '../../../core/operands.ts';
import { KILL_PRIV } from '../../../core/xdata.ts';
import type { Fops } from '../../../core/xlator.ts';
import {
  computeWeakChecksum,
  findRangeFault,
  padStrongChecksum,
  SEEK_DATA,
  SEEK_HOLE,
} from '../shared/fop-values.ts';
import type { FilePages } from './file-pages.ts';
import { computeMd5 } from './md5.ts';
import {
  addOpenNode,
  findNode,
  findOrAddOpenNode,
  type MemoryVolume,
  type MemoryXlator,
  type Node,
} from './memory-nodes.ts';
import { markAndCheckWrite } from './xattr.ts';

/** Modes of fallocate(2), from linux/falloc.h. */
const FALLOC_FL_KEEP_SIZE = 1;
const FALLOC_FL_PUNCH_HOLE = 2;
const FALLOC_FL_ZERO_RANGE = 16;

/** Returns 0 if the node can be opened with these flags, otherwise the errno. */
export function findOpenFault(node: Node, flags: number): number {
  if (node.type === IA_IFLNK) return ELOOP;
  const isForWriting = (flags & O_ACCMODE) !== O_RDONLY || (flags & O_TRUNC) !== 0;
  if (node.type === IA_IFDIR) return isForWriting ? EISDIR : 0;
  // The client's kernel opens pipes, sockets and devices itself.
  return node.pages === null ? ENXIO : 0;
}

/** Returns 0 if the node has data that can be changed, otherwise the errno. */
function findDataFault(node: Node): number {
  if (node.isDir) return EISDIR;
  return node.pages === null ? EINVAL : 0;
}

/** Removes a program's capabilities, as Linux does at each change of its file. */
export function dropCapability(node: Node): void {
  node.xattrs?.delete('security.capability');
}

/** Updates capabilities and times after a change of data. */
function noteDataChange(volume: MemoryVolume, node: Node): void {
  dropCapability(node);
  node.mtime = volume.makeTimestamp();
  node.ctime = node.mtime;
}

/** Sets the size of a regular file. */
export function resize(volume: MemoryVolume, node: Node, size: number): void {
  node.pages!.truncate(size);
  noteDataChange(volume, node);
}

/** Writes `data`; returns the number of bytes written, which is smaller if the volume is full. */
export function writeAt(
  volume: MemoryVolume,
  node: Node,
  data: Uint8Array,
  offset: number,
): number {
  const pages = node.pages!;
  let writtenBytes = pages.write(data, offset);
  // A full volume may still have files that were removed, and whose inodes the kernel has not forgotten.
  if (writtenBytes < data.length && volume.reclaimRemoved(node))
    writtenBytes += pages.write(data.subarray(writtenBytes), offset + writtenBytes);
  if (writtenBytes > 0) noteDataChange(volume, node);
  return writtenBytes;
}

/** Returns the file of an fd that may be read (`accessMode` O_RDONLY) or written through, or the errno. */
function findOpenFile(
  xl: MemoryXlator,
  fd: Fd,
  accessMode: number,
): (Node & { pages: FilePages }) | number {
  const openNode = findOrAddOpenNode(xl, fd);
  if (typeof openNode === 'number') return openNode;
  const { node } = openNode;
  const mode = fd.flags & O_ACCMODE;
  if (accessMode === O_RDONLY ? mode === O_WRONLY : mode === O_RDONLY) return EBADF;
  if (node.isDir) return EISDIR;
  return node.pages === null ? EINVAL : (node as Node & { pages: FilePages });
}

/** Clears set-user-id and set-group-id if xdata has KILL_PRIV, as a kernel asks for writes by ordinary users. */
export function clearPrivilegeBits(node: Node, xdata: Dict | null, caller: Stack): void {
  if (xdata?.number(KILL_PRIV) === undefined || node.type !== IA_IFREG) return;
  node.prot = computeProtAfterChange(node.makeIatt(), caller);
}

/**
 * Makes holes or extends the file as fallocate(2) does for `mode`; returns 0 or the errno. Pages are allocated by
 * writes.
 */
function allocate(
  volume: MemoryVolume,
  node: Node,
  mode: number,
  offset: number,
  len: number,
): number {
  const pages = node.pages!;
  const fault = len === 0 ? EINVAL : findRangeFault(offset, len);
  if (fault !== 0) return fault;
  const keepsSize = (mode & FALLOC_FL_KEEP_SIZE) !== 0;
  const operation = mode & ~FALLOC_FL_KEEP_SIZE;
  const end = offset + len;
  if (operation === FALLOC_FL_PUNCH_HOLE && !keepsSize) return EOPNOTSUPP;
  if (operation === FALLOC_FL_PUNCH_HOLE || operation === FALLOC_FL_ZERO_RANGE)
    pages.makeHole(offset, end);
  else if (operation !== 0) return EOPNOTSUPP;
  if (!keepsSize && end > pages.size) pages.truncate(end);
  noteDataChange(volume, node);
  return 0;
}

/** Handles a fop that allocates space or makes a hole; `mode` is fallocate(2)'s. */
function handleAllocation(
  fop: 'fallocate' | 'discard' | 'zerofill',
  frame: Frame,
  xl: MemoryXlator,
  fd: Fd,
  mode: number,
  offset: number,
  len: number,
) {
  const node = findOpenFile(xl, fd, O_WRONLY);
  if (typeof node === 'number') return fail[fop](frame, node);
  const prebuf = node.makeIatt();
  const fault = allocate(xl.priv, node, mode, offset, len);
  if (fault !== 0) return fail[fop](frame, fault);
  unwind[fop](frame, 0, 0, prebuf, node.makeIatt(), null);
}

/** The mode of fallocate(2) that is a discard. */
const DISCARD_MODE = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE;

export const dataFops: Fops<MemoryVolume> = {
  open(frame, xl, loc, flags, fd, _xdata) {
    const node = findNode(xl, loc);
    if (typeof node === 'number') return fail.open(frame, node);
    const fault = findOpenFault(node, flags);
    if (fault !== 0) return fail.open(frame, fault);
    if ((flags & O_TRUNC) !== 0) resize(xl.priv, node, 0);
    addOpenNode(xl, fd, node);
    unwind.open(frame, 0, 0, fd, null);
  },

  readv(frame, xl, fd, size, offset, _flags, _xdata) {
    const node = findOpenFile(xl, fd, O_RDONLY);
    if (typeof node === 'number') return fail.readv(frame, node);
    if (offset < 0 || size < 0) return fail.readv(frame, EINVAL);
    const vector = node.pages.read(offset, size);
    node.atime = xl.priv.makeTimestamp();
    unwind.readv(frame, vector.length, 0, vector, node.makeIatt(), null);
  },

  writev(frame, xl, fd, vector, offset, _flags, xdata) {
    const node = findOpenFile(xl, fd, O_WRONLY);
    if (typeof node === 'number') return fail.writev(frame, node);
    const writeOffset = (fd.flags & O_APPEND) !== 0 ? node.pages.size : offset;
    const fault = findRangeFault(writeOffset, vector.length) || markAndCheckWrite(node, xdata);
    if (fault !== 0) return fail.writev(frame, fault);
    const prebuf = node.makeIatt();
    clearPrivilegeBits(node, xdata, frame.root);
    const writtenBytes = writeAt(xl.priv, node, vector, writeOffset);
    if (writtenBytes === 0 && vector.length > 0) return fail.writev(frame, ENOSPC);
    unwind.writev(frame, writtenBytes, 0, prebuf, node.makeIatt(), null);
  },

  truncate(frame, xl, loc, offset, xdata) {
    const node = findNode(xl, loc);
    if (typeof node === 'number') return fail.truncate(frame, node);
    const fault = findDataFault(node) || findRangeFault(offset, 0);
    if (fault !== 0) return fail.truncate(frame, fault);
    const prebuf = node.makeIatt();
    clearPrivilegeBits(node, xdata, frame.root);
    resize(xl.priv, node, offset);
    unwind.truncate(frame, 0, 0, prebuf, node.makeIatt(), null);
  },

  ftruncate(frame, xl, fd, offset, xdata) {
    const node = findOpenFile(xl, fd, O_WRONLY);
    // ftruncate(2) returns EINVAL for an fd that is not open for writing.
    if (typeof node === 'number') return fail.ftruncate(frame, node === EBADF ? EINVAL : node);
    const fault = findRangeFault(offset, 0);
    if (fault !== 0) return fail.ftruncate(frame, fault);
    const prebuf = node.makeIatt();
    clearPrivilegeBits(node, xdata, frame.root);
    resize(xl.priv, node, offset);
    unwind.ftruncate(frame, 0, 0, prebuf, node.makeIatt(), null);
  },

  flush(frame, _xl, _fd, _xdata) {
    unwind.flush(frame, 0, 0, null);
  },

  fsync(frame, xl, fd, _datasync, _xdata) {
    const openNode = findOrAddOpenNode(xl, fd);
    if (typeof openNode === 'number') return fail.fsync(frame, openNode);
    unwind.fsync(frame, 0, 0, openNode.node.makeIatt(), openNode.node.makeIatt(), null);
  },

  fallocate(frame, xl, fd, mode, offset, len, _xdata) {
    handleAllocation('fallocate', frame, xl, fd, mode, offset, len);
  },

  discard(frame, xl, fd, offset, len, _xdata) {
    handleAllocation('discard', frame, xl, fd, DISCARD_MODE, offset, len);
  },

  zerofill(frame, xl, fd, offset, len, _xdata) {
    handleAllocation('zerofill', frame, xl, fd, FALLOC_FL_ZERO_RANGE, offset, len);
  },

  seek(frame, xl, fd, offset, whence, _xdata) {
    const openNode = findOrAddOpenNode(xl, fd);
    if (typeof openNode === 'number') return fail.seek(frame, openNode);
    const { pages } = openNode.node;
    if (pages === null || (whence !== SEEK_DATA && whence !== SEEK_HOLE))
      return fail.seek(frame, EINVAL);
    const position = pages.seek(offset, whence);
    if (position < 0) return fail.seek(frame, ENXIO);
    unwind.seek(frame, 0, 0, position, null);
  },

  rchecksum(frame, xl, fd, offset, len, _xdata) {
    const node = findOpenFile(xl, fd, O_RDONLY);
    if (typeof node === 'number') return fail.rchecksum(frame, node);
    if (offset < 0 || len < 0) return fail.rchecksum(frame, EINVAL);
    const bytes = node.pages.read(offset, len);
    unwind.rchecksum(
      frame,
      0,
      0,
      computeWeakChecksum(bytes),
      padStrongChecksum(computeMd5(bytes)),
      null,
    );
  },

  copy_file_range(frame, xl, fdIn, offIn, fdOut, offOut, len, flags, xdata) {
    const source = findOpenFile(xl, fdIn, O_RDONLY);
    if (typeof source === 'number') return fail.copy_file_range(frame, source);
    const target = findOpenFile(xl, fdOut, O_WRONLY);
    if (typeof target === 'number') return fail.copy_file_range(frame, target);
    const isOverlap = source === target && offIn < offOut + len && offOut < offIn + len;
    const fault =
      flags !== 0 || isOverlap ? EINVAL : findRangeFault(offIn, 0) || findRangeFault(offOut, len);
    const errno = fault || markAndCheckWrite(target, xdata);
    if (errno !== 0) return fail.copy_file_range(frame, errno);
    const prebuf = target.makeIatt();
    const data = source.pages.read(offIn, len);
    const writtenBytes = writeAt(xl.priv, target, data, offOut);
    if (writtenBytes === 0 && data.length > 0) return fail.copy_file_range(frame, ENOSPC);
    const sourceBuf = source.makeIatt();
    unwind.copy_file_range(frame, writtenBytes, 0, sourceBuf, prebuf, target.makeIatt(), null);
  },
};
