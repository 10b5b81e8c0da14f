/** Holds the state of an open file that all handles with its descriptor share. */
import type { OpenFile } from './open-file.ts';

export class OpenState {
  /** The path by which the file was opened, for errors. */
  readonly path: string;
  readonly file: OpenFile;
  /** The position at which reads and writes without a position continue. */
  position = 0;
  isClosed = false;
  /** Whether a lock was requested, which the close then releases by a flush. */
  hasLocks = false;

  constructor(path: string, file: OpenFile) {
    this.path = path;
    this.file = file;
  }
}
