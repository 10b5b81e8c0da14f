/**
 * Reads, checks and makes values of fops for both storages: names, requested gfids, ranges, checksums.
 *
 * They come from the kernel, the network or a module. A name `..`, or one with a slash, could lead out of its
 * directory, and from the root out of the volume.
 */
import { NameError, nameLength } from '../../../core/bytes.ts';
import type { Dict } from '../../../core/dict.ts';
import { EFBIG, EILSEQ, EINVAL, ENAMETOOLONG } from '../../../core/errno.ts';
import { type Gfid, gfidFromBytes, isGfid, NULL_GFID } from '../../../core/gfid.ts';
import type { Iatt } from '../../../core/iatt.ts';
import { NAME_MAX, OFFSET_MAX } from '../../../core/limits.ts';
import { GFID_REQ } from '../../../core/xdata.ts';

/** The attributes in the reply of a fop that creates an entry. */
export interface EntryReply {
  readonly buf: Iatt;
  readonly preparent: Iatt | null;
  readonly postparent: Iatt | null;
}

/** Whether a name leads to an entry of its directory, and nowhere else. */
export const isEntryName = (name: string): boolean =>
  name !== '' && name !== '.' && name !== '..' && !name.includes('/');

/** Returns 0 for a valid name of one entry, otherwise the errno. */
export const findNameFault = (name: string): number =>
  isEntryName(name) ? findTextFault(name, NAME_MAX) : EINVAL;

/** Returns 0 for a text of at most `max` bytes in UTF-8 without a NUL, otherwise the errno. */
export function findTextFault(text: string, max: number): number {
  if (text.includes('\0')) return EINVAL;
  try {
    return nameLength(text) > max ? ENAMETOOLONG : 0;
  } catch (error) {
    if (error instanceof NameError) return EILSEQ;
    throw error;
  }
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

/** The values of `whence` for `seek`, in GlusterFS's numbers. */
export const SEEK_DATA = 0;
export const SEEK_HOLE = 1;

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
