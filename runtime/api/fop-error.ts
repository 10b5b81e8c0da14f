/** Defines the error of a failed fop, which callers of the runtime receive. It has the errno, but no path. */
import { errnoName, strerror } from '../core/errno.ts';

/** Error with V8's additions. Other engines have no captureStackTrace, and ignore the limit. */
const v8Error = Error as unknown as {
  stackTraceLimit: number;
  captureStackTrace?(error: Error, firstHidden: (...args: never[]) => unknown): void;
};

/**
 * An error without a stack trace. It is made when a reply arrives, so all stack frames would be the
 * runtime's, and collecting them takes longer than a request. `runSync` adds its caller's frames.
 */
export abstract class ReplyError extends Error {
  constructor(message: string) {
    const { stackTraceLimit } = v8Error;
    v8Error.stackTraceLimit = 0;
    super(message);
    v8Error.stackTraceLimit = stackTraceLimit;
  }

  /** Adds the stack of a caller of `firstHidden`. */
  addStack(firstHidden: (...args: never[]) => unknown): void {
    v8Error.captureStackTrace?.(this, firstHidden);
  }
}

/** A failed fop, by the errno of its reply. */
export class FopError extends ReplyError {
  readonly code = 'GLOSSA_FOP';
  readonly errno: number;

  /** @param detail what failed, such as a path or a fop with its path */
  constructor(errno: number, detail: string) {
    super(`${errnoName(errno)}: ${strerror(errno)}: ${detail}`);
    this.errno = errno;
  }
}

/** Throws, as a function, so that an expression can contain it. @throws {FopError} */
export function throwFopError(errno: number, detail: string): never {
  throw new FopError(errno, detail);
}
