/** The front end's side of a debugger: sends commands to the server of the graph (`protocol.ts`). */
import { DebugError } from './debug-error.ts';
import type { CommandName, Commands, DebugEvent, FromServer, Request } from './protocol.ts';

interface Pending {
  resolve(result: never): void;
  reject(error: DebugError): void;
}

export class DebugClient {
  private readonly send: (message: Request) => void;
  private readonly onEvent: (event: DebugEvent) => void;
  private readonly pending = new Map<number, Pending>();
  private lastSeq = 0;
  private gone: DebugError | null = null;

  /**
   * @param send sends a message to the server
   * @param onEvent receives the server's events
   */
  constructor(send: (message: Request) => void, onEvent: (event: DebugEvent) => void) {
    this.send = send;
    this.onEvent = onEvent;
  }

  /** Sends a command; resolves to its result. @throws {DebugError} with the server's reason */
  ask<N extends CommandName>(
    command: N,
    args: Commands[N]['args'],
  ): Promise<Commands[N]['result']> {
    if (this.gone !== null) return Promise.reject(this.gone);
    this.lastSeq += 1;
    const seq = this.lastSeq;
    return new Promise((resolve, reject) => {
      this.pending.set(seq, { resolve, reject });
      this.send({ seq, command, args });
    });
  }

  /** Handles a message of the server. */
  receive(message: FromServer): void {
    if ('event' in message) {
      this.onEvent(message);
      return;
    }
    const { seq } = message;
    const asked = this.pending.get(seq);
    this.pending.delete(seq);
    if ('error' in message) asked?.reject(new DebugError(message.error));
    else asked?.resolve(message.result as never);
  }

  /** The server is gone: rejects all commands. */
  close(): void {
    this.gone = new DebugError('the server is gone');
    for (const { reject } of this.pending.values()) reject(this.gone);
    this.pending.clear();
  }
}
