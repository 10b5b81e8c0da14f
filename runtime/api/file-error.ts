/** Defines the errors of file operations, as Node's `fs` throws them. */
import { errnoName, strerror } from '../core/errno.ts';
import { FopError, ReplyError } from './fop-error.ts';
import type { Steps } from './steps.ts';

/** A failed file operation: `ENOENT: no such file or directory, open '/a'`. */
export class FileError extends ReplyError {
  /** The name of the errno, such as `ENOENT`. */
  readonly code: string;
  /** The negative number of the errno, as in Node. */
  readonly errno: number;
  /** The operation, such as `open`. */
  readonly syscall: string;
  readonly path?: string;
  /** The second path of a rename, link, symlink or copy. */
  readonly dest?: string;

  constructor(errno: number, syscall: string, path?: string, dest?: string) {
    super(formatMessage(errno, syscall, path, dest));
    this.code = errnoName(errno);
    this.errno = -errno;
    this.syscall = syscall;
    if (path !== undefined) this.path = path;
    if (dest !== undefined) this.dest = dest;
  }

  /** Text that was added to the message of the errno, such as a piece of advice; empty without one. */
  get addedText(): string {
    const { errno, syscall, path, dest, message } = this;
    const standard = formatMessage(-errno, syscall, path, dest);
    return message.startsWith(standard) ? message.slice(standard.length) : '';
  }
}

function formatMessage(errno: number, syscall: string, path?: string, dest?: string): string {
  const text = strerror(errno);
  const paths =
    (path === undefined ? '' : ` '${path}'`) + (dest === undefined ? '' : ` -> '${dest}'`);
  return `${errnoName(errno)}: ${text[0]!.toLowerCase()}${text.slice(1)}, ${syscall}${paths}`;
}

/** Runs steps, and names operation and paths in their errors. @throws {FileError} */
export function* withErrorContext<R>(
  syscall: string,
  path: string | undefined,
  steps: Steps<R>,
  dest?: string,
): Steps<R> {
  try {
    return yield* steps;
  } catch (error) {
    throw toFileError(error, syscall, path, dest);
  }
}

/** Adds operation and paths to the error of a fop; returns any other as it is. */
export const toFileError = (
  error: unknown,
  syscall: string,
  path?: string,
  dest?: string,
): unknown => (error instanceof FopError ? new FileError(error.errno, syscall, path, dest) : error);

/** Thrown by a call on a volume that was closed before it or meanwhile. */
export class VolumeClosedError extends Error {
  readonly code = 'GLOSSA_VOLUME_CLOSED';

  constructor(name: string) {
    super(`volume '${name}' is closed`);
  }
}

/** Thrown by a call that its AbortSignal ended. */
export class AbortError extends Error {
  readonly code = 'ABORT_ERR';
  override readonly name = 'AbortError';

  constructor(signal: AbortSignal) {
    super('the operation was aborted', { cause: signal.reason });
  }
}
