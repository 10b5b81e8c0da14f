/** Folders that are open, and what was listed of them ahead of who lists them. */
import { nameLength } from '../../../core/bytes.ts';
import { ENOENT } from '../../../core/errno.ts';
import type { EventName } from '../../../core/events.ts';
import type { Fd } from '../../../core/fd.ts';
import { type Frame, requestAs, type Stack } from '../../../core/frame.ts';
import { wind } from '../../../core/gen/fops.gen.ts';
import { type Dirent, direntplusSize, direntSize } from '../../../core/iatt.ts';
import { isUpcall } from '../../../core/upcall.ts';
import type { Cbk, Dump, Xlator } from '../../../core/xlator.ts';
import { InodeCache, Kept, losses } from '../shared/inode-cache.ts';
import type { Given } from './options.ts';

/** Milliseconds for which what was listed ahead is believed, where nobody tells of changes. */
const MAX_AGE_MS = 1000;

/** Who asks for the next entries: readdirp (`plus`) or readdir. */
export interface Asker {
  readonly frame: Frame;
  readonly size: number;
  readonly offset: number;
  readonly plus: boolean;
  /** It was not answered at once. */
  isLate: boolean;
  /** It has waited in vain once. */
  hasWaited: boolean;
}

interface Batch {
  readonly entries: readonly Dirent[];
  /** How many of them were told. */
  told: number;
  /** The cache's clock, and the time, when they were asked for. */
  readonly asked: number;
  readonly since: number;
}

/** One open folder. */
export class Listing {
  readonly fd: Fd;
  readonly caller: Stack;
  batches: Batch[] = [];
  /** What the entries ahead count, in bytes. */
  bytes = 0;
  /** Behind the last entry that was told, and behind the last that is here. */
  position = 0;
  end = 0;
  isFilling = false;
  /** The answer that ended it: all is here (`opRet` 0), or something has failed. */
  last: { readonly opRet: number; readonly opErrno: number } | null = null;
  waiting: Asker | null = null;
  /** Its numbers are not followed any more: everything goes down. */
  isLeft = false;

  constructor(fd: Fd, caller: Stack) {
    this.fd = fd;
    this.caller = caller;
  }
}

const weigh = ({ name }: Dirent): number => direntplusSize(nameLength(name));

const withoutAttributes = ({ name, off, type, gfid, dict }: Dirent): Dirent => ({
  name,
  off,
  type,
  gfid,
  stat: null,
  dict,
  inode: null,
});

export class ReaddirAhead extends InodeCache<Kept, Given> {
  bytes = 0;
  private readonly answer: (asker: Asker, listing: Listing) => void;

  /** @param answer is called for who has waited */
  constructor(xl: Xlator<unknown>, given: Given, answer: (asker: Asker, listing: Listing) => void) {
    super(xl, given);
    this.answer = answer;
  }

  protected override make(): Kept {
    return new Kept();
  }

  /** Entries are looked at when they are told. */
  protected override drop(): void {}

  notified(event: EventName, data: unknown): void {
    if (losses.has(event)) this.clear();
    else if (event !== 'UPCALL' || !isUpcall(data)) return;
    else if (data.what === 'every-entry') this.clear();
    else this.heard(data.what === 'inode' ? data.inode : data.parent);
  }

  /** Asks for more, if there is not enough ahead. */
  fill(listing: Listing): void {
    const { given } = this;
    // An answer may be here at once: then it goes on, and does not begin anew within itself.
    while (
      !listing.isFilling &&
      !listing.isLeft &&
      listing.last === null &&
      (listing.bytes === 0 || listing.bytes < given['rda-high-wmark']) &&
      (listing.bytes === 0 || this.bytes < given['rda-cache-limit'])
    ) {
      listing.isFilling = true;
      const frame = this.xl.begin(requestAs(listing.caller, 'READDIRP'));
      frame.local = new Filling(listing, listing.end, this.clock, this.xl.context.now());
      listing.fd.hold();
      const size = given['rda-request-size'];
      const child = this.xl.children[0]!;
      wind.readdirp(frame, 0, filledCbk, child, listing.fd, size, listing.end, null);
    }
  }

