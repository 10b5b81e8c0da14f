/**
 * Sends the events of a live recording (`glossa trace MNT`) over a socket, once in each turn of the
 * event loop. A slow reader never delays the mount: up to `BACKLOG_BYTES_MAX` bytes are buffered for
 * it. Further events are dropped, and a `lost` event says how many.
 */
import type { Socket } from 'node:net';
import type { EventStore } from '../../runtime/observe/event-store.ts';
import { writeLost } from '../../runtime/observe/events.ts';
import { BLOCK_BYTES_MAX } from '../../runtime/observe/format.ts';
import { RecordingWriter } from '../../runtime/observe/recording-bytes.ts';

/** The most bytes sent at once, unless one event alone is longer. */
const BATCH_BYTES = 65_536;
/** The most unread bytes in the socket; above them, events are dropped. */
const BACKLOG_BYTES_MAX = 32 * 2 ** 20;
/** Bytes in which a `lost` event fits. */
const LOST_EVENT_BYTES = 256;

/** The events of one recording, and the socket to their reader. */
export class EventStream implements EventStore {
  /** The buffered events; the recorder writes the next one behind them. */
  readonly out = new RecordingWriter(new Uint8Array(BATCH_BYTES));
  private readonly socket: Socket;
  /** The number of events in `out`. */
  private bufferedCount = 0;
  /** The number of events dropped since the last `lost` event. */
  private droppedCount = 0;
  /** The time of the newest event. */
  private newestTimeNs = 0;
  private isClosed = false;
  private pendingSend: NodeJS.Immediate | null = null;

  constructor(socket: Socket) {
    this.socket = socket;
  }

  /**
   * Accepts the event that was written from `start` on. Returns false if it did not fit: `out` was
   * then sent, and the caller writes the event again.
   */
  commit(start: number, timeNs: number): boolean {
    const { out } = this;
    if (this.isClosed) {
      out.at = 0;
      return true;
    }
    this.newestTimeNs = timeNs;
    if (!out.isFull) {
      this.bufferedCount += 1;
      this.pendingSend ??= setImmediate(() => this.send());
      return true;
    }
    const length = out.at - start;
    out.at = start;
    if (start > 0) this.send();
    // The event alone exceeds the buffer, which therefore grows for good.
    if (length > out.bytes.length && length <= BLOCK_BYTES_MAX) out.bytes = new Uint8Array(length);
    return false;
  }

  /** Sends the buffered events, and ends the connection. Further events are dropped. */
  close(): void {
    if (this.isClosed) return;
    this.send();
    this.sendLostEvent();
    this.isClosed = true;
    this.socket.end();
  }

  /** Sends the buffered events, or drops them if the reader is too slow. */
  private send(): void {
    const { out, socket, bufferedCount } = this;
    if (this.pendingSend !== null) clearImmediate(this.pendingSend);
    this.pendingSend = null;
    if (this.isClosed || bufferedCount === 0) return;
    if (socket.writableLength > BACKLOG_BYTES_MAX) this.droppedCount += bufferedCount;
    else {
      this.sendLostEvent();
      socket.write(out.bytes.slice(0, out.at));
    }
    out.at = 0;
    this.bufferedCount = 0;
  }

  /** Sends a `lost` event if events were dropped since the last one. */
  private sendLostEvent(): void {
    if (this.droppedCount > 0)
      this.socket.write(encodeLostEvent(this.droppedCount, this.newestTimeNs));
    this.droppedCount = 0;
  }
}

/** Encodes a `lost` event for `count` dropped events. */
function encodeLostEvent(count: number, timeNs: number): Uint8Array {
  const out = new RecordingWriter(new Uint8Array(LOST_EVENT_BYTES));
  writeLost(out, timeNs, `${count} events, which came faster than they were read`);
  return out.bytes.subarray(0, out.at);
}
