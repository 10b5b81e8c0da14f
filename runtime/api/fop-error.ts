/** The error of a failed fop, as callers of the runtime receive it: with the errno, without a path. */
import { errnoName, strerror } from '../core/errno.ts';

export class FopError extends Error {
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
