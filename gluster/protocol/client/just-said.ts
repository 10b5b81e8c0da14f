/**
 * Attributes that the brick has just told, for the question that the kernel asks next. They are given
 * once, and only if nothing else was asked of the brick meanwhile, or heard from it:
 * - of a folder, with the answer to a change in it: soon, and if the kernel would keep attributes as
 *   long itself;
 * - of a file, with the lookup of its name: to the same thread, within the time that one call of a
 *   program takes. A stat(2) looks the name up and asks for the attributes then, where the kernel may
 *   keep none; what a program hears is as new as its call all the same.
 */

import type { Gfid } from '../../../runtime/core/gfid.ts';
import type { Iatt } from '../../../runtime/core/iatt.ts';

/** Milliseconds: what comes later is another question. */
const SOON_MS = 5;
/**
 * The same for what a lookup has told. A write by another client takes longer: who has heard of one that
 * came after the lookup asks later.
 */
const SAME_CALL_MS = 0.05;

const NO_THREAD = 0;

export class JustSaid {
  private buf: Iatt | null = null;
  private at = 0;
  private thread = NO_THREAD;

  /** The attributes of a folder after a change. To be called where no other request is under way. */
  changed(buf: Iatt, now: number): void {
    this.buf = buf;
    this.at = now;
    this.thread = NO_THREAD;
  }

  /** The same of what a thread has looked up; whoever gets the answer may write into it. */
  found(buf: Iatt, now: number, thread: number): void {
    this.buf = buf.copy();
    this.at = now;
    this.thread = thread;
  }

  /** The brick is asked something else, or has something to say. */
  forget(): void {
    this.buf = null;
  }

  /** Null when nothing is known. @param age milliseconds that the kernel keeps attributes */
  take(gfid: Gfid, now: number, age: number, thread: number): Iatt | null {
    const { buf } = this;
    if (buf === null) return null;
    this.buf = null;
    if (buf.iaGfid !== gfid) return null;
    const ms = now - this.at;
    if (this.thread !== NO_THREAD) return this.thread === thread && ms <= SAME_CALL_MS ? buf : null;
    return age > 0 && ms <= Math.min(SOON_MS, age) ? buf : null;
  }
}
