/** Defines an engine's errors: the module's exception, a limit, or the loss of the interpreter. */

export type EngineErrorCode = 'exception' | 'time-limit' | 'memory-limit' | 'crash';

/** A module's exception, as the library inside its interpreter describes it. */
export interface ModuleError {
  /** The error's name and message. */
  readonly text: string;
  /** The innermost position in a file of the module; '' and 0 if unknown. */
  readonly file: string;
  readonly line: number;
  readonly func: string;
  /** The module's own lines of the stack. */
  readonly stack: string;
}

/** The error of a call into an interpreter. */
export class EngineError extends Error {
  readonly code: EngineErrorCode;
  /** True if the interpreter cannot be used any more. */
  readonly isFatal: boolean;
  /** Undefined if the error is the engine's own, or the library could not describe it. */
  readonly moduleError: ModuleError | undefined;

  constructor(code: EngineErrorCode, message: string, isFatal = false, moduleError?: ModuleError) {
    super(message);
    this.code = code;
    this.isFatal = isFatal;
    this.moduleError = moduleError;
  }
}
