/** How the same files run on a mount, and which keys there are. */

import { button, el } from '../../trace/page/dom.ts';
import type { FileTexts } from '../given.ts';
import { MOUNT_COMMAND } from '../play/save.ts';
import { saveFiles } from './files.ts';

export function footer(version: string, texts: () => FileTexts): HTMLElement {
  const copy = button('Copy', 'Copy the command', () => {
    void navigator.clipboard?.writeText(MOUNT_COMMAND).catch(() => {
      // Not allowed: it can still be marked and copied.
    });
  });
  const apart = button('each file', 'Save each file', () => saveFiles(texts()));
  return el(
    'footer',
    {},
    el(
      'p',
      {},
      'The same files run on a mount. Save ',
      apart,
      ' to a folder, and say there: ',
      el('code', { id: 'command' }, MOUNT_COMMAND),
      ' ',
      copy,
    ),
    el(
      'p',
      {},
      el('kbd', {}, 'Ctrl+Enter'),
      ' start · ',
      el('kbd', {}, 'Ctrl+S'),
      ' check, in a lesson · ',
      el('kbd', {}, '←'),
      el('kbd', {}, '→'),
      ' a step, outside of texts · ',
      `glossa ${version} · nothing leaves this page`,
    ),
  );
}
