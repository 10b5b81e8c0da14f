/** Defines the error of a debugger command that cannot be carried out; the message has the reason. */
export class DebugError extends Error {
  readonly code = 'GLOSSA_DEBUG';

  constructor(message: string) {
    super(message);
    this.name = 'DebugError';
  }
}
