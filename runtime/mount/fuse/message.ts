/**
 * The memory that requests are read into.
 *
 * A message is used again for the next request, unless a request that is not answered yet still
 * needs its bytes: then that request keeps it, and the pool gives another one.
 */
import { decodeName } from '../../core/bytes.ts';
import { MAX_DATA } from '../../core/limits.ts';
import { Cursor, type Span } from './codec/cursor.ts';

/** The largest request: a WRITE of `MAX_DATA` bytes behind two headers. */
const MESSAGE_SIZE = MAX_DATA + 4096;
/** Messages kept for later; more were needed by a burst of writes only. */
const SPARE_MAX = 8;

export class Message {
  readonly bytes = new Uint8Array(new ArrayBuffer(MESSAGE_SIZE));
  readonly cursor = new Cursor(this.bytes);
  /** The same memory, for making strings of it. Not for data: a Buffer's `slice` does not copy. */
  private readonly text = Buffer.from(this.bytes.buffer);

  /** The name in a span, as the runtime writes names (`core/bytes.ts`). */
  name(span: Span): string {
    const { bytes } = this;
    for (let at = span.start; at < span.end; at++) {
      if (bytes[at]! >= 0x80) return decodeName(bytes, span.start, span.end);
    }
    return this.text.toString('latin1', span.start, span.end);
  }
}

export class MessagePool {
  private readonly spare: Message[] = [];

  take(): Message {
    return this.spare.pop() ?? new Message();
  }

  give(message: Message): void {
    if (this.spare.length < SPARE_MAX) this.spare.push(message);
  }
}
