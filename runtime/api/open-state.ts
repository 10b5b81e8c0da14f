/** Holds the state of an open file that all handles with its descriptor share. */
import type { OpenFile } from './open-file.ts';

export class OpenState {
  readonly path: string;
  readonly file: OpenFile;
  /** Bytes; where reads and writes without a position continue. */
  position = 0;
  isClosed = false;
  hasLocks = false;

  constructor(path: string, file: OpenFile) {
    this.path = path;
    this.file = file;
  }
}
