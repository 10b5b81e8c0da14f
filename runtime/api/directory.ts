/** Reads an open directory by the methods of Node's `fs.Dir`. */
import type { Dirent as Entry } from '../core/iatt.ts';
import { toEncodedName } from './arguments.ts';
import { withErrorContext } from './file-error.ts';
import { OpenDirectory } from './open-directory.ts';
import { callBack } from './promise-facade.ts';
import { Dirent } from './stats.ts';
import { runSync, type Steps } from './steps.ts';
import type { TreeDirectory } from './tree.ts';
import type { VolumeContext } from './volume-context.ts';

/** An open directory as `Directory` uses it. */
class DirectorySteps {
  readonly volume: VolumeContext;
  readonly path: string;
  private readonly directory: TreeDirectory;
  private readonly openDirectory: OpenDirectory;
  private readonly encoding: string | null;
  /** The entries of the last request, and the index of the next one to return. */
  private entries: readonly Entry[] = [];
  private nextIndex = 0;
  private isClosed = false;

  constructor(
    volume: VolumeContext,
    directory: TreeDirectory,
    openDirectory: OpenDirectory,
    encoding: string | null,
  ) {
    this.volume = volume;
    this.path = directory.path;
    this.directory = directory;
    this.openDirectory = openDirectory;
    this.encoding = encoding;
  }

  private checkOpen(): void {
    if (!this.isClosed) return;
    throw Object.assign(new Error('Directory handle was closed'), { code: 'ERR_DIR_CLOSED' });
  }

  /** Returns the next entry; null at the end. */
  *read(): Steps<Dirent | null> {
    this.checkOpen();
    const { volume, path, directory, encoding } = this;
    if (this.nextIndex === this.entries.length) {
      this.entries = yield* withErrorContext('readdir', path, this.openDirectory.read());
      this.nextIndex = 0;
    }
    const entry = this.entries[this.nextIndex];
    if (entry === undefined) return null;
    this.nextIndex += 1;
    const type = yield* withErrorContext('readdir', path, volume.findEntryType(entry, directory));
    return new Dirent(toEncodedName(entry.name, encoding), path, type);
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
    encoding: string | null,
  ): Steps<Directory> {
    const openDirectory = yield* OpenDirectory.open(volume.driver, directory.inode);
    volume.client.addFd(openDirectory.fd);
    return new Directory(new DirectorySteps(volume, directory, openDirectory, encoding));
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
