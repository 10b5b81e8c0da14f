/**
 * Writes a server's statedumps and statistics into a folder (`--statedump-path`), readable by the
 * server's user alone. A file appears whole or not at all.
 */
import { closeSync, mkdirSync, renameSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { RunFiles } from '../runtime/core/context.ts';
import { readEffectiveUid } from '../runtime/sys/exposure.ts';
import { openToWrite, writeWhole } from '../runtime/sys/guarded-write.ts';
import { findStateFolder } from './state-folder.ts';

/** Finds the default folder: /var/run/glossa for root, the state folder for another user. */
export const findDefaultRunFolder = (uid = process.geteuid?.(), env = process.env): string =>
  uid === 0 ? '/var/run/glossa' : findStateFolder(env);

/** The folder of one server. */
export class RunFolder implements RunFiles {
  readonly ownerUid = readEffectiveUid();
  readonly path: string;

  /** @param path absolute; the folder is made at the first write */
  constructor(path: string) {
    this.path = path;
  }

  /**
   * Writes a file, and returns its path.
   * @throws {NodeJS.ErrnoException | ForeignFileError}
   */
  write(name: string, text: string): string {
    mkdirSync(this.path, { recursive: true, mode: 0o700 });
    const path = join(this.path, name);
    const temporaryPath = join(this.path, `begun.${process.pid}`);
    const fd = openToWrite(temporaryPath, { mode: 0o600, noLinks: true });
    try {
      writeWhole(fd, Buffer.from(text));
      renameSync(temporaryPath, path);
    } catch (error) {
      unlinkSync(temporaryPath);
      throw error;
    } finally {
      closeSync(fd);
    }
    return path;
  }
}
