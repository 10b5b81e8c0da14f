/**
 * Generated from runtime/mount/fuse/codec/structs.ts by tools/gen/fuse-structs.ts (npm run gen). Do not edit.
 */
import { type Cursor, putU64, Span } from './cursor.ts';

export class GetattrIn {
  flags = 0;
  fh = 0;
}
export function decodeGetattrIn(cursor: Cursor, out: GetattrIn): void {
  out.flags = cursor.readU32();
  cursor.skip(4);
  out.fh = cursor.readU64();
}

export class SetattrIn {
  valid = 0;
  fh = 0;
  size = 0;
  atime = 0;
  mtime = 0;
  ctime = 0;
  atimensec = 0;
  mtimensec = 0;
  ctimensec = 0;
  mode = 0;
  uid = 0;
  gid = 0;
}
export function decodeSetattrIn(cursor: Cursor, out: SetattrIn): void {
  out.valid = cursor.readU32();
  cursor.skip(4);
  out.fh = cursor.readU64();
  out.size = cursor.readU64();
  cursor.skip(8);
  out.atime = cursor.readI64();
  out.mtime = cursor.readI64();
  out.ctime = cursor.readI64();
  out.atimensec = cursor.readU32();
  out.mtimensec = cursor.readU32();
  out.ctimensec = cursor.readU32();
  out.mode = cursor.readU32();
  cursor.skip(4);
  out.uid = cursor.readU32();
  out.gid = cursor.readU32();
  cursor.skip(4);
}

export class StatxIn {
  getattrFlags = 0;
  fh = 0;
  sxFlags = 0;
  sxMask = 0;
}
export function decodeStatxIn(cursor: Cursor, out: StatxIn): void {
  out.getattrFlags = cursor.readU32();
  cursor.skip(4);
  out.fh = cursor.readU64();
  out.sxFlags = cursor.readU32();
  out.sxMask = cursor.readU32();
}

export class AccessIn {
  mask = 0;
}
export function decodeAccessIn(cursor: Cursor, out: AccessIn): void {
  out.mask = cursor.readU32();
  cursor.skip(4);
}

export class NameIn {
  readonly name = new Span();
}
export function decodeNameIn(cursor: Cursor, out: NameIn): void {
  cursor.readName(out.name);
}

export class MknodIn {
  mode = 0;
  rdev = 0;
  umask = 0;
  readonly name = new Span();
}
export function decodeMknodIn(cursor: Cursor, out: MknodIn): void {
  out.mode = cursor.readU32();
  out.rdev = cursor.readU32();
  out.umask = cursor.readU32();
  cursor.skip(4);
  cursor.readName(out.name);
}

export class MkdirIn {
  mode = 0;
  umask = 0;
  readonly name = new Span();
}
export function decodeMkdirIn(cursor: Cursor, out: MkdirIn): void {
  out.mode = cursor.readU32();
  out.umask = cursor.readU32();
  cursor.readName(out.name);
}

export class SymlinkIn {
  readonly name = new Span();
  readonly target = new Span();
}
export function decodeSymlinkIn(cursor: Cursor, out: SymlinkIn): void {
  cursor.readName(out.name);
  cursor.readName(out.target);
}

export class RenameIn {
  newdir = 0;
  flags = 0;
  readonly oldname = new Span();
  readonly newname = new Span();
}
export function decodeRenameIn(cursor: Cursor, out: RenameIn): void {
  out.newdir = cursor.readU64();
  cursor.readName(out.oldname);
  cursor.readName(out.newname);
}

export class Rename2In {
  newdir = 0;
  flags = 0;
  readonly oldname = new Span();
  readonly newname = new Span();
}
export function decodeRename2In(cursor: Cursor, out: Rename2In): void {
  out.newdir = cursor.readU64();
  out.flags = cursor.readU32();
  cursor.skip(4);
  cursor.readName(out.oldname);
  cursor.readName(out.newname);
}

export class LinkIn {
  oldnodeid = 0;
  readonly name = new Span();
}
export function decodeLinkIn(cursor: Cursor, out: LinkIn): void {
  out.oldnodeid = cursor.readU64();
  cursor.readName(out.name);
}

export class ForgetIn {
  nlookup = 0;
}
export function decodeForgetIn(cursor: Cursor, out: ForgetIn): void {
  out.nlookup = cursor.readU64();
}

export class InterruptIn {
  unique = 0;
}
export function decodeInterruptIn(cursor: Cursor, out: InterruptIn): void {
  out.unique = cursor.readU64();
}

export class OpenIn {
  flags = 0;
  openFlags = 0;
}
export function decodeOpenIn(cursor: Cursor, out: OpenIn): void {
  out.flags = cursor.readU32();
  out.openFlags = cursor.readU32();
}