  /** More is here. */
  filled(
    { listing, from, asked, since }: Filling,
    opRet: number,
    opErrno: number,
    entries: readonly Dirent[],
  ): void {
    listing.isFilling = false;
    // It began anew meanwhile, or is followed no more.
    const isWanted = !listing.isLeft && listing.end === from;
    if (isWanted && entries.length === 0) listing.last = { opRet, opErrno };
    else if (isWanted) {
      listing.batches.push({ entries, told: 0, asked, since });
      listing.end = entries.at(-1)!.off;
      // GlusterFS's bricks say with the last entries that nothing comes after them.
      if (opErrno === ENOENT) listing.last = { opRet: 0, opErrno };
      this.count(
        listing,
        entries.reduce((sum, entry) => sum + weigh(entry), 0),
      );
    }
    const { waiting } = listing;
    listing.waiting = null;
    if (waiting !== null) this.answer(waiting, listing);
    listing.fd.drop();
  }

  /** Somebody waits for what is being asked for. */
  wait(listing: Listing, asker: Asker): void {
    asker.isLate = true;
    listing.waiting = asker;
  }

  /** The entries that come next, as many as fit; null where they have to be asked for. */
  take(listing: Listing, size: number, plus: boolean): Dirent[] | null {
    const charge = plus ? direntplusSize : direntSize;
    const found: Dirent[] = [];
    let left = size;
    for (;;) {
      const batch = listing.batches[0];
      if (batch === undefined) break;
      if (!this.isGood(listing, batch)) {
        // All behind it is as old, or will have to be asked for anew in order.
        if (found.length === 0) this.restart(listing, listing.position);
        break;
      }
      const entry = batch.entries[batch.told]!;
      left -= charge(nameLength(entry.name));
      if (left < 0) break;
      batch.told += 1;
      if (batch.told === batch.entries.length) listing.batches.shift();
      listing.position = entry.off;
      this.count(listing, -weigh(entry));
      found.push(this.isOutdated(entry, batch) ? withoutAttributes(entry) : entry);
    }
    return found.length === 0 ? null : found;
  }

  /** Whether as much is here as somebody asks for, or all there is. */
  hasEnough(listing: Listing, size: number): boolean {
    return listing.bytes >= size || listing.last !== null;
  }

  /** From `offset` on it is listed anew. */
  restart(listing: Listing, offset: number): void {
    this.count(listing, -listing.bytes);
    listing.batches = [];
    listing.position = offset;
    listing.end = offset;
    listing.last = null;
  }

  /** From now on everything goes down. */
  leave(listing: Listing): void {
    this.restart(listing, listing.position);
    listing.isLeft = true;
  }

  dump(): Dump {
    const { hits, misses, bytes } = this;
    return { hits, misses, bytes, limit: this.given['rda-cache-limit'] };
  }

  /** Whether the folder has the names that it had. */
  private isGood({ fd }: Listing, { asked, since }: Batch): boolean {
    if (this.xl.context.now() - since >= MAX_AGE_MS) return false;
    return this.mayLearn(this.keep(fd.inode), asked);
  }

  /** Whether the attributes of an entry are not those of now. */
  private isOutdated({ gfid }: Dirent, { asked }: Batch): boolean {
    const inode = this.xl.inodes?.find(gfid);
    const kept = inode === undefined ? undefined : this.kept(inode);
    return kept !== undefined && !this.mayLearn(kept, asked);
  }

  private count(listing: Listing, bytes: number): void {
    listing.bytes += bytes;
    this.bytes += bytes;
  }
}

class Filling {
  readonly listing: Listing;
  readonly from: number;
  readonly asked: number;
  readonly since: number;

  constructor(listing: Listing, from: number, asked: number, since: number) {
    this.listing = listing;
    this.from = from;
    this.asked = asked;
    this.since = since;
  }
}

const filledCbk: Cbk<'readdirp', ReaddirAhead> = (frame, _cookie, xl, opRet, opErrno, entries) => {
  xl.end(frame.root);
  xl.priv.filled(frame.local as Filling, opRet, opErrno, opRet > 0 ? (entries ?? []) : []);
};
