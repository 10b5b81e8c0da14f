/**
 * Generated from bridges/host/guest.ts by tools/gen/codes.ts (npm run gen). Do not edit.
 *
 * What an entry point tells the host by its result, and what a frame's state is besides: LATER, no method
 * runs now, or it has spoken, so that what is decided goes to the host as a message; ANSWERED, answered or
 * handed on for good.
 */
export const NOTHING = 0;
export const WIND = 1;
export const TAIL = 2;
export const FAILED = 3;
export const LATER = 4;
export const ANSWERED = 5;
export const SAME = 16;
