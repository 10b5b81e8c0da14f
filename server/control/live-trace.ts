/**
 * Traces the requests of a running server (docs/write/recording.md has the format of the events):
 *
 *   const live = await attachTrace(MNT, { filter, filterText, dataMax, redact });
 *   // Until `live.close()`, or until the server has ended.
 *   const wasClosed = await live.follow((events) => …);
 */

import { computeWholeEventsLength } from '../../runtime/observe/event-store.ts';
import type { Head } from '../../runtime/observe/format.ts';
import { readHead } from '../../runtime/observe/head.ts';
import type { RecordingOptions } from '../graph-recording.ts';
import { ControlQuery, findServer, type NamedServer } from './control-client.ts';

/** The time limit for a server to send its last events after `close`. */
const LAST_EVENTS_TIMEOUT_MS = 5000;

/**
 * Makes a server record its requests and send the events here, until `close` or the end of this
 * process.
 * @param operand the mount or server as the user named it
 * @throws {Failure} when there is no such server, this user may not ask it, or the filter is wrong
 */
export async function attachTrace(operand: string, options: RecordingOptions): Promise<LiveTrace> {
  const server = await findServer(operand);
  const query = new ControlQuery(server, 'trace', options);
  return new LiveTrace(server, query, readHead(JSON.stringify(await query.value)));
}

/** A trace under way. */
export class LiveTrace {
  readonly server: NamedServer;
  /** The head of the recording: its volumes and options. */
  readonly head: Head;
  private readonly query: ControlQuery;
  private isClosed = false;

  constructor(server: NamedServer, query: ControlQuery, head: Head) {
    this.server = server;
    this.query = query;
    this.head = head;
  }

  /**
   * Calls `onEvents` with the bytes of whole events. Resolves after the last: to true if `close`
   * ended the trace, to false if the server has ended.
   */
  async follow(onEvents: (events: Uint8Array) => void): Promise<boolean> {
    const { query } = this;
    const receive = (bytes: Buffer): void => {
      const { restBytes } = query;
      const pendingBytes = restBytes.length === 0 ? bytes : Buffer.concat([restBytes, bytes]);
      const wholeLength = computeWholeEventsLength(pendingBytes);
      query.restBytes = pendingBytes.subarray(wholeLength);
      if (wholeLength > 0) onEvents(pendingBytes.subarray(0, wholeLength));
    };
    // Passes on the events that came together with the answer.
    receive(Buffer.alloc(0));
    query.socket.on('data', receive).resume();
    await query.whenClosed;
    return this.isClosed;
  }

  /** Ends the trace. Events recorded so far still arrive; a second call gives them up. */
  close(): void {
    const { socket } = this.query;
    if (this.isClosed) socket.destroy();
    this.isClosed = true;
    socket.end();
    // A server that hangs must not delay this process.
    setTimeout(() => socket.destroy(), LAST_EVENTS_TIMEOUT_MS).unref();
  }
}
