/**
 * The server's own folder: files with what it tells of itself, for its user alone. Each is there with
 * all that is in it, or not at all.
 */
import { closeSync, mkdirSync, renameSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { RunFiles } from '../runtime/core/context.ts';
import { effectiveUser } from '../runtime/sys/exposure.ts';
import { openToWrite, writeWhole } from '../runtime/sys/guarded-write.ts';
import { stateFolder } from './state-folder.ts';

/** The folder, unless told: GlusterFS's for root, the folder for state for another user. */
export const defaultRunFolder = (uid = process.geteuid?.(), env = process.env): string =>
  uid === 0 ? '/var/run/glossa' : stateFolder(env);

export class RunFolder implements RunFiles {
  readonly owner = effectiveUser();
  readonly path: string;

  /** @param path absolute; it is made when there is something to write */
  constructor(path: string) {
    this.path = path;
  }

  /** @throws {NodeJS.ErrnoException | ForeignFileError} */
  write(name: string, text: string): string {
    mkdirSync(this.path, { recursive: true, mode: 0o700 });
    const path = join(this.path, name);
    const begun = join(this.path, `begun.${process.pid}`);
    const fd = openToWrite(begun, { mode: 0o600, noLinks: true });
    try {
      writeWhole(fd, Buffer.from(text));
      renameSync(begun, path);
    } catch (error) {
      unlinkSync(begun);
      throw error;
    } finally {
      closeSync(fd);
    }
    return path;
  }
}