export class CreateIn {
  flags = 0;
  mode = 0;
  umask = 0;
  openFlags = 0;
  readonly name = new Span();
}
export function decodeCreateIn(cursor: Cursor, out: CreateIn): void {
  out.flags = cursor.readU32();
  out.mode = cursor.readU32();
  out.umask = cursor.readU32();
  out.openFlags = cursor.readU32();
  cursor.readName(out.name);
}

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
  out.fh = cursor.readU64();
  out.offset = cursor.readU64();
  out.size = cursor.readU32();
  out.readFlags = cursor.readU32();
  out.lockOwnerLo = cursor.readU32();
  out.lockOwnerHi = cursor.readU32();
  out.flags = cursor.readU32();
  cursor.skip(4);
}

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
  out.fh = cursor.readU64();
  out.offset = cursor.readU64();
  out.size = cursor.readU32();
  out.writeFlags = cursor.readU32();
  out.lockOwnerLo = cursor.readU32();
  out.lockOwnerHi = cursor.readU32();
  out.flags = cursor.readU32();
  cursor.skip(4);
  cursor.readData(out.size, out.data);
}

export class ReleaseIn {
  fh = 0;
  flags = 0;
  releaseFlags = 0;
  lockOwnerLo = 0;
  lockOwnerHi = 0;
}
export function decodeReleaseIn(cursor: Cursor, out: ReleaseIn): void {
  out.fh = cursor.readU64();
  out.flags = cursor.readU32();
  out.releaseFlags = cursor.readU32();
  out.lockOwnerLo = cursor.readU32();
  out.lockOwnerHi = cursor.readU32();
}

export class FlushIn {
  fh = 0;
  lockOwnerLo = 0;
  lockOwnerHi = 0;
}
export function decodeFlushIn(cursor: Cursor, out: FlushIn): void {
  out.fh = cursor.readU64();
  cursor.skip(8);
  out.lockOwnerLo = cursor.readU32();
  out.lockOwnerHi = cursor.readU32();
}

export class FsyncIn {
  fh = 0;
  fsyncFlags = 0;
}
export function decodeFsyncIn(cursor: Cursor, out: FsyncIn): void {
  out.fh = cursor.readU64();
  out.fsyncFlags = cursor.readU32();
  cursor.skip(4);
}

export class FallocateIn {
  fh = 0;
  offset = 0;
  length = 0;
  mode = 0;
}
export function decodeFallocateIn(cursor: Cursor, out: FallocateIn): void {
  out.fh = cursor.readU64();
  out.offset = cursor.readU64();
  out.length = cursor.readU64();
  out.mode = cursor.readU32();
  cursor.skip(4);
}

export class LseekIn {
  fh = 0;
  offset = 0;
  whence = 0;
}
export function decodeLseekIn(cursor: Cursor, out: LseekIn): void {
  out.fh = cursor.readU64();
  out.offset = cursor.readU64();
  out.whence = cursor.readU32();
  cursor.skip(4);
}

export class CopyFileRangeIn {
  fhIn = 0;
  offIn = 0;
  nodeidOut = 0;
  fhOut = 0;
  offOut = 0;
  len = 0;
  flags = 0;
}
export function decodeCopyFileRangeIn(cursor: Cursor, out: CopyFileRangeIn): void {
  out.fhIn = cursor.readU64();
  out.offIn = cursor.readU64();
  out.nodeidOut = cursor.readU64();
  out.fhOut = cursor.readU64();
  out.offOut = cursor.readU64();
  out.len = cursor.readU64();
  out.flags = cursor.readU64();
}

export class IoctlIn {
  fh = 0;
  flags = 0;
  cmd = 0;
  inSize = 0;
  outSize = 0;
  readonly data = new Span();
}
export function decodeIoctlIn(cursor: Cursor, out: IoctlIn): void {
  out.fh = cursor.readU64();
  out.flags = cursor.readU32();
  out.cmd = cursor.readU32();
  cursor.skip(8);
  out.inSize = cursor.readU32();
  out.outSize = cursor.readU32();
  cursor.readData(out.inSize, out.data);
}

export class LkIn {
  fh = 0;
  ownerLo = 0;
  ownerHi = 0;
  start = 0;
  end = 0;
  type = 0;
  pid = 0;
  lkFlags = 0;
}
export function decodeLkIn(cursor: Cursor, out: LkIn): void {
  out.fh = cursor.readU64();
  out.ownerLo = cursor.readU32();
  out.ownerHi = cursor.readU32();
  out.start = cursor.readU64();
  out.end = cursor.readU64();
  out.type = cursor.readU32();
  out.pid = cursor.readU32();
  out.lkFlags = cursor.readU32();
  cursor.skip(4);
}

