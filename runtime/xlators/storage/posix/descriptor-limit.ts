/**
 * Keeps the process below its limit of descriptors (RLIMIT_NOFILE), which all its volumes share.
 *
 * Descriptors are not counted: the kernel assigns the lowest free number, so a new descriptor's number shows how
 * many exist. From `CROWDED_FROM` on, the next fop makes every store close descriptors that it can reopen. From
 * `FULL_FROM` on, opens fail with EMFILE: the rest is for handles, so that other requests succeed.
 */
import * as libc from '../../../sys/libc.ts';
import { openFilesLimit } from '../../../sys/open-files.ts';

/** Descriptors kept free of open files: 64, or an eighth of a low limit. */
const RESERVED_COUNT = Math.min(64, openFilesLimit >> 3);
/** The descriptor from which on few are left. */
const CROWDED_FROM = openFilesLimit - RESERVED_COUNT;
/** The descriptor from which on no file is opened. */
const FULL_FROM = openFilesLimit - (RESERVED_COUNT >> 1);
/** A descriptor that is always open, so that `isDescriptorTableFull` can duplicate it. */
const STDERR = 2;

/** An owner of descriptors that can be reopened. */
export interface DescriptorOwner {
  /** Closes some of its descriptors; never called during a fop of the owner. */
  releaseDescriptors(): void;
}

/** The owners of all volumes in this process. */
export const descriptorOwners = new Set<DescriptorOwner>();

let isCrowded = false;
let mayBeFull = false;

/** Checks a new descriptor, which stays open, for a number that shows that few are left. */
export function noteDescriptor(fd: number): void {
  if (fd < CROWDED_FROM) return;
  isCrowded = true;
  mayBeFull = true;
}

/** Makes all owners close descriptors if few are left; called at the start of each fop. */
export function closeIfCrowded(): void {
  if (!isCrowded) return;
  isCrowded = false;
  for (const owner of descriptorOwners) owner.releaseDescriptors();
}

/** Whether no more files may be opened; callers check it before a create or truncate changes anything. */
export function isDescriptorTableFull(): boolean {
  if (!mayBeFull) return false;
  const fd = libc.dup(STDERR);
  if (fd < 0) return true;
  libc.close(fd);
  mayBeFull = fd >= CROWDED_FROM;
  return fd >= FULL_FROM;
}
