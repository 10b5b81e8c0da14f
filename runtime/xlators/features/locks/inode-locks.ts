/** All locks of one inode, in their families. */
import type { Client } from '../../../core/client.ts';
import type { Inode } from '../../../core/inode.ts';
import { Domain, type Rules } from './domain.ts';
import { exclusive, overlap, type Range, type Span } from './ranges.ts';
import { RecordLocks, type Waits } from './records.ts';

/** Who holds a lock or waits for it, for answers and for the statedump. Times as `LogSink.now`. */
export interface Holder {
  readonly client: Client | null;
  readonly pid: number;
  /** `Fd.id` of the open file that the lock came by; 0 for none. */
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
  means: (given, held) => given.start === held.start && given.end === held.end,
};

/** The type says only which lock an unlock means: as in GlusterFS, read locks exclude, too. */
const names: Rules<EntryClaim> = {
  excludes: (a, b) => a.basename === null || b.basename === null || a.basename === b.basename,
  means: (given, held) => given.basename === held.basename && given.type === held.type,
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

  constructor(inode: Inode, waits: Waits<Holder>) {
    this.inode = inode;
    this.records = new RecordLocks(waits);
  }

  get empty(): boolean {
    return this.records.empty && this.flocks.empty && this.domains.size === 0;
  }

  /** Locks of applications, and requests that wait for one. */
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

  /** Forgets domains in which nothing is locked. */
  trim(): void {
    for (const [name, { inodelks, entrylks }] of this.domains) {
      if (inodelks.empty && entrylks.empty) this.domains.delete(name);
    }
  }

  /** An open file is closed for the last time: its locks are gone, and nobody waits by it. */
  closed(fd: number, errno: number): void {
    this.dropRecords((holder) => holder.fd === fd, errno);
  }

  /** A client is gone, and with it all that it had or waited for. */
  left(client: Client, errno: number): void {
    const isIts = (holder: Holder): boolean => holder.client === client;
    this.dropRecords(isIts, errno);
    for (const { inodelks, entrylks } of this.domains.values()) {
      inodelks.drop(({ note }) => isIts(note), errno);
      entrylks.drop(({ note }) => isIts(note), errno);
    }
  }

  /** Ends what waits by an open file of a client for just this; how many these were. */
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

  /** Nobody is to wait any more. */
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
