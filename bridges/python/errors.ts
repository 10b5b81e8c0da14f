/**
 * The errors of an interpreter. After one whose `fatal` is true its memory cannot be trusted: close the
 * engine and make another. After any other error it goes on working.
 */

/**
 * - `setup`: the interpreter could not be started, or was asked for something that does not exist
 * - `exception`: the script raised; `script` tells where
 * - `time-limit`: a call ran longer than its limit (`fatal` when the script would not stop)
 * - `memory-limit`: the script ran out of the memory it was granted
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

/** A script's exception in plain data: nothing of the interpreter is kept alive by it. */
export interface ScriptError {
  /** The class name, as in `ValueError`. */
  readonly type: string;
  /** `str(exception)`. */
  readonly message: string;
  /** `errno` of an OSError, otherwise 0. */
  readonly errno: number;
  /** The innermost place in the script's own files; '' and 0 when there is none. */
  readonly file: string;
  readonly line: number;
  /** The traceback as the language prints it, without the engine's own frames. */
  readonly traceback: string;
}

export class EngineError extends Error {
  override readonly name = 'EngineError';
  readonly code: EngineErrorCode;
  readonly fatal: boolean;
  readonly script: ScriptError | undefined;

  constructor(code: EngineErrorCode, message: string, fatal = false, script?: ScriptError) {
    super(message);
    this.code = code;
    this.fatal = fatal;
    this.script = script;
  }
}
