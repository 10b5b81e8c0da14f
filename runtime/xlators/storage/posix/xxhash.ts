/**
 * Computes XXH64 with seed 0, the hash in the names of GlusterFS's gfid2path attributes (`gfid2path.ts`).
 *
 * Source: `doc/xxhash_spec.md` of the xxHash project.
 */
/** The five primes of the specification. */
const P1 = 0x9e3779b185ebca87n;
const P2 = 0xc2b2ae3d27d4eb4fn;
const P3 = 0x165667b19e3779f9n;
const P4 = 0x85ebca77c2b2ae63n;
const P5 = 0x27d4eb2f165667c5n;

/** Returns a value modulo 2^64. */
const truncateTo64Bits = (value: bigint): bigint => BigInt.asUintN(64, value);
const rotateLeft = (value: bigint, bits: bigint): bigint =>
  truncateTo64Bits((value << bits) | (value >> (64n - bits)));
/** Mixes 8 bytes of input into a sum. */
const mixLane = (sum: bigint, lane: bigint): bigint =>
  truncateTo64Bits(rotateLeft(truncateTo64Bits(sum + lane * P2), 31n) * P1);
/** Merges one of the four sums of a long input into the hash. */
const mergeSum = (sum: bigint, part: bigint): bigint =>
  truncateTo64Bits((sum ^ mixLane(0n, part)) * P1 + P4);

/** Returns the hash as 16 hex digits. */
export function computeXxh64(bytes: Uint8Array): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const { length } = bytes;
  let offset = 0;
  let sum = P5;
  if (length >= 32) {
    const sums = [truncateTo64Bits(P1 + P2), P2, 0n, truncateTo64Bits(-P1)];
    for (; offset + 32 <= length; offset += 32) {
      for (let i = 0; i < 4; i++)
        sums[i] = mixLane(sums[i]!, view.getBigUint64(offset + 8 * i, true));
    }
    sum = sums.reduce(
      (total, part, i) => truncateTo64Bits(total + rotateLeft(part, [1n, 7n, 12n, 18n][i]!)),
      0n,
    );
    for (const part of sums) sum = mergeSum(sum, part);
  }
  sum = truncateTo64Bits(sum + BigInt(length));
  // The bytes that are left, in parts of 8, 4 and 1.
  for (; offset + 8 <= length; offset += 8) {
    sum = truncateTo64Bits(
      rotateLeft(sum ^ mixLane(0n, view.getBigUint64(offset, true)), 27n) * P1 + P4,
    );
  }
  if (offset + 4 <= length) {
    sum = truncateTo64Bits(
      rotateLeft(sum ^ truncateTo64Bits(BigInt(view.getUint32(offset, true)) * P1), 23n) * P2 + P3,
    );
    offset += 4;
  }
  for (; offset < length; offset++)
    sum = truncateTo64Bits(
      rotateLeft(sum ^ truncateTo64Bits(BigInt(bytes[offset]!) * P5), 11n) * P1,
    );
  // The final mix.
  sum = truncateTo64Bits((sum ^ (sum >> 33n)) * P2);
  sum = truncateTo64Bits((sum ^ (sum >> 29n)) * P3);
  return (sum ^ (sum >> 32n)).toString(16).padStart(16, '0');
}
