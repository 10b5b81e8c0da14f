/** Makes the folders of a bench, and removes them at its end unless something is mounted there. */
import { accessSync, constants, mkdirSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { listMountsIn, makeScratch, removeScratch } from '../../../server/scratch-folders.ts';
import { Failure } from '../../../terminal/exit.ts';
import { formatReason } from '../../../terminal/reason.ts';

/** A file system in memory on most machines, so that the disk is not measured. */
const MEMORY_FOLDER = '/dev/shm';

/** The folders of a run. */
export class Workspace {
  /** Folder for mount points, logs and programs. */
  readonly scratch: string;
  /** Folder for all stored files. */
  readonly data: string;
  /** Folder in `data` with a subfolder for the files of each stack. */
  readonly stacks: string;
  /** The plain directory, in `data`: the same storage without a server. */
  readonly plain: string;

  /**
   * @param folder folder for the stacks' files; undefined: memory if it is large enough
   * @param bytes most bytes that the stacks store
   * @throws {Failure}
   */
  constructor(folder: string | undefined, bytes: number) {
    this.scratch = makeScratch('bench');
    const parent = folder === undefined ? chooseParent(bytes) : resolve(folder);
    try {
      this.data = makeScratch('bench-data', parent);
    } catch (error) {
      rmSync(this.scratch, { recursive: true });
      throw new Failure(`cannot make a folder in ${parent}: ${formatReason(error)}`);
    }
    this.stacks = join(this.data, 'stacks');
    this.plain = join(this.data, 'plain');
    mkdirSync(this.stacks);
    mkdirSync(this.plain);
  }

  /** Removes the folders; returns null, or a message about the folders that are still mounted. */
  remove(): string | null {
    if (!removeScratch(this.scratch)) {
      const mounts = listMountsIn(this.scratch).join(', ');
      return `${this.scratch} and ${this.data} are left: still mounted: ${mounts} (umount -l)`;
    }
    rmSync(this.data, { recursive: true, force: true });
    return null;
  }
}

/** Chooses /dev/shm if it has more free bytes than these, else the folder for temporary files. */
function chooseParent(bytes: number): string {
  try {
    accessSync(MEMORY_FOLDER, constants.W_OK);
    const { bavail, bsize } = statfsSync(MEMORY_FOLDER);
    if (bavail * bsize > bytes) return MEMORY_FOLDER;
  } catch {
    // Absent, or not accessible to this user.
  }
  return tmpdir();
}
