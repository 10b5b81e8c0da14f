/** Saves the editor's files as downloads, one by one, and opens files of the user's machine. */
import { html } from '../../trace/page/dom.ts';
import type { FileTexts } from '../page-data.ts';
import { decodeModule, encodeModule, isCompiledModule } from '../play/compiled-modules.ts';
import { type PlayState, VOLFILE } from '../play/share-fragment.ts';
import { addSources } from './module-sources.ts';

/** The most bytes of a file that is opened. */
const FILE_BYTES_MAX = 2 ** 20;
/** The same of a compiled module, and of its source map. */
const MODULE_BYTES_MAX = 4 * 2 ** 20;
/** Milliseconds after which a download has started, so that its bytes can be released. */
const DOWNLOAD_START_MS = 60_000;

/** Downloads each text as a file. */
export function saveFiles(texts: FileTexts): void {
  for (const [path, text] of Object.entries(texts)) {
    const blob = isCompiledModule(path)
      ? new Blob([decodeModule(text)], { type: 'application/wasm' })
      : new Blob([text], { type: 'text/plain' });
    const url = URL.createObjectURL(blob);
    html`<a href="${url}" download="${path.slice(1)}"></a>`.click();
    setTimeout(() => URL.revokeObjectURL(url), DOWNLOAD_START_MS);
  }
}

/**
 * Makes a hidden input, which the open button clicks.
 * @param onFiles receives the chosen files, and those that are dropped on the page
 */
export function makeFileInput(onFiles: (files: readonly File[]) => void): HTMLInputElement {
  const input = html<HTMLInputElement>`<input type="file" id="files" hidden multiple
    accept=".vol,.py,.js,.txt,.wasm,.map,.ts,.c,.h,.cc,.cpp,.rs">`;
  input.addEventListener('change', () => {
    const files = [...(input.files ?? [])];
    // Lets the user choose the same file again.
    input.value = '';
    if (files.length > 0) onFiles(files);
  });
  // Before the editor, which would insert their texts.
  const isCapturing = true;
  const takeDropped = (event: DragEvent): void => {
    if (event.dataTransfer?.types.includes('Files') !== true) return;
    event.preventDefault();
    event.stopPropagation();
    const files = [...event.dataTransfer.files];
    if (event.type === 'drop' && files.length > 0) onFiles(files);
  };
  document.addEventListener('dragover', takeDropped, isCapturing);
  document.addEventListener('drop', takeDropped, isCapturing);
  return input;
}

/** Puts opened files first, so that one of them is shown, and compiled ones last. */
function orderFiles(opened: FileTexts, others: FileTexts): FileTexts {
  const entries = Object.entries({ ...opened, ...others, ...opened });
  const isLast = ([path]: [string, string]): boolean => /\.(?:wasm|map)$/.test(path);
  return Object.fromEntries([
    ...entries.filter((entry) => !isLast(entry)),
    ...entries.filter(isLast),
  ]);
}

/**
 * Reads files and returns the new state: they are added to the current files, or replace all of
 * them if one is the graph's volfile. A compiled module that the volfile does not name gets a new
 * volfile, which replaces all files, too.
 * @throws {Error} about an unsuitable file
 */
export async function mergeFiles(files: readonly File[], current: PlayState): Promise<PlayState> {
  const texts = new Map<string, string>();
  for (const file of files) {
    const path = `/${file.name.replace(/[^\w.-]/g, '_')}`;
    if (texts.has(path)) throw new Error(`two of the files would be called ${path.slice(1)}`);
    texts.set(path, await readText(file));
  }
  const opened = addSources(Object.fromEntries(texts));
  const modules = Object.keys(opened).filter(isCompiledModule);
  const volfile = opened[VOLFILE] ?? current.texts[VOLFILE] ?? '';
  const unusedModule = modules.find((path) => !namesModule(volfile, path.slice(1)));
  const others =
    opened[VOLFILE] !== undefined
      ? {}
      : unusedModule === undefined
        ? current.texts
        : { [VOLFILE]: formatVolfile(unusedModule.slice(1)) };
  return { ...current, texts: orderFiles(opened, others) };
}

/** Returns whether a volfile has a volume of this module. */
const namesModule = (volfile: string, file: string): boolean =>
  [...volfile.matchAll(/^\s*option\s+module-name\s+(\S+)/gm)].some(([, name]) => name === file);

/** Formats the volfile of a module that the current one does not name. */
const formatVolfile = (file: string): string => `volume storage
    type storage/memory
end-volume

# The compiled module.
volume ${file.replace(/\.wasm$/, '')}
    type features/glupy
    option module-name ${file}
    subvolumes storage
end-volume
`;

/** Reads a file as text. @throws {Error} for large files and other encodings than UTF-8 */
async function readText(file: File): Promise<string> {
  const isModule = isCompiledModule(file.name);
  const bytesMax = isModule || file.name.endsWith('.map') ? MODULE_BYTES_MAX : FILE_BYTES_MAX;
  if (file.size > bytesMax) throw new Error(`${file.name} has more than ${bytesMax / 2 ** 20} MB`);
  const bytes = await file.arrayBuffer();
  if (isModule) return encodeModule(new Uint8Array(bytes));
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new Error(`${file.name} is no text in UTF-8`);
  }
}
