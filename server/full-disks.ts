/** Whether there is room for what is written besides what a command is asked for. */
import { type StatsFs, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { defaultCacheFolder } from '../bridges/machine/node/cache-folder.ts';
import { defaultLogFile } from './log-sink.ts';

/** Bytes that a log or an interpreter's snapshot should find. */
const ROOM_MIN = 2 ** 20;

type Space = Pick<StatsFs, 'bsize' | 'bavail' | 'files' | 'ffree'>;

/** What a mount writes, and where. */
const written = (): readonly (readonly [what: string, folder: string])[] => [
  ['the log of a mount', dirname(defaultLogFile('/'))],
  ['snapshots that let Python start at once', defaultCacheFolder()],
];

/** A sentence for each folder without room. */
export const fullDisks = (
  places: readonly (readonly [what: string, folder: string])[] = written(),
  space: (folder: string) => Space = statfsSync,
): string[] =>
  places
    .filter(([, folder]) => isFull(spaceOf(folder, space)))
    .map(([what, folder]) => `the disk is full: there is no room in ${folder} for ${what}`);

// A file system that counts no inodes (btrfs) has 0 of them.
const isFull = ({ bsize, bavail, files, ffree }: Space): boolean =>
  bavail * bsize < ROOM_MIN || (files > 0 && ffree === 0);

/** Of a folder that may have to be made first. */
function spaceOf(folder: string, space: (folder: string) => Space): Space {
  try {
    return space(folder);
  } catch (error) {
    const above = dirname(folder);
    if (above === folder) throw error;
    return spaceOf(above, space);
  }
}
