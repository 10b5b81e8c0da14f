/** The folders of a bench: they are gone at its end, and what is mounted is never removed. */
import { accessSync, constants, mkdirSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { makeScratch, mountsIn, removeScratch } from '../../../server/scratch.ts';
import { Failure } from '../../../terminal/exit.ts';
import { reason } from '../../../terminal/reason.ts';

/** Memory as a file system, on most machines: no disk decides what is measured. */
const MEMORY = '/dev/shm';

export class Workspace {
  /** For mount points, logs and programs. */
  readonly scratch: string;
  /** For all that is stored. */
  readonly data: string;
  /** In it, of each stack a folder by its name; and the plain directory beside them. */
  readonly stacks: string;
  readonly plain: string;

  /**
   * @param wanted where the stacks store; memory when it is undefined and there is enough of it
   * @param bytes that they store at most
   * @throws {Failure}
   */
  constructor(wanted: string | undefined, bytes: number) {
    this.scratch = makeScratch('bench');
    const parent = wanted === undefined ? roomy(bytes) : resolve(wanted);
    try {
      this.data = makeScratch('bench-data', parent);
    } catch (error) {
      rmSync(this.scratch, { recursive: true });
      throw new Failure(`cannot make a folder in ${parent}: ${reason(error)}`);
    }
    this.stacks = join(this.data, 'stacks');
    this.plain = join(this.data, 'plain');
    mkdirSync(this.stacks);
    mkdirSync(this.plain);
  }

  /** Removes them. The result says what is left, because it is still mounted; null: nothing is. */
  remove(): string | null {
    if (!removeScratch(this.scratch)) {
      const mounts = mountsIn(this.scratch).join(', ');
      return `${this.scratch} and ${this.data} are left: still mounted: ${mounts} (umount -l)`;
    }
    rmSync(this.data, { recursive: true, force: true });
    return null;
  }
}

function roomy(bytes: number): string {
  try {
    accessSync(MEMORY, constants.W_OK);
    const { bavail, bsize } = statfsSync(MEMORY);
    if (bavail * bsize > bytes) return MEMORY;
  } catch {
    // It is not there, or not for this user.
  }
  return tmpdir();
}
