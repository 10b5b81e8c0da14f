/** Writes the failure of a request: errno, the path on which it failed, and a message. */

import { NameError } from '../../core/bytes.ts';
import { EINTR, EINVAL, EIO, ENOTCONN, errnoName, strerror } from '../../core/errno.ts';
import type { XdrWriter } from '../../wire/xdr.ts';
import { AbortError, FileError, VolumeClosedError } from '../file-error.ts';
import { FopError } from '../fop-error.ts';
import { writeCounted, writeName } from './values.ts';

/**
 * Writes a failure as the body of a reply.
 * @param failure an errno, or a thrown value
 * @returns false for an unexpected error, which the caller logs
 */
export function writeFailure(w: XdrWriter, failure: unknown): boolean {
  const { errno, path = '', message = '' } = describeFailure(failure);
  w.u32(errno);
  writeCounted(w, path);
  writeName(w, message);
  return errno !== EIO || failure instanceof FopError || failure instanceof FileError;
}

/** The parts of a failure that the client gets. */
interface FailureFacts {
  readonly errno: number;
  readonly path?: string | undefined;
  readonly message?: string;
}

/** Finds the parts of a failure. @param failure an errno, or a thrown value */
function describeFailure(failure: unknown): FailureFacts {
  if (typeof failure === 'number') return { errno: failure };
  if (failure instanceof FopError) return { errno: failure.errno };
  if (failure instanceof FileError) {
    const errno = -failure.errno;
    const { path, message, code, addedText } = failure;
    // An error with one of Node's own codes has a message that is more exact than the errno.
    if (code !== errnoName(errno)) return { errno, path, message };
    return { errno, path, message: addedText && strerror(errno) + addedText };
  }
  if (failure instanceof AbortError) return { errno: EINTR };
  if (failure instanceof VolumeClosedError) return { errno: ENOTCONN };
  const message = failure instanceof Error ? failure.message : String(failure);
  const isArgument = failure instanceof TypeError || failure instanceof RangeError;
  const isRefused = isArgument && 'code' in failure && /^ERR_/.test(String(failure.code));
  return { errno: isRefused || failure instanceof NameError ? EINVAL : EIO, message };
}
