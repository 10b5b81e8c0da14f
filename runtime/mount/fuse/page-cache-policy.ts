/**
 * Decides at open whether the kernel may use its cached pages of a file (FOPEN_KEEP_CACHE). It may if every volume
 * changes data only together with size or times, which the kernel checks (AUTO_INVAL_DATA). It drops the pages at the
 * first open after volumes or their code were replaced.
 */

import type { Inode } from '../../core/inode.ts';
import type { Fd } from '../../core/operands.ts';
import type { Child } from '../../core/xlator.ts';
import type { Notices } from './notices.ts';
import { FOPEN_KEEP_CACHE } from './protocol.ts';

export class PageCachePolicy {
  /** Files that were opened after the last `distrustAll`; null before the first one, when all files are trusted. */
  private trustedInodes: WeakSet<Inode> | null = null;

  /** Distrusts the cached data of all files, and invalidates those that are open. */
  distrustAll(openFds: Iterable<Fd>, notices: Notices): void {
    this.trustedInodes = new WeakSet();
    for (const { inode, isDir } of openFds) {
      if (!isDir) notices.add({ kind: 'inode', inode, data: true });
    }
  }

  /** Returns FOPEN_KEEP_CACHE or 0 for an opened file. */
  findKeepCacheFlag({ inode, links }: Fd): number {
    const { trustedInodes } = this;
    if (!keepsPages(links, 'open', false) || !keepsPages(links, 'readv', false)) return 0;
    if (trustedInodes === null || trustedInodes.has(inode)) return FOPEN_KEEP_CACHE;
    trustedInodes.add(inode);
    return 0;
  }
}

/**
 * Whether all volumes that `fop` reaches from `links` on let the kernel use cached pages (`DataPath.keepsPages`).
 * @param isTimedAbove whether a volume above sets the time of changes (`DataPath.givesTimes`)
 */
function keepsPages(links: Child, fop: 'open' | 'readv', isTimedAbove: boolean): boolean {
  const { xl, isObserved } = links[fop];
  const { dataPath } = xl.translator;
  // An observer must see every read, of which the kernel's cache would hide some.
  if (isObserved || dataPath?.keepsPages?.(xl, isTimedAbove) !== true) return false;
  const isTimed = isTimedAbove || dataPath.givesTimes === true;
  for (const child of xl.children) if (!keepsPages(child, fop, isTimed)) return false;
  return true;
}
