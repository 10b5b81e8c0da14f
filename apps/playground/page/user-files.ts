/** Saves the editor's files as downloads, one by one, and opens files of the user's machine. */
import { html } from '../../trace/page/dom.ts';
import type { FileTexts } from '../page-data.ts';
import { type PlayState, VOLFILE } from '../play/state.ts';

/** Largest file to open. */
const SIZE_MAX = 2 ** 20;
/** Time after which a download has started and its bytes can be released. */
const BEGUN_MS = 60_000;

export function saveFiles(texts: FileTexts): void {
  for (const [path, text] of Object.entries(texts)) {
    const url = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
    html`<a href="${url}" download="${path.slice(1)}"></a>`.click();
    setTimeout(() => URL.revokeObjectURL(url), BEGUN_MS);
  }
}

/** A hidden input that the open button clicks; `take` receives the chosen files. */
export function fileInput(take: (files: readonly File[]) => void): HTMLInputElement {
  const input = html<HTMLInputElement>`<input type="file" id="files" hidden multiple
    accept=".vol,.py,.js,.txt">`;
  input.addEventListener('change', () => {
    const files = [...(input.files ?? [])];
    // Lets the user choose the same file again.
    input.value = '';
    if (files.length > 0) take(files);
  });
  return input;
}

/**
 * Reads a volfile and modules. They are added to the current files, or replace them if they contain
 * the graph's volfile.
 * @throws {Error} about an unsuitable file
 */
export async function openFiles(files: readonly File[], here: PlayState): Promise<PlayState> {
  const texts = new Map<string, string>();
  for (const file of files) {
    const path = `/${file.name.replace(/[^\w.-]/g, '_')}`;
    if (texts.has(path)) throw new Error(`two of the files would be called ${path.slice(1)}`);
    texts.set(path, await textOf(file));
  }
  const around = texts.has(VOLFILE) ? {} : here.texts;
  return { ...here, texts: { ...around, ...Object.fromEntries(texts) } };
}

async function textOf(file: File): Promise<string> {
  if (file.size > SIZE_MAX) throw new Error(`${file.name} has more than ${SIZE_MAX / 2 ** 20} MB`);
  const bytes = await file.arrayBuffer();
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new Error(`${file.name} is no text in UTF-8`);
  }
}
