/** Files of the machine: a playground as one, and the files of a mount one by one. */

import { el } from '../../trace/page/dom.ts';
import type { FileTexts } from '../given.ts';
import { filesOf, readSaved, writeSaved } from '../play/save.ts';
import { type PlayState, VOLFILE } from '../play/state.ts';

/** A longer text is no module, and what is longer than that no playground. */
const SIZE_MAX = 2 ** 20;
const SAVED_MAX = 2 ** 23;
const SAVED = /\.json$/i;
const SAVED_NAME = 'playground.json';

export const saveState = (state: PlayState): void =>
  download(SAVED_NAME, 'application/json', writeSaved(state));

/** Each file, as a mount takes them. */
export function saveFiles(texts: FileTexts): void {
  for (const [name, text] of filesOf(texts)) download(name, 'text/plain', text);
}

function download(name: string, type: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  el('a', { href: url, download: name }).click();
  // A download that begins has its bytes by then.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** An input, which the button that opens files clicks; `take` is given what was chosen. */
export function fileInput(take: (files: readonly File[]) => void): HTMLInputElement {
  const input = el('input', {
    ...{
      type: 'file',
      id: 'files',
      hidden: true,
      multiple: true,
      accept: '.json,.vol,.py,.js,.txt',
    },
  });
  input.addEventListener('change', () => {
    const files = [...(input.files ?? [])];
    // The same one may be chosen again.
    input.value = '';
    if (files.length > 0) take(files);
  });
  return input;
}

/**
 * A playground that was saved; or a volfile and modules, which are put to the files here unless the
 * volfile that is run is among them.
 * @throws {Error} that says what is wrong with one of them
 */
export async function openFiles(files: readonly File[], here: PlayState): Promise<PlayState> {
  const [first] = files;
  const isSaved = files.some(({ name }) => SAVED.test(name));
  if (isSaved && files.length > 1) throw new Error('a saved playground is opened by itself');
  if (isSaved) return readSaved(await textOf(first!, SAVED_MAX));
  const texts = new Map<string, string>();
  for (const file of files) {
    const path = `/${file.name.replace(/[^\w.-]/g, '_')}`;
    if (texts.has(path)) throw new Error(`two of the files would be called ${path.slice(1)}`);
    texts.set(path, await textOf(file, SIZE_MAX));
  }
  const around = texts.has(VOLFILE) ? {} : here.texts;
  return { ...here, texts: { ...around, ...Object.fromEntries(texts) } };
}

async function textOf(file: File, sizeMax: number): Promise<string> {
  if (file.size > sizeMax) throw new Error(`${file.name} has more than ${sizeMax / 2 ** 20} MB`);
  const bytes = await file.arrayBuffer();
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new Error(`${file.name} is no text in UTF-8`);
  }
}
