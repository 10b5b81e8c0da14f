/** Attributes: GETATTR, SETATTR, ACCESS, STATFS. */
import type { Iatt, Statvfs } from '../../../core/iatt.ts';
import { type Cursor, putI64, putU64 } from './cursor.ts';
import type { Validity } from './validity.ts';

/** struct fuse_getattr_in. `fh` counts when `flags` has GETATTR_FH. */
export class GetattrIn {
  flags = 0;
  fh = 0;
}

export function decodeGetattrIn(cursor: Cursor, out: GetattrIn): void {
  out.flags = cursor.u32();
  cursor.skip(4);
  out.fh = cursor.u64();
}

/** struct fuse_setattr_in; `valid` (FATTR_…) says which fields count. */
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
  out.valid = cursor.u32();
  cursor.skip(4);
  out.fh = cursor.u64();
  out.size = cursor.u64();
  cursor.skip(8);
  out.atime = cursor.i64();
  out.mtime = cursor.i64();
  out.ctime = cursor.i64();
  out.atimensec = cursor.u32();
  out.mtimensec = cursor.u32();
  out.ctimensec = cursor.u32();
  out.mode = cursor.u32();
  cursor.skip(4);
  out.uid = cursor.u32();
  out.gid = cursor.u32();
  cursor.skip(4);
}

/** struct fuse_access_in. `mask` is R_OK, W_OK, X_OK, or 0 for existence. */
export class AccessIn {
  mask = 0;
}

export function decodeAccessIn(cursor: Cursor, out: AccessIn): void {
  out.mask = cursor.u32();
  cursor.skip(4);
}

export const ATTR_SIZE = 88;

/** What applications read as st_blksize: the size they like to read and write in. */
export const BLKSIZE = 131072;

/** major × 2³² + minor as the kernel encodes a device number (linux/kdev_t.h, 12 + 20 bits). */
function encodeDev(rdev: number): number {
  if (rdev === 0) return 0;
  const minor = rdev >>> 0;
  const major = (rdev - minor) / 0x1_0000_0000;
  return ((minor & 0xff) | (major << 8) | ((minor & ~0xff) << 12)) >>> 0;
}

/** The size, also where a Number rounds it: the kernel itself may have written so far. */
export function putSize(view: DataView, at: number, iatt: Iatt): void {
  if (iatt.sizeRest === undefined) putU64(view, at, iatt.iaSize);
  else view.setBigUint64(at, iatt.exactSize, true);
}

/** struct fuse_attr. The inode number is given as halves: it does not fit a Number. */
export function encodeAttr(
  view: DataView,
  at: number,
  inoHi: number,
  inoLo: number,
  iatt: Iatt,
): void {
  view.setUint32(at, inoLo, true);
  view.setUint32(at + 4, inoHi, true);
  putSize(view, at + 8, iatt);
  putU64(view, at + 16, iatt.iaBlocks);
  putI64(view, at + 24, iatt.iaAtime);
  putI64(view, at + 32, iatt.iaMtime);
  putI64(view, at + 40, iatt.iaCtime);
  view.setUint32(at + 48, iatt.iaAtimeNsec, true);
  view.setUint32(at + 52, iatt.iaMtimeNsec, true);
  view.setUint32(at + 56, iatt.iaCtimeNsec, true);
  view.setUint32(at + 60, iatt.mode, true);
  view.setUint32(at + 64, iatt.iaNlink, true);
  view.setUint32(at + 68, iatt.iaUid, true);
  view.setUint32(at + 72, iatt.iaGid, true);
  view.setUint32(at + 76, encodeDev(iatt.iaRdev), true);
  view.setUint32(at + 80, BLKSIZE, true);
  view.setUint32(at + 84, 0, true);
}

export const ATTR_OUT_SIZE = 16 + ATTR_SIZE;

/** struct fuse_attr_out. */
export function encodeAttrOut(
  view: DataView,
  at: number,
  attr: Validity,
  inoHi: number,
  inoLo: number,
  iatt: Iatt,
): void {
  putU64(view, at, attr.sec);
  view.setUint32(at + 8, attr.nsec, true);
  view.setUint32(at + 12, 0, true);
  encodeAttr(view, at + 16, inoHi, inoLo, iatt);
}

export const STATFS_OUT_SIZE = 80;

/** struct fuse_statfs_out. */
export function encodeStatfsOut(view: DataView, at: number, st: Statvfs): void {
  for (let i = 0; i < STATFS_OUT_SIZE; i += 4) view.setUint32(at + i, 0, true);
  putU64(view, at, st.blocks);
  putU64(view, at + 8, st.bfree);
  putU64(view, at + 16, st.bavail);
  putU64(view, at + 24, st.files);
  putU64(view, at + 32, st.ffree);
  view.setUint32(at + 40, st.bsize, true);
  view.setUint32(at + 44, st.namemax, true);
  view.setUint32(at + 48, st.frsize, true);
}
