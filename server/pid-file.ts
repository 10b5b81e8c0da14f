/** The file that says which process serves a mount, for as long as it does. */
import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { openToWrite } from '../runtime/sys/guarded-write.ts';
import { Failure } from '../terminal/exit.ts';
import { reason } from '../terminal/reason.ts';

const content = `${process.pid}\n`;

/** By its default, so that whoever watches the server may read it. */
const MODE = 0o644;
/** What has taken the file's place may lead elsewhere, or be a pipe. */
const READ = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

export class PidFile {
  private readonly path: string | undefined;

  /** Without a path there is none. */
  constructor(path: string | undefined) {
    this.path = path;
  }

  /** It goes with the process, however that ends short of being killed. @throws {Failure} */
  write(): void {
    if (this.path === undefined) return;
    try {
      fill(this.path, openToWrite(this.path, { mode: MODE, noLinks: true }));
      process.on('exit', this.onExit);
    } catch (error) {
      throw new Failure(`cannot write the pid file ${this.path}: ${reason(error)}`);
    }
  }

  /** Removes it, unless another process has made it its own. */
  remove(): void {
    process.off('exit', this.onExit);
    if (this.path === undefined) return;
    try {
      if (readFile(this.path) === content) rmSync(this.path);
    } catch {
      // Somebody removed it before; that is what was wanted.
    }
  }

  private readonly onExit = (): void => this.remove();
}

/** Writes all of it: what a full disk has room for is no number of this process. */
function fill(path: string, fd: number): void {
  try {
    try {
      writeFileSync(fd, content);
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    rmSync(path, { force: true });
    throw error;
  }
}

/** What a regular file says; null of anything else. */
function readFile(path: string): string | null {
  const fd = openSync(path, READ);
  try {
    return fstatSync(fd).isFile() ? readFileSync(fd, 'utf8') : null;
  } finally {
    closeSync(fd);
  }
}
