/**
 * Reads the keys of xdata by which GlusterFS's translators add conditions and attributes to fops on names.
 *
 * Source: GlusterFS `posix-entry-ops.c`, `posix-helpers.c` (posix_entry_create_xattr_set).
 */
import { encodeName } from '../../../core/bytes.ts';
import { Dict } from '../../../core/dict.ts';
import { EBUSY } from '../../../core/errno.ts';
import type { Gfid } from '../../../core/gfid.ts';
import { IA_IFREG } from '../../../core/iatt.ts';
import { readRequestedGfid } from './fop-values.ts';
import { isXattrKey, TRUSTED_GFID, USER_GFID } from './xattrs.ts';

/** Marks a request that a translator made itself: it may set attributes that are hidden from applications. */
const INTERNAL_FOP_KEY = 'glusterfs-internal-fop';
/** Condition of an unlink: the file is a linkto of cluster/distribute, a pointer to the brick with the data. */
const ONLY_LINKTO_KEY = 'unlink-only-if-dht-linkto-file';
/** Condition of an unlink: the file is not open. */
const NOT_OPEN_KEY = 'dont-unlink-for-open-fd';

/**
 * Condition of a mkdir or create: the value is the name of an extended attribute of the parent directory. The same
 * xdata has the attribute's expected value under that name.
 */
export const PREOP_PARENT = 'glusterfs.preop.parent.key';
/** Key of the reply to a request that was refused because the attribute has another value. */
export const PREOP_FAILED = 'glusterfs.preop.check.failed';

/** Attribute of a linkto: the name of the child with the data. */
export const LINKTO = 'trusted.glusterfs.dht.linkto';
/** Mode of a linkto: only the sticky bit. */
const LINKTO_MODE = 0o1000;

/** Returns the pid for `isHidden` (`xattrs.ts`): -1, that of an internal client, for a translator's own request. */
export const selectVisibilityPid = (pid: number, xdata: Dict | null): number =>
  xdata?.has(INTERNAL_FOP_KEY) ? -1 : pid;

/**
 * Returns the gfid of the inode to which a mknod adds a name, if the inode exists; null for a mknod that always
 * creates one. So the linkto of a file with several names gets as many names.
 */
export const readLinkSourceGfid = (xdata: Dict | null): Gfid | null =>
  xdata?.has(INTERNAL_FOP_KEY) ? readRequestedGfid(xdata) : null;

/** Returns the parent's attribute that the request relies on, and its expected value; or null. */
function readExpectedXattr(
  xdata: Dict | null,
): { readonly name: string; readonly value: Uint8Array } | null {
  const name = xdata?.get(PREOP_PARENT);
  const value = typeof name === 'string' ? xdata!.bytes(name) : undefined;
  return value === undefined ? null : { name: name as string, value };
}

/**
 * Whether the parent directory's attribute differs from the expected value.
 * @param read reads an attribute of the parent
 */
export function hasParentChanged(
  xdata: Dict | null,
  read: (name: string) => Uint8Array | undefined,
): boolean {
  const expected = readExpectedXattr(xdata);
  if (expected === null) return false;
  const actual = read(expected.name);
  if (actual?.length !== expected.value.length) return true;
  return actual.some((byte, index) => byte !== expected.value[index]);
}

/** Makes the xdata of the EIO reply to a request whose parent has changed. */
export const makeParentChangedXdata = (): Dict => new Dict().set(PREOP_FAILED, 1);

/** Returns the extended attributes that a request sets on its new inode, or null. Text values get a NUL at the end. */
export function readInitialXattrs(xdata: Dict | null): Dict | null {
  let xattrs: Dict | null = null;
  xdata?.forEach((name, value) => {
    if (!isXattrKey(name) || name === TRUSTED_GFID || name === USER_GFID) return;
    // Under this name xdata has the expected value of the parent's attribute.
    if (name === xdata.get(PREOP_PARENT)) return;
    const bytes = typeof value === 'string' ? encodeName(`${value}\0`) : value;
    if (!(bytes instanceof Uint8Array)) return;
    xattrs ??= new Dict();
    xattrs.set(name, bytes, 'bin');
  });
  return xattrs;
}

/** The inode whose name an unlink removes, as far as conditions need it. */
export interface Victim {
  readonly iaType: number;
  readonly iaProt: number;
  readonly isOpen: boolean;
  hasXattr(xattr: string): boolean;
}

/** Whether an unlink has conditions. */
export const hasUnlinkConditions = (xdata: Dict | null): xdata is Dict =>
  xdata !== null && (xdata.has(ONLY_LINKTO_KEY) || xdata.has(NOT_OPEN_KEY));

/** Returns 0 if the conditions allow the removal, otherwise the errno. */
export function findUnlinkFault(victim: Victim, xdata: Dict): number {
  const { iaType, iaProt, isOpen } = victim;
  if (xdata.has(NOT_OPEN_KEY) && isOpen) return EBUSY;
  if (!xdata.has(ONLY_LINKTO_KEY)) return 0;
  const isLinkto = iaType === IA_IFREG && iaProt === LINKTO_MODE && victim.hasXattr(LINKTO);
  return isLinkto ? 0 : EBUSY;
}
