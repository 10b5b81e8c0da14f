/**
 * Inodes that the module of a volume was given. The volume keeps a mark with each (`ctxSet`): EXPOSED,
 * the module has seen its number and may name it; TRACKED, it also keeps something with it, and is told
 * of its end.
 */
import type { Inode } from '../../../runtime/core/inode.ts';
import type { Xlator } from '../../../runtime/core/xlator.ts';

const EXPOSED = 1;
/** The same mark is kept with an fd or client of which the module is told the end. */
export const TRACKED = 2;

/** Marks an inode as given to the module of `xl`; returns its number. */
export function expose(inode: Inode, xl: Xlator): number {
  if (inode.ctxGet(xl) === undefined) inode.ctxSet(xl, EXPOSED);
  return inode.id;
}

export const isExposed = (inode: Inode, xl: Xlator): boolean => inode.ctxGet(xl) !== undefined;

export const isTracked = (inode: Inode, xl: Xlator): boolean => inode.ctxGet(xl) === TRACKED;
