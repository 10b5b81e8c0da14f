/** Encodes attributes for the wire: `gfx_iattx` of the fops, `gf_iatt` (older) of the server's calls. */
import { type Gfid, gfidToBytesInto, inoHi, inoLo, ROOT_GFID } from '../../runtime/core/gfid.ts';
import { Iatt } from '../../runtime/core/iatt.ts';
import { OFFSET_MAX } from '../../runtime/core/limits.ts';
import type { XdrReader, XdrWriter } from './xdr.ts';

export const IATT_SIZE = 148;
const OLD_IATT_SIZE = 100;
const TWO_32 = 0x1_0000_0000;
/** The fields that a storage without a mask of its own has filled: all but the time of birth. */
const FILLED = 0x17ff;
/** The highest bit of an inode number; programs that list files expect it clear. */
const HIGH_BIT = 0x8000_0000;

/** The upper half of the inode number, which is derived from the gfid's second half. */
export const wireInoHi = (gfid: Gfid): number =>
  gfid === ROOT_GFID ? 0 : (inoHi(gfid) | HIGH_BIT) >>> 0;

function putWide(view: DataView, at: number, value: number): void {
  view.setInt32(at, Math.floor(value / TWO_32));
  view.setUint32(at + 4, value);
}

/** Reads 64 bits. Small numbers skip the product, which would allocate. */
function wideAt(view: DataView, at: number): number {
  const high = view.getInt32(at);
  const low = view.getUint32(at + 4);
  return high === 0 ? low : high * TWO_32 + low;
}

/** Writes zeros for null. */
export function writeIatt(w: XdrWriter, iatt: Iatt | null): void {
  if (iatt === null) {
    w.zeros(IATT_SIZE);
    return;
  }
  w.need(IATT_SIZE);
  const { view, at } = w;
  gfidToBytesInto(iatt.iaGfid, w.bytes, at);
  putWide(view, at + 16, iatt.iaFlags === 0 && iatt.known ? FILLED : iatt.iaFlags);
  const named = iatt.known;
  view.setUint32(at + 24, named ? wireInoHi(iatt.iaGfid) : 0);
  view.setUint32(at + 28, named ? inoLo(iatt.iaGfid) : 0);
  putWide(view, at + 32, iatt.iaDev);
  putWide(view, at + 40, iatt.iaRdev);
  if (iatt.sizeRest === undefined) putWide(view, at + 48, iatt.iaSize);
  else view.setBigUint64(at + 48, iatt.exactSize);
  putWide(view, at + 56, iatt.iaBlocks);
  putWide(view, at + 64, iatt.iaAttributes);
  putWide(view, at + 72, iatt.iaAttributesMask);
  putWide(view, at + 80, iatt.iaAtime);
  putWide(view, at + 88, iatt.iaMtime);
  putWide(view, at + 96, iatt.iaCtime);
  putWide(view, at + 104, iatt.iaBtime);
  view.setUint32(at + 112, iatt.iaAtimeNsec);
  view.setUint32(at + 116, iatt.iaMtimeNsec);
  view.setUint32(at + 120, iatt.iaCtimeNsec);
  view.setUint32(at + 124, iatt.iaBtimeNsec);
  view.setUint32(at + 128, iatt.iaNlink);
  view.setUint32(at + 132, iatt.iaUid);
  view.setUint32(at + 136, iatt.iaGid);
  view.setUint32(at + 140, iatt.iaBlksize);
  view.setUint32(at + 144, iatt.mode);
  w.at += IATT_SIZE;
}

export function readIatt(r: XdrReader): Iatt {
  const iatt = new Iatt();
  if (r.left < IATT_SIZE) {
    r.refuse();
    return iatt;
  }
  const { view, at } = r;
  iatt.iaGfid = r.gfid();
  iatt.iaFlags = wideAt(view, at + 16);
  iatt.iaDev = wideAt(view, at + 32);
  iatt.iaRdev = wideAt(view, at + 40);
  iatt.iaSize = wideAt(view, at + 48);
  if (iatt.iaSize > OFFSET_MAX) iatt.exactSize = view.getBigUint64(at + 48);
  iatt.iaBlocks = wideAt(view, at + 56);
  iatt.iaAttributes = wideAt(view, at + 64);
  iatt.iaAttributesMask = wideAt(view, at + 72);
  iatt.iaAtime = wideAt(view, at + 80);
  iatt.iaMtime = wideAt(view, at + 88);
  iatt.iaCtime = wideAt(view, at + 96);
  iatt.iaBtime = wideAt(view, at + 104);
  iatt.iaAtimeNsec = view.getUint32(at + 112);
  iatt.iaMtimeNsec = view.getUint32(at + 116);
  iatt.iaCtimeNsec = view.getUint32(at + 120);
  iatt.iaBtimeNsec = view.getUint32(at + 124);
  iatt.iaNlink = view.getUint32(at + 128);
  iatt.iaUid = view.getUint32(at + 132);
  iatt.iaGid = view.getUint32(at + 136);
  iatt.iaBlksize = view.getUint32(at + 140);
  iatt.mode = view.getUint32(at + 144);
  r.at = at + IATT_SIZE;
  return iatt;
}

/** Writes the layout of releases before 4: seconds of 32 bits, each beside its nanoseconds. */
export function writeOldIatt(w: XdrWriter, iatt: Iatt | null): void {
  if (iatt === null) {
    w.zeros(OLD_IATT_SIZE);
    return;
  }
  w.gfid(iatt.iaGfid);
  w.u32(iatt.known ? wireInoHi(iatt.iaGfid) : 0);
  w.u32(iatt.known ? inoLo(iatt.iaGfid) : 0);
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
