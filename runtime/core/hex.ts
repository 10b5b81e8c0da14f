/** Formats bytes for people and for texts: lock owners, hashes. */

/** Returns two hexadecimal digits for each byte. */
export const toHex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
