/** Files of the machine: those of the editor are saved one by one, as a mount takes them, and opened again. */
import { html } from '../../trace/page/dom.ts';
import type { FileTexts } from '../given.ts';
import { type PlayState, VOLFILE } from '../play/state.ts';

/** No module is longer. */
const SIZE_MAX = 2 ** 20;
/** A download that begins has its bytes by then. */
const BEGUN_MS = 60_000;

export function saveFiles(texts: FileTexts): void {
  for (const [path, text] of Object.entries(texts)) {
    const url = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
    html`<a href="${url}" download="${path.slice(1)}"></a>`.click();
    setTimeout(() => URL.revokeObjectURL(url), BEGUN_MS);
  }
}

/** An input, which the button that opens files clicks; `take` is given what was chosen. */
export function fileInput(take: (files: readonly File[]) => void): HTMLInputElement {
  const input = html<HTMLInputElement>`<input type="file" id="files" hidden multiple
    accept=".vol,.py,.js,.txt">`;
  input.addEventListener('change', () => {
    const files = [...(input.files ?? [])];
    // The same one may be chosen again.
    input.value = '';
    if (files.length > 0) take(files);
  });
  return input;
}

/**
 * A volfile and modules, which are put to the files here unless the volfile that is run is among them.
 * @throws {Error} that says what is wrong with one of them
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
