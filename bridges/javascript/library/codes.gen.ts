/**
 * Generated from bridges/host/guest.ts by tools/gen/codes.ts (npm run gen). Do not edit.
 *
 * Result codes of entry points, which are also states of a frame. LATER: no method runs, or it has decided
 * already, so a further decision goes to the host as a message. ANSWERED: unwound, or passed on by a tail
 * wind.
 */
export const NOTHING = 0;
export const WIND = 1;
export const TAIL = 2;
export const FAILED = 3;
export const LATER = 4;
export const ANSWERED = 5;
export const SAME = 16;
