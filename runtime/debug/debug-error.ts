/** Something that a debugger was asked for cannot be. The message is a sentence. */
export class DebugError extends Error {
  readonly code = 'GLOSSA_DEBUG';

  constructor(message: string) {
    super(message);
    this.name = 'DebugError';
  }
}
