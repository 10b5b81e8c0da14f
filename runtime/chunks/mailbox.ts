/**
 * The mailbox of this program: a file in which others leave hints of granted locks (`mailboxes.ts`). While the program
 * has waiters, it has one inodelk and one watch of this file, however many they are.
 */
import type { DriverSteps } from '../api/driver-steps.ts';
import { FileError, VolumeClosedError } from '../api/file-error.ts';
import { OpenFileSteps } from '../api/open-file.ts';
import { decodeName } from '../core/bytes.ts';
import { toHex } from '../core/hex.ts';
import { F_SETLKW, F_WRLCK } from '../core/lock.ts';
import { O_CREAT, O_EXCL, O_RDWR } from '../core/open-flags.ts';
import { parseCursor } from '../xlators/features/watch/notices.ts';
import type { FileWatch } from './file-watch.ts';
import { ignoreFailure, isAbsent, type LockStorage } from './lock-storage.ts';
import { LIFE_DOMAIN, type Mailboxes, type OwnMailbox, readHints } from './mailboxes.ts';

/** Bytes of a mailbox's random name. */
const NAME_BYTES = 8;
/** Bytes of hints after which the file is emptied. */
const MAX_MAILBOX_BYTES = 1024 * 1024;

/** Receives what happens to a mailbox. */
export interface MailboxListener {
  /** @param requests numbers of the requests to which a lock may be granted; null for any */
  handleHints(requests: readonly number[] | null): void;
  /** Called once if the file was removed (others took this program for dead) or cannot be watched. */
  handleLoss(mailbox: Mailbox): void;
  /** Whether there are so few waiters that reading their records is cheaper than reading the hints. */
  readonly hasOneWaiter: boolean;
}

export class Mailbox implements OwnMailbox {
  readonly name: string;
  private readonly storage: LockStorage;
  private readonly path: string;
  private readonly driver: DriverSteps;
  private readonly file: OpenFileSteps;
  private readonly watch: FileWatch;
  private readonly listener: MailboxListener;
  private readonly controller = new AbortController();
  private readonly stopListening: () => void;
  /** Position of the watch. */
  private cursor = '';
  /** Bytes of hints that were read. */
  private offset = 0;

  private constructor(
    { storage }: Mailboxes,
    name: string,
    path: string,
    file: OpenFileSteps,
    listener: MailboxListener,
  ) {
    this.storage = storage;
    this.name = name;
    this.path = path;
    this.file = file;
    this.driver = file.driver;
    this.listener = listener;
    this.watch = storage.makeWatch(file.fd.inode, path);
    // A brick that was away has forgotten the lock.
    this.stopListening = storage.client.graph.listen((event) => {
      if (event === 'CHILD_UP' || event === 'SOME_DESCENDENT_UP') void ignoreFailure(this.lock());
    });
  }

  /** Makes a mailbox. @throws {NoWatchError}, {FileError} */
  static async open(mailboxes: Mailboxes, listener: MailboxListener): Promise<Mailbox> {
    const { storage } = mailboxes;
    const random = new Uint8Array(NAME_BYTES);
    storage.context.random(random);
    const name = toHex(random);
    const path = mailboxes.makePath(name);
    const driver = storage.makeDriver();
    const { files } = storage;
    const create = async (): Promise<OpenFileSteps> => {
      const { fd } = await storage.run(path, files.create(path, O_RDWR | O_CREAT | O_EXCL));
      storage.client.addFd(fd);
      return new OpenFileSteps(driver, fd);
    };
    let file: OpenFileSteps;
    try {
      file = await create();
    } catch (error) {
      if (!isAbsent(error)) throw error;
      await makeDirectory(storage, mailboxes.directory);
      file = await create();
    }
    const mailbox = new Mailbox(mailboxes, name, path, file, listener);
    try {
      await mailbox.lock();
      ({ cursor: mailbox.cursor } = await mailbox.watch.wait());
      return mailbox;
    } catch (error) {
      await mailbox.close();
      throw error;
    }
  }

  /** Shows other programs that this one lives. */
  private lock(): Promise<void> {
    const { storage, driver, file } = this;
    return storage.lockRange(driver, file.fd.inode, LIFE_DOMAIN, F_SETLKW, F_WRLCK);
  }

  /** Waits for hints until the mailbox is closed or lost. */
  async listen(): Promise<void> {
    try {
      for (;;) {
        const { cursor, events } = await this.watch.wait(this.cursor, this.controller.signal);
        if (events.some(({ kind }) => kind === 'removed')) break;
        this.cursor = cursor;
        await this.readNewHints(parseCursor(cursor)!.size);
      }
    } catch (error) {
      if (this.controller.signal.aborted) return;
      if (!(error instanceof FileError || error instanceof VolumeClosedError)) throw error;
      // The listener tries again, and gets the error if it lasts.
    }
    this.listener.handleLoss(this);
  }

  private async readNewHints(size: number): Promise<void> {
    const { storage, path, file, listener } = this;
    if (size > MAX_MAILBOX_BYTES) {
      // Hints that arrive before the file is empty are lost: all waiters are meant.
      await storage.run(path, file.truncate(0));
      this.offset = 0;
      this.handleHints(null);
    } else if (listener.hasOneWaiter) {
      this.handleHints(null);
      this.offset = size;
    } else {
      const bytes = await storage.run(path, file.read(MAX_MAILBOX_BYTES, this.offset));
      this.offset += bytes.length;
      this.handleHints(readHints(decodeName(bytes)));
    }
  }

  /** Returns the storage's time of the last hint, in seconds since 1970. */
  async readTime(): Promise<number> {
    const { storage, path, file } = this;
    return (await storage.run(path, file.stat())).iaMtime;
  }

  /** Passes hints on. */
  handleHints(requests: readonly number[] | null): void {
    this.listener.handleHints(requests);
  }

  /** Removes the file, and with it all that the storage has of this program's waiting. */
  async close(): Promise<void> {
    const { storage, path, driver, file } = this;
    if (this.controller.signal.aborted) return;
    this.controller.abort();
    this.stopListening();
    await ignoreFailure(storage.run(path, storage.files.unlink(path)));
    await storage.unlockRange(driver, file.fd.inode, LIFE_DOMAIN);
    storage.client.removeFd(file.fd);
    file.fd.release();
  }
}

async function makeDirectory(storage: LockStorage, path: string): Promise<void> {
  try {
    await storage.run(path, storage.files.mkdir(path));
  } catch (error) {
    // Another program was faster.
    if (!(error instanceof FileError && error.code === 'EEXIST')) throw error;
  }
}
