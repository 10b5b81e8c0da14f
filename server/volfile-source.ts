/**
 * The source of a mount's volfile, at its start and again later: a file, or a server
 * (server-source.ts).
 */
import { dirname, resolve } from 'node:path';
import type { VolfileInspection } from '../runtime/volfile/volfile.ts';
import { type InspectSettings, inspectFile, vouchFor } from './volfiles.ts';

export interface VolfileSource {
  /** As the list of mounts shows it: an absolute path, or `HOST:/NAME`. */
  readonly name: string;
  /** Where relative paths in it start. */
  readonly baseDir: string;
  /**
   * What there is to say about the volfile now.
   * @throws {Failure} when it cannot be had, or is not to be used
   */
  inspect(settings: InspectSettings, remark: (text: string) => void): Promise<VolfileInspection>;
  /** Calls `fn` when it may have changed: once, until it is inspected again. */
  onChange(fn: () => void): void;
  close(): void;
}

export function fileSource(path: string): VolfileSource {
  const name = resolve(path);
  // A daemon goes to the root directory once it serves, so a relative name leads elsewhere then.
  let given = path;
  return {
    name,
    baseDir: dirname(name),
    inspect(settings, remark) {
      const file = given;
      given = name;
      vouchFor(file, settings.strict === true, remark);
      return inspectFile(file, settings);
    },
    onChange() {},
    close() {},
  };
}