export class SetxattrIn {
  size = 0;
  flags = 0;
  readonly name = new Span();
  readonly value = new Span();
}
export function decodeSetxattrIn(cursor: Cursor, out: SetxattrIn): void {
  out.size = cursor.readU32();
  out.flags = cursor.readU32();
  cursor.readName(out.name);
  cursor.readData(out.size, out.value);
}

export class GetxattrIn {
  size = 0;
  readonly name = new Span();
}
export function decodeGetxattrIn(cursor: Cursor, out: GetxattrIn): void {
  out.size = cursor.readU32();
  cursor.skip(4);
  cursor.readName(out.name);
}

export class ListxattrIn {
  size = 0;
  readonly name = new Span();
}
export function decodeListxattrIn(cursor: Cursor, out: ListxattrIn): void {
  out.size = cursor.readU32();
  cursor.skip(4);
  out.name.start = out.name.end = cursor.position;
}

export class NoArgs {}
export function decodeNoArgs(): void {}

export const OPEN_OUT_SIZE = 16;
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
export function encodeWriteOut(view: DataView, at: number, size: number): void {
  view.setUint32(at, size, true);
  view.setUint32(at + 4, 0, true);
}

export const LSEEK_OUT_SIZE = 8;
export function encodeLseekOut(view: DataView, at: number, offset: number): void {
  putU64(view, at, offset);
}

export const COPY_FILE_RANGE_OUT_SIZE = 8;
export function encodeCopyFileRangeOut(view: DataView, at: number, bytes: number): void {
  putU64(view, at, bytes);
}

export const IOCTL_OUT_SIZE = 16;
export function encodeIoctlOut(view: DataView, at: number, result: number): void {
  view.setInt32(at, result, true);
  view.setUint32(at + 4, 0, true);
  view.setUint32(at + 8, 0, true);
  view.setUint32(at + 12, 0, true);
}

export const GETXATTR_OUT_SIZE = 8;
export function encodeGetxattrOut(view: DataView, at: number, size: number): void {
  view.setUint32(at, size, true);
  view.setUint32(at + 4, 0, true);
}

export const STATFS_OUT_SIZE = 80;
export function encodeStatfsOut(
  view: DataView,
  at: number,
  out: {
    readonly blocks: number;
    readonly bfree: number;
    readonly bavail: number;
    readonly files: number;
    readonly ffree: number;
    readonly bsize: number;
    readonly namemax: number;
    readonly frsize: number;
  },
): void {
  putU64(view, at, out.blocks);
  putU64(view, at + 8, out.bfree);
  putU64(view, at + 16, out.bavail);
  putU64(view, at + 24, out.files);
  putU64(view, at + 32, out.ffree);
  view.setUint32(at + 40, out.bsize, true);
  view.setUint32(at + 44, out.namemax, true);
  view.setUint32(at + 48, out.frsize, true);
  view.setUint32(at + 52, 0, true);
  view.setUint32(at + 56, 0, true);
  view.setUint32(at + 60, 0, true);
  view.setUint32(at + 64, 0, true);
  view.setUint32(at + 68, 0, true);
  view.setUint32(at + 72, 0, true);
  view.setUint32(at + 76, 0, true);
}

export const INIT_OUT_SIZE = 64;
export function encodeInitOut(
  view: DataView,
  at: number,
  out: {
    readonly major: number;
    readonly minor: number;
    readonly maxReadahead: number;
    readonly flags: number;
    readonly maxBackground: number;
    readonly congestionThreshold: number;
    readonly maxWrite: number;
    readonly timeGran: number;
    readonly maxPages: number;
    readonly flags2: number;
    readonly maxStackDepth: number;
  },
): void {
  view.setUint32(at, out.major, true);
  view.setUint32(at + 4, out.minor, true);
  view.setUint32(at + 8, out.maxReadahead, true);
  view.setInt32(at + 12, out.flags, true);
  view.setUint16(at + 16, out.maxBackground, true);
  view.setUint16(at + 18, out.congestionThreshold, true);
  view.setUint32(at + 20, out.maxWrite, true);
  view.setUint32(at + 24, out.timeGran, true);
  view.setUint16(at + 28, out.maxPages, true);
  view.setUint16(at + 30, 0, true);
  view.setInt32(at + 32, out.flags2, true);
  view.setUint32(at + 36, out.maxStackDepth, true);
  view.setUint32(at + 40, 0, true);
  view.setUint32(at + 44, 0, true);
  view.setUint32(at + 48, 0, true);
  view.setUint32(at + 52, 0, true);
  view.setUint32(at + 56, 0, true);
  view.setUint32(at + 60, 0, true);
}
