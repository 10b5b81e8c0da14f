/** Sends a front end's debugger commands to the process that serves the graph (`protocol.ts`). */
import { DebugError } from './debug-error.ts';
import type { CommandName, Commands, DebugEvent, DebugMessage, Request } from './protocol.ts';

/** Settles the promise of a command that has no reply yet. */
interface PendingCommand {
  resolve(result: never): void;
  reject(error: DebugError): void;
}

export class DebugClient {
  private readonly send: (message: Request) => void;
  private readonly onEvent: (event: DebugEvent) => void;
  /** The commands without a reply, by their sequence number. */
  private readonly pending = new Map<number, PendingCommand>();
  private lastSeq = 0;
  /** The error of every command after `close`; null before. */
  private closeError: DebugError | null = null;

  /**
   * @param send sends a message to the server
   * @param onEvent receives the server's events
   */
  constructor(send: (message: Request) => void, onEvent: (event: DebugEvent) => void) {
    this.send = send;
    this.onEvent = onEvent;
  }

  /** Sends a command; resolves to its result. @throws {DebugError} with the server's reason */
  sendCommand<N extends CommandName>(
    command: N,
    args: Commands[N]['args'],
  ): Promise<Commands[N]['result']> {
    if (this.closeError !== null) return Promise.reject(this.closeError);
    this.lastSeq += 1;
    const seq = this.lastSeq;
    return new Promise((resolve, reject) => {
      this.pending.set(seq, { resolve, reject });
      this.send({ seq, command, args });
    });
  }

  /** Handles a message of the server. */
  receive(message: DebugMessage): void {
    if ('event' in message) {
      this.onEvent(message);
      return;
    }
    const { seq } = message;
    const pending = this.pending.get(seq);
    this.pending.delete(seq);
    if ('error' in message) pending?.reject(new DebugError(message.error));
    else pending?.resolve(message.result as never);
  }

  /** Rejects all commands, because the server has ended. */
  close(): void {
    this.closeError = new DebugError('the server is gone');
    for (const { reject } of this.pending.values()) reject(this.closeError);
    this.pending.clear();
  }
}
