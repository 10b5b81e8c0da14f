/**
 * Keeps the process below its limit of descriptors (RLIMIT_NOFILE), which all its volumes share.
 *
 * Descriptors are not counted: the kernel assigns the lowest free number, so the number of a new one shows
 * how many exist. From CROWDED on, the next fop closes descriptors that can be reopened, in every store. From
 * FULL on, no file is opened: the rest is for handles, so that other requests continue.
 */
import * as libc from '../../../sys/libc.ts';
import { openFilesLimit } from '../../../sys/open-files.ts';

/** Descriptors reserved from open files: 64, or less with a low limit. */
const RESERVE = Math.min(64, openFilesLimit >> 3);
const CROWDED_FROM = openFilesLimit - RESERVE;
const FULL_FROM = openFilesLimit - (RESERVE >> 1);
/** A descriptor that every process has. */
const STDERR = 2;

/** An owner of descriptors that can be reopened. */
export interface DescriptorOwner {
  /** Closes some of them; never called during a fop of the owner. */
  releaseDescriptors(): void;
}

/** All owners of this process. */
export const descriptorOwners = new Set<DescriptorOwner>();

let isCrowded = false;
let mayBeFull = false;

/** Called for each new descriptor that stays open. */
export function noteDescriptor(fd: number): void {
  if (fd < CROWDED_FROM) return;
  isCrowded = true;
  mayBeFull = true;
}

/** Called at the start of a fop: closes descriptors if few are left. */
export function closeIfCrowded(): void {
  if (!isCrowded) return;
  isCrowded = false;
  for (const owner of descriptorOwners) owner.releaseDescriptors();
}

/** Whether no more file may be opened; checked before a create or truncate changes anything. */
export function isFull(): boolean {
  if (!mayBeFull) return false;
  const fd = libc.dup(STDERR);
  if (fd < 0) return true;
  libc.close(fd);
  mayBeFull = fd >= CROWDED_FROM;
  return fd >= FULL_FROM;
}
