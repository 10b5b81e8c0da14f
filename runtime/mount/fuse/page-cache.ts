/**
 * What the kernel has cached of a file's data goes when the file is opened anew, or stays until its
 * size or its times are found to be others (AUTO_INVAL_DATA). It stays where that is all that can tell
 * that the data has changed, as it is for GlusterFS's own mount; a module may answer otherwise each time.
 */
import type { Child } from '../../core/xlator.ts';
import { FOPEN_KEEP_CACHE } from './protocol.ts';

/** FOPEN_KEEP_CACHE, or 0. @param links the way of what is asked about an open file */
export const keptAtOpen = (links: Child): number =>
  keepsPages(links, 'open') && keepsPages(links, 'readv') ? FOPEN_KEEP_CACHE : 0;

function keepsPages(links: Child, fop: 'open' | 'readv'): boolean {
  const { xl, isObserved } = links[fop];
  if (isObserved || xl.translator.keepsPages?.(xl) !== true) return false;
  return xl.children.every((child) => keepsPages(child, fop));
}
