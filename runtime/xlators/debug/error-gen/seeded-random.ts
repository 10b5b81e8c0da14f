/**
 * Draws pseudo-random numbers, the same for the same seed. They choose the requests that fail; they
 * are not fit for secrets.
 *
 * Source: "mulberry32", a public-domain generator with a state of 32 bits and a period of 2^32.
 */

const TWO_32 = 2 ** 32;

export class SeededRandom {
  private state: number;

  /** @param seed 0 to 2^32 - 1 */
  constructor(seed: number) {
    this.state = seed | 0;
  }

  /** Returns a number in [0, 1). */
  drawShare(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let bits = Math.imul(this.state ^ (this.state >>> 15), this.state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / TWO_32;
  }

  /** Returns an integer in [0, limit). */
  drawBelow(limit: number): number {
    return Math.floor(this.drawShare() * limit);
  }
}
