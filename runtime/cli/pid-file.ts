/** The file that says which process serves a mount, for as long as it does. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Failure } from './exit.ts';
import { reason } from './reason.ts';

const content = `${process.pid}\n`;

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
      writeFileSync(this.path, content);
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
      if (readFileSync(this.path, 'utf8') === content) rmSync(this.path);
    } catch {
      // Somebody removed it before; that is what was wanted.
    }
  }

  private readonly onExit = (): void => this.remove();
}
