/** Holds the entries of an open directory (`Listing`) that were read ahead of the client. */
import { nameLength } from '../../../core/bytes.ts';
import { ENOENT } from '../../../core/errno.ts';
import type { EventName } from '../../../core/events.ts';
import type { Fd } from '../../../core/fd.ts';
import { type Frame, requestAs, type Stack } from '../../../core/frame.ts';
import { wind } from '../../../core/gen/fops.gen.ts';
import { type Dirent, direntplusSize, direntSize } from '../../../core/iatt.ts';
import { isUpcall } from '../../../core/upcall.ts';
import type { Cbk, Dump, Xlator } from '../../../core/xlator.ts';
import { InodeCache, InodeState, invalidatingEvents } from '../shared/inode-cache.ts';
import type { OptionValues } from './options.ts';

/** Milliseconds after which entries are not used any more. */
const MAX_AGE_MS = 1000;

/** A client's readdirp (`plus`) or readdir. */
export interface ListRequest {
  readonly frame: Frame;
  readonly size: number;
  readonly offset: number;
  readonly plus: boolean;
  /** Whether it had to wait. */
  isLate: boolean;
  /** Whether it has waited once in vain. */
  hasWaited: boolean;
}

interface Batch {
  readonly entries: readonly Dirent[];
  /** Number of entries that the client has got. */
  returned: number;
  /** The cache's clock and the time at their request. */
  readonly asked: number;
  readonly since: number;
}

/** One open directory. */
export class Listing {
  readonly fd: Fd;
  readonly caller: Stack;
  batches: Batch[] = [];
  /** Bytes of the entries ahead. */
  bytes = 0;
  /** Offsets after the client's last entry, and after the last entry read ahead. */
  position = 0;
  end = 0;
  isFilling = false;
  /** The last reply: the end of the directory (`opRet` 0), or a failure. */
  last: { readonly opRet: number; readonly opErrno: number } | null = null;
  waiting: ListRequest | null = null;
  /** Whether all requests are wound without reading ahead. */
  isBypassed = false;

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

export class ReaddirAhead extends InodeCache<InodeState, OptionValues> {
  bytes = 0;
  private readonly answer: (request: ListRequest, listing: Listing) => void;

  /** @param answer answers a request that has waited */
  constructor(
    xl: Xlator<unknown>,
    values: OptionValues,
    answer: (request: ListRequest, listing: Listing) => void,
  ) {
    super(xl, values);
    this.answer = answer;
  }

  protected override make(): InodeState {
    return new InodeState();
  }

  /** Nothing to drop: entries are validated at their use. */
  protected override drop(): void {}

  notified(event: EventName, data: unknown): void {
    if (invalidatingEvents.has(event)) this.clear();
    else if (event !== 'UPCALL' || !isUpcall(data)) return;
    else if (data.what === 'every-entry') this.clear();
    else this.changedBelow(data.what === 'inode' ? data.inode : data.parent);
  }

  /** Requests more entries while too few are ahead. */
  fill(listing: Listing): void {
    const { values } = this;
    // A loop, since a reply may come within the wind.
    while (
      !listing.isFilling &&
      !listing.isBypassed &&
      listing.last === null &&
      (listing.bytes === 0 || listing.bytes < values['rda-high-wmark']) &&
      (listing.bytes === 0 || this.bytes < values['rda-cache-limit'])
    ) {
      listing.isFilling = true;
      const frame = this.xl.begin(requestAs(listing.caller, 'READDIRP'));
      frame.local = new Filling(listing, listing.end, this.clock, this.xl.context.now());
      listing.fd.hold();
      const size = values['rda-request-size'];
      const child = this.xl.children[0]!;
      wind.readdirp(frame, 0, filledCbk, child, listing.fd, size, listing.end, null);
    }
  }

  /** Stores the entries of a reply. */
  filled(
    { listing, from, asked, since }: Filling,
    opRet: number,
    opErrno: number,
    entries: readonly Dirent[],
  ): void {
    listing.isFilling = false;
    // The client may have restarted, or left the sequence, meanwhile.
    const isWanted = !listing.isBypassed && listing.end === from;
    if (isWanted && entries.length === 0) listing.last = { opRet, opErrno };
    else if (isWanted) {
      listing.batches.push({ entries, returned: 0, asked, since });
      listing.end = entries.at(-1)!.off;
      // GlusterFS's bricks mark the last entries with ENOENT.
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

  /** Lets a request wait for the reply under way. */
  wait(listing: Listing, request: ListRequest): void {
    request.isLate = true;
    listing.waiting = request;
  }

  /** Takes the next entries, as many as fit; null if none is ahead. */
  take(listing: Listing, size: number, plus: boolean): Dirent[] | null {
    const charge = plus ? direntplusSize : direntSize;
    const found: Dirent[] = [];
    let left = size;
    for (;;) {
      const batch = listing.batches[0];
      if (batch === undefined) break;
      if (!this.isGood(listing, batch)) {
        // Later batches are useless without this one.
        if (found.length === 0) this.restart(listing, listing.position);
        break;
      }
      const entry = batch.entries[batch.returned]!;
      left -= charge(nameLength(entry.name));
      if (left < 0) break;
      batch.returned += 1;
      if (batch.returned === batch.entries.length) listing.batches.shift();
      listing.position = entry.off;
      this.count(listing, -weigh(entry));
      found.push(this.isOutdated(entry, batch) ? withoutAttributes(entry) : entry);
    }
    return found.length === 0 ? null : found;
  }

  /** Whether enough entries are ahead for a request of this size. */
  hasEnough(listing: Listing, size: number): boolean {
    return listing.bytes >= size || listing.last !== null;
  }

  /** Drops the entries ahead and continues from `offset`. */
  restart(listing: Listing, offset: number): void {
    this.count(listing, -listing.bytes);
    listing.batches = [];
    listing.position = offset;
    listing.end = offset;
    listing.last = null;
  }

  /** Stops reading ahead: later requests are wound. */
  bypass(listing: Listing): void {
    this.restart(listing, listing.position);
    listing.isBypassed = true;
  }

  dump(): Dump {
    const { hits, misses, bytes } = this;
    return { hits, misses, bytes, limit: this.values['rda-cache-limit'] };
  }

  /** Whether the directory is unchanged since the batch's request. */
  private isGood({ fd }: Listing, { asked, since }: Batch): boolean {
    if (this.xl.context.now() - since >= MAX_AGE_MS) return false;
    return this.mayLearn(this.ensureState(fd.inode), asked);
  }

  /** Whether an entry's attributes may have changed since. */
  private isOutdated({ gfid }: Dirent, { asked }: Batch): boolean {
    const inode = this.xl.inodes?.find(gfid);
    const state = inode === undefined ? undefined : this.state(inode);
    return state !== undefined && !this.mayLearn(state, asked);
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
