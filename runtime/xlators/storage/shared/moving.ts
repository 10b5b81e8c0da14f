/**
 * Requests of cluster/distribute and a rebalance to a storage about a file that is moved, in xdata, with GlusterFS's
 * keys. A client's write marks the copy, and a rebalance's write over it is EBUSY (docs/how-it-works/mechanisms.md).
 * Extended attributes are set in both places; a request that sets one asks for the file's attributes in its reply.
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
/** The mode alone, with an xattrop. */
const IATT_MODE_REQ = 'dht-get-mode-in-xattr';

const MARK = Uint8Array.of(0x31);

/** The mark on a file, an extended attribute of this name. */
export interface Mark {
  /** 0 where there is one, ENODATA where there is none, otherwise why that cannot be said. */
  find(name: string): number;
  /** 0 or the errno. */
  set(name: string, value: Uint8Array): number;
}

/** Whether a write has to do with a mark: few have. */
export const isGuarded = (xdata: Dict | null): xdata is Dict =>
  xdata !== null && (xdata.has(PROTECT_WRITES) || xdata.has(AVOID_OVERWRITE));

/** 0 when such a write may be done, otherwise the errno. A client's leaves the mark first. */
export function guardFault(xdata: Dict, mark: Mark): number {
  const found = mark.find(PROTECT_WRITES);
  if (xdata.has(PROTECT_WRITES)) return found === 0 ? 0 : mark.set(PROTECT_WRITES, MARK);
  // Where a mark cannot be looked for, there may be one.
  return found === ENODATA ? 0 : EBUSY;
}

/**
 * What a setattr can change. A symbolic link has no mode of its own; who moves or heals one gives it owner,
 * times and mode at once, and is to have what there is.
 */
export const settable = (iaType: number, valid: number): number =>
  iaType === IA_IFLNK && (valid & ~SET_ATTR.MODE) !== 0 ? valid & ~SET_ATTR.MODE : valid;

/** Whether a lookup takes the mark away. */
export const cleansProtection = (xdata: Dict | null): boolean =>
  xdata?.has(CLEAN_PROTECTION) === true;

/**
 * The attributes of a file, where the request wants them in its reply's xdata; otherwise null.
 * @param read null where they cannot be had
 */
export function movingKeys(xdata: Dict | null, read: () => Iatt | null): Dict | null {
  if (xdata === null) return null;
  const [wantsAll, wantsMode] = [xdata.has(IATT_REQ), xdata.has(IATT_MODE_REQ)];
  const buf = wantsAll || wantsMode ? read() : null;
  if (buf === null) return null;
  const told = new Dict();
  if (wantsAll) told.set(IATT_REQ, buf);
  if (wantsMode && buf.iaType === IA_IFREG) told.set(IATT_MODE_REQ, buf.mode);
  return told;
}
