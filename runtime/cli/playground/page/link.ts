/** What is in the editor, as the fragment of the page's address, which no browser sends anywhere. */
import { decodeShare, encodeShare } from '../../../play/share.ts';
import type { Kept } from './store.ts';

export async function linkOf({ files, distanceMs, journal }: Kept): Promise<string> {
  const fragment = await encodeShare({ texts: files, distanceMs, journal });
  return `${location.origin}${location.pathname}#${fragment}`;
}

/** What the address holds; null for nothing. @throws {StateError} that says what is wrong with it */
export async function shared(): Promise<Kept | null> {
  if (location.hash.length < 2) return null;
  const { texts, distanceMs, journal } = await decodeShare(location.hash);
  return { files: texts, open: '', distanceMs, journal };
}
