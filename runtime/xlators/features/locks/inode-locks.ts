/** Holds all locks of one inode: record locks, locks of flock(2), and the locks of translators by domain. */
import type { Client } from '../../../core/client.ts';
import type { Inode } from '../../../core/inode.ts';
import { type ClaimRules, LockDomain } from './lock-domain.ts';
import { excludes, overlaps, type Range, type Span } from './ranges.ts';
import { RecordLocks, type WaitGraph } from './record-locks.ts';

/** The client that has a lock or waits for one. Times are in milliseconds, by `LogSink.now`; null: not (yet). */
export interface Holder {
  readonly client: Client | null;
  readonly pid: number;
  /** `Fd.id` of the request's open file; 0 for none. */
  readonly fd: number;
  blockedAt: number | null;
  grantedAt: number | null;
}

/** An inodelk: a lock of a range of an inode. */
export type InodeClaim = Range<Holder>;

/** An entrylk: a lock of a name in a directory. */
export interface EntryClaim {
  readonly owner: string;
  /** Null for all names of the directory. */
  readonly basename: string | null;
  readonly type: number;
  readonly holder: Holder;
}

/** Read locks of one range do not exclude each other. */
const rangeRules: ClaimRules<InodeClaim> = {
  excludes: (a, b) => overlaps(a, b) && excludes(a.type, b.type),
  isSameLock: (request, held) => request.start === held.start && request.end === held.end,
};

/** As in GlusterFS, read locks exclude each other, too; the type only selects the lock to unlock. */
const nameRules: ClaimRules<EntryClaim> = {
  excludes: (a, b) => a.basename === null || b.basename === null || a.basename === b.basename,
  isSameLock: (request, held) => request.basename === held.basename && request.type === held.type,
};

/** The locks of one domain. */
export interface DomainLocks {
  readonly inodelks: LockDomain<InodeClaim>;
  readonly entrylks: LockDomain<EntryClaim>;
}

/** The locks of one inode, and the requests that wait for one. */
export class InodeLocks {
  readonly inode: Inode;
  readonly records: RecordLocks<Holder>;
  readonly flocks = new RecordLocks<Holder>(null);
  readonly domains = new Map<string, DomainLocks>();

  constructor(inode: Inode, waitGraph: WaitGraph<Holder>) {
    this.inode = inode;
    this.records = new RecordLocks(waitGraph);
  }

  get isEmpty(): boolean {
    return this.records.isEmpty && this.flocks.isEmpty && this.domains.size === 0;
  }

  /** Number of locks of applications, waiting requests included. */
  get applicationLockCount(): number {
    let count = 0;
    for (const { active, blocked } of [this.records, this.flocks]) {
      count += [...active].length + blocked.size;
    }
    return count;
  }

  findOrAddDomain(name: string): DomainLocks {
    const existing = this.domains.get(name);
    if (existing !== undefined) return existing;
    const domain = {
      inodelks: new LockDomain(rangeRules),
      entrylks: new LockDomain(nameRules),
    };
    this.domains.set(name, domain);
    return domain;
  }

  /** Removes empty domains. */
  dropEmptyDomains(): void {
    for (const [name, { inodelks, entrylks }] of this.domains) {
      if (inodelks.isEmpty && entrylks.isEmpty) this.domains.delete(name);
    }
  }

  /** Drops the locks and waiting requests of an fd that is closed for the last time. */
  dropFd(fd: number, errno: number): void {
    this.dropRecords((holder) => holder.fd === fd, errno);
  }

  /** Drops the locks and waiting requests of a client that has disconnected. */
  dropClient(client: Client, errno: number): void {
    const isOfClient = (holder: Holder): boolean => holder.client === client;
    this.dropRecords(isOfClient, errno);
    for (const { inodelks, entrylks } of this.domains.values()) {
      inodelks.drop(({ holder }) => isOfClient(holder), errno);
      entrylks.drop(({ holder }) => isOfClient(holder), errno);
    }
  }

  /** Cancels a client's waiting requests by fd and exact range; returns their number. */
  cancelWaiting(client: Client | null, fd: number, span: Span, errno: number): number {
    const waiters = [this.records, this.flocks]
      .flatMap(({ blocked }) => [...blocked])
      .filter(({ range: { holder, start, end } }) => {
        const isOfFd = holder.client === client && holder.fd === fd;
        return isOfFd && start === span.start && end === span.end;
      });
    for (const waiter of waiters) waiter.cancel(errno);
    return waiters.length;
  }

  /** Removes the record locks and flocks of selected holders, and cancels their waiting requests. */
  private dropRecords(isSelected: (holder: Holder) => boolean, errno: number): void {
    for (const table of [this.records, this.flocks]) {
      for (const waiter of table.blocked) if (isSelected(waiter.range.holder)) waiter.cancel(errno);
      table.remove(({ holder }) => isSelected(holder));
    }
  }

  /** Settles all waiting requests with an errno. */
  cancelAll(errno: number): void {
    for (const table of [this.records, this.flocks]) {
      for (const waiter of table.blocked) waiter.cancel(errno);
    }
    for (const { inodelks, entrylks } of this.domains.values()) {
      inodelks.cancelAll(errno);
      entrylks.cancelAll(errno);
    }
  }
}
