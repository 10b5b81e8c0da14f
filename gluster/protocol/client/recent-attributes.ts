/**
 * Holds the attributes of the brick's last reply, to answer the kernel's next request without a call. They are used
 * once, and only if the client and the brick exchange no message in between:
 * - a directory's, from the reply to a change in it: for a few milliseconds, if the kernel would cache them as long;
 * - a file's, from the lookup of its name: to the same thread, within one system call. If the kernel caches no
 *   attributes, each stat(2) is a lookup and a getattr.
 */

import type { Gfid } from '../../../runtime/core/gfid.ts';
import type { Iatt } from '../../../runtime/core/iatt.ts';

/** The greatest age at which a directory's attributes are used; a later request belongs to another system call. */
const MAX_DIRECTORY_AGE_MS = 5;
/**
 * The greatest age at which attributes from a lookup are used. A write by another client takes longer, so a program
 * that knows of such a write requests the attributes later than this.
 */
const MAX_LOOKUP_AGE_MS = 0.05;

/** The `thread` of attributes that may answer any thread. */
const ANY_THREAD = 0;

/** The attributes of the last reply; at most one file's or directory's. */
export class RecentAttributes {
  private buf: Iatt | null = null;
  /** The time of the reply, in milliseconds of the caller's clock. */
  private storedAtMs = 0;
  /** The thread that may use the attributes, or ANY_THREAD. */
  private thread = ANY_THREAD;

  /** Stores the attributes of a directory after a change. Callers do so only while no other request is under way. */
  noteDirectory(buf: Iatt, nowMs: number): void {
    this.buf = buf;
    this.storedAtMs = nowMs;
    this.thread = ANY_THREAD;
  }

  /** Stores the attributes that a thread looked up; copied, since the caller may modify the reply. */
  noteLookup(buf: Iatt, nowMs: number, thread: number): void {
    this.buf = buf.copy();
    this.storedAtMs = nowMs;
    this.thread = thread;
  }

  /** Forgets the attributes when the client sends another request or the brick makes a call. */
  forget(): void {
    this.buf = null;
  }

  /** Whether no attributes are held, so that `takeIfValid` need not be called, and no clock be read. */
  get isEmpty(): boolean {
    return this.buf === null;
  }

  /**
   * Returns and forgets the attributes if they may answer this request; else returns null.
   * @param nowMs the exact time: a sample may be from before a pause of the process, in which another client wrote
   * @param kernelCacheMs milliseconds for which the kernel caches attributes
   */
  takeIfValid(gfid: Gfid, nowMs: number, kernelCacheMs: number, thread: number): Iatt | null {
    const { buf } = this;
    if (buf === null) return null;
    this.buf = null;
    if (buf.iaGfid !== gfid) return null;
    const ageMs = nowMs - this.storedAtMs;
    if (this.thread !== ANY_THREAD)
      return this.thread === thread && ageMs <= MAX_LOOKUP_AGE_MS ? buf : null;
    return kernelCacheMs > 0 && ageMs <= Math.min(MAX_DIRECTORY_AGE_MS, kernelCacheMs) ? buf : null;
  }
}
