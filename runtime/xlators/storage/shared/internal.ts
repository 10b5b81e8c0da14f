/**
 * Requests of translators above to a storage beside the fops themselves, in xdata, with GlusterFS's keys.
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

/**
 * A mkdir or a create with this relies on an extended attribute of the folder that it is made in: its name. What it
 * takes the value to be is beside it, under that name.
 */
export const PREOP_PARENT = 'glusterfs.preop.parent.key';
/** In the reply of one that was refused since the value is another. */
export const PREOP_FAILED = 'glusterfs.preop.check.failed';

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

/** What an attribute of the folder is taken to be; null where nothing relies on one. */
function reliesOn(
  xdata: Dict | null,
): { readonly name: string; readonly value: Uint8Array } | null {
  const name = xdata?.get(PREOP_PARENT);
  const value = typeof name === 'string' ? xdata!.bytes(name) : undefined;
  return value === undefined ? null : { name: name as string, value };
}

/**
 * Whether the folder is another than it is taken to be.
 * @param read one of its attributes
 */
export function isMistaken(
  xdata: Dict | null,
  read: (name: string) => Uint8Array | undefined,
): boolean {
  const said = reliesOn(xdata);
  if (said === null) return false;
  const found = read(said.name);
  if (found?.length !== said.value.length) return true;
  return found.some((byte, at) => byte !== said.value[at]);
}

/** With the EIO that it is refused with. */
export const mistaken = (): Dict => new Dict().set(PREOP_FAILED, 1);

/** Extended attributes that something has from the beginning; null for none. A text has its NUL there. */
export function bornWith(xdata: Dict | null): Dict | null {
  let born: Dict | null = null;
  xdata?.forEach((name, value) => {
    if (!asksForXattr(name) || name === TRUSTED_GFID || name === USER_GFID) return;
    // Its folder's.
    if (name === xdata.get(PREOP_PARENT)) return;
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
