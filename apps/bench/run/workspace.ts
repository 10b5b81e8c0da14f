/** Makes the folders of a bench, and removes them at its end unless something is mounted there. */
import { accessSync, constants, mkdirSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { listMountsIn, makeScratch, removeScratch } from '../../../server/scratch-folders.ts';
import { Failure, formatReason } from '../../../terminal/exit.ts';

/** A file system in memory on most machines, so that the disk is not measured. */
const MEMORY_FOLDER = '/dev/shm';

/** The folders of a run. */
export class Workspace {
  /** Folder for mount points, logs and programs. */
  readonly scratchFolder: string;
  /** Folder for all stored files. */
  readonly dataFolder: string;
  /** Folder in `dataFolder` with a subfolder for the files of each stack. */
  readonly stacksFolder: string;
  /** The plain directory, in `dataFolder`: the same storage without a server. */
  readonly plainFolder: string;

  /**
   * @param folder folder for the stacks' files; undefined: memory if it is large enough
   * @param neededBytes the most bytes that the stacks store
   * @throws {Failure}
   */
  constructor(folder: string | undefined, neededBytes: number) {
    this.scratchFolder = makeScratch('bench');
    const parent = folder === undefined ? chooseParent(neededBytes) : resolve(folder);
    try {
      this.dataFolder = makeScratch('bench-data', parent);
    } catch (error) {
      rmSync(this.scratchFolder, { recursive: true });
      throw new Failure(`cannot make a folder in ${parent}: ${formatReason(error)}`);
    }
    this.stacksFolder = join(this.dataFolder, 'stacks');
    this.plainFolder = join(this.dataFolder, 'plain');
    mkdirSync(this.stacksFolder);
    mkdirSync(this.plainFolder);
  }

  /** Removes the folders; returns null, or a message about the folders that are still mounted. */
  remove(): string | null {
    if (!removeScratch(this.scratchFolder)) {
      const mounts = listMountsIn(this.scratchFolder).join(', ');
      return `${this.scratchFolder} and ${this.dataFolder} are left: still mounted: ${mounts} (umount -l)`;
    }
    rmSync(this.dataFolder, { recursive: true, force: true });
    return null;
  }
}

/** Chooses /dev/shm if it has more free bytes than needed, else the folder for temporary files. */
function chooseParent(neededBytes: number): string {
  try {
    accessSync(MEMORY_FOLDER, constants.W_OK);
    const { bavail, bsize } = statfsSync(MEMORY_FOLDER);
    if (bavail * bsize > neededBytes) return MEMORY_FOLDER;
  } catch {
    // The folder is absent, or this user cannot write to it.
  }
  return tmpdir();
}
