/** Makes memory without setting it to zero, which takes a tenth of the time in which a large read is received. */

/** Makes memory of any content, such as that of earlier requests. The caller writes every byte before it passes it on. */
export const allocateUncleared = (size: number): Uint8Array<ArrayBuffer> =>
  new Uint8Array(Buffer.allocUnsafeSlow(size).buffer);
