/** What is in the editor, as the fragment of the page's address, which no browser sends anywhere. */
import { decodeShare, encodeShare } from '../../../play/share.ts';
import type { PlayState } from '../../../play/state.ts';
import type { Kept } from './store.ts';

export async function linkOf({ files, distanceMs, journal }: Kept): Promise<string> {
  const fragment = await encodeShare({ texts: files, distanceMs, journal });
  return `${location.href.replace(/#.*$/, '')}#${fragment}`;
}

/** What the address holds; null for nothing. @throws {StateError} that says what is wrong with it */
export async function shared(): Promise<PlayState | null> {
  return location.hash.length < 2 ? null : decodeShare(location.hash);
}
