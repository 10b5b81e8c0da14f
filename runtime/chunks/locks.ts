/**
 * Locks that stay: a lock outlives the handle, the process and the machine that took it, until its owner unlocks it, or
 * another program breaks it. All state is in the storage (`lock-record.ts`): no process has the queue, and locks need no
 * server.
 *
 * A waiter joins the queue in the record (`lock-waits.ts`). An unlock or a break of the lock grants it to the first
 * waiter, in the same change of the record, and tells this waiter alone (`mailboxes.ts`).
 */
import { toInteger } from '../api/arguments.ts';
import { FileError } from '../api/file-error.ts';
import type { Volume } from '../api/volume.ts';
import { EINVAL, ESTALE } from '../core/errno.ts';
import { checkChunkName } from './chunk-name.ts';
import { type HeldLock, unlockRecord } from './held-lock.ts';
import { LockFile } from './lock-file.ts';
import type { LockBreak, LockHolder, LockWaiter } from './lock-record.ts';
import { LockStorage } from './lock-storage.ts';
import type { LockOptions } from './lock-wait.ts';
import { LockWaits } from './lock-waits.ts';
import { Mailboxes } from './mailboxes.ts';

export { LockHeldError, type LockOptions } from './lock-wait.ts';

/** The most characters of an owner. */
const MAX_OWNER_LENGTH = 128;
/** The most milliseconds of a ttl: the time of its end must be an integer, too, or the record counts as damaged. */
const MAX_TTL_MS = 2 ** 52;

/** The state of a lock. */
export interface LockInfo {
  /** The fencing number of the newest grant; 0 before the first grant. */
  readonly fence: number;
  readonly holder: LockHolder | null;
  /** In the order in which they get the lock. */
  readonly waiters: readonly LockWaiter[];
  readonly lastBreak: LockBreak | null;
}

/** The locks of a directory: each is a file in it. */
export class Locks {
  private readonly mailboxes: Mailboxes;
  private readonly waits: LockWaits;

  /** @param directory exists. The volume needs features/locks, and at the top features/watch to wait */
  constructor(volume: Volume, directory: string) {
    this.mailboxes = new Mailboxes(new LockStorage(volume, directory));
    this.waits = new LockWaits(this.mailboxes);
  }

  /**
   * Takes a lock. An owner that has it already, for example before a restart, gets it again with a new fencing number;
   * the lock's earlier object can then neither unlock nor write.
   * @throws {LockHeldError} without `wait`; {FileError} ECANCELED at the signal
   */
  lock(name: string, owner: string, options: LockOptions = {}): Promise<HeldLock> {
    // Not an async function, which would be one more promise for each waiter.
    return new Promise((resolve, reject) => {
      checkOwner(owner);
      checkChunkName(name, 'lock');
      if (options.ttl !== undefined) toInteger(options.ttl, 'ttl', 0, MAX_TTL_MS);
      this.waits.begin(name, owner, options, { resolve, reject });
    });
  }

  /**
   * Unlocks by owner, for example after a restart. @returns `existed: false` if there was no lock.
   * @throws {FileError} EPERM for another owner
   */
  async unlock(name: string, owner: string): Promise<{ readonly existed: boolean }> {
    checkOwner(owner);
    // Another program or object of this owner may have fenced operations under way.
    return this.useFile(name, (file) => unlockRecord(file, owner, null, () => true));
  }

  async lockInfo(name: string): Promise<LockInfo> {
    const { fence, holder, waiters, lastBreak } = await this.useFile(name, (file) =>
      file.readRecord(),
    );
    return { fence, holder, waiters, lastBreak };
  }

  /**
   * Takes a lock from an owner that does not give it back. Its later fenced writes fail with ESTALE.
   * @param by who breaks it, for the record
   * @throws {FileError} ESTALE if another owner has it, or none: then nothing has changed
   */
  async breakLock(name: string, expectedOwner: string, by: string): Promise<LockInfo> {
    checkOwner(by);
    const record = await this.useFile(name, (file) =>
      file.changeRecord(async (current, checked) => {
        if (current.holder?.owner !== expectedOwner)
          throw new FileError(ESTALE, 'breakLock', file.path);
        const next = await file.handOver(current, checked, by);
        return { record: next, result: next };
      }, true),
    );
    const { fence, holder, waiters, lastBreak } = record;
    return { fence, holder, waiters, lastBreak };
  }

  private async useFile<R>(name: string, use: (file: LockFile) => Promise<R>): Promise<R> {
    checkChunkName(name, 'lock');
    const file = await LockFile.open(this.mailboxes, name);
    try {
      return await use(file);
    } finally {
      file.close();
    }
  }
}

/** @throws {FileError} EINVAL */
function checkOwner(owner: string): void {
  if (owner === '' || owner.length > MAX_OWNER_LENGTH) throw new FileError(EINVAL, 'lock', owner);
}
