/** Defines the errors of fops, and of a module's wrong use of frames and handles. */

import { EINTR, errnoName, strerror } from '../../../runtime/core/errno.ts';
import type { Reply } from './child.ts';

/** Returns the name of an errno: 'ENOENT' for 2. Named as in Python's `errno.errorcode`. */
export const errorcode = errnoName;

/** A failed fop. If an async method throws it, the request fails with its `errno`. */
export class FopError extends Error {
  readonly errno: number;
  /** The errno's name, as in Node: 'ENOENT'. */
  readonly code: string;
  /** The child's reply, if a child failed. */
  readonly reply: Reply | null;

  constructor(errno: number, message?: string, reply: Reply | null = null) {
    super(message ?? `${errnoName(errno)}: ${strerror(errno)}`);
    this.errno = errno;
    this.code = errnoName(errno);
    this.reply = reply;
  }
}
FopError.prototype.name = 'FopError';

/** Rejects the promise that an interrupted async method awaits. Uncaught, it is EINTR. */
export class Cancelled extends FopError {
  constructor() {
    super(EINTR, 'the caller has given up');
  }
}
Cancelled.prototype.name = 'Cancelled';

/** Thrown for a frame that is answered: it can be neither answered nor wound again. */
export class AlreadyAnswered extends Error {}
AlreadyAnswered.prototype.name = 'AlreadyAnswered';

/** Thrown for an object of a request that has ended; copy what you want to keep. */
export class HandleExpired extends Error {}
HandleExpired.prototype.name = 'HandleExpired';

/** Returns true for an errno that a reply can contain: the kernel refuses 512 and more. */
export const isErrno = (value: unknown): value is number =>
  Number.isInteger(value) && (value as number) > 0 && (value as number) < 512;

/** Reads the errno of an error of Node or this library; 0 if the error has no errno. */
export function readErrno(error: unknown): number {
  const { errno } = (error ?? {}) as { errno?: unknown };
  if (typeof errno !== 'number') return 0;
  const positive = Math.abs(errno);
  return isErrno(positive) ? positive : 0;
}
