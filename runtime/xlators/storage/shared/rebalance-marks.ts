/**
 * Keys of xdata, GlusterFS's, for a file that a rebalance moves. A client's write marks the copy, and a rebalance's
 * write over it fails with EBUSY (docs/how-it-works/mechanisms.md). Extended attributes are set on both copies; a
 * request that sets one asks for the file's attributes in its reply.
 *
 * Source: GlusterFS `posix-helpers.c` (posix_check_internal_writes, posix_set_iatt_in_dict, posix_set_mode_in_dict),
 * `posix-inode-fd-ops.c` (posix_do_chmod), `posix-entry-ops.c` (posix_lookup), `dht-rebalance.c`, `dht-common.c`.
 */
import { Dict } from '../../../core/dict.ts';
import { EBUSY, ENODATA } from '../../../core/errno.ts';
import { SET_ATTR } from '../../../core/fops.ts';
import { IA_IFLNK, IA_IFREG, type Iatt } from '../../../core/iatt.ts';
import { IATT_REQ, PROTECT_WRITES } from '../../../core/xdata.ts';

const AVOID_OVERWRITE = 'glusterfs.avoid.overwrite';
const CLEAN_PROTECTION = 'glusterfs.clean.writexattr';
/** Requests only the mode, with an xattrop. */
const IATT_MODE_REQ = 'dht-get-mode-in-xattr';

const MARK_VALUE = Uint8Array.of(0x31);

/** Access to the mark of a file, an extended attribute. */
export interface MarkAccess {
  /** Returns 0 if the mark exists, ENODATA if not, or the errno of the check. */
  find(name: string): number;
  /** Returns 0 or the errno. */
  set(name: string, value: Uint8Array): number;
}

/** Whether a write sets or obeys the mark. */
export const isGuarded = (xdata: Dict | null): xdata is Dict =>
  xdata !== null && (xdata.has(PROTECT_WRITES) || xdata.has(AVOID_OVERWRITE));

/** Sets the mark for a client's write; returns 0 if the write may proceed, otherwise the errno. */
export function markOrCheckWrite(xdata: Dict, mark: MarkAccess): number {
  const errno = mark.find(PROTECT_WRITES);
  if (xdata.has(PROTECT_WRITES)) return errno === 0 ? 0 : mark.set(PROTECT_WRITES, MARK_VALUE);
  // If the check fails, there may be a mark.
  return errno === ENODATA ? 0 : EBUSY;
}

/**
 * Removes the mode from what a setattr changes of a symbolic link, which has none: rebalance and self-heal
 * set owner, times and mode in one request.
 */
export const settableBits = (iaType: number, valid: number): number =>
  iaType === IA_IFLNK && (valid & ~SET_ATTR.MODE) !== 0 ? valid & ~SET_ATTR.MODE : valid;

/** Whether a lookup removes the mark. */
export const clearsMark = (xdata: Dict | null): boolean => xdata?.has(CLEAN_PROTECTION) === true;

/**
 * Returns the reply's xdata with the file's attributes if the request asks for them; otherwise null.
 * @param read reads the attributes, or returns null
 */
export function readRequestedAttributes(xdata: Dict | null, read: () => Iatt | null): Dict | null {
  if (xdata === null) return null;
  const [wantsAll, wantsMode] = [xdata.has(IATT_REQ), xdata.has(IATT_MODE_REQ)];
  const buf = wantsAll || wantsMode ? read() : null;
  if (buf === null) return null;
  const attributes = new Dict();
  if (wantsAll) attributes.set(IATT_REQ, buf);
  if (wantsMode && buf.iaType === IA_IFREG) attributes.set(IATT_MODE_REQ, buf.mode);
  return attributes;
}
