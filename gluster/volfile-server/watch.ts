/**
 * Notices when volfiles change. The system tells of most changes at once, but not of all of them: not
 * those on another machine, nor any when too many folders are watched. So they are looked at as well.
 */
import { type FSWatcher, statSync, watch } from 'node:fs';
import type { VolfileFolder } from './folder.ts';

/** Changes within this time are one: editors write, rename and remove. */
const SETTLE_MS = 100;
const LOOK_MS = 3000;

export interface WatchSettings {
  changed(volumes: readonly string[]): void;
  /** What cannot be read, or served: once. */
  trouble(why: string): void;
}

/** @returns what ends it */
export function watchFolder(folder: VolfileFolder, settings: WatchSettings): () => void {
  let watcher: FSWatcher | null = null;
  let watched: number | null = null;
  let settling: NodeJS.Timeout | null = null;
  let isTroubled = false;

  const end = (): void => {
    watcher?.close();
    watcher = null;
    watched = null;
  };
  /** The folder may have become another one, of the same name. */
  const begin = (): void => {
    const ino = statSync(folder.path, { throwIfNoEntry: false })?.ino ?? null;
    if (ino === watched) return;
    end();
    try {
      watcher = watch(folder.path, { persistent: false }, soon);
      watcher.on('error', end);
      watched = ino;
    } catch {
      // It is looked at every few seconds.
    }
  };
  const look = (): void => {
    begin();
    try {
      const { changed, doubts } = folder.look();
      isTroubled = false;
      for (const doubt of doubts) settings.trouble(doubt);
      if (changed.length > 0) settings.changed(changed);
    } catch (error) {
      if (!isTroubled) settings.trouble(`the folder cannot be read: ${(error as Error).message}`);
      isTroubled = true;
    }
  };
  const soon = (): void => {
    settling ??= setTimeout(() => {
      settling = null;
      look();
    }, SETTLE_MS);
  };
  begin();
  const looking = setInterval(look, LOOK_MS).unref();
  return () => {
    clearInterval(looking);
    if (settling !== null) clearTimeout(settling);
    end();
  };
}
