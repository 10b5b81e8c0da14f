/** Writes the pid file of a server (`--pid-file`), and removes it at the end. */
import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { openToWrite } from '../runtime/sys/guarded-write.ts';
import { Failure, formatReason } from '../terminal/exit.ts';

/** The content of the file. */
const pidText = `${process.pid}\n`;

/** Readable by every user, so that a supervisor can find the server. */
const FILE_MODE = 0o644;
/** The open follows no link and waits for no pipe: another process may have replaced the file. */
const READ_FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** The pid file of this process. */
export class PidFile {
  private readonly path: string | undefined;

  /** @param path undefined for no pid file */
  constructor(path: string | undefined) {
    this.path = path;
  }

  /**
   * Writes the file, which is removed when the process exits, except by SIGKILL. @throws {Failure}
   */
  write(): void {
    if (this.path === undefined) return;
    try {
      writeOrRemove(this.path, openToWrite(this.path, { mode: FILE_MODE, noLinks: true }));
      process.on('exit', this.onExit);
    } catch (error) {
      throw new Failure(`cannot write the pid file ${this.path}: ${formatReason(error)}`);
    }
  }

  /** Removes the file, unless it names another process. */
  remove(): void {
    process.off('exit', this.onExit);
    if (this.path === undefined) return;
    try {
      if (readRegularFile(this.path) === pidText) removeOrEmpty(this.path);
    } catch {
      // The file is gone already.
    }
  }

  private readonly onExit = (): void => this.remove();
}

/**
 * Writes the whole text, or removes the file: the first digits alone could be another process's id.
 */
function writeOrRemove(path: string, fd: number): void {
  try {
    try {
      writeFileSync(fd, pidText);
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    rmSync(path, { force: true });
    throw error;
  }
}

/** Removes the file; a confined server, which may change nothing in the folder, empties it. */
function removeOrEmpty(path: string): void {
  try {
    rmSync(path);
  } catch {
    truncateSync(path);
  }
}

/** Reads a regular file; returns null for any other kind. */
function readRegularFile(path: string): string | null {
  const fd = openSync(path, READ_FLAGS);
  try {
    return fstatSync(fd).isFile() ? readFileSync(fd, 'utf8') : null;
  } finally {
    closeSync(fd);
  }
}
