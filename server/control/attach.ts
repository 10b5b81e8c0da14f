/**
 * Follows the requests of a server while it serves:
 *
 *   const live = await attach(MNT, { filter, filterText, dataMax, redact });
 *   const goesOn = await live.follow((events) => …);   // until `live.close()`, or the server has ended
 */
import type { Head } from '../../runtime/observe/format.ts';
import { readHead } from '../../runtime/observe/head.ts';
import { wholeEvents } from '../../runtime/observe/store.ts';
import type { Wanted } from '../recording.ts';
import { Conversation, type Served } from './client.ts';
import { findServed } from './find.ts';

/** The longest time that a server may take to send the rest. */
const FAREWELL_MS = 5000;

/**
 * Lets the server of a mount observe what is wanted from now on, until `close`, or this process ends
 * however it does.
 * @param given the mount, for messages too
 * @throws {Failure} when it is none, may not be asked, or has not what is wanted
 */
export async function attach(given: string, wanted: Wanted): Promise<Attached> {
  const served = await findServed(given);
  const conversation = new Conversation(served, 'trace', wanted);
  return new Attached(served, conversation, readHead(JSON.stringify(await conversation.value)));
}

export class Attached {
  readonly served: Served;
  /** Of the recording that its events are of. */
  readonly head: Head;
  private readonly conversation: Conversation;
  private closed = false;

  constructor(served: Served, conversation: Conversation, head: Head) {
    this.served = served;
    this.conversation = conversation;
    this.head = head;
  }

  /**
   * Hands on events as they come: whole ones, one behind the other, as a recording has them.
   * Resolves when there are no more: true after `close`, false when the server has ended.
   */
  async follow(onEvents: (events: Uint8Array) => void): Promise<boolean> {
    const { conversation } = this;
    const hear = (bytes: Buffer): void => {
      const { rest } = conversation;
      const all = rest.length === 0 ? bytes : Buffer.concat([rest, bytes]);
      const whole = wholeEvents(all);
      conversation.rest = all.subarray(whole);
      if (whole > 0) onEvents(all.subarray(0, whole));
    };
    hear(Buffer.alloc(0));
    conversation.socket.on('data', hear).resume();
    await conversation.ended;
    return this.closed;
  }

  /** The server is to observe no more; what it has seen by then still comes, unless asked twice. */
  close(): void {
    const { socket } = this.conversation;
    if (this.closed) socket.destroy();
    this.closed = true;
    socket.end();
    // A server that hangs is not waited for.
    setTimeout(() => socket.destroy(), FAREWELL_MS).unref();
  }
}
