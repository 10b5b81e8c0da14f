/** The open files and directories of a connection, by their handles. */

import { EBADF, EMFILE } from '../../core/errno.ts';
import type { Dirent } from '../../core/iatt.ts';
import type { FileHandle, FileHandleSteps } from '../file-handle.ts';
import { FopError } from '../fop-error.ts';
import { OpenDirectory } from '../open-directory.ts';
import type { Steps } from '../steps.ts';
import { findEntryFile, type TreeDirectory } from '../tree.ts';
import type { VolumeSteps } from '../volume-steps.ts';
import type { Listing } from './values.ts';

/** The most handles of a connection. */
const HANDLES_MAX = 65_536;

/** A directory that is being listed. */
export class OpenListing {
  private readonly volume: VolumeSteps;
  private readonly directory: TreeDirectory;
  private readonly open: OpenDirectory;
  readonly hasStats: boolean;
  /** Entries that were read ahead. */
  private next: readonly Dirent[] = [];

  private constructor(
    volume: VolumeSteps,
    directory: TreeDirectory,
    open: OpenDirectory,
    hasStats: boolean,
  ) {
    this.volume = volume;
    this.directory = directory;
    this.open = open;
    this.hasStats = hasStats;
    volume.client.addFd(open.fd);
  }

  /** @throws {FopError} */
  static *open(volume: VolumeSteps, path: string, hasStats: boolean): Steps<OpenListing> {
    const directory = yield* volume.findDirectory(path);
    const open = yield* OpenDirectory.open(volume.driver, directory.inode, {
      withAttributes: hasStats,
    });
    return new OpenListing(volume, directory, open, hasStats);
  }

  /** The next entries, and whether they are the last ones. @throws {FopError} */
  *read(): Steps<{ readonly entries: readonly Dirent[]; readonly isLast: boolean }> {
    let entries = this.next;
    if (entries.length === 0) entries = yield* this.open.read();
    this.next = entries.length === 0 ? [] : yield* this.open.read();
    if (this.hasStats && entries.some(({ stat }) => stat === null || stat.iaNlink === 0)) {
      entries = yield* this.addStats(entries);
    }
    return { entries, isLast: this.next.length === 0 };
  }

  /** Looks up the entries that came without attributes; those that are gone are left out. */
  private *addStats(entries: readonly Dirent[]): Steps<readonly Dirent[]> {
    const complete: Dirent[] = [];
    for (const entry of entries) {
      const file = yield* findEntryFile(this.volume.driver, this.directory, entry);
      if (file !== null) complete.push({ ...entry, stat: file.buf });
    }
    return complete;
  }

  close(): void {
    this.volume.client.removeFd(this.open.fd);
    this.open.close();
  }
}

export class Handles {
  private readonly open = new Map<number, FileHandle | OpenListing>();
  private last = 0;

  get size(): number {
    return this.open.size;
  }

  /** @returns the handle. @throws {FopError} EMFILE */
  add(file: FileHandle | OpenListing): number {
    if (this.open.size >= HANDLES_MAX) {
      release(file);
      throw new FopError(EMFILE, `a connection has at most ${HANDLES_MAX} handles`);
    }
    do this.last = this.last === 0xffff_ffff ? 1 : this.last + 1;
    while (this.open.has(this.last));
    this.open.set(this.last, file);
    return this.last;
  }

  /** The open file of a handle, for the identity of `volume`. @throws {FopError} EBADF */
  file(handle: number, volume: VolumeSteps): FileHandleSteps {
    const file = this.open.get(handle);
    if (file === undefined || file instanceof OpenListing) throw noHandle(handle);
    return file.steps.for(volume);
  }

  *openDirectory(volume: VolumeSteps, path: string, hasStats: boolean): Steps<Listing> {
    const open = yield* OpenListing.open(volume, path, hasStats);
    return yield* this.list(this.add(open), open);
  }

  *readDirectory(handle: number): Steps<Listing> {
    const open = this.open.get(handle);
    if (!(open instanceof OpenListing)) throw noHandle(handle);
    return yield* this.list(handle, open);
  }

  /** Reads from a directory, and closes it at its end and after a failure. */
  private *list(handle: number, open: OpenListing): Steps<Listing> {
    let isLast = true;
    try {
      const page = yield* open.read();
      isLast = page.isLast;
      const { hasStats } = open;
      return { handle: isLast ? 0 : handle, entries: page.entries, hasStats };
    } finally {
      if (isLast) this.release(handle);
    }
  }

  /** Closes a handle; written data is flushed. @throws {FopError} EBADF, or the error of the flush */
  *close(handle: number, volume: VolumeSteps): Steps<void> {
    const file = this.open.get(handle);
    if (file === undefined) throw noHandle(handle);
    this.open.delete(handle);
    if (file instanceof OpenListing) file.close();
    else yield* file.steps.for(volume).close();
  }

  /** Closes a handle without a flush; an unknown one stays so. */
  release(handle: number): void {
    const file = this.open.get(handle);
    if (file === undefined) return;
    this.open.delete(handle);
    release(file);
  }
}

function release(file: FileHandle | OpenListing): void {
  if (file instanceof OpenListing) file.close();
  else file.steps.release();
}

const noHandle = (handle: number): FopError => new FopError(EBADF, `handle ${handle}`);
