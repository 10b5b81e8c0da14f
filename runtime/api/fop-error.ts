/** The error of a failed fop, as callers of the runtime receive it: with the errno, without a path. */
import { errnoName, strerror } from '../core/errno.ts';

/** The additions of V8 to Error; other engines have no captureStackTrace, and ignore the limit. */
const traces = Error as unknown as {
  stackTraceLimit: number;
  captureStackTrace?(error: Error, firstHidden: (...args: never[]) => unknown): void;
};

/**
 * An error without a stack. It is made when a reply arrives: all frames would be the runtime's, and to
 * collect them takes longer than a request. `runSync` adds the frames of its caller.
 */
export abstract class ReplyError extends Error {
  constructor(message: string) {
    const { stackTraceLimit } = traces;
    traces.stackTraceLimit = 0;
    super(message);
    traces.stackTraceLimit = stackTraceLimit;
  }

  /** Adds the stack of a caller of `firstHidden`. */
  addStack(firstHidden: (...args: never[]) => unknown): void {
    traces.captureStackTrace?.(this, firstHidden);
  }
}

export class FopError extends ReplyError {
  readonly code = 'GLOSSA_FOP';
  readonly errno: number;

  /** @param detail what failed, such as a path or a fop with its path */
  constructor(errno: number, detail: string) {
    super(`${errnoName(errno)}: ${strerror(errno)}: ${detail}`);
    this.errno = errno;
  }
}

/** A throw that fits in an expression. @throws {FopError} */
export function throwFopError(errno: number, detail: string): never {
  throw new FopError(errno, detail);
}
