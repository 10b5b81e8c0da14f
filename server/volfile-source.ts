/**
 * Defines the source of a server's volfile, which is read at the start and at each reload. This
 * file has the source that reads a file; `server-source.ts` has the one that asks a volfile server.
 */
import { dirname, resolve } from 'node:path';
import type { VolfileInspection } from '../runtime/volfile/volfile.ts';
import { type InspectSettings, inspectFile, warnUntrusted } from './volfiles.ts';

/** A volfile, wherever it comes from. */
export interface VolfileSource {
  /** Its name in /proc/mounts: an absolute path, or `HOST:/NAME`. */
  readonly name: string;
  /** The folder from which relative paths in the volfile start. */
  readonly baseDir: string;
  /**
   * Reads and checks the volfile as it is now. `onWarning` receives a warning if another user can
   * write it.
   * @throws {Failure} when it is unreadable, or refused by `strict`
   */
  inspect(settings: InspectSettings, onWarning: (text: string) => void): Promise<VolfileInspection>;
  /** Calls `fn` when a volfile server reports a change: once, until the next `inspect`. */
  onChange(fn: () => void): void;
  /** The id that a volfile server has given the volume, a UUID. @throws {Failure} */
  fetchVolumeId?(): Promise<string>;
  /** Ends the connection to a volfile server, if there is one. */
  close(): void;
}

/** Makes the source of a volfile that is a file; it reports no changes. */
export function makeFileSource(path: string): VolfileSource {
  const name = resolve(path);
  // The first time, messages name the file as the user did. Later the server's current folder is
  // the root directory, so the path must be absolute.
  let currentPath = path;
  return {
    name,
    baseDir: dirname(name),
    inspect(settings, onWarning) {
      const file = currentPath;
      currentPath = name;
      warnUntrusted(file, settings.strict === true, onWarning);
      return inspectFile(file, settings);
    },
    onChange() {},
    close() {},
  };
}
