/**
 * The process's distance to its limit of descriptors (RLIMIT_NOFILE). It has them in common: the
 * bricks of all its volumes, and all that it has open besides.
 *
 * Nobody counts them. The kernel gives the lowest number that is free, so the number of a new
 * descriptor tells how many there are. From CROWDED on, those that can be opened again are closed
 * when the next fop begins, in every brick. From FULL on no file is opened any more: what is left
 * then is for handles, so that all other requests go on.
 */
import * as libc from '../../../sys/libc.ts';
import { openFilesLimit } from '../../../sys/open-files.ts';

/** Descriptors that are not for open files, and the part of a low limit that they may take. */
const RESERVE = Math.min(64, openFilesLimit >> 3);
const CROWDED = openFilesLimit - RESERVE;
const FULL = openFilesLimit - (RESERVE >> 1);
/** Any descriptor that every process has. */
const STDERR = 2;

/** Who has descriptors that can be opened again. */
export interface Keeper {
  /** Closes some of them. Not called in the middle of a fop of its own. */
  giveBack(): void;
}

/** Those of this process. */
export const keepers = new Set<Keeper>();

let isCrowded = false;
let mayBeFull = false;

/** A descriptor was opened, and is kept. */
export function keeps(fd: number): void {
  if (fd < CROWDED) return;
  isCrowded = true;
  mayBeFull = true;
}

/** First in a fop: makes room when there is little left. */
export function makeRoom(): void {
  if (!isCrowded) return;
  isCrowded = false;
  for (const keeper of keepers) keeper.giveBack();
}

/** Whether another open file is one too many. Asked before anything is made or truncated for it. */
export function isFull(): boolean {
  if (!mayBeFull) return false;
  const fd = libc.dup(STDERR);
  if (fd < 0) return true;
  libc.close(fd);
  mayBeFull = fd >= CROWDED;
  return fd >= FULL;
}
