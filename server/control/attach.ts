/**
 * Traces the requests of a running server:
 *
 *   const live = await attach(MNT, { filter, filterText, dataMax, redact });
 *   const goesOn = await live.follow((events) => …);   // until `live.close()`, or the server has
 * ended
 */

import { wholeEventsLength } from '../../runtime/observe/event-store.ts';
import type { Head } from '../../runtime/observe/format.ts';
import { readHead } from '../../runtime/observe/head.ts';
import type { RecordingOptions } from '../recording.ts';
import { Conversation, type Served } from './client.ts';
import { findServed } from './find-server.ts';

/** The longest time that a server may take to send the rest. */
const FAREWELL_MS = 5000;

/**
 * Makes a server send its events from now on, until `close` or the end of this process.
 * @param given the mount or server as the user named it
 * @throws {Failure} when there is no such server, this user may not ask it, or the filter is wrong
 */
export async function attach(given: string, wanted: RecordingOptions): Promise<LiveTrace> {
  const served = await findServed(given);
  const conversation = new Conversation(served, 'trace', wanted);
  return new LiveTrace(served, conversation, readHead(JSON.stringify(await conversation.value)));
}

export class LiveTrace {
  readonly served: Served;
  /** The head of the recording that the events belong to. */
  readonly head: Head;
  private readonly conversation: Conversation;
  private closed = false;

  constructor(served: Served, conversation: Conversation, head: Head) {
    this.served = served;
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
      const whole = wholeEventsLength(all);
      conversation.rest = all.subarray(whole);
      if (whole > 0) onEvents(all.subarray(0, whole));
    };
    receive(Buffer.alloc(0));
    conversation.socket.on('data', receive).resume();
    await conversation.ended;
    return this.closed;
  }

  /** Ends the trace; events seen so far still arrive. The second call drops them. */
  close(): void {
    const { socket } = this.conversation;
    if (this.closed) socket.destroy();
    this.closed = true;
    socket.end();
    // A server that hangs does not delay this process.
    setTimeout(() => socket.destroy(), FAREWELL_MS).unref();
  }
}
