/**
 * Decides when a stack is steady, which ends its warm-up: the median of the mean times of its last
 * three blocks of requests differs by at most 5 % from that of the three blocks before.
 *
 * A mean also shows compilations and collections of garbage, which a median request hides; the median
 * of three blocks passes over one that other load of the machine disturbed.
 */
import { computeMedian } from './statistics.ts';

/** Requests of a block; fewer where so many do not fit in a round. */
export const BLOCK_REQUESTS = 5000;
/** Number of blocks whose median is compared with that of as many before. */
export const COMPARED_BLOCKS = 3;
/** The largest change between the two medians, as a fraction. */
export const CHANGE_MAX = 0.05;

/** Whether a stack is steady. @param blockTimes the mean time of a request in each block so far */
export function isSteady(blockTimes: readonly number[]): boolean {
  const last = blockTimes.slice(-2 * COMPARED_BLOCKS);
  if (last.length < 2 * COMPARED_BLOCKS) return false;
  const before = computeMedian(last.slice(0, COMPARED_BLOCKS));
  const after = computeMedian(last.slice(COMPARED_BLOCKS));
  // Not a ratio: requests may be faster than the clock, and their times 0.
  return Math.abs(after - before) <= CHANGE_MAX * before;
}
