/**
 * Offsets of a listing of all children: the child, and the offset in its own listing, as one
 * number. That is GlusterFS's formula for offsets that leave room for it, with the child's index in
 * place of the leaf's. For larger ones GlusterFS drops their lowest bits; ours are all below 2^53, and
 * a leaf's are small: it counts the positions that it has given out for an open folder, and keeps what
 * they are on the disk (63 bits of ext4) to itself. So nothing has to be dropped.
 *
 * Source: GlusterFS `gf-dirent.c` (gf_itransform, gf_deitransform).
 */

/** @returns undefined when a child's offset is too large for a number with so many children */
export function joinOffset(child: number, offset: number, children: number): number | undefined {
  const joined = offset * children + child;
  return Number.isSafeInteger(joined) ? joined : undefined;
}

export const childOf = (offset: number, children: number): number => offset % children;
export const offsetIn = (offset: number, children: number): number => Math.floor(offset / children);
