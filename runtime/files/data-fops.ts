/** Handles the fops of a file system by path on open files and their data. */
import type { Dict } from '../core/dict.ts';
import { EBADF, EINVAL, EISDIR, ELOOP, ENXIO, EOPNOTSUPP, ESTALE } from '../core/errno.ts';
import type { Frame } from '../core/frame.ts';
import { fail, unwind } from '../core/gen/fops.gen.ts';
import { IA_IFLNK, IA_IFREG, Iatt } from '../core/iatt.ts';
import { O_ACCMODE, O_APPEND, O_RDONLY, O_TRUNC, O_WRONLY } from '../core/open-flags.ts';
import type { Fd } from '../core/operands.ts';
import type { Fops } from '../core/xlator.ts';
import { findRangeFault, SEEK_DATA, SEEK_HOLE } from '../xlators/storage/shared/fop-values.ts';
import type { FilesVolume, OpenFile } from './files-volume.ts';
import type { Node } from './node.ts';

/** Returns 0 if a file can be opened with these flags, otherwise the errno. */
export function findOpenFault(volume: FilesVolume, node: Node, flags: number): number {
  if (node.type === IA_IFLNK) return ELOOP;
  const isForWriting = (flags & O_ACCMODE) !== O_RDONLY;
  const truncates = (flags & O_TRUNC) !== 0;
  if (node.isDir) return isForWriting || truncates ? EISDIR : 0;
  if (isForWriting && !volume.defines('write')) return volume.refusal;
  return truncates && !volume.defines('truncate') ? volume.refusal : 0;
}

/** Opens a file: checks that its methods are there, calls `open`, and empties the file with O_TRUNC. */
export function openNode(
  volume: FilesVolume,
  frame: Frame,
  node: Node,
  flags: number,
  take: (errno: number, handle: number) => void,
) {
  const fault = findOpenFault(volume, node, flags);
  if (fault !== 0) return take(fault, -1);
  const path = node.path ?? '';
  const finish = (handle: number) => {
    if ((flags & O_TRUNC) === 0) return take(0, handle);
    volume.call(frame, 'truncate', path, { a: 0, handle }, (errno) => take(errno, handle));
  };
  if (!volume.defines('open')) finish(-1);
  else
    volume.call(frame, 'open', path, { a: flags & ~O_TRUNC }, (errno, handle) =>
      errno === 0 ? finish(handle as number) : take(errno, -1),
    );
}

