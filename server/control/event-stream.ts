/**
 * Sends the events of a recording to another process while it is made, once per turn of the event
 * loop. A slow reader never delays the mount: up to `BACKLOG_MAX` bytes wait for it, further events
 * are dropped, and a `lost` event gives their number.
 */
import type { Socket } from 'node:net';
import { Output } from '../../runtime/observe/bytes.ts';
import type { EventStore } from '../../runtime/observe/event-store.ts';
import { writeLost } from '../../runtime/observe/events.ts';
import { BLOCK_MAX } from '../../runtime/observe/format.ts';

/** The most bytes sent together, unless one event alone is longer. */
const RUN_BYTES = 65_536;
const BACKLOG_MAX = 32 * 2 ** 20;
/** The size of a `lost` event. */
const LOST_BYTES = 256;

export class EventStream implements EventStore {
  readonly out = new Output(new Uint8Array(RUN_BYTES));
  private readonly socket: Socket;
  /** The events in `out`, and those dropped since the last send. */
  private count = 0;
  private lost = 0;
  private closed = false;
  private sending: NodeJS.Immediate | null = null;

  constructor(socket: Socket) {
    this.socket = socket;
  }

  commit(start: number, at: number): boolean {
    const { out } = this;
    if (this.closed) {
      out.at = 0;
      return true;
    }
    if (!out.isFull) {
      this.count += 1;
      this.sending ??= setImmediate(() => this.send(at));
      return true;
    }
    const length = out.at - start;
    out.at = start;
    if (start > 0) this.send(at);
    if (length > out.bytes.length && length <= BLOCK_MAX) out.bytes = new Uint8Array(length);
    return false;
  }

  /** Sends the rest, and ends the connection. Further events are dropped. */
  close(): void {
    if (this.closed) return;
    this.send(0);
    this.closed = true;
    this.socket.end();
  }

  private send(at: number): void {
    const { out, socket, count } = this;
    if (this.sending !== null) clearImmediate(this.sending);
    this.sending = null;
    if (this.closed || count === 0) return;
    if (socket.writableLength > BACKLOG_MAX) this.lost += count;
    else {
      if (this.lost > 0) socket.write(lostEvents(this.lost, at));
      this.lost = 0;
      socket.write(out.bytes.slice(0, out.at));
    }
    out.at = 0;
    this.count = 0;
  }
}

function lostEvents(count: number, at: number): Uint8Array {
  const out = new Output(new Uint8Array(LOST_BYTES));
  writeLost(out, at, `${count} events, which came faster than they were read`);
  return out.bytes.subarray(0, out.at);
}
