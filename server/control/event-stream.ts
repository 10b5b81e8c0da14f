/**
 * Sends the events of a recording to another process while it is made, once per turn of the event
 * loop. A slow reader never delays the mount: up to `BACKLOG_MAX` bytes wait for it, further events
 * are dropped, and a `lost` event gives their number.
 */
import type { Socket } from 'node:net';
import type { EventStore } from '../../runtime/observe/event-store.ts';
import { writeLost } from '../../runtime/observe/events.ts';
import { BLOCK_MAX } from '../../runtime/observe/format.ts';
import { RecordingWriter } from '../../runtime/observe/recording-bytes.ts';

/** The most bytes sent together, unless one event alone is longer. */
const RUN_BYTES = 65_536;
const BACKLOG_MAX = 32 * 2 ** 20;
/** The size of a `lost` event. */
const LOST_BYTES = 256;

export class EventStream implements EventStore {
  readonly out = new RecordingWriter(new Uint8Array(RUN_BYTES));
  private readonly socket: Socket;
  /** The events in `out`, and those dropped since the last send. */
  private count = 0;
  private droppedCount = 0;
  private isClosed = false;
  private pendingSend: NodeJS.Immediate | null = null;

  constructor(socket: Socket) {
    this.socket = socket;
  }

  commit(start: number, time: number): boolean {
    const { out } = this;
    if (this.isClosed) {
      out.at = 0;
      return true;
    }
    if (!out.isFull) {
      this.count += 1;
      this.pendingSend ??= setImmediate(() => this.send(time));
      return true;
    }
    const length = out.at - start;
    out.at = start;
    if (start > 0) this.send(time);
    if (length > out.bytes.length && length <= BLOCK_MAX) out.bytes = new Uint8Array(length);
    return false;
  }

  /** Sends the rest, and ends the connection. Further events are dropped. */
  close(): void {
    if (this.isClosed) return;
    this.send(0);
    this.isClosed = true;
    this.socket.end();
  }

  private send(time: number): void {
    const { out, socket, count } = this;
    if (this.pendingSend !== null) clearImmediate(this.pendingSend);
    this.pendingSend = null;
    if (this.isClosed || count === 0) return;
    if (socket.writableLength > BACKLOG_MAX) this.droppedCount += count;
    else {
      if (this.droppedCount > 0) socket.write(encodeLostEvent(this.droppedCount, time));
      this.droppedCount = 0;
      socket.write(out.bytes.slice(0, out.at));
    }
    out.at = 0;
    this.count = 0;
  }
}

function encodeLostEvent(count: number, time: number): Uint8Array {
  const out = new RecordingWriter(new Uint8Array(LOST_BYTES));
  writeLost(out, time, `${count} events, which came faster than they were read`);
  return out.bytes.subarray(0, out.at);
}
