/**
 * Pools the buffers for the kernel's requests. A session reuses one buffer for all messages. But a request that needs
 * its bytes until the reply keeps the buffer, and the session takes another one from the pool.
 */
import { MAX_DATA } from '../../core/limits.ts';
import { Cursor } from './codec/cursor.ts';

/** The largest request: a WRITE of `MAX_DATA` bytes behind two headers. */
const MESSAGE_SIZE = MAX_DATA + 4096;
/** The most spare buffers; only a burst of writes needs more. */
const SPARE_MESSAGES_MAX = 8;

/** A buffer for one request, and the cursor that decodes it. */
export class Message {
  readonly bytes = new Uint8Array(new ArrayBuffer(MESSAGE_SIZE));
  readonly cursor = new Cursor(this.bytes);
}

export class MessagePool {
  private readonly spareMessages: Message[] = [];

  /** Returns a spare message, or a new one. */
  acquire(): Message {
    return this.spareMessages.pop() ?? new Message();
  }

  /** Takes a message back after its reply. */
  release(message: Message): void {
    if (this.spareMessages.length < SPARE_MESSAGES_MAX) this.spareMessages.push(message);
  }
}
