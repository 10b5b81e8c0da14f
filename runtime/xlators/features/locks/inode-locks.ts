/** Holds all locks of one inode: record locks, flocks, and the domains of translators. */
import type { Client } from '../../../core/client.ts';
import type { Inode } from '../../../core/inode.ts';
import { Domain, type Rules } from './domain.ts';
import { exclusive, overlap, type Range, type Span } from './ranges.ts';
import { RecordLocks, type WaitGraph } from './records.ts';

/** The holder of a lock or of a waiting request. Times are those of `LogSink.now`. */
export interface Holder {
  readonly client: Client | null;
  readonly pid: number;
  /** `Fd.id` of the request's open file; 0 for none. */
  readonly fd: number;
  blockedAt: number | null;
  grantedAt: number | null;
}

export type InodeClaim = Range<Holder>;

export interface EntryClaim {
  readonly owner: string;
  /** Null for all names of the directory. */
  readonly basename: string | null;
  readonly type: number;
  readonly note: Holder;
}

const ranges: Rules<InodeClaim> = {
  excludes: (a, b) => overlap(a, b) && exclusive(a.type, b.type),
  means: (request, held) => request.start === held.start && request.end === held.end,
};

/** As in GlusterFS, read locks exclude each other, too; the type only selects the lock to unlock. */
const names: Rules<EntryClaim> = {
  excludes: (a, b) => a.basename === null || b.basename === null || a.basename === b.basename,
  means: (request, held) => request.basename === held.basename && request.type === held.type,
};

export interface DomainLocks {
  readonly inodelks: Domain<InodeClaim>;
  readonly entrylks: Domain<EntryClaim>;
}

export class InodeLocks {
  readonly inode: Inode;
  readonly records: RecordLocks<Holder>;
  readonly flocks = new RecordLocks<Holder>(null);
  readonly domains = new Map<string, DomainLocks>();

  constructor(inode: Inode, waits: WaitGraph<Holder>) {
    this.inode = inode;
    this.records = new RecordLocks(waits);
  }

  get empty(): boolean {
    return this.records.empty && this.flocks.empty && this.domains.size === 0;
  }

  /** Number of locks of applications, waiting requests included. */
  get applications(): number {
    let count = 0;
    for (const { active, blocked } of [this.records, this.flocks]) {
      count += [...active].length + blocked.size;
    }
    return count;
  }

  domain(name: string): DomainLocks {
    const known = this.domains.get(name);
    if (known !== undefined) return known;
    const domain = { inodelks: new Domain(ranges), entrylks: new Domain(names) };
    this.domains.set(name, domain);
    return domain;
  }

  /** Removes empty domains. */
  trim(): void {
    for (const [name, { inodelks, entrylks }] of this.domains) {
      if (inodelks.empty && entrylks.empty) this.domains.delete(name);
    }
  }

  /** Drops the locks and waiting requests of an fd that is closed for the last time. */
  closed(fd: number, errno: number): void {
    this.dropRecords((holder) => holder.fd === fd, errno);
  }

  /** Drops the locks and waiting requests of a client that is gone. */
  disconnected(client: Client, errno: number): void {
    const isIts = (holder: Holder): boolean => holder.client === client;
    this.dropRecords(isIts, errno);
    for (const { inodelks, entrylks } of this.domains.values()) {
      inodelks.drop(({ note }) => isIts(note), errno);
      entrylks.drop(({ note }) => isIts(note), errno);
    }
  }

  /** Cancels a client's waiting requests by fd and exact range; returns their number. */
  interrupted(client: Client | null, fd: number, span: Span, errno: number): number {
    const those = [this.records, this.flocks]
      .flatMap(({ blocked }) => [...blocked])
      .filter(({ range: { note, start, end } }) => {
        const isIts = note.client === client && note.fd === fd;
        return isIts && start === span.start && end === span.end;
      });
    for (const waiter of those) waiter.cancel(errno);
    return those.length;
  }

  private dropRecords(which: (holder: Holder) => boolean, errno: number): void {
    for (const table of [this.records, this.flocks]) {
      for (const waiter of table.blocked) if (which(waiter.range.note)) waiter.cancel(errno);
      table.remove(({ note }) => which(note));
    }
  }

  /** Settles all waiting requests with an errno. */
  end(errno: number): void {
    for (const table of [this.records, this.flocks]) {
      for (const waiter of table.blocked) waiter.cancel(errno);
    }
    for (const { inodelks, entrylks } of this.domains.values()) {
      inodelks.cancelAll(errno);
      entrylks.cancelAll(errno);
    }
  }
}
