/**
 * A pool of calls in flight: every request that an initiator, or a volume by itself, has begun and
 * not ended. A list through the requests themselves, the newest first, so that one that is answered
 * at once costs no more than a few assignments.
 *
 * Source: GlusterFS `call_pool_t`, `libglusterfs/src/glusterfs/stack.h`.
 */
import type { Stack } from './frame.ts';

export class CallPool {
  /** The next is its `older`. */
  newest: Stack | null = null;
  size = 0;
  /** How many of them rest; see `Stack.rest`. */
  resting = 0;

  /** Whether some of the calls, other than those that rest, are to go on. */
  get busy(): boolean {
    return this.size > this.resting;
  }

  /** The oldest first. A copy: whoever walks it may end calls. */
  list(): Stack[] {
    const calls: Stack[] = [];
    for (let call = this.newest; call !== null; call = call.older) calls.push(call);
    return calls.reverse();
  }

  add(call: Stack): void {
    const { newest } = this;
    if (newest !== null) {
      newest.newer = call;
      call.older = newest;
    }
    call.pool = this;
    this.newest = call;
    this.size += 1;
  }

  /** False when it was not in the pool, or not any more. */
  delete(call: Stack): boolean {
    if (call.pool !== this) return false;
    const { older, newer } = call;
    if (newer === null) this.newest = older;
    else {
      newer.older = older;
      call.newer = null;
    }
    if (older !== null) {
      older.newer = newer;
      call.older = null;
    }
    call.pool = null;
    this.size -= 1;
    if (call.rests > 0) this.resting -= 1;
    return true;
  }
}
