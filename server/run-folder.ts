/**
 * Writes a server's statedumps and statistics into a folder (`--statedump-path`), readable by the
 * server's user alone. A file appears whole or not at all.
 */
import { closeSync, mkdirSync, renameSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { RunFiles } from '../runtime/core/context.ts';
import { readEffectiveUid } from '../runtime/sys/exposure.ts';
import { openToWrite, writeWhole } from '../runtime/sys/guarded-write.ts';
import { removeOldest } from '../runtime/sys/oldest-files.ts';
import { findStateFolder } from './state-folder.ts';

/** Finds the default folder: /var/run/glossa for root, the state folder for another user. */
export const findDefaultRunFolder = (uid = process.geteuid?.(), env = process.env): string =>
  uid === 0 ? '/var/run/glossa' : findStateFolder(env);

/** The number of statedumps that are kept, unless a server is told another. */
export const DEFAULT_STATEDUMP_MAX = 100;
/** The start of a statedump's name. */
const STATEDUMP = 'glusterdump.';

/** The folder of one server. */
export class RunFolder implements RunFiles {
  readonly ownerUid = readEffectiveUid();
  readonly path: string;
  private readonly statedumpMax: number;

  /**
   * @param path absolute; the folder is made at the first write
   * @param statedumpMax the number of statedumps that are kept, of all servers; 0: all
   */
  constructor(path: string, statedumpMax = DEFAULT_STATEDUMP_MAX) {
    this.path = path;
    this.statedumpMax = statedumpMax;
  }

  /** Writes a statedump, and removes the oldest beyond the most. Throws as `write`. */
  writeStatedump(unixSeconds: number, text: string): string {
    // GlusterFS uses the same name.
    const path = this.write(`${STATEDUMP}${process.pid}.dump.${unixSeconds}`, text);
    if (this.statedumpMax > 0)
      removeOldest(this.path, (name) => name.startsWith(STATEDUMP), this.statedumpMax);
    return path;
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
