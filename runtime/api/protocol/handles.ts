/** Holds the open files and other objects of a client connection, by their handles (the numbers in its messages). */

import { EBADF, EMFILE } from '../../core/errno.ts';
import type { Dirent } from '../../core/iatt.ts';
import { FileHandle, type FileHandleSteps } from '../file-handle.ts';
import { FopError } from '../fop-error.ts';
import { OpenDirectory } from '../open-directory.ts';
import type { Steps } from '../steps.ts';
import { findEntryFile, type TreeDirectory } from '../tree.ts';
import type { VolumeSteps } from '../volume-steps.ts';
import type { Listing } from './values.ts';

/** The most handles of a connection. */
const HANDLES_MAX = 65_536;

/** An object that is neither a file nor a directory, such as a chunk. */
export interface HandleObject {
  /** Ends the use of the object. */
  close(): Promise<void> | void;
  /** The same without a request; by default `close`. */
  release?(): void;
}

/** An object with a handle. */
type Handled = FileHandle | DirectoryListing | HandleObject;

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
  private readonly objects = new Map<number, Handled>();
  private lastHandle = 0;

  get size(): number {
    return this.objects.size;
  }

  /** Registers an object. @returns its handle. @throws {FopError} EMFILE, after the object was released */
  add(object: Handled): number {
    if (this.objects.size >= HANDLES_MAX) {
      releaseObject(object);
      throw new FopError(EMFILE, `a connection has at most ${HANDLES_MAX} handles`);
    }
    do this.lastHandle = this.lastHandle === 0xffff_ffff ? 1 : this.lastHandle + 1;
    while (this.objects.has(this.lastHandle));
    this.objects.set(this.lastHandle, object);
    return this.lastHandle;
  }

  /** Finds a handle's open file. Its requests have the uid, gid and groups of `volume`. @throws {FopError} EBADF */
  findFile(handle: number, volume: VolumeSteps): FileHandleSteps {
    const file = this.objects.get(handle);
    if (!(file instanceof FileHandle)) throw makeHandleError(handle);
    return file.steps.withIdentity(volume);
  }

  /** Finds an object other than a file. @throws {FopError} EBADF */
  findObject<T>(handle: number, isWanted: (object: unknown) => object is T): T {
    const object: unknown = this.objects.get(handle);
    if (!isWanted(object)) throw makeHandleError(handle);
    return object;
  }

  /** Opens a directory and reads its first page. @throws {FopError} */
  *openDirectory(volume: VolumeSteps, path: string, hasStats: boolean): Steps<Listing> {
    const listing = yield* DirectoryListing.open(volume, path, hasStats);
    return yield* this.readPage(this.add(listing), listing);
  }

  /** Reads the next page of an open directory. @throws {FopError} EBADF, or the error of the listing */
  *readDirectory(handle: number): Steps<Listing> {
    const listing = this.objects.get(handle);
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

  /**
   * Flushes and closes a handle. @throws {FopError} EBADF, or the error of the flush
   * @param awaitClosing continues when an object other than a file has closed
   */
  *close(
    handle: number,
    volume: VolumeSteps,
    awaitClosing: (closing: Promise<void>) => Steps<void>,
  ): Steps<void> {
    const object = this.objects.get(handle);
    if (object === undefined) throw makeHandleError(handle);
    this.objects.delete(handle);
    if (object instanceof FileHandle) {
      yield* object.steps.withIdentity(volume).close();
      return;
    }
    const closing = object.close();
    if (closing !== undefined) yield* awaitClosing(closing);
  }

  /** Closes a handle without a flush. Ignores an unknown one. */
  release(handle: number): void {
    const object = this.objects.get(handle);
    if (object === undefined) return;
    this.objects.delete(handle);
    releaseObject(object);
  }

  /** Releases all that are neither files nor directories, which the volume's client closes. */
  releaseObjects(): void {
    // The newest first: a store of chunks closes their files when no chunk uses them any more.
    for (const [handle, object] of [...this.objects].reverse()) {
      if (!(object instanceof FileHandle || object instanceof DirectoryListing))
        this.release(handle);
    }
  }
}

/** Ends the use of an object without a flush. */
function releaseObject(object: Handled): void {
  if (object instanceof FileHandle) object.steps.release();
  else if (object instanceof DirectoryListing || object.release === undefined) object.close();
  else object.release();
}

const makeHandleError = (handle: number): FopError => new FopError(EBADF, `handle ${handle}`);
