/** Sources of modules and their imports, from the file system. */
import { readdirSync, readFileSync, realpathSync, type Stats, statSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { InitError } from '../../../runtime/core/errors.ts';
import { packageRoot } from '../../../runtime/sys/paths.ts';
import type { FileKind, Sources } from '../../host/machine.ts';

const kindOf = (stat: Stats): FileKind =>
  stat.isFile() ? 'file' : stat.isDirectory() ? 'folder' : 'other';

function placeNow(folder: string): number | undefined {
  try {
    return statSync(folder).dev;
  } catch {
    // A missing or unreadable folder cannot be covered.
    return undefined;
  }
}

export const sources: Sources = {
  installed: packageRoot,
  fileKind(path) {
    const there = statSync(path, { throwIfNoEntry: false });
    return there && kindOf(there);
  },
  list: (folder) =>
    readdirSync(folder, { withFileTypes: true }).map((entry) => ({
      name: entry.name,
      isFolder: entry.isDirectory(),
    })),
  read: (path) => readFileSync(path),
  realPath: (path) => realpathSync(path),
  recordFileSystems(folders) {
    const places = new Map(folders.map((folder) => [folder, placeNow(folder)]));
    return async () => {
      for (const [folder, place] of places) {
        // An asynchronous stat does not block this thread.
        const now = await stat(folder).catch(() => undefined);
        if (now === undefined || now.dev === place) continue;
        throw new InitError(`${folder} is on another file system now than when the volume started`);
      }
    };
  },
};
