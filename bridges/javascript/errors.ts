/** What an engine throws: the script's own failure, a limit, or the end of the interpreter. */

export type EngineErrorCode = 'exception' | 'time-limit' | 'memory-limit' | 'crash';

/** What a script threw, taken apart inside its interpreter. */
export interface ScriptError {
  /** The error's name and message. */
  readonly text: string;
  /** The innermost place in a file of the module; '' and 0 when there is none. */
  readonly file: string;
  readonly line: number;
  readonly func: string;
  /** The module's own lines of the stack. */
  readonly stack: string;
}

export class EngineError extends Error {
  readonly code: EngineErrorCode;
  /** Whether the interpreter is lost with it. */
  readonly fatal: boolean;
  readonly script: ScriptError | undefined;

  constructor(code: EngineErrorCode, message: string, fatal = false, script?: ScriptError) {
    super(message);
    this.code = code;
    this.fatal = fatal;
    this.script = script;
  }
}