/** Makes the fops of data. */
export function makeDataFops(volume: FilesVolume): Fops<unknown> {
  /** Returns the open file of an fd for reading (`accessMode` O_RDONLY) or writing, or the errno. */
  const findFile = (fd: Fd, accessMode: number): OpenFile | number => {
    const file = volume.findOpenFile(fd);
    if (typeof file === 'number') return file;
    const mode = fd.flags & O_ACCMODE;
    if (accessMode === O_RDONLY ? mode === O_WRONLY : mode === O_RDONLY) return EBADF;
    if (file.node.isDir) return EISDIR;
    return file.node.type === IA_IFREG ? file : EINVAL;
  };

  /** The path for a call about an open file: empty for a removed one, which only a handle leads to. */
  const findPath = ({ node, handle }: OpenFile): string | null =>
    node.path ?? (handle >= 0 ? '' : null);

  /** Reads from an open file; ends with 0 and the bytes, or the errno. */
  const read = (
    frame: Frame,
    file: OpenFile,
    offset: number,
    size: number,
    take: (errno: number, data: Uint8Array) => void,
  ) => {
    const none = new Uint8Array(0);
    const path = findPath(file);
    if (path === null) return take(ESTALE, none);
    const isWhole = volume.backend.readsWhole;
    if (isWhole && file.whole !== null) return take(0, file.whole.subarray(offset, offset + size));
    const args = { a: isWhole ? 0 : offset, b: isWhole ? -1 : size, handle: file.handle };
    volume.call(frame, 'read', path, args, (errno, value) => {
      if (errno !== 0) return take(errno, none);
      const data = value as Uint8Array;
      if (!isWhole) return take(0, data);
      file.whole = data;
      take(0, data.subarray(offset, offset + size));
    });
  };

  /** Notes that an open file has other data: its attributes until the next `stat`. Returns those before. */
  const noteChange = (file: OpenFile, end: number): Iatt => {
    const { node } = file;
    const before = node.iatt ?? volume.makeIatt(node, {});
    node.iatt = Object.assign(new Iatt(), before, { iaSize: Math.max(before.iaSize, end) });
    file.whole = null;
    return before;
  };

  const write = (
    frame: Frame,
    file: OpenFile,
    vector: Uint8Array,
    offset: number,
    xdata: Dict | null,
  ) => {
    const path = findPath(file);
    if (path === null) return fail.writev(frame, ESTALE);
    const args = { a: offset, handle: file.handle, data: vector };
    volume.call(frame, 'write', path, args, (errno, value) => {
      if (errno !== 0) return fail.writev(frame, errno);
      const written = value as number;
      const before = noteChange(file, offset + written);
      volume.clearPrivilege(frame, file, xdata, () =>
        unwind.writev(frame, written, 0, before, file.node.iatt, null),
      );
    });
  };

  type TruncateReply = (errno: number, before: Iatt | null, after: Iatt | null) => void;
  const truncate = (
    frame: Frame,
    node: Node,
    handle: number,
    size: number,
    xdata: Dict | null,
    reply: TruncateReply,
  ) => {
    if (node.isDir) return reply(EISDIR, null, null);
    if (node.type !== IA_IFREG || size < 0) return reply(EINVAL, null, null);
    const path = node.path ?? (handle >= 0 ? '' : null);
    if (path === null) return reply(ESTALE, null, null);
    const before = node.iatt;
    volume.call(frame, 'truncate', path, { a: size, handle }, (errno) => {
      if (errno !== 0) return reply(errno, null, null);
      volume.clearPrivilege(frame, { node, handle }, xdata, () =>
        volume.statNode(frame, node, (statErrno) =>
          reply(statErrno, before ?? node.iatt, statErrno === 0 ? node.iatt : null),
        ),
      );
    });
  };

  /** Calls `flush` or `fsync`, where they are defined. */
  const callIfDefined = (
    frame: Frame,
    method: 'flush' | 'fsync',
    file: OpenFile,
    end: (errno: number) => void,
  ) => {
    const path = findPath(file);
    if (!volume.defines(method) || path === null) end(0);
    else volume.call(frame, method, path, { handle: file.handle }, end);
  };

  return {
    open(frame, _xl, loc, flags, fd, _xdata) {
      const node = volume.findNode(loc);
      if (typeof node === 'number') return fail.open(frame, node);
      openNode(volume, frame, node, flags, (errno, handle) => {
        if (errno !== 0) return fail.open(frame, errno);
        volume.addOpenFile(fd, node, handle);
        unwind.open(frame, 0, 0, fd, null);
      });
    },

    readv(frame, _xl, fd, size, offset, _flags, _xdata: Dict | null) {
      const file = findFile(fd, O_RDONLY);
      if (typeof file === 'number') return fail.readv(frame, file);
      const fault = findRangeFault(offset, size);
      if (fault !== 0) return fail.readv(frame, fault);
      read(frame, file, offset, size, (errno, data) => {
        if (errno !== 0) return fail.readv(frame, errno);
        const buf = file.node.iatt ?? volume.makeIatt(file.node, { size: offset + data.length });
        unwind.readv(frame, data.length, 0, data, buf, null);
      });
    },

    writev(frame, _xl, fd, vector, offset, _flags, xdata) {
      const file = findFile(fd, O_WRONLY);
      if (typeof file === 'number') return fail.writev(frame, file);
      const fault = findRangeFault(offset, vector.length);
      if (fault !== 0) return fail.writev(frame, fault);
      if ((fd.flags & O_APPEND) === 0) return write(frame, file, vector, offset, xdata);
      volume.statNode(frame, file.node, (errno) => {
        if (errno !== 0) fail.writev(frame, errno);
        else write(frame, file, vector, file.node.iatt!.iaSize, xdata);
      });
    },

    truncate(frame, _xl, loc, offset, xdata) {
      const node = volume.findNode(loc);
      if (typeof node === 'number') return fail.truncate(frame, node);
      truncate(frame, node, -1, offset, xdata, (errno, before, after) => {
        if (errno !== 0) fail.truncate(frame, errno);
        else unwind.truncate(frame, 0, 0, before, after, null);
      });
    },

    ftruncate(frame, _xl, fd, offset, xdata) {
      const file = findFile(fd, O_WRONLY);
      if (typeof file === 'number') return fail.ftruncate(frame, file === EBADF ? EINVAL : file);
      file.whole = null;
      truncate(frame, file.node, file.handle, offset, xdata, (errno, before, after) => {
        if (errno !== 0) fail.ftruncate(frame, errno);
        else unwind.ftruncate(frame, 0, 0, before, after, null);
      });
    },

    flush(frame, _xl, fd, _xdata) {
      const file = volume.findOpenFile(fd);
      if (typeof file === 'number') return fail.flush(frame, file);
      callIfDefined(frame, 'flush', file, (errno) =>
        errno === 0 ? unwind.flush(frame, 0, 0, null) : fail.flush(frame, errno),
      );
    },

    fsync(frame, _xl, fd, _datasync, _xdata) {
      const file = volume.findOpenFile(fd);
      if (typeof file === 'number') return fail.fsync(frame, file);
      callIfDefined(frame, 'fsync', file, (errno) => {
        if (errno !== 0) return fail.fsync(frame, errno);
        const { iatt } = file.node;
        unwind.fsync(frame, 0, 0, iatt, iatt, null);
      });
    },

    // All of a file is data: an author has no holes.
    seek(frame, _xl, fd, offset, what, _xdata) {
      const file = volume.findOpenFile(fd);
      if (typeof file === 'number') return fail.seek(frame, file);
      if (what !== SEEK_DATA && what !== SEEK_HOLE) return fail.seek(frame, EOPNOTSUPP);
      volume.statNode(frame, file.node, (errno) => {
        if (errno !== 0) return fail.seek(frame, errno);
        const { iaSize } = file.node.iatt!;
        if (offset < 0 || offset >= iaSize) return fail.seek(frame, ENXIO);
        unwind.seek(frame, 0, 0, what === SEEK_DATA ? offset : iaSize, null);
      });
    },
  };
}
