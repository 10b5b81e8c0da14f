/**
 * Encodes the origin of a received value in one number: the request, the number of the wind (-1 for
 * the fop's own arguments), and the index of the argument or reply part:
 * (request * WIND_COUNT + wind + 1) * INDEX_COUNT + index. entry.ts encodes it, the host decodes it.
 */

/** Origins per wind, one for each argument or part. */
export const INDEX_COUNT = 16;
/** Winds per request. */
export const WIND_COUNT = 65_536;

export const decodeRequestId = (origin: number): number =>
  Math.floor(origin / (WIND_COUNT * INDEX_COUNT));
export const decodeWindNumber = (origin: number): number =>
  Math.floor(origin / INDEX_COUNT) - decodeRequestId(origin) * WIND_COUNT - 1;
export const decodeIndex = (origin: number): number =>
  origin - Math.floor(origin / INDEX_COUNT) * INDEX_COUNT;
