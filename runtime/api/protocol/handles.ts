/** Holds the open files and directories of a client connection, by their handles (the numbers in its messages). */

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
export class DirectoryListing {
  private readonly volume: VolumeSteps;
  private readonly directory: TreeDirectory;
  private readonly reader: OpenDirectory;
  readonly hasStats: boolean;
  /** Entries that were read ahead, to know whether a page is the last. */
  private aheadEntries: readonly Dirent[] = [];

  private constructor(
    volume: VolumeSteps,
    directory: TreeDirectory,
    reader: OpenDirectory,
    hasStats: boolean,
  ) {
    this.volume = volume;
    this.directory = directory;
    this.reader = reader;
    this.hasStats = hasStats;
    volume.client.addFd(reader.fd);
  }

  /** Opens the directory of a path. @throws {FopError} */
  static *open(volume: VolumeSteps, path: string, hasStats: boolean): Steps<DirectoryListing> {
    const directory = yield* volume.findDirectory(path);
    const reader = yield* OpenDirectory.open(volume.driver, directory.inode, {
      withStats: hasStats,
    });
    return new DirectoryListing(volume, directory, reader, hasStats);
  }

  /** Reads the next entries. @throws {FopError} */
  *read(): Steps<{ readonly entries: readonly Dirent[]; readonly isLast: boolean }> {
    let entries = this.aheadEntries;
    if (entries.length === 0) entries = yield* this.reader.read();
    this.aheadEntries = entries.length === 0 ? [] : yield* this.reader.read();
    // Some volumes return entries without attributes, or with zeros.
    if (this.hasStats && entries.some(({ stat }) => stat === null || stat.iaNlink === 0)) {
      entries = yield* this.addStats(entries);
    }
    return { entries, isLast: this.aheadEntries.length === 0 };
  }

  /** Looks up the entries without attributes, and omits those that are gone. */
  private *addStats(entries: readonly Dirent[]): Steps<readonly Dirent[]> {
    const completeEntries: Dirent[] = [];
    for (const entry of entries) {
      const file = yield* findEntryFile(this.volume.driver, this.directory, entry);
      if (file !== null) completeEntries.push({ ...entry, stat: file.buf });
    }
    return completeEntries;
  }

  close(): void {
    this.volume.client.removeFd(this.reader.fd);
    this.reader.close();
  }
}

/** The handles of one connection. */
export class Handles {
  private readonly filesByHandle = new Map<number, FileHandle | DirectoryListing>();
  private lastHandle = 0;

  get size(): number {
    return this.filesByHandle.size;
  }

  /** Registers an open file or directory. @returns its handle. @throws {FopError} EMFILE */
  add(file: FileHandle | DirectoryListing): number {
    if (this.filesByHandle.size >= HANDLES_MAX) {
      releaseFile(file);
      throw new FopError(EMFILE, `a connection has at most ${HANDLES_MAX} handles`);
    }
    do this.lastHandle = this.lastHandle === 0xffff_ffff ? 1 : this.lastHandle + 1;
    while (this.filesByHandle.has(this.lastHandle));
    this.filesByHandle.set(this.lastHandle, file);
    return this.lastHandle;
  }

  /** Finds a handle's open file. Its requests have the uid, gid and groups of `volume`. @throws {FopError} EBADF */
  findFile(handle: number, volume: VolumeSteps): FileHandleSteps {
    const file = this.filesByHandle.get(handle);
    if (file === undefined || file instanceof DirectoryListing) throw makeHandleError(handle);
    return file.steps.withIdentity(volume);
  }

  /** Opens a directory and reads its first page. @throws {FopError} */
  *openDirectory(volume: VolumeSteps, path: string, hasStats: boolean): Steps<Listing> {
    const listing = yield* DirectoryListing.open(volume, path, hasStats);
    return yield* this.readPage(this.add(listing), listing);
  }

  /** Reads the next page of an open directory. @throws {FopError} EBADF, or the error of the listing */
  *readDirectory(handle: number): Steps<Listing> {
    const listing = this.filesByHandle.get(handle);
    if (!(listing instanceof DirectoryListing)) throw makeHandleError(handle);
    return yield* this.readPage(handle, listing);
  }

  /** Reads a page of a directory. Closes the directory at its end or after a failure; handle 0 tells the end. */
  private *readPage(handle: number, listing: DirectoryListing): Steps<Listing> {
    let isLast = true;
    try {
      const page = yield* listing.read();
      isLast = page.isLast;
      const { hasStats } = listing;
      return { handle: isLast ? 0 : handle, entries: page.entries, hasStats };
    } finally {
      if (isLast) this.release(handle);
    }
  }

  /** Flushes and closes a handle. @throws {FopError} EBADF, or the error of the flush */
  *close(handle: number, volume: VolumeSteps): Steps<void> {
    const file = this.filesByHandle.get(handle);
    if (file === undefined) throw makeHandleError(handle);
    this.filesByHandle.delete(handle);
    if (file instanceof DirectoryListing) file.close();
    else yield* file.steps.withIdentity(volume).close();
  }

  /** Closes a handle without a flush. Ignores an unknown one. */
  release(handle: number): void {
    const file = this.filesByHandle.get(handle);
    if (file === undefined) return;
    this.filesByHandle.delete(handle);
    releaseFile(file);
  }
}

/** Closes an open file or directory without a flush. */
function releaseFile(file: FileHandle | DirectoryListing): void {
  if (file instanceof DirectoryListing) file.close();
  else file.steps.release();
}

const makeHandleError = (handle: number): FopError => new FopError(EBADF, `handle ${handle}`);
