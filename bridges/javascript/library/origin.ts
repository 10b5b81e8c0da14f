/**
 * Encodes a value's origin in one number, as every part of a request has one: request, number of
 * the wind (-1 for the fop's own arguments), index of the argument. The host decodes it.
 */
const INDEXES = 16;
export const WINDS = 65_536;

export const encodeOrigin = (id: number, wind: number, index: number): number =>
  (id * WINDS + wind + 1) * INDEXES + index;

export const originRequest = (at: number): number => Math.floor(at / (WINDS * INDEXES));
export const originWind = (at: number): number =>
  Math.floor(at / INDEXES) - originRequest(at) * WINDS - 1;
export const originIndex = (at: number): number => at - Math.floor(at / INDEXES) * INDEXES;
