/**
 * Watches a folder for saved files (option reload). Editors write in several steps, or write
 * another file and rename it. So the watcher waits until the folder has been quiet for a moment, and
 * then compares names, sizes and times with the previous ones.
 */
import { type FSWatcher, readdirSync, statSync, watch } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { FolderWatcher } from '../../host/machine.ts';

/** Milliseconds that a folder must be quiet. */
const QUIET_MS = 50;
/** Milliseconds between two checks for a removed folder. */
const MISSING_CHECK_MS = 500;

/** Watches the files with these extensions in one folder; returns a function that stops watching. */
export function watchFolder(
  folder: string,
  extensions: readonly string[],
  { onChange, onFailure }: FolderWatcher,
): () => void {
  let timer: NodeJS.Timeout | undefined;
  let watcher: FSWatcher | undefined;
  let isStopped = false;
  const isWatched: FileFilter = (name) => extensions.some((extension) => name.endsWith(extension));
  let lastSample = '';
  /** The folder's device number when watching started. */
  let device = 0;
  const scheduleComparison = (ms: number): void => {
    clearTimeout(timer);
    if (!isStopped) timer = setTimeout(() => void compare(), ms).unref();
  };
  const compare = async (): Promise<void> => {
    const stats = await stat(folder).catch(() => undefined);
    if (isStopped) return;
    if (stats === undefined) return scheduleComparison(MISSING_CHECK_MS);
    // Another file system may be the mount that this process serves: watching it would deadlock.
    if (stats.dev !== device)
      return reportFailure(new Error('another file system lies on its folder now'));
    // The kernel does not report a recreated folder: watch the new one.
    startWatching();
    const sample = await sampleFolder(folder, isWatched);
    const differs = sample !== lastSample && !isStopped;
    lastSample = sample;
    if (differs) onChange();
  };
  const startWatching = (): void => {
    watcher?.close();
    try {
      watcher = watch(folder, { persistent: false }, (_event, name) => {
        if (name === null || isWatched(name) || name === basename(folder))
          scheduleComparison(QUIET_MS);
      });
      watcher.on('error', reportFailure);
    } catch (error) {
      reportFailure(error);
    }
  };
  const reportFailure = (error: unknown): void => {
    if (!isStopped) onFailure(error instanceof Error ? error.message : String(error));
  };
  try {
    device = statSync(folder).dev;
    startWatching();
    lastSample = sampleFolderSync(folder, isWatched);
  } catch (error) {
    reportFailure(error);
  }
  return () => {
    isStopped = true;
    clearTimeout(timer);
    watcher?.close();
  };
}

/** Returns whether a file of this name is watched. */
type FileFilter = (name: string) => boolean;

const formatEntry = (name: string, { size, mtimeMs }: { size: number; mtimeMs: number }): string =>
  `${name} ${size} ${mtimeMs}`;

/** Returns names, sizes and times of the files as one text, to be compared with a later one. */
function sampleFolderSync(folder: string, isWatched: FileFilter): string {
  const names = readdirSync(folder).filter(isWatched).sort();
  return names.map((name) => formatEntry(name, statSync(join(folder, name)))).join('\n');
}

/**
 * Does the same asynchronously, because the folder may be below a mount that this process serves. A
 * file that is removed meanwhile gets size -1.
 */
async function sampleFolder(folder: string, isWatched: FileFilter): Promise<string> {
  const names = (await readdir(folder).catch(() => [])).filter(isWatched).sort();
  const missing = { size: -1, mtimeMs: 0 };
  const entries = names.map(async (name) =>
    formatEntry(name, await stat(join(folder, name)).catch(() => missing)),
  );
  return (await Promise.all(entries)).join('\n');
}
