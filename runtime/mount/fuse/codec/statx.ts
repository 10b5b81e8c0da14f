/** STATX (protocol 7.39): attributes as GETATTR's, and the time of birth. */
import type { Iatt } from '../../../core/iatt.ts';
import { STATX_BASIC_STATS, STATX_BTIME } from '../../../sys/constants.ts';
import { BLKSIZE, putSize } from './attr.ts';
import { type Cursor, putI64, putU64 } from './cursor.ts';
import type { Validity } from './validity.ts';

/** struct fuse_statx_in. `fh` counts when `getattrFlags` has GETATTR_FH. */
export class StatxIn {
  getattrFlags = 0;
  fh = 0;
  /** AT_STATX_… */
  sxFlags = 0;
  /** STATX_… that are asked for; more may be answered. */
  sxMask = 0;
}

export function decodeStatxIn(cursor: Cursor, out: StatxIn): void {
  out.getattrFlags = cursor.u32();
  cursor.skip(4);
  out.fh = cursor.u64();
  out.sxFlags = cursor.u32();
  out.sxMask = cursor.u32();
}

const STATX_SIZE = 256;
export const STATX_OUT_SIZE = 32 + STATX_SIZE;
const TWO_32 = 0x1_0000_0000;

/** struct fuse_sx_time. */
function encodeTime(view: DataView, at: number, sec: number, nsec: number): void {
  putI64(view, at, sec);
  view.setUint32(at + 8, nsec, true);
}

/** struct fuse_statx_out. The inode number is given as halves: it does not fit a Number. */
export function encodeStatxOut(
  view: DataView,
  at: number,
  attr: Validity,
  inoHi: number,
  inoLo: number,
  iatt: Iatt,
): void {
  for (let i = 0; i < STATX_OUT_SIZE; i += 4) view.setUint32(at + i, 0, true);
  putU64(view, at, attr.sec);
  view.setUint32(at + 8, attr.nsec, true);
  encodeStatx(view, at + 32, inoHi, inoLo, iatt);
}

/** struct fuse_statx, into zeros. A birth at the beginning of time is one that nobody knows. */
function encodeStatx(view: DataView, at: number, inoHi: number, inoLo: number, iatt: Iatt): void {
  const knowsBirth = iatt.iaBtime !== 0 || iatt.iaBtimeNsec !== 0;
  view.setUint32(at, STATX_BASIC_STATS | (knowsBirth ? STATX_BTIME : 0), true);
  view.setUint32(at + 4, BLKSIZE, true);
  view.setUint32(at + 16, iatt.iaNlink, true);
  view.setUint32(at + 20, iatt.iaUid, true);
  view.setUint32(at + 24, iatt.iaGid, true);
  view.setUint16(at + 28, iatt.mode, true);
  view.setUint32(at + 32, inoLo, true);
  view.setUint32(at + 36, inoHi, true);
  putSize(view, at + 40, iatt);
  putU64(view, at + 48, iatt.iaBlocks);
  encodeTime(view, at + 64, iatt.iaAtime, iatt.iaAtimeNsec);
  encodeTime(view, at + 80, iatt.iaBtime, iatt.iaBtimeNsec);
  encodeTime(view, at + 96, iatt.iaCtime, iatt.iaCtimeNsec);
  encodeTime(view, at + 112, iatt.iaMtime, iatt.iaMtimeNsec);
  view.setUint32(at + 128, iatt.iaRdev / TWO_32, true);
  view.setUint32(at + 132, iatt.iaRdev >>> 0, true);
}
