/**
 * Implements the xdata keys by which clients and a rebalance coordinate changes of a file that is being moved, for both
 * storages. While the rebalance copies the file, a client's write marks the copy; from then on the rebalance's writes
 * fail with EBUSY (docs/how-it-works/mechanisms.md). A reply has the file's attributes if the request's xdata asks for
 * them: cluster/distribute sees by them that the file is being moved.
 *
 * Source: GlusterFS `posix-helpers.c` (posix_check_internal_writes, posix_set_iatt_in_dict, posix_set_mode_in_dict),
 * `posix-inode-fd-ops.c` (posix_do_chmod), `posix-entry-ops.c` (posix_lookup), `dht-rebalance.c`, `dht-common.c`.
 */
import { Dict } from '../../../core/dict.ts';
import { EBUSY, ENODATA } from '../../../core/errno.ts';
import { SET_ATTR } from '../../../core/fops.ts';
import { IA_IFLNK, IA_IFREG, type Iatt } from '../../../core/iatt.ts';
import { IATT_REQ, PROTECT_WRITES } from '../../../core/xdata.ts';

/** Key of the rebalance's write: it fails if the file is marked. */
const AVOID_OVERWRITE = 'glusterfs.avoid.overwrite';
/** Key of the rebalance's lookup: it removes the mark. */
const CLEAN_PROTECTION = 'glusterfs.clean.writexattr';
/** Key of a request that asks for the mode only. */
const IATT_MODE_REQ = 'dht-get-mode-in-xattr';

/** The mark's value, the digit 1. */
const MARK_VALUE = Uint8Array.of(0x31);

/** Access to the mark of a file, which is an extended attribute (PROTECT_WRITES). */
export interface MarkAccess {
  /** Checks whether the mark exists; returns 0 if it does, ENODATA if not, or the errno of the check. */
  check(name: string): number;
  /** Sets the mark; returns 0 or the errno. */
  set(name: string, value: Uint8Array): number;
}

/** Whether a write's xdata has a key by which the write sets the mark or is checked against it. */
export const hasMarkKey = (xdata: Dict | null): xdata is Dict =>
  xdata !== null && (xdata.has(PROTECT_WRITES) || xdata.has(AVOID_OVERWRITE));

/**
 * Sets the mark for a client's write, or checks it for the rebalance's; returns 0 if the write may proceed, else the
 * errno.
 */
export function markOrCheckWrite(xdata: Dict, mark: MarkAccess): number {
  const errno = mark.check(PROTECT_WRITES);
  if (xdata.has(PROTECT_WRITES)) return errno === 0 ? 0 : mark.set(PROTECT_WRITES, MARK_VALUE);
  // The rebalance's write: if the check fails, the file may be marked.
  return errno === ENODATA ? 0 : EBUSY;
}

/**
 * Returns the bits of a setattr to apply. For a symbolic link, whose mode cannot be set, MODE is dropped if other bits
 * are set: rebalance and self-heal set owner, times and mode in one request. MODE alone stays, and the setattr fails.
 */
export const selectSettableBits = (iaType: number, valid: number): number =>
  iaType === IA_IFLNK && (valid & ~SET_ATTR.MODE) !== 0 ? valid & ~SET_ATTR.MODE : valid;

/** Whether a lookup's xdata asks to remove the mark. */
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
  const replyXdata = new Dict();
  if (wantsAll) replyXdata.set(IATT_REQ, buf);
  if (wantsMode && buf.iaType === IA_IFREG) replyXdata.set(IATT_MODE_REQ, buf.mode);
  return replyXdata;
}
