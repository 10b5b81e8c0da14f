/**
 * Converts device numbers between an iatt's (major * 2^32 + minor) and the kernel's (12 + 20 bits).
 *
 * Source: Linux `include/linux/kdev_t.h`, new_encode_dev.
 */

/** Makes the kernel's number of a device. */
export const makedev = (major: number, minor: number): number =>
  ((minor & 0xff) | (major << 8) | ((minor & ~0xff) << 12)) >>> 0;
/** Return the two parts of the kernel's number; the names are those of glibc. */
export const major = (dev: number): number => (dev >>> 8) & 0xfff;
export const minor = (dev: number): number => (dev & 0xff) | ((dev >>> 12) & 0xfff00);

/** Converts an iatt's `iaRdev` to the kernel's number. */
export function encodeDevice(rdev: number): number {
  if (rdev === 0) return 0;
  const lowHalf = rdev >>> 0;
  return makedev((rdev - lowHalf) / 0x1_0000_0000, lowHalf);
}
