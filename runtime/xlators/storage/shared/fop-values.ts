/** Reads, checks and makes values of fops for both storages: requested gfids, ranges, device numbers, checksums. */
import type { Dict } from '../../../core/dict.ts';
import { EFBIG, EINVAL } from '../../../core/errno.ts';
import { type Gfid, gfidFromBytes, isGfid, NULL_GFID } from '../../../core/gfid.ts';
import type { Iatt } from '../../../core/iatt.ts';
import { OFFSET_MAX } from '../../../core/limits.ts';
import { GFID_REQ } from '../../../core/xdata.ts';

/** The attributes in the reply of a fop that creates an entry. */
export interface EntryReply {
  readonly buf: Iatt;
  readonly preparent: Iatt | null;
  readonly postparent: Iatt | null;
}

/** Returns the gfid that the request's sender has chosen for a new inode; null if the storage chooses. */
export function readRequestedGfid(xdata: Dict | null): Gfid | null {
  const value = xdata?.get(GFID_REQ);
  if (value === undefined) return null;
  let gfid: Gfid = NULL_GFID;
  if (typeof value === 'string') gfid = value;
  else if (value instanceof Uint8Array && value.length === 16) gfid = gfidFromBytes(value);
  return isGfid(gfid) && gfid !== NULL_GFID ? gfid : null;
}

/** Converts a device number from the kernel's encoding to an iatt's, major × 2³² + minor. */
export function toIattRdev(dev: number): number {
  const major = (dev >>> 8) & 0xfff;
  const minor = (dev & 0xff) | ((dev >>> 12) & 0xfff00);
  return major * 0x1_0000_0000 + minor;
}

/** Key of rchecksum's reply, with value 1 if the strong checksum is SHA-256 (as FIPS 140 requires). */
export const FIPS_MODE = 'fips-mode-rchecksum';

/** Pads a strong checksum of rchecksum with zeros to the length of SHA-256, as GlusterFS does. */
export function padStrongChecksum(digest: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(32);
  bytes.set(digest);
  return bytes;
}

/** Computes the weak checksum of rchecksum: Adler-32 with start value 0, as in GlusterFS. */
export function computeWeakChecksum(bytes: Uint8Array): number {
  /** The largest prime below 2^16, as in Adler-32. */
  const ADLER_MODULUS = 65521;
  /** Bytes that can be added before a sum could exceed 2^32. */
  const BYTES_PER_MODULO = 3800;
  let low = 0;
  let high = 0;
  for (let start = 0; start < bytes.length; start += BYTES_PER_MODULO) {
    const end = Math.min(start + BYTES_PER_MODULO, bytes.length);
    for (let index = start; index < end; index++) {
      low += bytes[index]!;
      high += low;
    }
    low %= ADLER_MODULUS;
    high %= ADLER_MODULUS;
  }
  return ((high << 16) | low) >>> 0;
}

/** Returns 0 if [offset, offset + length) is valid in a file, otherwise the errno. */
export function findRangeFault(offset: number, length: number): number {
  if (offset < 0 || length < 0) return EINVAL;
  return offset + length > OFFSET_MAX ? EFBIG : 0;
}
