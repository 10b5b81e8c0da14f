/** Implements `Sources` (host/machine.ts): reads modules and their imports from the file system. */
import { readdirSync, readFileSync, realpathSync, type Stats, statSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { InitError } from '../../../runtime/core/errors.ts';
import { packageRoot } from '../../../runtime/sys/paths.ts';
import type { FileKind, Sources } from '../../host/machine.ts';

const readKind = (stat: Stats): FileKind =>
  stat.isFile() ? 'file' : stat.isDirectory() ? 'folder' : 'other';

/** Returns the number of the device that a folder is on; undefined if it cannot be read. */
function readDevice(folder: string): number | undefined {
  try {
    return statSync(folder).dev;
  } catch {
    // A missing or unreadable folder cannot be covered by a mount.
    return undefined;
  }
}

/** Reads a file of at most this size. A FIFO or device beside a module never ends: it is refused, too. */
function readLimited(path: string, maxBytes = Number.POSITIVE_INFINITY): Uint8Array {
  if (maxBytes < Number.POSITIVE_INFINITY) {
    const stats = statSync(path);
    if (!stats.isFile()) throw new Error(`${path} is not a file`);
    if (stats.size > maxBytes) throw new Error(`${path} has more than ${maxBytes} bytes`);
  }
  return readFileSync(path);
}

/** The sources of this process. */
export const sources: Sources = {
  installed: packageRoot,
  findFileKind(path) {
    const stats = statSync(path, { throwIfNoEntry: false });
    return stats && readKind(stats);
  },
  list: (folder) =>
    readdirSync(folder, { withFileTypes: true }).map((entry) => ({
      name: entry.name,
      isFolder: entry.isDirectory(),
    })),
  read: readLimited,
  findRealPath: (path) => realpathSync(path),
  makeMountCheck(folders) {
    // A mount over a folder changes the folder's device number.
    const devices = new Map(folders.map((folder) => [folder, readDevice(folder)]));
    return async () => {
      for (const [folder, device] of devices) {
        // Asynchronous: a stat below the process's own mount would block its thread for ever.
        const current = await stat(folder).catch(() => undefined);
        if (current === undefined || current.dev === device) continue;
        throw new InitError(`${folder} is on another file system now than when the volume started`);
      }
    };
  },
};
