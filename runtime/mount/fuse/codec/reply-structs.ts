/**
 * Encodes the headers of replies (struct fuse_out_header), and the structs with attributes, entries and locks, at
 * `offset` of the reply's buffer. An inode number is passed as two halves (`inoHi`, `inoLo`), because it exceeds 2^53.
 */

import type { Dict } from '../../../core/dict.ts';
import { encodeDevice, type Iatt } from '../../../core/iatt.ts';
import { TIMEOUT_MAX } from '../../../core/xdata.ts';
import { STATX_BASIC_STATS, STATX_BTIME } from '../../../sys/constants.ts';
import { OUT_HEADER_SIZE } from '../protocol.ts';

const TWO_32 = 0x1_0000_0000;

/** Writes a number between -2^53 and 2^53 as 64 bits, two's complement. */
export function put64(view: DataView, offset: number, value: number): void {
  view.setUint32(offset, value, true);
  view.setInt32(offset + 4, Math.floor(value / TWO_32), true);
}

/** Writes a reply's header. `errno` is positive, 0 for success. Returns the length with `bodyBytes`. */
export function encodeOutHeader(
  view: DataView,
  unique: number,
  errno: number,
  bodyBytes: number,
): number {
  const length = OUT_HEADER_SIZE + bodyBytes;
  view.setUint32(0, length, true);
  view.setInt32(4, -errno, true);
  put64(view, 8, unique);
  return length;
}

/** Bytes of a struct fuse_attr. */
export const ATTR_SIZE = 88;

/** st_blksize: the preferred size of an application's reads and writes. */
export const BLKSIZE = 131072;

/** Encodes a struct fuse_attr. */
export function encodeAttr(
  view: DataView,
  offset: number,
  inoHi: number,
  inoLo: number,
  iatt: Iatt,
): void {
  view.setUint32(offset, inoLo, true);
  view.setUint32(offset + 4, inoHi, true);
  put64(view, offset + 8, iatt.iaSize);
  // With passthrough the kernel writes the file itself, so a size may exceed 2^53.
  if (iatt.sizeRest !== undefined) view.setBigUint64(offset + 8, iatt.exactSize, true);
  put64(view, offset + 16, iatt.iaBlocks);
  put64(view, offset + 24, iatt.iaAtime);
  put64(view, offset + 32, iatt.iaMtime);
  put64(view, offset + 40, iatt.iaCtime);
  view.setUint32(offset + 48, iatt.iaAtimeNsec, true);
  view.setUint32(offset + 52, iatt.iaMtimeNsec, true);
  view.setUint32(offset + 56, iatt.iaCtimeNsec, true);
  view.setUint32(offset + 60, iatt.mode, true);
  view.setUint32(offset + 64, iatt.iaNlink, true);
  view.setUint32(offset + 68, iatt.iaUid, true);
  view.setUint32(offset + 72, iatt.iaGid, true);
  view.setUint32(offset + 76, iatt.iaRdev === 0 ? 0 : encodeDevice(iatt.iaRdev), true);
  view.setUint32(offset + 80, BLKSIZE, true);
  view.setUint32(offset + 84, 0, true);
}

/** Bytes of a struct fuse_attr_out. */
export const ATTR_OUT_SIZE = 16 + ATTR_SIZE;

/** Encodes a struct fuse_attr_out: attributes, and how long the kernel may cache them. */
export function encodeAttrOut(
  view: DataView,
  offset: number,
  attrValid: Validity,
  inoHi: number,
  inoLo: number,
  iatt: Iatt,
): void {
  put64(view, offset, attrValid.sec);
  view.setUint32(offset + 8, attrValid.nsec, true);
  view.setUint32(offset + 12, 0, true);
  encodeAttr(view, offset + 16, inoHi, inoLo, iatt);
}

/** Bytes of a struct fuse_entry_out. */
export const ENTRY_OUT_SIZE = 40 + ATTR_SIZE;

/** Encodes a struct fuse_entry_out: a name's inode and attributes, and how long the kernel may cache each. */
export function encodeEntryOut(
  view: DataView,
  offset: number,
  nodeid: number,
  entryValid: Validity,
  attrValid: Validity,
  inoHi: number,
  inoLo: number,
  iatt: Iatt,
): void {
  put64(view, offset, nodeid);
  // Node ids are never used twice, so one generation is enough.
  put64(view, offset + 8, 0);
  put64(view, offset + 16, entryValid.sec);
  put64(view, offset + 24, attrValid.sec);
  view.setUint32(offset + 32, entryValid.nsec, true);
  view.setUint32(offset + 36, attrValid.nsec, true);
  encodeAttr(view, offset + 40, inoHi, inoLo, iatt);
}

