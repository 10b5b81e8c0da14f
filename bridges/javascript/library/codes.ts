/** What an entry point tells the host by its result: see bridges/host/guest.ts. */
export const NOTHING = 0;
export const WIND = 1;
export const TAIL = 2;
export const FAILED = 3;
export const SAME = 16;
