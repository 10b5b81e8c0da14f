/**
 * Marks inodes that the host has passed to a volume's module (in the inode's context). EXPOSED: the
 * module may refer to the inode's number. TRACKED: the module also keeps data with the inode, and
 * the host notifies it when the inode is forgotten.
 */
import { NULL_GFID } from '../../../runtime/core/gfid.ts';
import type { Inode } from '../../../runtime/core/inode.ts';
import type { Loc } from '../../../runtime/core/operands.ts';
import type { Xlator } from '../../../runtime/core/xlator.ts';
import type { Scalar } from '../guest.ts';

const EXPOSED = 1;
/** Also marks an fd or a client of whose end the host notifies the module. */
export const TRACKED = 2;

/** Marks an inode as passed to the module of `xl`; returns its number. */
export function expose(inode: Inode, xl: Xlator): number {
  if (inode.ctxGet(xl) === undefined) inode.ctxSet(xl, EXPOSED);
  return inode.id;
}

/** Writes a loc's five scalars to `out`, from `offset` on. An unknown gfid crosses as undefined. */
export function exposeLoc(loc: Loc, out: Scalar[], offset: number, xl: Xlator): void {
  const { inode, parent, gfid } = loc;
  out[offset] = inode === null ? 0 : expose(inode, xl);
  out[offset + 1] = parent === null ? 0 : expose(parent, xl);
  out[offset + 2] = loc.name ?? undefined;
  out[offset + 3] = gfid === NULL_GFID ? undefined : gfid;
  out[offset + 4] = parent === null ? NULL_GFID : parent.gfid;
}

/** Whether the module of `xl` may refer to the inode; also true for a tracked one. */
export const isExposed = (inode: Inode, xl: Xlator): boolean => inode.ctxGet(xl) !== undefined;
