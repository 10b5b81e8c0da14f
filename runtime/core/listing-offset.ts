/**
 * Converts positions in a directory to offsets of listings, for storages whose positions take 63 bits: ext4's are
 * hashes of names. An offset is made from the position alone, so it is valid for the directory: in each later open, also
 * after a restart. It is below 2^43, so that cluster/distribute can add the number of one of 1024 children.
 *
 * A position below 2^42 (XFS, Btrfs, tmpfs) is its own offset. The offset of a larger one has its upper 37 bits, the
 * *bucket*, and its *rank*: the number of entries of the bucket before it. The listing continues at the start of the
 * bucket, and skips as many of its entries. Two of a million names share a bucket in three directories of four.
 */

const TWO_32 = 2 ** 32;
/** Positions from here on have a bucket and a rank. */
const LARGE = 2 ** 42;
/** The upper halves of such positions begin here. */
const LARGE_HI = LARGE / TWO_32;
/** The lower bits of a position that its bucket omits. */
const OMITTED_BITS = 26;
/** The buckets for each value of a position's upper half. */
const BUCKETS_PER_HI = 2 ** (32 - OMITTED_BITS);
/** The ranks in a bucket. Entries beyond the last one share its offset. */
const RANKS = 32;
/** The first number that is not an offset. */
const END = LARGE + 2 ** 31 * BUCKETS_PER_HI * RANKS;

/** Whether a number may be an offset: a client may send any. */
export const isListingOffset = (offset: number): boolean => offset >= 0 && offset < END;

/**
 * Makes the offset of a position.
 * @param hi the upper 32 bits @param lo the lower ones
 * @param previous the offset of the entry before, or the one after which the listing continues
 */
export function makeListingOffset(hi: number, lo: number, previous: number): number {
  if (hi < LARGE_HI) return hi * TWO_32 + lo;
  const first = LARGE + (hi * BUCKETS_PER_HI + (lo >>> OMITTED_BITS)) * RANKS;
  if (previous < first || previous >= first + RANKS) return first;
  return Math.min(previous + 1, first + RANKS - 1);
}

/** Returns the offset of the same bucket with rank 0: there, a listing that continues after `offset` begins. */
export const bucketStart = (offset: number): number =>
  offset < LARGE ? offset : offset - (offset % RANKS);

/** Whether an entry at `entryOffset`, listed from `bucketStart(offset)` on, is one to skip: it is before `offset`. */
export const isBeforeOffset = (entryOffset: number, offset: number): boolean =>
  entryOffset <= offset && entryOffset > bucketStart(offset);

/** Returns the upper 32 bits of the position at `bucketStart(offset)`. */
export const readPositionHi = (offset: number): number =>
  offset < LARGE
    ? Math.floor(offset / TWO_32)
    : Math.floor((offset - LARGE) / (RANKS * BUCKETS_PER_HI));

/** Returns the lower 32 bits of the position at `bucketStart(offset)`. */
export const readPositionLo = (offset: number): number =>
  offset < LARGE
    ? offset >>> 0
    : ((Math.floor((offset - LARGE) / RANKS) % BUCKETS_PER_HI) << OMITTED_BITS) >>> 0;
