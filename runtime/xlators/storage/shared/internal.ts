/**
 * What translators above ask of a storage beside the fops themselves, in xdata, with GlusterFS's keys.
 *
 * Source: GlusterFS `posix-entry-ops.c`, `posix-helpers.c` (posix_entry_create_xattr_set).
 */
import { encodeName } from '../../../core/bytes.ts';
import { Dict } from '../../../core/dict.ts';
import { EBUSY } from '../../../core/errno.ts';
import type { Gfid } from '../../../core/gfid.ts';
import { IA_IFREG } from '../../../core/iatt.ts';
import { wantedGfid } from './replies.ts';
import { asksForXattr, TRUSTED_GFID, USER_GFID } from './xattrs.ts';

/** Not an application's: what it sets may be what applications do not see. */
const INTERNAL_FOP = 'glusterfs-internal-fop';
/** An unlink of what is a linkto of cluster/distribute, and of nothing else. */
const ONLY_LINKTO = 'unlink-only-if-dht-linkto-file';
/** An unlink of what nobody has open. */
const NOT_OPEN = 'dont-unlink-for-open-fd';

export const LINKTO = 'trusted.glusterfs.dht.linkto';
const LINKTO_MODE = 0o1000;

/** The pid that decides what is hidden (`isHidden`): internal fops are those of no process. */
export const pidFor = (pid: number, xdata: Dict | null): number =>
  xdata?.has(INTERNAL_FOP) ? -1 : pid;

/**
 * The gfid of what a mknod gives another name, if it is there: a linkto of a file with several names
 * has as many. Null where it is to make something new in any case.
 */
export const twinGfid = (xdata: Dict | null): Gfid | null =>
  xdata?.has(INTERNAL_FOP) ? wantedGfid(xdata) : null;

/** Extended attributes that something has from the beginning; null for none. A text has its NUL there. */
export function bornWith(xdata: Dict | null): Dict | null {
  let born: Dict | null = null;
  xdata?.forEach((name, value) => {
    if (!asksForXattr(name) || name === TRUSTED_GFID || name === USER_GFID) return;
    const bytes = typeof value === 'string' ? encodeName(`${value}\0`) : value;
    if (!(bytes instanceof Uint8Array)) return;
    born ??= new Dict();
    born.set(name, bytes, 'bin');
  });
  return born;
}

/** What is to be removed. */
export interface Victim {
  readonly iaType: number;
  readonly iaProt: number;
  readonly isOpen: boolean;
  has(xattr: string): boolean;
}

/** Whether an unlink has conditions. */
export const isConditional = (xdata: Dict | null): xdata is Dict =>
  xdata !== null && (xdata.has(ONLY_LINKTO) || xdata.has(NOT_OPEN));

/** 0 when it may go, otherwise the errno. */
export function unlinkFault(victim: Victim, xdata: Dict): number {
  const { iaType, iaProt, isOpen } = victim;
  if (xdata.has(NOT_OPEN) && isOpen) return EBUSY;
  if (!xdata.has(ONLY_LINKTO)) return 0;
  const isLinkto = iaType === IA_IFREG && iaProt === LINKTO_MODE && victim.has(LINKTO);
  return isLinkto ? 0 : EBUSY;
}
