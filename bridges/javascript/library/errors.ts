/** Errors of fops, and errors that a module makes with frames and handles. */

import { EINTR, errnoName, strerror } from '../../../runtime/core/errno.ts';
import type { Reply } from './child.ts';

/** The name of an errno: 'ENOENT' for 2. */
export const errorcode = errnoName;

/** A failed fop. Thrown out of an async method, its `errno` is the request's. */
export class FopError extends Error {
  readonly errno: number;
  /** The errno's name, as in Node: 'ENOENT'. */
  readonly code: string;
  /** What the child answered, when it was one that failed. */
  readonly reply: Reply | null;

  constructor(errno: number, message?: string, reply: Reply | null = null) {
    super(message ?? `${errnoName(errno)}: ${strerror(errno)}`);
    this.errno = errno;
    this.code = errnoName(errno);
    this.reply = reply;
  }
}
FopError.prototype.name = 'FopError';

/** Rejects what an async method awaits when its caller has given up. Let through, it is EINTR. */
export class Cancelled extends FopError {
  constructor() {
    super(EINTR, 'the caller has given up');
  }
}
Cancelled.prototype.name = 'Cancelled';

/** The frame has had its answer: it can be neither answered nor wound again. */
export class AlreadyAnswered extends Error {}
AlreadyAnswered.prototype.name = 'AlreadyAnswered';

/** A thing of a request was used after the request had ended; copy what you want to keep. */
export class HandleExpired extends Error {}
HandleExpired.prototype.name = 'HandleExpired';

/** Whether a reply can carry this number. */
export const isErrno = (value: unknown): value is number =>
  Number.isInteger(value) && (value as number) > 0 && (value as number) < 512;

/** The errno that an error carries as Node's and this library's do; 0 when it has none. */
export function errnoOf(error: unknown): number {
  const { errno } = (error ?? {}) as { errno?: unknown };
  if (typeof errno !== 'number') return 0;
  const positive = Math.abs(errno);
  return isErrno(positive) ? positive : 0;
}
