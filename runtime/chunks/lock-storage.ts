/** Sends the requests of a directory of locks: by path, and the storage's own locks (inodelk), each by an owner of its own. */
import { DriverSteps } from '../api/driver-steps.ts';
import { FileError, VolumeClosedError, withErrorContext } from '../api/file-error.ts';
import { FilesSteps } from '../api/files.ts';
import type { Steps } from '../api/steps.ts';
import type { Volume } from '../api/volume.ts';
import type { VolumeClient } from '../api/volume-client.ts';
import type { Context } from '../core/context.ts';
import type { Inode } from '../core/inode.ts';
import { F_SETLK, F_UNLCK } from '../core/lock.ts';
import { Loc } from '../core/operands.ts';
import { FileWatch } from './file-watch.ts';

/** Digits of a lock owner. */
const OWNER_DIGITS = 16;

let lastOwner = 0;

/** Makes an owner of the storage's locks that no other request of this process has. */
function makeOwner(): string {
  lastOwner += 1;
  return lastOwner.toString(16).padStart(OWNER_DIGITS, '0');
}

export class LockStorage {
  readonly client: VolumeClient;
  /** Path of the directory. */
  readonly directory: string;
  /** For requests without locks. */
  readonly driver: DriverSteps;
  /** The operations by path of `driver`. */
  readonly files: FilesSteps;
  private readonly settings: Volume['settings'];

  constructor({ client, settings }: Volume, directory: string) {
    this.client = client;
    this.settings = settings;
    this.directory = directory;
    this.driver = this.makeDriver();
    this.files = new FilesSteps(this.driver, { umask: settings.umask });
  }

  get context(): Context {
    return this.client.graph.top.context;
  }

  /** Returns whole milliseconds since 1970. */
  now(): number {
    return Math.floor(this.context.sink.now());
  }

  /** Makes a driver whose locks exclude those of every other driver. */
  makeDriver(): DriverSteps {
    const findRefusal = (): Error | null => this.client.findRefusal();
    const caller = { ...this.settings.caller, lkOwner: makeOwner() };
    return new DriverSteps(this.client.graphClient, caller, { findRefusal });
  }

  makeWatch(inode: Inode, path: string): FileWatch {
    return new FileWatch(this.client, this.settings.caller, inode, path);
  }

  /** @param path for errors @throws {FileError} */
  run<R>(path: string, operation: Steps<R>): Promise<R> {
    return this.client.run(withErrorContext('lock', path, operation));
  }

  /** Takes an inodelk, or gives it back, in the name of a driver. @throws {FileError} EAGAIN for F_SETLK */
  async lockRange(
    driver: DriverSteps,
    inode: Inode,
    domain: string,
    cmd: number,
    type: number,
  ): Promise<void> {
    const { pid, lkOwner = '' } = driver.caller;
    const flock = { type, whence: 0, start: 0, len: 0, pid, owner: lkOwner };
    const loc = new Loc(inode);
    await this.run(inode.path, driver.expect('inodelk', domain, loc, cmd, flock, null));
  }

  /** Gives an inodelk back; after an error the storage has lost the client, and with it the lock. */
  async unlockRange(driver: DriverSteps, inode: Inode, domain: string): Promise<void> {
    await ignoreFailure(this.lockRange(driver, inode, domain, F_SETLK, F_UNLCK));
  }
}

/** Awaits a request whose failure changes nothing for the caller: the storage is away, or the volume closed. */
export async function ignoreFailure(request: Promise<unknown>): Promise<void> {
  try {
    await request;
  } catch (error) {
    if (!(error instanceof FileError || error instanceof VolumeClosedError)) throw error;
  }
}

/** Whether a request has failed because its file does not exist. */
export const isAbsent = (error: unknown): boolean =>
  error instanceof FileError && (error.code === 'ENOENT' || error.code === 'ESTALE');
