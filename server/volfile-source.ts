/**
 * Reads a mount's volfile, at the start and at each reload: from a file, or from a server
 * (server-source.ts).
 */
import { dirname, resolve } from 'node:path';
import type { VolfileInspection } from '../runtime/volfile/volfile.ts';
import { type InspectSettings, inspectFile, warnUntrusted } from './volfiles.ts';

export interface VolfileSource {
  /** Its name in /proc/mounts: an absolute path, or `HOST:/NAME`. */
  readonly name: string;
  /** The folder that relative paths in it start from. */
  readonly baseDir: string;
  /** Inspects the volfile as it is now. @throws {Failure} when it is unreadable or not trusted */
  inspect(settings: InspectSettings, onRemark: (text: string) => void): Promise<VolfileInspection>;
  /** Calls `fn` when the volfile may have changed; not again before the next `inspect`. */
  onChange(fn: () => void): void;
  close(): void;
}

export function makeFileSource(path: string): VolfileSource {
  const name = resolve(path);
  // A daemon changes to the root directory once it serves, where a relative name is another file.
  let currentPath = path;
  return {
    name,
    baseDir: dirname(name),
    inspect(settings, onRemark) {
      const file = currentPath;
      currentPath = name;
      warnUntrusted(file, settings.strict === true, onRemark);
      return inspectFile(file, settings);
    },
    onChange() {},
    close() {},
  };
}
