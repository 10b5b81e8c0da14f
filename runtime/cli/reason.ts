/** What the system said, in its own words. */
import { strerror } from '../core/errno.ts';

/** `No such file or directory` for an error of node:fs; another error's message. */
export function reason(error: unknown): string {
  const { errno, message } = error as NodeJS.ErrnoException;
  if (errno !== undefined) return strerror(-errno);
  return error instanceof Error ? message : String(error);
}
