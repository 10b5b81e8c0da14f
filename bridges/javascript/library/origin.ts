/**
 * Encodes the origin of a received value in one number: the request, the number of the wind (-1 for
 * the fop's own arguments), and the index of the argument or reply part. The host decodes it.
 */
/** Each request's origins: WIND_COUNT winds, each with INDEX_COUNT arguments or parts. */
export const INDEX_COUNT = 16;
export const WIND_COUNT = 65_536;

export const encodeOrigin = (id: number, wind: number, index: number): number =>
  (id * WIND_COUNT + wind + 1) * INDEX_COUNT + index;

export const originRequest = (at: number): number => Math.floor(at / (WIND_COUNT * INDEX_COUNT));
export const originWind = (at: number): number =>
  Math.floor(at / INDEX_COUNT) - originRequest(at) * WIND_COUNT - 1;
export const originIndex = (at: number): number => at - Math.floor(at / INDEX_COUNT) * INDEX_COUNT;
