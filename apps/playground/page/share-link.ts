/** Makes links that have the editor's files in their fragment, which browsers do not send. */
import { html } from '../../trace/page/dom.ts';
import { encodeShare, type PlayState } from '../play/share-fragment.ts';
import type { Notices } from './notices.ts';

/** Makes a link, shows it, and copies it if the browser allows that. */
export async function showShareLink(state: PlayState, notices: Notices): Promise<void> {
  try {
    const link = `${location.href.replace(/#.*$/, '')}#${await encodeShare(state)}`;
    const field = html<HTMLInputElement>`<input type="text" id="link" readonly aria-label="Link"
      value="${link}">`;
    const isCopied = await navigator.clipboard?.writeText(link).then(
      () => true,
      () => false,
    );
    const prefix = isCopied === true ? 'The link is copied:' : 'Copy this link:';
    const isFile = location.protocol === 'file:';
    const fileNote = isFile ? ' It is for this machine, as the page is a file.' : '';
    notices.show('share', `${prefix} files and storage are in it.${fileNote}`, [], field);
    field.select();
  } catch (error) {
    notices.show('share', `There is no link: ${(error as Error).message}`);
  }
}
