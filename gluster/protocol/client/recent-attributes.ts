/**
 * Holds the attributes of the brick's last reply for the kernel's next request. They serve once,
 * and only if the client and the brick exchange no message in between:
 * - a directory's, from the reply to a change in it: for a few milliseconds, if the kernel would
 *   cache attributes as long;
 * - a file's, from the lookup of its name: to the same thread, within one system call. Where the
 *   kernel may not cache, stat(2) is a lookup and a getattr.
 */

import type { Gfid } from '../../../runtime/core/gfid.ts';
import type { Iatt } from '../../../runtime/core/iatt.ts';

/** Milliseconds for a directory's attributes; a later request belongs to another system call. */
const RECENT_MS = 5;
/**
 * Milliseconds for attributes from a lookup. A write by another client takes longer, so a reader
 * that learned of a later write asks later than this.
 */
const SAME_CALL_MS = 0.05;

const NO_THREAD = 0;

export class RecentAttributes {
  private buf: Iatt | null = null;
  private at = 0;
  private thread = NO_THREAD;

  /** Stores the attributes of a directory after a change. Only while no other request is under way. */
  noteDirectory(buf: Iatt, now: number): void {
    this.buf = buf;
    this.at = now;
    this.thread = NO_THREAD;
  }

  /** Stores the attributes that a thread looked up; copied, since the caller may modify the reply. */
  noteLookup(buf: Iatt, now: number, thread: number): void {
    this.buf = buf.copy();
    this.at = now;
    this.thread = thread;
  }

  /** Forgets the attributes when the client sends another request or the brick makes a call. */
  forget(): void {
    this.buf = null;
  }

  /** Takes the attributes if they may serve; else null. @param age milliseconds for which the kernel caches attributes */
  take(gfid: Gfid, now: number, age: number, thread: number): Iatt | null {
    const { buf } = this;
    if (buf === null) return null;
    this.buf = null;
    if (buf.iaGfid !== gfid) return null;
    const ms = now - this.at;
    if (this.thread !== NO_THREAD) return this.thread === thread && ms <= SAME_CALL_MS ? buf : null;
    return age > 0 && ms <= Math.min(RECENT_MS, age) ? buf : null;
  }
}
