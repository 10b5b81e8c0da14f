/**
 * Holds calls in flight: the requests that an initiator or a volume has begun and not ended. It is a linked
 * list through the requests, newest first, so that adding and deleting cost a few assignments.
 *
 * Source: GlusterFS `call_pool_t`, `libglusterfs/src/glusterfs/stack.h`.
 */
import type { Stack } from './frame.ts';

/** The calls in flight of one initiator or volume. */
export class CallPool {
  /** Head of the list; `older` leads to the next call. */
  newest: Stack | null = null;
  size = 0;
  /** The number of calls that wait for another request or a reply, and so do not need the event loop (`Stack.rest`). */
  restingCount = 0;

  /** Whether some call may need the event loop to continue, because it does not rest. */
  get mayNeedEventLoop(): boolean {
    return this.size > this.restingCount;
  }

  /** Lists all calls, oldest first, in a copy: the caller may end calls while it iterates. */
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

  /** Removes a call. Returns false if the call is not in the pool. */
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
    if (call.restCount > 0) this.restingCount -= 1;
    return true;
  }
}
