/**
 * A lock that was granted, and the requests that it fences: they fail with ESTALE once the lock was broken.
 *
 * Fenced requests run under a shared inodelk. After it is granted, the record is read: while the inodelk is held, no
 * later holder begins to write (`Locks.finishGrant`). Requests at the same time share one inodelk, for up to JOIN_MS.
 *
 * A process may be paused between the check and a request, for any time. The next holder waits for LEASE_MS at most,
 * so each request checks immediately before it is sent that the lease has not ended.
 */
import { FileError, VolumeClosedError } from '../api/file-error.ts';
import type { Steps } from '../api/steps.ts';
import { VolumeSteps } from '../api/volume-steps.ts';
import type { Context } from '../core/context.ts';
import { EPERM, ESTALE } from '../core/errno.ts';
import type { LockFile } from './lock-file.ts';
import { releaseLock } from './lock-record.ts';

/** Milliseconds after the check of the record in which requests may be sent. */
export const LEASE_MS = 5000;
/** Milliseconds in which further requests share an inodelk. A holder that writes all the time must let others check. */
const JOIN_MS = 200;

/** The requests that share one inodelk. */
class FencedSection {
  /** Resolves when the lock is checked. */
  readonly checked: Promise<void>;
  /** Resolves when the inodelk is given back. */
  readonly ended: Promise<void>;
  /** Time of the check, in milliseconds of the graph's clock; null before it. */
  checkedAt: number | null = null;
  userCount = 1;
  end!: () => void;

  constructor(check: (section: FencedSection) => Promise<void>) {
    this.ended = new Promise((resolve) => {
      this.end = resolve;
    });
    this.checked = check(this);
  }
}

export class HeldLock {
  readonly name: string;
  readonly owner: string;
  /** Greater than that of every earlier grant. */
  readonly fence: number;
  private readonly file: LockFile;
  private section: FencedSection | null = null;
  private isClosed = false;

  constructor(file: LockFile, name: string, owner: string, fence: number) {
    this.file = file;
    this.name = name;
    this.owner = owner;
    this.fence = fence;
  }

  /**
   * Gives the lock back, to the first waiter.
   * @returns `existed: false` if there was no lock any more
   * @throws {FileError} EPERM if another owner has it, ESTALE if this owner has it by a later grant
   */
  async unlock(): Promise<{ readonly existed: boolean }> {
    try {
      return await unlockRecord(this.file, this.owner, this.fence);
    } finally {
      this.close();
    }
  }

  /** Forgets the lock, which its owner keeps. */
  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.file.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.unlock();
  }

  /**
   * Whether this grant is still the newest, and was not broken. After the removal of a damaged record, another owner may
   * have a grant of the same number.
   */
  async isHeld(): Promise<boolean> {
    const { fence, holder } = await this.file.readRecord();
    return holder?.owner === this.owner && fence === this.fence;
  }

  /**
   * Runs steps whose requests are sent only while the lock is held.
   * @param makeSteps gets the operations of `volume`
   * @throws {FileError} ESTALE once the lock was broken: nothing is sent then
   */
  async runFenced<R>(
    volume: VolumeSteps,
    makeSteps: (volume: VolumeSteps) => Steps<R>,
  ): Promise<R> {
    for (;;) {
      const section = this.enterSection();
      try {
        await section.checked;
        const fenced = new VolumeSteps(volume.client, {
          ...volume.settings,
          findRefusal: () => this.findRefusal(section),
        });
        return await fenced.run(makeSteps(fenced));
      } catch (error) {
        // The process was paused. If the lock is still held, all is sent once more.
        if (!(error instanceof LeaseEndError)) throw error;
      } finally {
        this.leaveSection(section);
      }
    }
  }

  private findRefusal(section: FencedSection): Error | null {
    const { checkedAt } = section;
    return checkedAt !== null && this.now() - checkedAt < LEASE_MS ? null : new LeaseEndError();
  }

  private now(): number {
    return this.file.context.now();
  }

  private enterSection(): FencedSection {
    const { section: current } = this;
    const checkedAt = current?.checkedAt ?? null;
    if (current !== null && (checkedAt === null || this.now() - checkedAt < JOIN_MS)) {
      current.userCount += 1;
      return current;
    }
    const section = new FencedSection(async (started) => {
      await current?.ended;
      await this.file.beginFenced();
      started.checkedAt = this.now();
      if (!(await this.isHeld())) throw new FileError(ESTALE, 'write', this.name);
    });
    this.section = section;
    return section;
  }

  private leaveSection(section: FencedSection): void {
    section.userCount -= 1;
    if (section.userCount > 0) return;
    if (this.section === section) this.section = null;
    void this.endSection(section);
  }

  private async endSection(section: FencedSection): Promise<void> {
    try {
      await section.checked;
    } catch {
      // Its users have got the error.
    }
    try {
      await this.file.endFenced();
    } catch (error) {
      // The brick has lost the client, and with it the lock; or the volume was closed, which ends the lock, too.
      if (!(error instanceof FileError || error instanceof VolumeClosedError)) throw error;
    } finally {
      section.end();
    }
  }
}

/** The lease of a fenced section has ended, and the request was not sent. */
class LeaseEndError extends Error {}

/** Returns whole milliseconds since 1970. */
export const readWallClock = ({ sink }: Context): number => Math.floor(sink.now());

/** Gives the lock of a file back. @param fence of the grant; null for any grant of the owner */
export async function unlockRecord(
  file: LockFile,
  owner: string,
  fence: number | null,
): Promise<{ readonly existed: boolean }> {
  const now = readWallClock(file.context);
  return file.changeRecord<{ readonly existed: boolean }>(async (record) => {
    const { holder } = record;
    if (holder === null) return { record: null, result: { existed: false } };
    if (holder.owner !== owner) throw new FileError(EPERM, 'unlock', file.path);
    if (fence !== null && fence !== record.fence) throw new FileError(ESTALE, 'unlock', file.path);
    const next = releaseLock(await file.dropDeadWaiters(record), now);
    return { record: next, result: { existed: true } };
  });
}
