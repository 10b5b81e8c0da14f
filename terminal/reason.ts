/** Formats an error in the system's own words. */
import { strerror } from '../runtime/core/errno.ts';

/** Below this, Node's errno is libuv's own code (as of a failed host lookup). */
const LIBUV_ERRNO_MAX = -3000;

/** Returns the system's text of a system error (`No such file or directory`), else the message. */
export function reason(error: unknown): string {
  const { errno, code, message } = error as NodeJS.ErrnoException;
  if (errno !== undefined && errno > LIBUV_ERRNO_MAX) return strerror(-errno);
  // If connecting fails at all addresses of a host, Node's error has a code and no message.
  return error instanceof Error ? message || (code ?? '') : String(error);
}
