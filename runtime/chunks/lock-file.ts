/**
 * Reads and changes the record of a lock in its file. Each change is made under an inodelk, so that of several
 * clients one after the other changes it; a client that dies loses its inodelk.
 *
 * A waiter's hint is sent before the record that grants it the lock, under the same inodelk. The waiter then reads the
 * record, if necessary under that inodelk, too. So a grant is noticed also if the program that writes it dies at any point.
 */

import type { DriverSteps } from '../api/driver-steps.ts';
import { FileError } from '../api/file-error.ts';
import { FileObjectSteps } from '../api/file-object.ts';
import type { Steps } from '../api/steps.ts';
import type { Context } from '../core/context.ts';
import { EAGAIN, EBADMSG } from '../core/errno.ts';
import type { Inode } from '../core/inode.ts';
import { F_RDLCK, F_SETLK, F_SETLKW, F_WRLCK } from '../core/lock.ts';
import { O_CREAT, O_RDWR } from '../core/open-flags.ts';
import type { FileWatch } from './file-watch.ts';
import {
  decodeLock,
  encodeLock,
  explainUnreadableLock,
  FREE_LOCK,
  LOCK_XATTR,
  type LockRecord,
  type LockWaiter,
  releaseLock,
  removeWaiters,
} from './lock-record.ts';
import { ignoreFailure, isAbsent, type LockStorage } from './lock-storage.ts';
import type { Mailboxes } from './mailboxes.ts';

/** Domain of the inodelks under which records change. */
const RECORD_DOMAIN = 'glossa.lock';
/** Domain of the inodelks of fenced operations: shared ones, and exclusive ones to wait for their end. */
const FENCE_DOMAIN = 'glossa.fence';

/** A new record, or null to leave it as it is; with a result for the caller. */
export interface RecordChange<R> {
  readonly record: LockRecord | null;
  readonly result: R;
}

/** A waiter whose program was checked. */
export interface CheckedWaiter {
  readonly ticket: number;
  /** Whether its program lives. */
  readonly isAlive: boolean;
}

export class LockFile {
  readonly name: string;
  readonly mailboxes: Mailboxes;
  private readonly inode: Inode;
  private isClosed = false;

  private constructor(mailboxes: Mailboxes, name: string, inode: Inode) {
    this.mailboxes = mailboxes;
    this.name = name;
    this.inode = inode;
    // Until `close`, the inode table keeps the inode, to which the storage's locks belong.
    this.storage.client.graphClient.lookup(inode);
  }

  /** Finds the file of a lock, which is created if it is absent. */
  static async open(mailboxes: Mailboxes, name: string): Promise<LockFile> {
    const { storage } = mailboxes;
    const path = `${storage.directory}/${name}`;
    const { files } = storage;
    try {
      return new LockFile(mailboxes, name, (await storage.run(path, files.find(path))).inode);
    } catch (error) {
      if (!isAbsent(error)) throw error;
    }
    const { fd } = await storage.run(path, files.create(path, O_RDWR | O_CREAT));
    const file = new LockFile(mailboxes, name, fd.inode);
    fd.release();
    return file;
  }

  get storage(): LockStorage {
    return this.mailboxes.storage;
  }

  get context(): Context {
    return this.storage.context;
  }

  get path(): string {
    return `${this.storage.directory}/${this.name}`;
  }

  isOf(inode: Inode): boolean {
    return inode === this.inode;
  }

