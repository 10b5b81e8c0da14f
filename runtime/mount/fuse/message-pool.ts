/**
 * The memory that requests are read into.
 *
 * A message is used again for the next request, unless a request that is not answered yet still
 * needs its bytes: then that request keeps it, and the pool gives another one.
 */
import { MAX_DATA } from '../../core/limits.ts';
import { Cursor } from './codec/cursor.ts';

/** The largest request: a WRITE of `MAX_DATA` bytes behind two headers. */
const MESSAGE_SIZE = MAX_DATA + 4096;
/** Messages kept for later; more were needed by a burst of writes only. */
const SPARE_MAX = 8;

export class Message {
  readonly bytes = new Uint8Array(new ArrayBuffer(MESSAGE_SIZE));
  readonly cursor = new Cursor(this.bytes);
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
