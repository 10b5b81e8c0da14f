/** Formats an error in the system's own words. */
import { strerror } from '../runtime/core/errno.ts';

/** Errno values below this are libuv's own, such as those of host lookups. */
const OWN = -3000;

/** `No such file or directory` for an error of node:fs; another error's message. */
export function reason(error: unknown): string {
  const { errno, code, message } = error as NodeJS.ErrnoException;
  if (errno !== undefined && errno > OWN) return strerror(-errno);
  // An error about several addresses, all tried in vain, has a code and no message.
  return error instanceof Error ? message || (code ?? '') : String(error);
}
