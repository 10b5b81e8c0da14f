/** Operations on open files: OPEN, CREATE, READ, WRITE, FLUSH, FSYNC, RELEASE, FALLOCATE, LSEEK. */
import { type Cursor, putU64, Span } from './cursor.ts';

/** OPEN and OPENDIR: struct fuse_open_in. `flags` are open(2)'s without O_CREAT and O_EXCL. */
export class OpenIn {
  flags = 0;
  /** OPEN_KILL_SUIDGID. */
  openFlags = 0;
}

export function decodeOpenIn(cursor: Cursor, out: OpenIn): void {
  out.flags = cursor.u32();
  out.openFlags = cursor.u32();
}

/** CREATE and TMPFILE: struct fuse_create_in and the name, which means nothing for TMPFILE. */
export class CreateIn {
  flags = 0;
  mode = 0;
  umask = 0;
  /** OPEN_KILL_SUIDGID. */
  openFlags = 0;
  readonly name = new Span();
}

export function decodeCreateIn(cursor: Cursor, out: CreateIn): void {
  out.flags = cursor.u32();
  out.mode = cursor.u32();
  out.umask = cursor.u32();
  out.openFlags = cursor.u32();
  cursor.name(out.name);
}

/** READ, READDIR and READDIRPLUS: struct fuse_read_in. `flags` are those of the open file. */
export class ReadIn {
  fh = 0;
  offset = 0;
  size = 0;
  readFlags = 0;
  lockOwnerLo = 0;
  lockOwnerHi = 0;
  flags = 0;
}

export function decodeReadIn(cursor: Cursor, out: ReadIn): void {
  out.fh = cursor.u64();
  out.offset = cursor.u64();
  out.size = cursor.u32();
  out.readFlags = cursor.u32();
  out.lockOwnerLo = cursor.u32();
  out.lockOwnerHi = cursor.u32();
  out.flags = cursor.u32();
  cursor.skip(4);
}

/** struct fuse_write_in and the data, which stays in the message. */
export class WriteIn {
  fh = 0;
  offset = 0;
  size = 0;
  writeFlags = 0;
  lockOwnerLo = 0;
  lockOwnerHi = 0;
  flags = 0;
  readonly data = new Span();
}

export function decodeWriteIn(cursor: Cursor, out: WriteIn): void {
  out.fh = cursor.u64();
  out.offset = cursor.u64();
  out.size = cursor.u32();
  out.writeFlags = cursor.u32();
  out.lockOwnerLo = cursor.u32();
  out.lockOwnerHi = cursor.u32();
  out.flags = cursor.u32();
  cursor.skip(4);
  cursor.data(out.size, out.data);
}

/** RELEASE and RELEASEDIR: struct fuse_release_in. */
export class ReleaseIn {
  fh = 0;
  flags = 0;
  releaseFlags = 0;
  lockOwnerLo = 0;
  lockOwnerHi = 0;
}

export function decodeReleaseIn(cursor: Cursor, out: ReleaseIn): void {
  out.fh = cursor.u64();
  out.flags = cursor.u32();
  out.releaseFlags = cursor.u32();
  out.lockOwnerLo = cursor.u32();
  out.lockOwnerHi = cursor.u32();
}

/** struct fuse_flush_in: one for every close(2) of a descriptor. */
export class FlushIn {
  fh = 0;
  lockOwnerLo = 0;
  lockOwnerHi = 0;
}

export function decodeFlushIn(cursor: Cursor, out: FlushIn): void {
  out.fh = cursor.u64();
  cursor.skip(8);
  out.lockOwnerLo = cursor.u32();
  out.lockOwnerHi = cursor.u32();
}

/** FSYNC and FSYNCDIR: struct fuse_fsync_in. */
export class FsyncIn {
  fh = 0;
  fsyncFlags = 0;
}

export function decodeFsyncIn(cursor: Cursor, out: FsyncIn): void {
  out.fh = cursor.u64();
  out.fsyncFlags = cursor.u32();
  cursor.skip(4);
}

/** struct fuse_fallocate_in; `mode` is fallocate(2)'s FALLOC_FL_… bits. */
export class FallocateIn {
  fh = 0;
  offset = 0;
  length = 0;
  mode = 0;
}

export function decodeFallocateIn(cursor: Cursor, out: FallocateIn): void {
  out.fh = cursor.u64();
  out.offset = cursor.u64();
  out.length = cursor.u64();
  out.mode = cursor.u32();
  cursor.skip(4);
}

/** struct fuse_lseek_in; the kernel asks for SEEK_DATA (3) and SEEK_HOLE (4) only. */
export class LseekIn {
  fh = 0;
  offset = 0;
  whence = 0;
}

export function decodeLseekIn(cursor: Cursor, out: LseekIn): void {
  out.fh = cursor.u64();
  out.offset = cursor.u64();
  out.whence = cursor.u32();
  cursor.skip(4);
}

export const OPEN_OUT_SIZE = 16;

/** struct fuse_open_out; `openFlags` are FOPEN_…, `backingId` is for FOPEN_PASSTHROUGH. */
export function encodeOpenOut(
  view: DataView,
  at: number,
  fh: number,
  openFlags: number,
  backingId: number,
): void {
  putU64(view, at, fh);
  view.setUint32(at + 8, openFlags, true);
  view.setInt32(at + 12, backingId, true);
}

export const WRITE_OUT_SIZE = 8;

/** struct fuse_write_out: bytes written. */
export function encodeWriteOut(view: DataView, at: number, size: number): void {
  view.setUint32(at, size, true);
  view.setUint32(at + 4, 0, true);
}

export const LSEEK_OUT_SIZE = 8;

export function encodeLseekOut(view: DataView, at: number, offset: number): void {
  putU64(view, at, offset);
}