  makeWatch(): FileWatch {
    return this.storage.makeWatch(this.inode, this.path);
  }

  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.storage.client.graphClient.forget(this.inode, 1);
  }

  // -- the record ------------------------------------------------------------------------------

  /** @throws {FileError} EBADMSG for a damaged record, or one of another version */
  async readRecord(): Promise<LockRecord> {
    let bytes: Uint8Array;
    try {
      bytes = await this.run((file) => file.getxattr(LOCK_XATTR));
    } catch (error) {
      if ((error as { code?: string }).code === 'ENODATA') return FREE_LOCK;
      throw error;
    }
    const record = decodeLock(bytes);
    if (record === null) {
      const error = new FileError(EBADMSG, 'lock', this.path);
      error.message += `: ${explainUnreadableLock(bytes)}`;
      throw error;
    }
    return record;
  }

  /**
   * Changes the record while no other client can.
   * @param checksFirst whether the change hands the lock over: then the record is also read while the inodelk is
   *   requested, and its first waiter is checked during the second read, a round trip earlier
   * @throws {FileError} EAGAIN if the new record is too large
   */
  async changeRecord<R>(
    change: (
      record: LockRecord,
      checked: CheckedWaiter | null,
    ) => RecordChange<R> | Promise<RecordChange<R>>,
    checksFirst = false,
  ): Promise<R> {
    const { storage, inode } = this;
    const driver = storage.makeDriver();
    const [first] = await Promise.all([
      checksFirst ? this.guessFirstWaiter() : undefined,
      storage.lockRange(driver, inode, RECORD_DOMAIN, F_SETLKW, F_WRLCK),
    ]);
    try {
      const [current, checked] = await Promise.all([
        this.readRecord(),
        first === undefined ? null : this.check(first),
      ]);
      const { record, result } = await change(current, checked);
      if (record !== null) {
        // A full queue has priority over the last break, which only informs.
        const bytes = encodeLock(record) ?? encodeLock({ ...record, lastBreak: null });
        if (bytes === null) throw new FileError(EAGAIN, 'lock', this.path);
        const granted = findGranted(current, record);
        await Promise.all([
          // The inodelk stays until the record is written, also if the waiter cannot be told.
          granted === undefined ? null : ignoreFailure(this.mailboxes.tell(granted)),
          this.run((file) => file.setxattr(LOCK_XATTR, bytes)),
        ]);
      }
      return result;
    } finally {
      await storage.unlockRange(driver, inode, RECORD_DOMAIN);
    }
  }

  /** Finds the first waiter without the inodelk: by the time of the change, another may be the first. */
  private async guessFirstWaiter(): Promise<LockWaiter | undefined> {
    try {
      return (await this.readRecord()).waiters[0];
    } catch {
      // The read under the inodelk has the same error, if it lasts.
      return undefined;
    }
  }

  private async check({ ticket, mailbox }: LockWaiter): Promise<CheckedWaiter> {
    return { ticket, isAlive: await this.mailboxes.isAlive(mailbox) };
  }

  /**
   * Takes the lock from its holder, and grants it to the first waiter whose program lives. The caller must have the
   * record's inodelk.
   * @param checked a waiter that was checked under this inodelk
   * @param brokenBy as in `releaseLock`
   */
  async handOver(
    record: LockRecord,
    checked: CheckedWaiter | null = null,
    brokenBy: string | null = null,
  ): Promise<LockRecord> {
    let next = record;
    for (;;) {
      const [first] = next.waiters;
      if (first === undefined) break;
      const { isAlive } = first.ticket === checked?.ticket ? checked : await this.check(first);
      if (isAlive) break;
      next = removeWaiters(next, ({ mailbox }) => mailbox === first.mailbox);
    }
    return releaseLock(next, this.storage.now(), brokenBy);
  }

  /** Returns the record without the waiters of programs that are gone. */
  async dropDeadWaiters(record: LockRecord): Promise<LockRecord> {
    const names = [...new Set(record.waiters.map(({ mailbox }) => mailbox))];
    const alive = await Promise.all(names.map((name) => this.mailboxes.isAlive(name)));
    const dead = new Set(names.filter((_name, index) => alive[index] === false));
    return dead.size === 0 ? record : removeWaiters(record, ({ mailbox }) => dead.has(mailbox));
  }

  // -- fenced operations -----------------------------------------------------------------------

  /** Begins a fenced operation: until its end, `hasFencedOperations` is true for other clients. */
  beginFenced(driver: DriverSteps): Promise<void> {
    return this.storage.lockRange(driver, this.inode, FENCE_DOMAIN, F_SETLKW, F_RDLCK);
  }

  endFenced(driver: DriverSteps): Promise<void> {
    return this.storage.unlockRange(driver, this.inode, FENCE_DOMAIN);
  }

  /** Whether a fenced operation of another client is under way. */
  async hasFencedOperations(): Promise<boolean> {
    const { storage, inode } = this;
    const driver = storage.makeDriver();
    try {
      await storage.lockRange(driver, inode, FENCE_DOMAIN, F_SETLK, F_WRLCK);
    } catch (error) {
      if ((error as { code?: string }).code === 'EAGAIN') return true;
      throw error;
    }
    await this.endFenced(driver);
    return false;
  }

  private run<R>(makeSteps: (file: FileObjectSteps) => Steps<R>): Promise<R> {
    const { storage, inode, path } = this;
    return storage.run(path, makeSteps(new FileObjectSteps(storage.driver, inode)));
  }
}

/** Finds the waiter to which a change of the record grants the lock. */
const findGranted = (current: LockRecord, { holder }: LockRecord): LockWaiter | undefined =>
  holder === null || holder.ticket === null
    ? undefined
    : current.waiters.find(({ ticket }) => ticket === holder.ticket);
