/**
 * Computes MD5 for the strong checksum of rchecksum, by which self-heal compares copies of a file. Browsers have no
 * library for it. Source: RFC 1321.
 */

const BLOCK_BYTES = 64;
/** Shifts of the four rounds, each repeated four times (RFC 1321, 3.4). */
const SHIFTS = [7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21] as const;
/** The constants of the 64 steps: floor(2^32 × |sin(i + 1)|). */
const SINES = Int32Array.from({ length: 64 }, (_, i) => Math.abs(Math.sin(i + 1)) * 2 ** 32);

/** Returns the 16 bytes of the digest. */
export function computeMd5(message: Uint8Array): Uint8Array {
  // The message, a bit 1, zeros, and its length in bits (RFC 1321, 3.1 and 3.2).
  const padded = new Uint8Array((Math.floor((message.length + 8) / BLOCK_BYTES) + 1) * BLOCK_BYTES);
  padded.set(message);
  padded[message.length] = 0x80;
  const view = new DataView(padded.buffer);
  const bitCount = message.length * 8;
  view.setUint32(padded.length - 8, bitCount, true);
  view.setUint32(padded.length - 4, Math.floor(bitCount / 2 ** 32), true);
  // The initial state (RFC 1321, 3.3).
  const state = Int32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476);
  for (let offset = 0; offset < padded.length; offset += BLOCK_BYTES) mixBlock(state, view, offset);
  const digest = new DataView(new ArrayBuffer(16));
  state.forEach((word, i) => {
    digest.setInt32(i * 4, word, true);
  });
  return new Uint8Array(digest.buffer);
}

/** Mixes the block of 64 bytes at `offset` into the state. */
function mixBlock(state: Int32Array, view: DataView, offset: number): void {
  let [a, b, c, d] = state as unknown as [number, number, number, number];
  for (let i = 0; i < 64; i++) {
    const round = i >> 4;
    const word = view.getInt32(offset + 4 * computeWordIndex(round, i), true);
    const sum = (a + computeRoundFunction(round, b, c, d) + SINES[i]! + word) | 0;
    const shift = SHIFTS[round * 4 + (i & 3)]!;
    a = d;
    d = c;
    c = b;
    b = (b + ((sum << shift) | (sum >>> (32 - shift)))) | 0;
  }
  state[0]! += a;
  state[1]! += b;
  state[2]! += c;
  state[3]! += d;
}

/** Returns the index of the block's word for step `i`. */
function computeWordIndex(round: number, i: number): number {
  if (round === 0) return i;
  if (round === 1) return (5 * i + 1) & 15;
  return round === 2 ? (3 * i + 5) & 15 : (7 * i) & 15;
}

/** Computes the function F, G, H or I of a round, 0 to 3 (RFC 1321, 3.4). */
function computeRoundFunction(round: number, b: number, c: number, d: number): number {
  if (round === 0) return (b & c) | (~b & d);
  if (round === 1) return (d & b) | (~d & c);
  return round === 2 ? b ^ c ^ d : c ^ (b | ~d);
}
