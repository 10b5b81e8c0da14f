/**
 * Tells when a file of a folder was saved. Editors write in several steps, also to a file of
 * another name that they rename: so what counts is that some file differs once the folder has been
 * quiet for a moment.
 */
import { readdirSync, statSync, watch } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** How long a folder must be quiet, in milliseconds. */
const QUIET = 50;

export interface Watcher {
  changed(): void;
  /** Nothing more will be told. */
  failed(why: string): void;
}

/** Watches the files with these extensions in one folder. The result ends it. */
export function watchFolder(
  folder: string,
  extensions: readonly string[],
  { changed, failed }: Watcher,
): () => void {
  let timer: NodeJS.Timeout | undefined;
  let ended = false;
  const mine: Mine = (name) => extensions.some((end) => name.endsWith(end));
  let before = '';
  const compare = async (): Promise<void> => {
    const after = await look(folder, mine);
    const differs = after !== before;
    before = after;
    if (differs && !ended) changed();
  };
  const fail = (error: unknown): void => {
    if (!ended) failed(error instanceof Error ? error.message : String(error));
  };
  const end = (): void => {
    ended = true;
    clearTimeout(timer);
  };
  try {
    const watcher = watch(folder, { persistent: false }, (_event, name) => {
      if (name !== null && !mine(name)) return;
      clearTimeout(timer);
      timer = setTimeout(() => void compare(), QUIET).unref();
    });
    watcher.on('error', fail);
    before = lookNow(folder, mine);
    return () => {
      end();
      watcher.close();
    };
  } catch (error) {
    fail(error);
    return end;
  }
}

type Mine = (name: string) => boolean;

const line = (name: string, { size, mtimeMs }: { size: number; mtimeMs: number }): string =>
  `${name} ${size} ${mtimeMs}`;

/** Names, sizes and times of the files, as one text. */
function lookNow(folder: string, mine: Mine): string {
  const names = readdirSync(folder).filter(mine).sort();
  return names.map((name) => line(name, statSync(join(folder, name)))).join('\n');
}

/**
 * The same, without standing in the way of requests: the folder may have come to lie below the
 * mount that they are for. A file that has just gone is not there any more.
 */
async function look(folder: string, mine: Mine): Promise<string> {
  const names = (await readdir(folder).catch(() => [])).filter(mine).sort();
  const gone = { size: -1, mtimeMs: 0 };
  const found = names.map(async (name) =>
    line(name, await stat(join(folder, name)).catch(() => gone)),
  );
  return (await Promise.all(found)).join('\n');
}
