/** INTERRUPT: the caller of a request no longer waits for its answer. */
import type { Cursor } from './cursor.ts';

/** struct fuse_interrupt_in: which request nobody waits for any more. */
export class InterruptIn {
  unique = 0;
}

export function decodeInterruptIn(cursor: Cursor, out: InterruptIn): void {
  out.unique = cursor.u64();
}
