// Generated from bridges/host/guest.ts by tools/gen/assemblyscript.ts (npm run gen). Do not edit.
// Result codes of calls, which are also states of a frame. OPEN: a method runs and has decided nothing. LATER: no
// method runs, or it has decided already, so a further decision is a message. ANSWERED: unwound, or handed on.
export const OPEN: i32 = 0;
export const NOTHING: i32 = 0;
export const WIND: i32 = 1;
export const TAIL: i32 = 2;
export const FAILED: i32 = 3;
export const LATER: i32 = 4;
export const ANSWERED: i32 = 5;
export const SAME: i32 = 16;
