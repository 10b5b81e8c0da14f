/**
 * Where a listing of all children goes on: the child, and the offset in its own listing, as one
 * number. GlusterFS does the same with 64 bits, in protocol/client; ours are below 2^53, and those of
 * a leaf are small: positions of the disk stay in it.
 */

/** @returns undefined when a child's offset is too large for a number with so many children */
export function joinOffset(child: number, offset: number, children: number): number | undefined {
  const joined = offset * children + child;
  return Number.isSafeInteger(joined) ? joined : undefined;
}

export const childOf = (offset: number, children: number): number => offset % children;
export const offsetIn = (offset: number, children: number): number => Math.floor(offset / children);
