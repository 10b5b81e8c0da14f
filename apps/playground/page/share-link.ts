/** Shares the editor's files by the fragment of the page's address, which browsers do not send. */
import { html } from '../../trace/page/dom.ts';
import { encodeShare, type PlayState } from '../play/state.ts';
import type { Notices } from './notices.ts';

/** Makes a link, shows it, and copies it if the browser allows that. */
export async function sayLink(state: PlayState, notices: Notices): Promise<void> {
  try {
    const link = `${location.href.replace(/#.*$/, '')}#${await encodeShare(state)}`;
    const field = html<HTMLInputElement>`<input type="text" id="link" readonly aria-label="Link"
      value="${link}">`;
    const copied = await navigator.clipboard?.writeText(link).then(
      () => true,
      () => false,
    );
    const said = copied === true ? 'The link is copied:' : 'Copy this link:';
    const isFile = location.protocol === 'file:';
    const here = isFile ? ' It is for this machine, as the page is a file.' : '';
    notices.say('share', `${said} files and storage are in it.${here}`, [], field);
    field.select();
  } catch (error) {
    notices.say('share', `There is no link: ${(error as Error).message}`);
  }
}
