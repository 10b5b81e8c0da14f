/** How long the kernel may rely on what a reply says. */
import type { Dict } from '../../../core/dict.ts';
import { TIMEOUT_MAX } from '../../../core/xdata.ts';

/** How long the kernel may rely on a reply, split as the protocol wants it. */
export class Validity {
  readonly sec: number;
  readonly nsec: number;

  /** @param seconds fractions allowed; 0 and less is not at all, and a year the most */
  constructor(seconds: number) {
    const held = seconds > 0 ? Math.min(seconds, TIMEOUT_MAX) : 0;
    const whole = Math.floor(held);
    this.sec = whole;
    this.nsec = Math.min(Math.round((held - whole) * 1e9), 999_999_999);
  }

  get isZero(): boolean {
    return this.sec === 0 && this.nsec === 0;
  }

  /** What a reply's xdata says under a key of `core/xdata.ts`, otherwise what the mount says. */
  static of(xdata: Dict | null, key: string, otherwise: Validity): Validity {
    // Nearly every reply comes by here.
    if (xdata === null) return otherwise;
    const seconds = xdata.number(key);
    return seconds === undefined ? otherwise : new Validity(seconds);
  }
}
