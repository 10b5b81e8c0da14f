/**
 * Tells waiters that a lock is granted to them: appends a hint to the mailbox of their program, a file in `.waiting`.
 * The program watches this one file for all its waiters (`mailbox.ts`), so a grant wakes one program only.
 *
 * A program has an inodelk on its mailbox, which the brick drops with its connection. A mailbox without a lock, or one
 * that is absent, belongs to a program that is gone: its waiters are dropped, and the file is removed.
 */
import { FileError } from '../api/file-error.ts';
import { OpenFileSteps } from '../api/open-file.ts';
import { encodeName } from '../core/bytes.ts';
import { IA_IFDIR } from '../core/iatt.ts';
import type { Inode } from '../core/inode.ts';
import { F_RDLCK, F_SETLK } from '../core/lock.ts';
import { O_APPEND, O_WRONLY } from '../core/open-flags.ts';
import type { LockWaiter } from './lock-record.ts';
import { ignoreFailure, isAbsent, type LockStorage } from './lock-storage.ts';
import { type OpenChunk, OpenChunks } from './open-chunks.ts';

/** Name of the directory of mailboxes, in that of the locks. No lock has a name with a dot in front. */
const MAILBOX_DIRECTORY = '.waiting';
/** Domain of the inodelks by which programs show that they live. */
export const LIFE_DOMAIN = 'glossa.waiting';
/** The most mailboxes of other programs that stay open. */
const MAX_OPEN_MAILBOXES = 16;
/** The most files that one program checks when it removes mailboxes of programs that are gone. */
const MAX_SWEPT = 64;
/** Seconds before which a mailbox is not removed only because it has no lock: its program may just have made it. */
const MIN_SWEPT_AGE_S = 60;

/** Lists the requests that the bytes of a mailbox name. */
export const readHints = (text: string): readonly number[] =>
  (text.match(/\d+(?=\n)/g) ?? []).map(Number);

/** The mailbox of this program, as far as others' matter. */
export interface OwnMailbox {
  readonly name: string;
  handleHints(requests: readonly number[]): void;
}

export class Mailboxes {
  readonly storage: LockStorage;
  /** Null while this program has no waiters. */
  own: OwnMailbox | null = null;
  private readonly open: OpenChunks;

  constructor(storage: LockStorage) {
    this.storage = storage;
    this.open = new OpenChunks(MAX_OPEN_MAILBOXES, (fd) => {
      storage.client.removeFd(fd);
      fd.release();
    });
  }

  get directory(): string {
    return `${this.storage.directory}/${MAILBOX_DIRECTORY}`;
  }

  makePath(name: string): string {
    return `${this.directory}/${name}`;
  }

  /**
   * Tells a waiter to read the record of its lock. The caller has the record's inodelk and changes the record; the waiter
   * reads it once that inodelk is given back.
   */
  async tell({ mailbox: name, request }: LockWaiter): Promise<void> {
    if (name === this.own?.name) this.own.handleHints([request]);
    else await this.useMailbox(name, (file) => this.append(file, name, request));
  }

  /** Whether the program of a mailbox lives. */
  async isAlive(name: string): Promise<boolean> {
    return name === this.own?.name || this.useMailbox(name, (_file, inode) => this.isLocked(inode));
  }

  /** Opens a mailbox for a check of its program. @returns false if the program is gone: the mailbox is removed */
  private async useMailbox(
    name: string,
    check: (file: OpenFileSteps, inode: Inode) => Promise<boolean>,
  ): Promise<boolean> {
    let mailbox: OpenChunk;
    try {
      mailbox = this.open.take(name) ?? (await this.openMailbox(name));
    } catch (error) {
      if (isAbsent(error)) return false;
      if (error instanceof FileError && error.code === 'EACCES') return this.isLockedAt(name);
      throw error;
    }
    try {
      const { fd } = mailbox;
      if (await check(new OpenFileSteps(this.storage.driver, fd), fd.inode)) return true;
    } finally {
      this.open.release(mailbox);
    }
    this.open.forget(name);
    void this.remove(name);
    return false;
  }

  /** Whether the program of a mailbox of another user lives; only that user may write hints to it. */
  private async isLockedAt(name: string): Promise<boolean> {
    const { storage } = this;
    const path = this.makePath(name);
    try {
      return await this.isLocked((await storage.run(path, storage.files.find(path))).inode);
    } catch (error) {
      // The program has removed it meanwhile: it waits no more.
      if (isAbsent(error)) return false;
      throw error;
    }
  }

  private async openMailbox(name: string): Promise<OpenChunk> {
    const { storage } = this;
    const path = this.makePath(name);
    const { fd } = await storage.run(path, storage.files.open(path, O_WRONLY | O_APPEND));
    storage.client.addFd(fd);
    return this.open.add(name, fd);
  }

  /** Appends a hint. Without it, for example on a full disk, the waiter notices the grant later (`lock-waits.ts`). */
  private async append(file: OpenFileSteps, name: string, request: number): Promise<true> {
    const writing = file.write(encodeName(`${request}\n`));
    await ignoreFailure(this.storage.run(this.makePath(name), writing));
    return true;
  }

  private async isLocked(inode: Inode): Promise<boolean> {
    const { storage } = this;
    const driver = storage.makeDriver();
    try {
      await storage.lockRange(driver, inode, LIFE_DOMAIN, F_SETLK, F_RDLCK);
    } catch (error) {
      if (error instanceof FileError && error.code === 'EAGAIN') return true;
      if (isAbsent(error)) return false;
      throw error;
    }
    await storage.unlockRange(driver, inode, LIFE_DOMAIN);
    return false;
  }

  private remove(name: string): Promise<void> {
    const { storage } = this;
    const path = this.makePath(name);
    return ignoreFailure(storage.run(path, storage.files.unlink(path)));
  }

  /**
   * Removes some mailboxes of programs that have died without waiters.
   * @param now the storage's time, in seconds since 1970
   * @param start a mailbox's name: those after it come first, so that each program checks others
   */
  async sweep(now: number, start: string): Promise<void> {
    const { storage, directory } = this;
    const { files } = storage;
    const names = await storage.run(directory, files.list(directory));
    const index = names.indexOf(start) + 1;
    for (const name of [...names.slice(index), ...names.slice(0, index)].slice(0, MAX_SWEPT)) {
      try {
        const path = this.makePath(name);
        const { inode, buf } = await storage.run(path, files.find(path));
        const isOld = buf.iaMtime < now - MIN_SWEPT_AGE_S;
        if (isOld && buf.iaType !== IA_IFDIR && !(await this.isLocked(inode)))
          await this.remove(name);
      } catch (error) {
        if (!isAbsent(error)) throw error;
      }
    }
  }
}
