/**
 * Traces the requests of a running server:
 *
 *   const live = await attach(MNT, { filter, filterText, dataMax, redact });
 *   // Until `live.close()`, or until the server has ended.
 *   const wasClosed = await live.follow((events) => …);
 */

import { wholeEventsLength } from '../../runtime/observe/event-store.ts';
import type { Head } from '../../runtime/observe/format.ts';
import { readHead } from '../../runtime/observe/head.ts';
import type { RecordingOptions } from '../graph-recording.ts';
import { Conversation, type NamedServer } from './control-client.ts';
import { findServer } from './find-server.ts';

/** The longest time that a server may take to send the rest. */
const FAREWELL_MS = 5000;

/**
 * Makes a server send its events from now on, until `close` or the end of this process.
 * @param operand the mount or server as the user named it
 * @throws {Failure} when there is no such server, this user may not ask it, or the filter is wrong
 */
export async function attachTrace(operand: string, options: RecordingOptions): Promise<LiveTrace> {
  const server = await findServer(operand);
  const conversation = new Conversation(server, 'trace', options);
  return new LiveTrace(server, conversation, readHead(JSON.stringify(await conversation.value)));
}

export class LiveTrace {
  readonly server: NamedServer;
  /** The head of the recording that the events belong to. */
  readonly head: Head;
  private readonly conversation: Conversation;
  private isClosed = false;

  constructor(server: NamedServer, conversation: Conversation, head: Head) {
    this.server = server;
    this.conversation = conversation;
    this.head = head;
  }

  /**
   * Calls `onEvents` with whole events, in the form of a recording. Resolves after the last: to
   * true after `close`, to false when the server has ended.
   */
  async follow(onEvents: (events: Uint8Array) => void): Promise<boolean> {
    const { conversation } = this;
    const receive = (bytes: Buffer): void => {
      const { rest } = conversation;
      const all = rest.length === 0 ? bytes : Buffer.concat([rest, bytes]);
      const wholeLength = wholeEventsLength(all);
      conversation.rest = all.subarray(wholeLength);
      if (wholeLength > 0) onEvents(all.subarray(0, wholeLength));
    };
    receive(Buffer.alloc(0));
    conversation.socket.on('data', receive).resume();
    await conversation.whenClosed;
    return this.isClosed;
  }

  /** Ends the trace; events seen so far still arrive. The second call drops them. */
  close(): void {
    const { socket } = this.conversation;
    if (this.isClosed) socket.destroy();
    this.isClosed = true;
    socket.end();
    // A server that hangs does not delay this process.
    setTimeout(() => socket.destroy(), FAREWELL_MS).unref();
  }
}
