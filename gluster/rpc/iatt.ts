/** Encodes and decodes attributes for the wire: `gfx_iattx` in fops, and the older `gf_iatt` in calls of a server. */
import {
  computeInoHi,
  computeInoLo,
  type Gfid,
  ROOT_GFID,
  writeGfidBytes,
} from '../../runtime/core/gfid.ts';
import { Iatt } from '../../runtime/core/iatt.ts';
import { OFFSET_MAX } from '../../runtime/core/limits.ts';
import type { XdrReader, XdrWriter } from '../../runtime/wire/xdr.ts';

/** The bytes of `gfx_iattx`, and of the older `gf_iatt`. */
export const IATT_BYTES = 148;
export const OLD_IATT_BYTES = 100;
const TWO_32 = 0x1_0000_0000;
/** The mask of valid fields that is sent if the storage sets no mask: all fields but the time of birth. */
const DEFAULT_FIELD_MASK = 0x17ff;
/** The highest bit of an inode number, set on the wire. `computeInoHi` leaves it clear for programs that list files. */
const HIGH_BIT = 0x8000_0000;

/** The upper half of the inode number, which is derived from the gfid's second half. */
export const computeWireInoHi = (gfid: Gfid): number =>
  gfid === ROOT_GFID ? 0 : (computeInoHi(gfid) | HIGH_BIT) >>> 0;

function writeWideAt(view: DataView, position: number, value: number): void {
  view.setInt32(position, Math.floor(value / TWO_32));
  view.setUint32(position + 4, value);
}

/** Reads 64 bits. Small numbers skip the product, which would allocate. */
function readWideAt(view: DataView, position: number): number {
  const high = view.getInt32(position);
  const low = view.getUint32(position + 4);
  return high === 0 ? low : high * TWO_32 + low;
}

/** Writes `gfx_iattx`; zeros for null. */
export function writeIatt(w: XdrWriter, iatt: Iatt | null): void {
  if (iatt === null) {
    w.zeros(IATT_BYTES);
    return;
  }
  w.reserve(IATT_BYTES);
  const { view, position: start } = w;
  // The offsets are those of the struct's fields.
  writeGfidBytes(iatt.iaGfid, w.bytes, start);
  writeWideAt(
    view,
    start + 16,
    iatt.iaFlags === 0 && iatt.known ? DEFAULT_FIELD_MASK : iatt.iaFlags,
  );
  const hasGfid = iatt.known;
  view.setUint32(start + 24, hasGfid ? computeWireInoHi(iatt.iaGfid) : 0);
  view.setUint32(start + 28, hasGfid ? computeInoLo(iatt.iaGfid) : 0);
  writeWideAt(view, start + 32, iatt.iaDev);
  writeWideAt(view, start + 40, iatt.iaRdev);
  if (iatt.sizeRest === undefined) writeWideAt(view, start + 48, iatt.iaSize);
  else view.setBigUint64(start + 48, iatt.exactSize);
  writeWideAt(view, start + 56, iatt.iaBlocks);
  writeWideAt(view, start + 64, iatt.iaAttributes);
  writeWideAt(view, start + 72, iatt.iaAttributesMask);
  writeWideAt(view, start + 80, iatt.iaAtime);
  writeWideAt(view, start + 88, iatt.iaMtime);
  writeWideAt(view, start + 96, iatt.iaCtime);
  writeWideAt(view, start + 104, iatt.iaBtime);
  view.setUint32(start + 112, iatt.iaAtimeNsec);
  view.setUint32(start + 116, iatt.iaMtimeNsec);
  view.setUint32(start + 120, iatt.iaCtimeNsec);
  view.setUint32(start + 124, iatt.iaBtimeNsec);
  view.setUint32(start + 128, iatt.iaNlink);
  view.setUint32(start + 132, iatt.iaUid);
  view.setUint32(start + 136, iatt.iaGid);
  view.setUint32(start + 140, iatt.iaBlksize);
  view.setUint32(start + 144, iatt.mode);
  w.position += IATT_BYTES;
}

/** Reads `gfx_iattx`; marks the reader malformed if the message is shorter. */
export function readIatt(r: XdrReader): Iatt {
  const iatt = new Iatt();
  if (r.remaining < IATT_BYTES) {
    r.markMalformed();
    return iatt;
  }
  const { view, position: start } = r;
  iatt.iaGfid = r.gfid();
  // The inode number, at offset 24, is skipped: it is derived from the gfid.
  iatt.iaFlags = readWideAt(view, start + 16);
  iatt.iaDev = readWideAt(view, start + 32);
  iatt.iaRdev = readWideAt(view, start + 40);
  iatt.iaSize = readWideAt(view, start + 48);
  if (iatt.iaSize > OFFSET_MAX) iatt.exactSize = view.getBigUint64(start + 48);
  iatt.iaBlocks = readWideAt(view, start + 56);
  iatt.iaAttributes = readWideAt(view, start + 64);
  iatt.iaAttributesMask = readWideAt(view, start + 72);
  iatt.iaAtime = readWideAt(view, start + 80);
  iatt.iaMtime = readWideAt(view, start + 88);
  iatt.iaCtime = readWideAt(view, start + 96);
  iatt.iaBtime = readWideAt(view, start + 104);
  iatt.iaAtimeNsec = view.getUint32(start + 112);
  iatt.iaMtimeNsec = view.getUint32(start + 116);
  iatt.iaCtimeNsec = view.getUint32(start + 120);
  iatt.iaBtimeNsec = view.getUint32(start + 124);
  iatt.iaNlink = view.getUint32(start + 128);
  iatt.iaUid = view.getUint32(start + 132);
  iatt.iaGid = view.getUint32(start + 136);
  iatt.iaBlksize = view.getUint32(start + 140);
  iatt.mode = view.getUint32(start + 144);
  r.position = start + IATT_BYTES;
  return iatt;
}

/** Writes `gf_iatt`, the layout of releases before 4: seconds of 32 bits, each followed by its nanoseconds. */
export function writeOldIatt(w: XdrWriter, iatt: Iatt | null): void {
  if (iatt === null) {
    w.zeros(OLD_IATT_BYTES);
    return;
  }
  w.gfid(iatt.iaGfid);
  w.u32(iatt.known ? computeWireInoHi(iatt.iaGfid) : 0);
  w.u32(iatt.known ? computeInoLo(iatt.iaGfid) : 0);
  w.u64(iatt.iaDev);
  for (const field of ['mode', 'iaNlink', 'iaUid', 'iaGid'] as const) w.u32(iatt[field]);
  w.u64(iatt.iaRdev);
  w.u64(iatt.iaSize);
  w.u32(iatt.iaBlksize);
  w.u64(iatt.iaBlocks);
  for (const time of TIMES) {
    w.u32(iatt[time]);
    w.u32(iatt[`${time}Nsec`]);
  }
}

const TIMES = ['iaAtime', 'iaMtime', 'iaCtime'] as const;
