/**
 * Marks inodes that the host has passed to a volume's module (in the inode's context). EXPOSED: the
 * module may refer to the inode's number. TRACKED: the module also keeps data with the inode, and
 * the host notifies it when the inode is forgotten.
 */
import type { Inode } from '../../../runtime/core/inode.ts';
import type { Xlator } from '../../../runtime/core/xlator.ts';

const EXPOSED = 1;
/** Also marks an fd or a client of whose end the host notifies the module. */
export const TRACKED = 2;

/** Marks an inode as passed to the module of `xl`; returns its number. */
export function expose(inode: Inode, xl: Xlator): number {
  if (inode.ctxGet(xl) === undefined) inode.ctxSet(xl, EXPOSED);
  return inode.id;
}

/** Whether the module of `xl` may refer to the inode; also true for a tracked one. */
export const isExposed = (inode: Inode, xl: Xlator): boolean => inode.ctxGet(xl) !== undefined;
