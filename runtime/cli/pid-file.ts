/** The file that says which process serves a mount, for as long as it does. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Failure } from './exit.ts';
import { reason } from './reason.ts';

const content = `${process.pid}\n`;

export class PidFile {
  private readonly path: string | undefined;

  /** Writes it, if there is to be one. @throws {Failure} */
  constructor(path: string | undefined) {
    this.path = path;
    if (path === undefined) return;
    try {
      writeFileSync(path, content);
    } catch (error) {
      throw new Failure(`cannot write the pid file ${path}: ${reason(error)}`);
    }
  }

  /** Removes it, unless another process has made it its own. */
  remove(): void {
    if (this.path === undefined) return;
    try {
      if (readFileSync(this.path, 'utf8') === content) rmSync(this.path);
    } catch {
      // Somebody removed it before; that is what was wanted.
    }
  }
}
