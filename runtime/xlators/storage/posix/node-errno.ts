/** Converts errors of Node's file calls to errnos. */
import { EIO } from '../../../core/errno.ts';

/** Returns the errno of a failed call of node:fs; 0 for null. */
export function errnoOf(error: NodeJS.ErrnoException | null): number {
  if (error === null) return 0;
  return error.errno === undefined ? EIO : Math.abs(error.errno);
}
