/**
 * The attributes of a folder that the answer to a change in it has brought along. The kernel asks for
 * them next; it gets them once, if nothing else was asked of the brick meanwhile, soon, and if it would
 * keep attributes as long itself.
 */

import type { Gfid } from '../../../core/gfid.ts';
import type { Iatt } from '../../../core/iatt.ts';

/** Milliseconds: what comes later is another question. */
const SOON_MS = 5;

export class AfterChange {
  private buf: Iatt | null = null;
  private at = 0;

  /** To be called where no other request is under way. */
  told(buf: Iatt, now: number): void {
    this.buf = buf;
    this.at = now;
  }

  /** Another request is on its way to the brick. */
  forget(): void {
    this.buf = null;
  }

  /** Null when nothing is known. @param age milliseconds that attributes may be old */
  take(gfid: Gfid, now: number, age: number): Iatt | null {
    const { buf } = this;
    this.buf = null;
    const isSoon = now - this.at <= Math.min(SOON_MS, age);
    return buf !== null && buf.iaGfid === gfid && isSoon && age > 0 ? buf : null;
  }
}
