/**
 * A lock that was granted, and the requests that it fences: they fail with ESTALE once the lock was broken.
 *
 * Fenced requests run under a shared inodelk. After it is granted, the record is read: while the inodelk is held, no
 * later holder begins to write (`LockWaits.finish`). Requests at the same time share one inodelk, for up to JOIN_MS.
 *
 * A process may be paused between the check and a request, for any time. The next holder waits for LEASE_MS at most.
 * So the record is read again before a request for which the last check is older, or the connection was lost since; and
 * protocol/client looks once more before it sends bytes (`Stack.isTooLate`), and closes the connection instead. A pause
 * between that look and the system call that sends, a few instructions later, is not seen.
 */
import type { DriverSteps, Refusal } from '../api/driver-steps.ts';
import { FileError } from '../api/file-error.ts';
import type { Steps } from '../api/steps.ts';
import type { VolumeClient } from '../api/volume-client.ts';
import { VolumeSteps } from '../api/volume-steps.ts';
import { EOPNOTSUPP, EPERM, ESTALE, ETIMEDOUT } from '../core/errno.ts';
import type { EventName } from '../core/events.ts';
import type { Xlator } from '../core/xlator.ts';
import { findAllBelow } from '../xlators/performance/shared/stack-checks.ts';
import type { LockFile } from './lock-file.ts';
import type { LockRecord } from './lock-record.ts';

/** Milliseconds after the check of the record in which requests may be sent. */
export const LEASE_MS = 5000;
/** Milliseconds in which further requests share an inodelk. A holder that writes all the time must let others check. */
const JOIN_MS = 200;
/** The most checks for one request, if each takes longer than the lease. */
const MAX_CHECKS = 3;
/** Events of a connection that was lost, and the storage's locks with it. */
const CONNECTION_EVENTS: ReadonlySet<EventName> = new Set([
  ...(['CHILD_DOWN', 'CHILD_UP', 'SOME_DESCENDENT_DOWN', 'SOME_DESCENDENT_UP'] as const),
]);
/** Types of volumes that reply before the storage has the data: it may arrive after the end of the inodelk. */
const EARLY_REPLY_TYPES: ReadonlySet<string> = new Set(['performance/write-behind']);

/** The requests that share one inodelk. */
class FencedSection {
  /** Resolves when the lock was checked for the first time. */
  readonly checked: Promise<void>;
  userCount = 1;
  private readonly file: LockFile;
  private readonly owner: string;
  private readonly fence: number;
  private readonly driver: DriverSteps;
  private readonly stopListening: () => void;
  /** Times in milliseconds of the graph's clock. */
  private firstCheckedAt = Infinity;
  private checkedAt = -Infinity;
  /** The same in milliseconds since 1970: the graph's clock stands still while a machine is suspended. */
  private checkedTime = -Infinity;
  /** Whether the storage may not have the inodelk. */
  private mustLock = true;
  private lockCount = 0;
  private renewal: Promise<Error | null> | null = null;

  constructor(file: LockFile, owner: string, fence: number) {
    this.file = file;
    this.owner = owner;
    this.fence = fence;
    this.driver = file.storage.makeDriver();
    this.stopListening = file.storage.client.graph.listen((event) => {
      if (CONNECTION_EVENTS.has(event)) this.mustLock = true;
    });
    this.checked = this.check().then(() => {
      this.firstCheckedAt = this.now();
    });
  }

  /** Whether a further request may join. */
  get isOpen(): boolean {
    return this.now() - this.firstCheckedAt < JOIN_MS;
  }

  /** Whether a request may no longer be sent without another check. */
  get isTooLate(): boolean {
    return this.mustLock || !this.isRecent(this.checkedAt, this.checkedTime);
  }

  /** Returns null if a request may be sent now; otherwise checks the lock once more. */
  findRefusal(): Refusal {
    if (!this.isTooLate) return null;
    this.renewal ??= this.renew();
    return this.renewal;
  }

  private async renew(): Promise<Error | null> {
    try {
      await this.check();
      return null;
    } catch (error) {
      return error as Error;
    } finally {
      this.renewal = null;
    }
  }

  private async check(): Promise<void> {
    const { file, driver } = this;
    for (let count = 0; count < MAX_CHECKS; count += 1) {
      if (this.mustLock) {
        // Before the request: the connection may be lost again meanwhile.
        this.mustLock = false;
        try {
          await file.beginFenced(driver);
        } catch (error) {
          this.mustLock = true;
          throw error;
        }
        this.lockCount += 1;
      }
      const startedAt = this.now();
      const startedTime = this.file.storage.now();
      if (!isGrantedAs(await file.readRecord(), this.owner, this.fence))
        throw new FileError(ESTALE, 'write', file.name);
      this.checkedAt = startedAt;
      this.checkedTime = startedTime;
      if (this.isRecent(startedAt, startedTime)) return;
    }
    throw new FileError(ETIMEDOUT, 'write', file.name);
  }

  /** Whether a check at these times of both clocks is within the lease. */
  private isRecent(checkedAt: number, checkedTime: number): boolean {
    const elapsed = this.file.storage.now() - checkedTime;
    return this.now() - checkedAt < LEASE_MS && elapsed >= 0 && elapsed < LEASE_MS;
  }

