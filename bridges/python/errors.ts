/**
 * Defines the errors of an interpreter. After a fatal one its memory is not reliable: the caller
 * must close the engine and make another. After any other error the interpreter continues.
 */

/**
 * The cause of an error:
 * - `setup`: the interpreter could not start, or lacks a function or module that the host needs
 * - `exception`: the module raised; `moduleError` has the position
 * - `time-limit`: a call ran longer than its limit (fatal if the module ignored interrupts)
 * - `memory-limit`: the module exceeded its memory limit
 * - `crash`: a trap or a stack overflow inside the interpreter; always fatal
 * - `closed`: the engine was closed, or an earlier error was fatal
 */
export type EngineErrorCode =
  | 'setup'
  | 'exception'
  | 'time-limit'
  | 'memory-limit'
  | 'crash'
  | 'closed';

/** A module's exception as plain data, without references into the interpreter. */
export interface ModuleError {
  /** The class name, as in `ValueError`. */
  readonly type: string;
  /** `str(exception)`. */
  readonly message: string;
  /** `errno` of an OSError, otherwise 0. */
  readonly errno: number;
  /** The innermost file and line in the module's own files; '' and 0 if unknown. */
  readonly file: string;
  readonly line: number;
  /** The traceback as the language prints it, without the engine's own frames. */
  readonly traceback: string;
}

/** An error of an interpreter, or of the module that it runs. */
export class EngineError extends Error {
  override readonly name = 'EngineError';
  readonly code: EngineErrorCode;
  /** The module's exception; undefined if the error is the interpreter's. */
  readonly moduleError: ModuleError | undefined;

  constructor(code: EngineErrorCode, message: string, moduleError?: ModuleError) {
    super(message);
    this.code = code;
    this.moduleError = moduleError;
  }
}

/** Finds the code of an exception by the name of its class. */
export function findExceptionCode(type: string): 'time-limit' | 'memory-limit' | 'exception' {
  if (type === 'TimeLimit') return 'time-limit';
  return type === 'MemoryError' ? 'memory-limit' : 'exception';
}
