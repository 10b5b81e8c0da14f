/**
 * The kernel's cached pages of a file go when the file is opened anew, or stays until its
 * size or its times are found to be others (AUTO_INVAL_DATA). It stays where that is all that can tell
 * that the data has changed, as it is for GlusterFS's own mount; a module may answer otherwise each
 * time. It goes as well when the file is opened for the first time after other volumes, or other code,
 * have taken the place of those that it was read from.
 */

import type { Fd } from '../../core/fd.ts';
import type { Inode } from '../../core/inode.ts';
import type { Child } from '../../core/xlator.ts';
import type { Notices } from './notices.ts';
import { FOPEN_KEEP_CACHE } from './protocol.ts';

export class PageCache {
  /** The files that were opened since the data of any may be other; null where it has never been. */
  private opened: WeakSet<Inode> | null = null;

  /** The data of any file may be other from now on; the kernel is told so of those that are open. */
  distrustAll(open: Iterable<Fd>, notices: Notices): void {
    this.opened = new WeakSet();
    for (const { inode, isDir } of open) {
      if (!isDir) notices.add({ what: 'inode', inode, data: true });
    }
  }

  /** FOPEN_KEEP_CACHE for a file that is opened, or 0. */
  flagFor({ inode, links }: Fd): number {
    const { opened } = this;
    if (!keepsPages(links, 'open', false) || !keepsPages(links, 'readv', false)) return 0;
    if (opened === null || opened.has(inode)) return FOPEN_KEEP_CACHE;
    opened.add(inode);
    return 0;
  }
}

function keepsPages(links: Child, fop: 'open' | 'readv', isTimedAbove: boolean): boolean {
  const { xl, isObserved } = links[fop];
  const { dataPath } = xl.translator;
  if (isObserved || dataPath?.keepsPages?.(xl, isTimedAbove) !== true) return false;
  const isTimed = isTimedAbove || dataPath.givesTimes === true;
  for (const child of xl.children) if (!keepsPages(child, fop, isTimed)) return false;
  return true;
}
