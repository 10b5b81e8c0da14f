/** What is in the editor, as the fragment of the page's address, which no browser sends anywhere. */

import { el } from '../../trace/page/dom.ts';
import { decodeShare, encodeShare } from '../play/share.ts';
import type { PlayState } from '../play/state.ts';
import type { Notices } from './notices.ts';
import type { Kept } from './store.ts';

/** Makes a link, copies it where that is allowed, and shows it. */
export async function sayLink(kept: Kept, notices: Notices): Promise<void> {
  try {
    const link = await linkOf(kept);
    const field = el('input', { type: 'text', id: 'link', readonly: true, 'aria-label': 'Link' });
    field.value = link;
    const copied = await navigator.clipboard?.writeText(link).then(
      () => true,
      () => false,
    );
    const said = copied === true ? 'The link is copied:' : 'Copy this link:';
    const here =
      location.protocol === 'file:' ? ' It is for this machine, as the page is a file.' : '';
    notices.say('share', `${said} files and storage are in it.${here}`);
    notices.add('share', field);
    field.select();
  } catch (error) {
    notices.say('share', `There is no link: ${(error as Error).message}`);
  }
}

async function linkOf({ files, distanceMs, journal }: Kept): Promise<string> {
  const fragment = await encodeShare({ texts: files, distanceMs, journal });
  return `${location.href.replace(/#.*$/, '')}#${fragment}`;
}

/** What the address holds; null for nothing. @throws {StateError} that says what is wrong with it */
export async function shared(): Promise<PlayState | null> {
  return location.hash.length < 2 ? null : decodeShare(location.hash);
}
