/** Shapes and sums that every storage answers with. */
import type { Dict } from '../../../core/dict.ts';
import { EFBIG, EINVAL } from '../../../core/errno.ts';
import { type Gfid, gfidFromBytes, isGfid, NULL_GFID } from '../../../core/gfid.ts';
import type { Iatt } from '../../../core/iatt.ts';
import { OFFSET_MAX } from '../../../core/limits.ts';
import { GFID_REQ } from '../../../core/xdata.ts';

/** What a fop that made an entry answers with, besides the inode. */
export interface Made {
  readonly buf: Iatt;
  readonly preparent: Iatt | null;
  readonly postparent: Iatt | null;
}

/** The gfid that the request wants the new inode to have; null when it leaves that to us. */
export function wantedGfid(xdata: Dict | null): Gfid | null {
  const wanted = xdata?.get(GFID_REQ);
  let gfid: Gfid = NULL_GFID;
  if (typeof wanted === 'string') gfid = wanted;
  else if (wanted instanceof Uint8Array && wanted.length === 16) gfid = gfidFromBytes(wanted);
  return isGfid(gfid) && gfid !== NULL_GFID ? gfid : null;
}

/** major × 2³² + minor, as an iatt has it, of a device number in the kernel's encoding. */
export function rdevOf(dev: number): number {
  const major = (dev >>> 8) & 0xfff;
  const minor = (dev & 0xff) | ((dev >>> 12) & 0xfff00);
  return major * 0x1_0000_0000 + minor;
}

/** int 1, in the reply to rchecksum: the strong checksum is SHA-256 (GlusterFS's key). */
export const FIPS_MODE = 'fips-mode-rchecksum';

/** rchecksum's strong sum: as long as SHA-256 is, with zeros behind an MD5, as GlusterFS sends it. */
export function strongChecksum(digest: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(32);
  bytes.set(digest);
  return bytes;
}

/** rchecksum's weak sum: Adler-32 begun at 0, as GlusterFS calls zlib. */
export function weakChecksum(bytes: Uint8Array): number {
  const MOD = 65521;
  /** So many bytes can be added before the sums could pass 2^32. */
  const RUN = 3800;
  let low = 0;
  let high = 0;
  for (let start = 0; start < bytes.length; start += RUN) {
    const end = Math.min(start + RUN, bytes.length);
    for (let at = start; at < end; at++) {
      low += bytes[at]!;
      high += low;
    }
    low %= MOD;
    high %= MOD;
  }
  return ((high << 16) | low) >>> 0;
}

/** 0 when [offset, offset + length) can be in a file, otherwise the errno. */
export function rangeFault(offset: number, length: number): number {
  if (offset < 0 || length < 0) return EINVAL;
  return offset + length > OFFSET_MAX ? EFBIG : 0;
}