/** Encodes an absent name as an entry with node id 0, which the kernel may cache as well. */
export function encodeNegativeEntry(view: DataView, offset: number, entryValid: Validity): void {
  for (let i = 0; i < ENTRY_OUT_SIZE; i += 4) view.setUint32(offset + i, 0, true);
  put64(view, offset + 16, entryValid.sec);
  put64(view, offset + 24, entryValid.sec);
  view.setUint32(offset + 32, entryValid.nsec, true);
  view.setUint32(offset + 36, entryValid.nsec, true);
}

/** Bytes of a struct fuse_statx. */
const STATX_SIZE = 256;
/** Bytes of a struct fuse_statx_out. */
export const STATX_OUT_SIZE = 32 + STATX_SIZE;

/** Encodes a struct fuse_sx_time. */
function encodeTime(view: DataView, offset: number, sec: number, nsec: number): void {
  put64(view, offset, sec);
  view.setUint32(offset + 8, nsec, true);
}

/** Encodes a struct fuse_statx_out. */
export function encodeStatxOut(
  view: DataView,
  offset: number,
  attrValid: Validity,
  inoHi: number,
  inoLo: number,
  iatt: Iatt,
): void {
  for (let i = 0; i < STATX_OUT_SIZE; i += 4) view.setUint32(offset + i, 0, true);
  put64(view, offset, attrValid.sec);
  view.setUint32(offset + 8, attrValid.nsec, true);
  encodeStatx(view, offset + 32, inoHi, inoLo, iatt);
}

/** Writes struct fuse_statx into zeroed memory. A birth time of 0 is unknown. */
function encodeStatx(
  view: DataView,
  offset: number,
  inoHi: number,
  inoLo: number,
  iatt: Iatt,
): void {
  const hasBirthTime = iatt.iaBtime !== 0 || iatt.iaBtimeNsec !== 0;
  view.setUint32(offset, STATX_BASIC_STATS | (hasBirthTime ? STATX_BTIME : 0), true);
  view.setUint32(offset + 4, BLKSIZE, true);
  view.setUint32(offset + 16, iatt.iaNlink, true);
  view.setUint32(offset + 20, iatt.iaUid, true);
  view.setUint32(offset + 24, iatt.iaGid, true);
  view.setUint16(offset + 28, iatt.mode, true);
  view.setUint32(offset + 32, inoLo, true);
  view.setUint32(offset + 36, inoHi, true);
  put64(view, offset + 40, iatt.iaSize);
  if (iatt.sizeRest !== undefined) view.setBigUint64(offset + 40, iatt.exactSize, true);
  put64(view, offset + 48, iatt.iaBlocks);
  encodeTime(view, offset + 64, iatt.iaAtime, iatt.iaAtimeNsec);
  encodeTime(view, offset + 80, iatt.iaBtime, iatt.iaBtimeNsec);
  encodeTime(view, offset + 96, iatt.iaCtime, iatt.iaCtimeNsec);
  encodeTime(view, offset + 112, iatt.iaMtime, iatt.iaMtimeNsec);
  view.setUint32(offset + 128, iatt.iaRdev / TWO_32, true);
  view.setUint32(offset + 132, iatt.iaRdev >>> 0, true);
}

/** Bytes of a struct fuse_lk_out. */
export const LK_OUT_SIZE = 24;

/** Encodes a struct fuse_lk_out: a lock of `len` bytes; 0 for a lock without an end. */
export function encodeLkOut(
  view: DataView,
  offset: number,
  { type, start, len, pid }: { type: number; start: number; len: number; pid: number },
): void {
  put64(view, offset, start);
  if (len > 0) put64(view, offset + 8, start + len - 1);
  else {
    // The kernel's OFFSET_MAX, the largest signed 64-bit number.
    view.setUint32(offset + 8, 0xffff_ffff, true);
    view.setUint32(offset + 12, 0x7fff_ffff, true);
  }
  view.setUint32(offset + 16, type, true);
  view.setInt32(offset + 20, pid, true);
}

/** A time for which the kernel may cache a reply, as seconds and nanoseconds. */
export class Validity {
  readonly sec: number;
  readonly nsec: number;

  /** @param seconds fractions allowed; 0 and less mean no caching, a year is the maximum */
  constructor(seconds: number) {
    const limited = seconds > 0 ? Math.min(seconds, TIMEOUT_MAX) : 0;
    const whole = Math.floor(limited);
    this.sec = whole;
    this.nsec = Math.min(Math.round((limited - whole) * 1e9), 999_999_999);
  }

  get isZero(): boolean {
    return this.sec === 0 && this.nsec === 0;
  }

  /** Returns the timeout in a reply's xdata, under a key of `core/dict.ts`, or `fallback`, the mount's. */
  static fromXdata(xdata: Dict, key: string, fallback: Validity): Validity {
    const seconds = xdata.number(key);
    return seconds === undefined ? fallback : new Validity(seconds);
  }
}
