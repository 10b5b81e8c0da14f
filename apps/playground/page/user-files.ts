/** Saves the editor's files as downloads, one by one, and opens files of the user's machine. */
import { html } from '../../trace/page/dom.ts';
import type { FileTexts } from '../page-data.ts';
import { type PlayState, VOLFILE } from '../play/share-fragment.ts';

/** The most bytes of a file that is opened. */
const FILE_BYTES_MAX = 2 ** 20;
/** Milliseconds after which a download has started, so that its bytes can be released. */
const DOWNLOAD_START_MS = 60_000;

/** Downloads each text as a file. */
export function saveFiles(texts: FileTexts): void {
  for (const [path, text] of Object.entries(texts)) {
    const url = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
    html`<a href="${url}" download="${path.slice(1)}"></a>`.click();
    setTimeout(() => URL.revokeObjectURL(url), DOWNLOAD_START_MS);
  }
}

/** Makes a hidden input, which the open button clicks. @param onFiles receives the chosen files */
export function makeFileInput(onFiles: (files: readonly File[]) => void): HTMLInputElement {
  const input = html<HTMLInputElement>`<input type="file" id="files" hidden multiple
    accept=".vol,.py,.js,.txt">`;
  input.addEventListener('change', () => {
    const files = [...(input.files ?? [])];
    // Lets the user choose the same file again.
    input.value = '';
    if (files.length > 0) onFiles(files);
  });
  return input;
}

/**
 * Reads files and returns the new state: they are added to the current files, or replace all of
 * them if one is the graph's volfile.
 * @throws {Error} about an unsuitable file
 */
export async function mergeFiles(files: readonly File[], current: PlayState): Promise<PlayState> {
  const texts = new Map<string, string>();
  for (const file of files) {
    const path = `/${file.name.replace(/[^\w.-]/g, '_')}`;
    if (texts.has(path)) throw new Error(`two of the files would be called ${path.slice(1)}`);
    texts.set(path, await readText(file));
  }
  const otherTexts = texts.has(VOLFILE) ? {} : current.texts;
  return { ...current, texts: { ...otherTexts, ...Object.fromEntries(texts) } };
}

/** Reads a file as text. @throws {Error} for large files and other encodings than UTF-8 */
async function readText(file: File): Promise<string> {
  if (file.size > FILE_BYTES_MAX)
    throw new Error(`${file.name} has more than ${FILE_BYTES_MAX / 2 ** 20} MB`);
  const bytes = await file.arrayBuffer();
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new Error(`${file.name} is no text in UTF-8`);
  }
}
