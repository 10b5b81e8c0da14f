/**
 * Tells when a file of a folder was saved. Editors write in several steps, also to a file of
 * another name that they rename: so what counts is that some file differs once the folder has been
 * quiet for a moment.
 */
import { type FSWatcher, readdirSync, statSync, watch } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Watcher } from '../../host/machine.ts';

/** How long a folder must be quiet, in milliseconds. */
const QUIET = 50;
/** How often a folder that has gone is looked for, in milliseconds. */
const GONE = 500;

/** Watches the files with these extensions in one folder. The result ends it. */
export function watchFolder(
  folder: string,
  extensions: readonly string[],
  { changed, failed }: Watcher,
): () => void {
  let timer: NodeJS.Timeout | undefined;
  let watcher: FSWatcher | undefined;
  let ended = false;
  const mine: Mine = (name) => extensions.some((end) => name.endsWith(end));
  let before = '';
  let device = 0;
  const compareIn = (ms: number): void => {
    clearTimeout(timer);
    if (!ended) timer = setTimeout(() => void compare(), ms).unref();
  };
  const compare = async (): Promise<void> => {
    const there = await stat(folder).catch(() => undefined);
    if (ended) return;
    if (there === undefined) return compareIn(GONE);
    // To watch what lies below the mount that is served here would wait for itself.
    if (there.dev !== device) return fail(new Error('another file system lies on its folder now'));
    // A folder that was made anew is another one to the kernel, which tells nothing of it.
    arm();
    const after = await look(folder, mine);
    const differs = after !== before && !ended;
    before = after;
    if (differs) changed();
  };
  const arm = (): void => {
    watcher?.close();
    try {
      watcher = watch(folder, { persistent: false }, (_event, name) => {
        if (name === null || mine(name) || name === basename(folder)) compareIn(QUIET);
      });
      watcher.on('error', fail);
    } catch (error) {
      fail(error);
    }
  };
  const fail = (error: unknown): void => {
    if (!ended) failed(error instanceof Error ? error.message : String(error));
  };
  try {
    device = statSync(folder).dev;
    arm();
    before = lookNow(folder, mine);
  } catch (error) {
    fail(error);
  }
  return () => {
    ended = true;
    clearTimeout(timer);
    watcher?.close();
  };
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
