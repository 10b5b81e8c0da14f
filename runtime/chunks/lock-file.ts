/**
 * Reads and changes the record of a lock in its file. Each change is made under an inodelk, so that of several
 * clients one after the other changes it; a client that dies loses its inodelk.
 *
 * A waiter also has a record lock (`lk`) of one byte, whose position is its ticket. The brick drops it with the client's
 * connection: so others can tell whether the waiter is still there.
 */
import { DriverSteps } from '../api/driver-steps.ts';
import { FileError, withErrorContext } from '../api/file-error.ts';
import { FilesSteps } from '../api/files.ts';
import { OpenFileSteps } from '../api/open-file.ts';
import type { Steps } from '../api/steps.ts';
import type { Volume } from '../api/volume.ts';
import type { VolumeClient } from '../api/volume-client.ts';
import type { Context } from '../core/context.ts';
import { EAGAIN, EBADMSG } from '../core/errno.ts';
import { Loc } from '../core/loc.ts';
import { F_GETLK, F_RDLCK, F_SETLK, F_SETLKW, F_UNLCK, F_WRLCK, type Flock } from '../core/lock.ts';
import { O_CREAT, O_RDWR } from '../core/open-flags.ts';
import { FileWatch } from './file-watch.ts';
import {
  decodeLock,
  encodeLock,
  FREE_LOCK,
  LOCK_XATTR,
  type LockRecord,
  removeWaiters,
} from './lock-record.ts';

/** Domain of the inodelks under which records change. */
const RECORD_DOMAIN = 'glossa.lock';
/** Domain of the inodelks of fenced operations: shared ones, and exclusive ones to wait for their end. */
const FENCE_DOMAIN = 'glossa.fence';

export class LockFile {
  readonly path: string;
  readonly client: VolumeClient;
  private readonly file: OpenFileSteps;

  private constructor(client: VolumeClient, path: string, file: OpenFileSteps) {
    this.client = client;
    this.path = path;
    this.file = file;
  }

  /**
   * Opens the file of a lock, which is created if it is absent.
   * @param lkOwner for the storage's own locks, different for each request
   */
  static async open(
    { client, settings }: Volume,
    path: string,
    lkOwner: string,
  ): Promise<LockFile> {
    const { caller, umask } = settings;
    const findRefusal = (): Error | null => client.findRefusal();
    const driver = new DriverSteps(client.graphClient, { ...caller, lkOwner }, { findRefusal });
    const opening = new FilesSteps(driver, { umask }).create(path, O_RDWR | O_CREAT);
    const { fd } = await client.run(withErrorContext('lock', path, opening));
    return new LockFile(client, path, new OpenFileSteps(driver, fd));
  }

  get context(): Context {
    return this.client.graph.top.context;
  }

  makeWatch(): FileWatch {
    const { driver, fd } = this.file;
    return new FileWatch(this.client, driver.caller, fd.inode, this.path);
  }

  /** Closes the file, and gives its record locks back. */
  close(): void {
    this.file.fd.release();
  }

  // -- the record ------------------------------------------------------------------------------

  /** @throws {FileError} EBADMSG for a damaged record, or one of a newer version */
  async readRecord(): Promise<LockRecord> {
    let bytes: Uint8Array;
    try {
      bytes = await this.run(this.file.getxattr(LOCK_XATTR));
    } catch (error) {
      if ((error as { code?: string }).code === 'ENODATA') return FREE_LOCK;
      throw error;
    }
    const record = decodeLock(bytes);
    if (record === null) {
      const error = new FileError(EBADMSG, 'lock', this.path);
      error.message += `: its record cannot be read; remove the extended attribute ${LOCK_XATTR}`;
      throw error;
    }
    return record;
  }

  /**
   * Changes the record while no other client can.
   * @param change returns the new record, or null to leave it; with a result for the caller
   * @throws {FileError} EAGAIN if the new record is too large
   */
  async changeRecord<R>(
    change: (
      record: LockRecord,
    ) =>
      | { readonly record: LockRecord | null; readonly result: R }
      | Promise<{ readonly record: LockRecord | null; readonly result: R }>,
  ): Promise<R> {
    await this.lockRange(RECORD_DOMAIN, F_SETLKW, F_WRLCK);
    try {
      const { record, result } = await change(await this.readRecord());
      if (record !== null) {
        const bytes = encodeLock(record);
        if (bytes === null) throw new FileError(EAGAIN, 'lock', this.path);
        await this.run(this.file.setxattr(LOCK_XATTR, bytes));
      }
      return result;
    } finally {
      await this.lockRange(RECORD_DOMAIN, F_SETLK, F_UNLCK);
    }
  }

  /** Returns the record without the waiters that are gone: those before the first one that is still there. */
  async dropDeadWaiters(record: LockRecord): Promise<LockRecord> {
    const dead = new Set<number>();
    for (const { ticket } of record.waiters) {
      if (await this.isWaiting(ticket)) break;
      dead.add(ticket);
    }
    return dead.size === 0 ? record : removeWaiters(record, dead);
  }

  // -- waiters ---------------------------------------------------------------------------------

  /** Shows others that the waiter of a ticket is there, as long as this process lives. */
  async beginWaiting(ticket: number): Promise<void> {
    await this.run(this.file.lock(F_SETLK, this.makeFlock(F_WRLCK, ticket)));
  }

  async endWaiting(ticket: number): Promise<void> {
    await this.run(this.file.lock(F_SETLK, this.makeFlock(F_UNLCK, ticket)));
  }

  private async isWaiting(ticket: number): Promise<boolean> {
    const { type } = await this.run(this.file.lock(F_GETLK, this.makeFlock(F_WRLCK, ticket)));
    return type !== F_UNLCK;
  }

  private makeFlock(type: number, start: number): Flock {
    const { pid, lkOwner = '' } = this.file.driver.caller;
    return { type, whence: 0, start, len: 1, pid, owner: lkOwner };
  }

  // -- fenced operations -----------------------------------------------------------------------

  /** Begins a fenced operation: until its end, `hasFencedOperations` is true for other clients. */
  beginFenced(): Promise<void> {
    return this.lockRange(FENCE_DOMAIN, F_SETLKW, F_RDLCK);
  }

  endFenced(): Promise<void> {
    return this.lockRange(FENCE_DOMAIN, F_SETLK, F_UNLCK);
  }

  /** Whether a fenced operation of another client is under way. */
  async hasFencedOperations(): Promise<boolean> {
    try {
      await this.lockRange(FENCE_DOMAIN, F_SETLK, F_WRLCK);
    } catch (error) {
      if ((error as { code?: string }).code === 'EAGAIN') return true;
      throw error;
    }
    await this.endFenced();
    return false;
  }

  private async lockRange(domain: string, cmd: number, type: number): Promise<void> {
    const loc = new Loc(this.file.fd.inode);
    const flock = { ...this.makeFlock(type, 0), len: 0 };
    await this.run(this.file.driver.expect('inodelk', domain, loc, cmd, flock, null));
  }

  private run<R>(operation: Steps<R>): Promise<R> {
    return this.client.run(withErrorContext('lock', this.path, operation));
  }
}
