/** Formats an error in the system's own words. */
import { strerror } from '../runtime/core/errno.ts';

/** From here down numbers are libuv's own, of names of hosts for example. */
const OWN = -3000;

/** `No such file or directory` for an error of node:fs; another error's message. */
export function reason(error: unknown): string {
  const { errno, code, message } = error as NodeJS.ErrnoException;
  if (errno !== undefined && errno > OWN) return strerror(-errno);
  // Of several addresses that were tried in vain there is no message, but a code.
  return error instanceof Error ? message || (code ?? '') : String(error);
}
