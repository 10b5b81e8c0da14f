/**
 * Numbers that look drawn by chance, the same ones for the same seed. Good enough to let requests
 * fail; nothing that has to be secret may come from here.
 *
 * Source: "mulberry32", a public-domain generator of 32 bits of state, and a period of 2^32.
 */

const TWO_32 = 2 ** 32;

export class Draws {
  private state: number;

  /** @param seed 0 to 2^32 - 1 */
  constructor(seed: number) {
    this.state = seed | 0;
  }

  /** A number from 0 up to, and without, 1. */
  share(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let bits = Math.imul(this.state ^ (this.state >>> 15), this.state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / TWO_32;
  }

  /** A whole number from 0 up to, and without, `limit`. */
  below(limit: number): number {
    return Math.floor(this.share() * limit);
  }
}
