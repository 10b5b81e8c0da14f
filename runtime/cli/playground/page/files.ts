/** Files of the machine: saved one by one, as a mount takes them, and opened again. */
import { el } from '../../trace/page/dom.ts';
import type { FileTexts } from '../given.ts';

/** A longer text is no module. */
const SIZE_MAX = 2 ** 20;

export function saveFiles(texts: FileTexts): void {
  for (const [path, text] of Object.entries(texts)) {
    const url = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
    el('a', { href: url, download: path.slice(1) }).click();
    // A download that begins has its bytes by then.
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
  }
}

/** Lets somebody choose; the texts by path, or an error that says what is wrong with one. */
export function chooseFiles(): Promise<FileTexts> {
  const input = el('input', { type: 'file', multiple: true, accept: '.vol,.py,.js,.txt' });
  return new Promise((resolve, reject) => {
    input.addEventListener('change', () => {
      readAll([...(input.files ?? [])]).then(resolve, reject);
    });
    input.click();
  });
}

async function readAll(files: readonly File[]): Promise<FileTexts> {
  const texts = files.map(async (file): Promise<[string, string]> => {
    const name = file.name.replace(/[^\w.-]/g, '_');
    if (file.size > SIZE_MAX) throw new Error(`${file.name} has more than 1 MB`);
    const bytes = await file.arrayBuffer();
    try {
      return [`/${name}`, new TextDecoder('utf-8', { fatal: true }).decode(bytes)];
    } catch {
      throw new Error(`${file.name} is no text in UTF-8`);
    }
  });
  return Object.fromEntries(await Promise.all(texts));
}
