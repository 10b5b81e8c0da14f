/**
 * Watches a folder for saved files. Editors write in several steps, also to another name that they
 * rename; so a save is a difference once the folder has been quiet for a moment.
 */
import { type FSWatcher, readdirSync, statSync, watch } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Watcher } from '../../host/machine.ts';

/** Milliseconds that a folder must be quiet. */
const QUIET = 50;
/** Milliseconds between two checks for a removed folder. */
const GONE = 500;

/** Watches the files with these extensions in one folder. The result stops it. */
export function watchFolder(
  folder: string,
  extensions: readonly string[],
  { onChange, onFailure }: Watcher,
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
    // Watching below a mount that this process serves would wait for itself.
    if (there.dev !== device) return fail(new Error('another file system lies on its folder now'));
    // The kernel does not report a recreated folder: watch the new one.
    arm();
    const after = await sampleFolder(folder, mine);
    const differs = after !== before && !ended;
    before = after;
    if (differs) onChange();
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
    if (!ended) onFailure(error instanceof Error ? error.message : String(error));
  };
  try {
    device = statSync(folder).dev;
    arm();
    before = sampleNow(folder, mine);
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

/** Samples names, sizes and times of the files as one text. */
function sampleNow(folder: string, mine: Mine): string {
  const names = readdirSync(folder).filter(mine).sort();
  return names.map((name) => line(name, statSync(join(folder, name)))).join('\n');
}

/**
 * The same asynchronously: the folder may be below a mount that this process serves. A file removed
 * meanwhile is left out.
 */
async function sampleFolder(folder: string, mine: Mine): Promise<string> {
  const names = (await readdir(folder).catch(() => [])).filter(mine).sort();
  const gone = { size: -1, mtimeMs: 0 };
  const found = names.map(async (name) =>
    line(name, await stat(join(folder, name)).catch(() => gone)),
  );
  return (await Promise.all(found)).join('\n');
}
