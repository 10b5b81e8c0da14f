/**
 * The server's own folder: files with what it tells of itself, for its user alone. Each is there with
 * all that is in it, or not at all.
 */
import { closeSync, mkdirSync, renameSync, unlinkSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { RunFiles } from '../core/context.ts';
import { effectiveUser } from '../sys/exposure.ts';
import { openToWrite } from '../sys/write.ts';
import { defaultLogFile } from './log-sink.ts';

/** The folder, unless told: GlusterFS's for root, another user's is that of the logs. */
export const defaultRunFolder = (uid = process.geteuid?.()): string =>
  uid === 0 ? '/var/run/glossa' : dirname(defaultLogFile('/', { uid: uid ?? 0 }));

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
      const bytes = Buffer.from(text);
      for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
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
