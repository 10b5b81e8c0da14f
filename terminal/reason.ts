/** Formats an error in the system's own words. */
import { strerror } from '../runtime/core/errno.ts';

/**
 * The largest errno that is libuv's own code, such as that of a failed host lookup; the system's
 * are larger.
 */
const LIBUV_ERRNO_MAX = -3000;

/** Returns the system's text of a system error (`No such file or directory`), else the message. */
export function formatReason(error: unknown): string {
  const { errno, code, message } = error as NodeJS.ErrnoException;
  if (errno !== undefined && errno > LIBUV_ERRNO_MAX) return strerror(-errno);
  // Node's error for a host whose addresses cannot be connected to has a code and an empty message.
  return error instanceof Error ? message || (code ?? '') : String(error);
}
