/**
 * What the kernel has cached of a file's data goes when the file is opened anew, or stays until its
 * size or its times are found to be others (AUTO_INVAL_DATA). It stays where that is all that can tell
 * that the data has changed, as it is for GlusterFS's own mount; a module may answer otherwise each time.
 */
import type { Child } from '../../core/xlator.ts';
import { FOPEN_KEEP_CACHE } from './protocol.ts';

/** FOPEN_KEEP_CACHE, or 0. @param links the way of what is asked about an open file */
export const keptAtOpen = (links: Child): number =>
  keepsPages(links, 'open', false) && keepsPages(links, 'readv', false) ? FOPEN_KEEP_CACHE : 0;

function keepsPages(links: Child, fop: 'open' | 'readv', isTimedAbove: boolean): boolean {
  const { xl, isObserved } = links[fop];
  const { translator } = xl;
  if (isObserved || translator.keepsPages?.(xl, isTimedAbove) !== true) return false;
  const isTimed = isTimedAbove || translator.givesTimes === true;
  for (const child of xl.children) if (!keepsPages(child, fop, isTimed)) return false;
  return true;
}
