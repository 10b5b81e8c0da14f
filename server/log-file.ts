/**
 * The file of a log (`LogFile`), which turns over at a size: it becomes FILE.old, in place of the one
 * before it, and a new file is begun. So a module cannot fill the disk with its log.
 *
 * The file is opened for appending, so that no line is lost when the log is rotated in either way:
 * by a move and `reopen`, or by copying and truncating the file.
 */
import {
  closeSync,
  fstatSync,
  ftruncateSync,
  realpathSync,
  renameSync,
  statSync,
  writeSync,
} from 'node:fs';
import { openToWrite } from '../runtime/sys/guarded-write.ts';
import { Failure, formatReason } from '../terminal/exit.ts';

/** Only the owner may read the log, because it contains names of files. */
const LOG_MODE = 0o600;
/** The size at which a log turns over, in bytes, unless its server is told another. */
export const DEFAULT_LOG_BYTES = 128 * 2 ** 20;

/** Opens a log for appending; returns the descriptor. @throws {Failure} */
export function openLog(path: string): number {
  try {
    return openToWrite(path, { mode: LOG_MODE, append: true });
  } catch (error) {
    throw makeUnwritableLogError(path, error);
  }
}

/** Makes the error for a log that cannot be written. */
export const makeUnwritableLogError = (path: string, error: unknown): Failure =>
  new Failure(
    `cannot write the log ${path}: ${formatReason(error)}; --log-file names another place`,
  );

export class LogFile {
  private readonly path: string;
  private readonly bytesMax: number;
  private fd: number;
  /** Bytes that are written before the file's size is looked at. */
  private bytesLeft = 0;

  /** @param bytesMax 0 for no limit @throws {Failure} */
  constructor(path: string, bytesMax: number) {
    this.path = path;
    this.bytesMax = bytesMax;
    this.fd = openLog(path);
    this.countBytesLeft();
  }

  write(line: string): void {
    try {
      this.bytesLeft -= writeSync(this.fd, `${line}\n`);
      if (this.bytesLeft <= 0) this.turnOver();
    } catch {
      // A full disk must not end the mount, and there is no other place for a message.
    }
  }

  reopen(): void {
    const oldFd = this.fd;
    this.fd = openLog(this.path);
    closeSync(oldFd);
    this.countBytesLeft();
  }

  close(): void {
    closeSync(this.fd);
  }

  private countBytesLeft(): void {
    const stat = fstatSync(this.fd);
    const isBounded = this.bytesMax > 0 && stat.isFile();
    this.bytesLeft = isBounded ? this.bytesMax - stat.size : Number.POSITIVE_INFINITY;
  }

  private turnOver(): void {
    // Another program may have truncated the file.
    this.countBytesLeft();
    if (this.bytesLeft > 0) return;
    try {
      const [own, named] = [fstatSync(this.fd), statSync(this.path, { throwIfNoEntry: false })];
      // Another server of the same log, or logrotate, may have moved it.
      if (own.ino === named?.ino && own.dev === named.dev) {
        const path = realpathSync(this.path);
        renameSync(path, `${path}.old`);
      }
      this.reopen();
    } catch {
      // Such as a folder in which nothing may be renamed. A full disk would be worse than lost lines.
      ftruncateSync(this.fd, 0);
      this.countBytesLeft();
    }
  }
}
