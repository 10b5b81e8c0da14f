/** Reads an open directory by the methods of Node's `fs.Dir`. */

import { type Dirent as Entry, IA_IFDIR } from '../core/iatt.ts';
import { joinPath } from '../core/operands.ts';
import { toEncodedName } from './arguments.ts';
import { withErrorContext } from './file-error.ts';
import { OpenDirectory } from './open-directory.ts';
import { callBack } from './promise-facade.ts';
import { normalizeAsNode } from './resolve-path.ts';
import { Dirent } from './stats.ts';
import { runSync, type Steps } from './steps.ts';
import { findEntryFile, isAbsentError, type TreeDirectory } from './tree.ts';
import type { VolumeContext } from './volume-context.ts';

/** The settings of an open directory. */
export interface DirectorySettings {
  /** The encoding of names; null for bytes. */
  readonly encoding: string | null;
  /** Whether the files of the directories below are returned, too, those of one directory after the other. */
  readonly recursive: boolean;
}

/** A directory below the opened one: an entry of its parent. */
interface UpcomingDirectory {
  readonly parent: TreeDirectory;
  readonly entry: Entry;
  readonly path: string;
}

/** An open directory as `Directory` uses it. */
class DirectorySteps {
  readonly volume: VolumeContext;
  readonly path: string;
  private readonly settings: DirectorySettings;
  /** The directory that is read now. */
  private directory: TreeDirectory;
  private openDirectory: OpenDirectory;
  /** The returned directories that are not read yet; the last is the next. */
  private readonly upcoming: UpcomingDirectory[] = [];
  /** The entries of the last request, and the index of the next one to return. */
  private entries: readonly Entry[] = [];
  private nextIndex = 0;
  private isClosed = false;

  constructor(
    volume: VolumeContext,
    directory: TreeDirectory,
    openDirectory: OpenDirectory,
    settings: DirectorySettings,
  ) {
    this.volume = volume;
    this.path = directory.path;
    this.directory = directory;
    this.openDirectory = openDirectory;
    this.settings = settings;
  }

  private checkOpen(): void {
    if (!this.isClosed) return;
    throw Object.assign(new Error('Directory handle was closed'), { code: 'ERR_DIR_CLOSED' });
  }

  /** Returns the next entry; null at the end. */
  *read(): Steps<Dirent | null> {
    this.checkOpen();
    const entry = yield* this.readEntry();
    if (entry === undefined) return null;
    const { volume, directory, settings } = this;
    const { path } = directory;
    const type = yield* withErrorContext('readdir', path, volume.findEntryType(entry, directory));
    if (settings.recursive && type === IA_IFDIR) {
      // Like Node, returns normalized paths for directories below.
      const normalizedPath = normalizeAsNode(path);
      const below = normalizedPath === '' ? entry.name : joinPath(normalizedPath, entry.name);
      this.upcoming.push({ parent: directory, entry, path: below });
    }
    return new Dirent(toEncodedName(entry.name, settings.encoding), path, type);
  }

  /** Returns the next entry of this directory, or of the first upcoming one that has any; undefined at the end of all. */
  private *readEntry(): Steps<Entry | undefined> {
    for (;;) {
      if (this.nextIndex === this.entries.length) {
        const { directory, openDirectory } = this;
        this.entries = yield* withErrorContext('readdir', directory.path, openDirectory.read());
        this.nextIndex = 0;
      }
      if (this.entries.length > 0) return this.entries[this.nextIndex++];
      const next = this.upcoming.pop();
      if (next === undefined) return undefined;
      yield* this.moveTo(next);
    }
  }

  /** Opens the directory that is read next, unless another client has removed or replaced it meanwhile. */
  private *moveTo({ parent, entry, path }: UpcomingDirectory): Steps<void> {
    const { volume } = this;
    try {
      const file = yield* findEntryFile(volume.driver, parent, entry);
      if (file?.buf.iaType !== IA_IFDIR) return;
      const directory = { inode: file.inode, path };
      const openSteps = OpenDirectory.open(volume.driver, directory.inode);
      const openDirectory = yield* withErrorContext('opendir', path, openSteps);
      if (this.isClosed) openDirectory.close();
      this.checkOpen();
      this.release();
      volume.client.addFd(openDirectory.fd);
      this.directory = directory;
      this.openDirectory = openDirectory;
    } catch (error) {
      if (!isAbsentError(error)) throw error;
    }
  }

  /** Closes the directory, without a request. @throws {Error} ERR_DIR_CLOSED */
  close(): void {
    this.checkOpen();
    this.releaseUnused();
  }

  /** Does as `close`, but ignores a closed directory: for an open whose caller no longer waits. */
  releaseUnused(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.release();
  }

  private release(): void {
    this.volume.client.removeFd(this.openDirectory.fd);
    this.openDirectory.close();
  }
}

type Callback<R> = (error: unknown, result?: R) => void;

/** An open directory with the methods of Node's `fs.Dir`. */
export class Directory {
  readonly steps: DirectorySteps;
  private lastRead: Promise<unknown> = Promise.resolve();

  constructor(steps: DirectorySteps) {
    this.steps = steps;
  }

  get path(): string {
    return this.steps.path;
  }

  /** Opens a directory, which is closed with the volume. @throws {FopError} */
  static *open(
    volume: VolumeContext,
    directory: TreeDirectory,
    settings: DirectorySettings,
  ): Steps<Directory> {
    const openDirectory = yield* OpenDirectory.open(volume.driver, directory.inode);
    volume.client.addFd(openDirectory.fd);
    return new Directory(new DirectorySteps(volume, directory, openDirectory, settings));
  }

  /** Returns the next entry, also to a callback; null at the end. Reads run in the order of their calls. */
  read(callback?: Callback<Dirent | null>): Promise<Dirent | null> {
    const start = (): Promise<Dirent | null> => this.steps.volume.run(this.steps.read());
    const reading = this.lastRead.then(start, start);
    this.lastRead = reading;
    if (callback !== undefined) callBack(reading, callback);
    return reading;
  }

  async close(callback?: Callback<void>): Promise<void> {
    const closing = Promise.resolve().then(() => this.steps.close());
    if (callback !== undefined) callBack(closing, callback);
    return closing;
  }

  /** Does as `read`, for a volume that replies at once. @throws {NotAtOnceError} */
  readSync(): Dirent | null {
    return runSync(this.steps.read());
  }

  closeSync(): void {
    this.steps.close();
  }

  releaseUnused(): void {
    this.steps.releaseUnused();
  }

  /** Yields the entries, and closes the directory at their end. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Dirent, undefined> {
    try {
      for (;;) {
        const entry = await this.read();
        if (entry === null) return undefined;
        yield entry;
      }
    } finally {
      await this.close();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