  private now(): number {
    return this.file.context.now();
  }

  /** Gives the inodelk back, after the last request. */
  async end(): Promise<void> {
    this.stopListening();
    // The requests have got its error.
    await this.checked.catch(() => {});
    await this.renewal;
    for (; this.lockCount > 0; this.lockCount -= 1) await this.file.endFenced(this.driver);
  }
}

export class HeldLock {
  readonly name: string;
  readonly owner: string;
  /** Greater than that of every earlier grant. */
  readonly fence: number;
  /** Whether the former holder did not give the lock back: data that it has written may not be on the disk. */
  readonly isTakenOver: boolean;
  private readonly file: LockFile;
  private section: FencedSection | null = null;
  /** The number of fenced operations under way. */
  private operationCount = 0;
  private isGivenBack = false;

  constructor(file: LockFile, owner: string, fence: number, isTakenOver: boolean) {
    this.file = file;
    this.name = file.name;
    this.owner = owner;
    this.fence = fence;
    this.isTakenOver = isTakenOver;
  }

  /**
   * Gives the lock back, to the first waiter, which waits for the end of fenced operations that are still under way.
   * @returns `existed: false` if there was no lock any more
   * @throws {FileError} EPERM if another owner has it, ESTALE if this owner has it by a later grant
   */
  async unlock(): Promise<{ readonly existed: boolean }> {
    this.isGivenBack = true;
    try {
      return await unlockRecord(this.file, this.owner, this.fence, () => this.operationCount > 0);
    } finally {
      this.close();
    }
  }

  /** Forgets the lock, which its owner keeps. */
  close(): void {
    this.file.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.unlock();
  }

  /** Whether this grant is still the newest, and was not broken. */
  async isHeld(): Promise<boolean> {
    return isGrantedAs(await this.file.readRecord(), this.owner, this.fence);
  }

  /**
   * Runs steps whose requests are sent only while the lock is held.
   * @param makeSteps gets the operations of `volume`
   * @throws {FileError} ESTALE once the lock was broken: nothing is sent from then on; EOPNOTSUPP on a volume that
   *   replies before the storage has the data
   */
  async runFenced<R>(
    volume: VolumeSteps,
    makeSteps: (volume: VolumeSteps) => Steps<R>,
  ): Promise<R> {
    if (this.isGivenBack) throw new FileError(ESTALE, 'write', this.name);
    const section = this.enterSection(volume.client);
    this.operationCount += 1;
    try {
      await section.checked;
      const findRefusal = (): Refusal => section.findRefusal();
      const isTooLate = (): boolean => section.isTooLate;
      const settings = { ...volume.settings, findRefusal, isTooLate };
      const fenced = new VolumeSteps(volume.client, settings);
      return await fenced.run(makeSteps(fenced));
    } finally {
      this.operationCount -= 1;
      this.leaveSection(section);
    }
  }

  /** @throws {FileError} EOPNOTSUPP */
  private enterSection(client: VolumeClient): FencedSection {
    const { section: current } = this;
    if (current?.isOpen === true) {
      current.userCount += 1;
      return current;
    }
    checkFenceable(client, this.name);
    this.section = new FencedSection(this.file, this.owner, this.fence);
    return this.section;
  }

  private leaveSection(section: FencedSection): void {
    section.userCount -= 1;
    if (section.userCount > 0) return;
    if (this.section === section) this.section = null;
    void section.end();
  }
}

/** Whether a grant is the newest. After the removal of a record, another owner may have one of the same number. */
const isGrantedAs = ({ holder, fence }: LockRecord, owner: string, ownFence: number): boolean =>
  holder?.owner === owner && fence === ownFence;

/** @throws {FileError} EOPNOTSUPP naming a volume that replies before the storage has the data */
function checkFenceable({ graph, settings }: VolumeClient, lockName: string): void {
  const { xl: top } = (settings.links ?? graph.links).writev;
  const volumes = [top as Xlator<unknown>, ...findAllBelow(top as Xlator<unknown>)];
  const early = volumes.find(({ type }) => EARLY_REPLY_TYPES.has(type));
  if (early === undefined) return;
  const error = new FileError(EOPNOTSUPP, 'write', lockName);
  error.message += `: volume '${early.name}' (${early.type}) replies before the storage has the data, so no lock can fence requests: remove it from the volfile`;
  throw error;
}

/**
 * Gives the lock of a file back.
 * @param fence of the grant; null for any grant of the owner
 * @param hasOperations whether fenced operations of the grant are under way
 */
export async function unlockRecord(
  file: LockFile,
  owner: string,
  fence: number | null,
  hasOperations: () => boolean,
): Promise<{ readonly existed: boolean }> {
  return file.changeRecord<{ readonly existed: boolean }>(async (record, checked) => {
    const { holder } = record;
    if (holder === null) return { record: null, result: { existed: false } };
    if (holder.owner !== owner) throw new FileError(EPERM, 'unlock', file.path);
    if (fence !== null && fence !== record.fence) throw new FileError(ESTALE, 'unlock', file.path);
    const next = await file.handOver(record, checked);
    const needsBarrier = next.needsBarrier || hasOperations();
    return { record: { ...next, needsBarrier }, result: { existed: true } };
  }, true);
}
