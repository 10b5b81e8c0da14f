/**
 * The pool of calls in flight: every request that an initiator has begun and not ended, the oldest
 * first. A list through the requests themselves, so that one that is answered at once costs no more
 * than a few assignments.
 *
 * Source: GlusterFS `call_pool_t`, `libglusterfs/src/glusterfs/stack.h`.
 */
import type { Stack } from './frame.ts';

export class CallPool {
  oldest: Stack | null = null;
  size = 0;
  private newest: Stack | null = null;
  /** Those that wait for another request; see `Stack.rest`. */
  private readonly resting = new Set<Stack>();

  /** Whether some of the calls, other than those that rest, are to go on. */
  get busy(): boolean {
    return this.size > this.resting.size;
  }

  /** A copy: whoever walks it may end calls. */
  list(): Stack[] {
    const calls: Stack[] = [];
    for (let call = this.oldest; call !== null; call = call.newer) calls.push(call);
    return calls;
  }

  add(call: Stack): void {
    const { newest } = this;
    call.pool = this;
    call.older = newest;
    if (newest === null) this.oldest = call;
    else newest.newer = call;
    this.newest = call;
    this.size += 1;
  }

  /** False when it was not in the pool, or not any more. */
  delete(call: Stack): boolean {
    if (call.pool !== this) return false;
    const { older, newer } = call;
    if (older === null) this.oldest = newer;
    else older.newer = newer;
    if (newer === null) this.newest = older;
    else newer.older = older;
    call.pool = null;
    call.older = null;
    call.newer = null;
    this.size -= 1;
    if (this.resting.size > 0) this.resting.delete(call);
    return true;
  }

  rest(call: Stack, rests: boolean): void {
    if (rests) this.resting.add(call);
    else this.resting.delete(call);
  }
}
