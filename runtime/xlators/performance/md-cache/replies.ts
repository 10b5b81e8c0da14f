/** Caches the attributes in replies, and tells the kernel for how long it may cache them. */
import { type Dict, withTimeouts } from '../../../core/dict.ts';
import type { Iatt } from '../../../core/iatt.ts';
import type { Inode } from '../../../core/inode.ts';
import type { Xlator } from '../../../core/xlator.ts';
import type { InodeEntry, MdCache } from './md-cache.ts';

/**
 * Caches the attributes in a reply, unless they may be outdated: then it returns null.
 * @param clockAtWind the cache's clock when the request was wound
 */
export function cacheAttributes(
  { priv }: Xlator<MdCache>,
  clockAtWind: number,
  inode: Inode,
  buf: Iatt,
): InodeEntry | null {
  if (!buf.known) return null;
  const state = priv.findOrAddState(inode);
  if (!priv.mayUseReply(state, clockAtWind)) return null;
  priv.cacheAttributes(state, inode, buf);
  return state;
}

/** Adds to a reply's xdata how long the kernel may cache it; only with option kernel-timeout. */
export function addTimeouts(
  priv: MdCache,
  state: InodeEntry | null,
  xdata: Dict | null,
): Dict | null {
  const timeouts = priv.computeKernelTimeouts(state);
  return timeouts === null ? xdata : withTimeouts(timeouts, xdata);
}
