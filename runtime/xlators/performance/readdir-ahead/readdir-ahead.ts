/** Reads entries of open directories ahead of the client (`ReaddirAhead`), and holds them per fd (`Listing`). */
import { nameLength } from '../../../core/bytes.ts';
import { ENOENT } from '../../../core/errno.ts';
import type { EventName } from '../../../core/events.ts';
import { type Frame, makeRequestAs, type Stack } from '../../../core/frame.ts';
import { wind } from '../../../core/gen/fops.gen.ts';
import { computeDirentplusSize, computeDirentSize, type Dirent } from '../../../core/iatt.ts';
import type { Fd } from '../../../core/operands.ts';
import { isUpcall } from '../../../core/upcall.ts';
import type { Cbk, Dump, Xlator } from '../../../core/xlator.ts';
import { InodeCache, InodeState, invalidatingEvents } from '../shared/inode-cache.ts';
import type { OptionValues } from './options.ts';

/** Milliseconds after which entries are too old to be used. */
const MAX_AGE_MS = 1000;

/** A client's readdirp (`hasAttributes`) or readdir. */
export interface ListRequest {
  readonly frame: Frame;
  readonly size: number;
  readonly offset: number;
  readonly hasAttributes: boolean;
  /** Whether the request was held until a reply arrived: then it counts as a miss. */
  wasHeld: boolean;
  /** Whether entries were requested for this request; if none came, the listing is bypassed. */
  hasRequestedEntries: boolean;
}

/** The entries of one reply from below. */
interface Batch {
  readonly entries: readonly Dirent[];
  /** Number of entries that the client has received. */
  returnedCount: number;
  /** The cache's `clock` when the entries were requested. */
  readonly clockAtWind: number;
  /** Time of the request, by the context's clock. */
  readonly requestedAtMs: number;
}

/** One open directory: the context of its fd. */
export class Listing {
  readonly fd: Fd;
  /** The caller of the opendir, whose identity the requests for entries have. */
  readonly caller: Stack;
  /** The replies whose entries the client has not received completely. */
  batches: Batch[] = [];
  /** Bytes of the entries read ahead that the client has not received. */
  bytes = 0;
  /** Offset after the last entry that the client has received. */
  clientOffset = 0;
  /** Offset after the last entry read ahead. */
  endOffset = 0;
  /** Whether the opendir is under way. Entries are returned only after its success. */
  isOpening = true;
  /** Whether a request for more entries is under way. */
  isRequesting = false;
  /** The reply after the entries read ahead: the end of the directory (`opRet` 0) or a failure; null if unknown. */
  lastReply: { readonly opRet: number; readonly opErrno: number } | null = null;
  /** The client's request that waits for entries. */
  waitingRequest: ListRequest | null = null;
  /** Whether all requests are wound without reading ahead. */
  isBypassed = false;

  constructor(fd: Fd, caller: Stack) {
    this.fd = fd;
    this.caller = caller;
  }
}

/** Returns the bytes by which an entry counts towards the limits. */
const computeCachedBytes = ({ name }: Dirent): number => computeDirentplusSize(nameLength(name));

/** Returns an entry without attributes, so that the kernel looks it up. */
const dropAttributes = ({ name, off, type, gfid, dict }: Dirent): Dirent => ({
  name,
  off,
  type,
  gfid,
  stat: null,
  dict,
  inode: null,
});

/** The state of one volume of performance/readdir-ahead. */
export class ReaddirAhead extends InodeCache<InodeState, OptionValues> {
  /** Bytes of the entries read ahead in all directories. */
  bytes = 0;
  private readonly replyToWaiting: (request: ListRequest, listing: Listing) => void;

  /** @param replyToWaiting answers a request after the reply for which it was held */
  constructor(
    xl: Xlator<unknown>,
    values: OptionValues,
    replyToWaiting: (request: ListRequest, listing: Listing) => void,
  ) {
    super(xl, values);
    this.replyToWaiting = replyToWaiting;
  }

  protected override makeState(): InodeState {
    return new InodeState();
  }

  /** Drops nothing: entries are checked when they are used (`isUsable`). */
  protected override dropValues(): void {}

  handleEvent(event: EventName, data: unknown): void {
    if (invalidatingEvents.has(event)) this.clear();
    else if (event !== 'UPCALL' || !isUpcall(data)) return;
    else if (data.kind === 'every-entry') this.clear();
    else this.invalidateReported(data.kind === 'inode' ? data.inode : data.parent);
  }

  /** Requests more entries, unless a request is under way, or enough entries are ahead. */
  requestEntries(listing: Listing): void {
    const { values } = this;
    // A loop, since the reply may arrive before the wind returns.
    while (
      !listing.isRequesting &&
      !listing.isBypassed &&
      listing.lastReply === null &&
      (listing.bytes === 0 || listing.bytes < values['rda-high-wmark']) &&
      (listing.bytes === 0 || this.bytes < values['rda-cache-limit'])
    ) {
      this.windReaddirp(listing);
    }
  }

  /** Requests the next entries; while the directory is being opened, the first ones. */
  windReaddirp(listing: Listing): void {
    listing.isRequesting = true;
    const frame = this.xl.begin(makeRequestAs(listing.caller, 'READDIRP'));
    frame.local = new PendingBatch(listing, this.clock, this.xl.context.now());
    listing.fd.hold();
    const size = this.values['rda-request-size'];
    const child = this.xl.children[0]!;
    wind.readdirp(frame, 0, readdirpCbk, child, listing.fd, size, listing.endOffset, null);
  }

  /** Stores the entries of a reply, and answers the client's request that waits for it. */
  storeEntries(
    { listing, startOffset, isEarly, clockAtWind, requestedAtMs }: PendingBatch,
    opRet: number,
    opErrno: number,
    entries: readonly Dirent[],
  ): void {
    listing.isRequesting = false;
    // The client may have restarted the listing, or left the sequence, since the request.
    const isNeeded = !listing.isBypassed && listing.endOffset === startOffset;
    // A failure before the opendir's reply says nothing: the open directory is listed again.
    if (isNeeded && isEarly && opRet < 0) listing.lastReply = null;
    else if (isNeeded && entries.length === 0) listing.lastReply = { opRet, opErrno };
    else if (isNeeded) {
      listing.batches.push({ entries, returnedCount: 0, clockAtWind, requestedAtMs });
      listing.endOffset = entries.at(-1)!.off;
      // GlusterFS's bricks mark the last entries with ENOENT.
      if (opErrno === ENOENT) listing.lastReply = { opRet: 0, opErrno };
      this.addBytes(
        listing,
        entries.reduce((sum, entry) => sum + computeCachedBytes(entry), 0),
      );
    }
    const { waitingRequest } = listing;
    listing.waitingRequest = null;
    if (waitingRequest !== null) this.replyToWaiting(waitingRequest, listing);
    listing.fd.drop();
  }

  /** Holds a request until the reply under way. */
  holdRequest(listing: Listing, request: ListRequest): void {
    request.wasHeld = true;
    listing.waitingRequest = request;
  }

  /** Takes as many of the next entries as fit into `size` bytes; null if none is ahead, usable and small enough. */
  takeEntries(listing: Listing, size: number, hasAttributes: boolean): Dirent[] | null {
    const computeEntryBytes = hasAttributes ? computeDirentplusSize : computeDirentSize;
    const takenEntries: Dirent[] = [];
    let bytesLeft = size;
    for (;;) {
      const batch = listing.batches[0];
      if (batch === undefined) break;
      if (!this.isUsable(listing, batch)) {
        // Without this batch, later ones cannot be used, either.
        if (takenEntries.length === 0) this.restart(listing, listing.clientOffset);
        break;
      }
      const entry = batch.entries[batch.returnedCount]!;
      bytesLeft -= computeEntryBytes(nameLength(entry.name));
      if (bytesLeft < 0) break;
      batch.returnedCount += 1;
      if (batch.returnedCount === batch.entries.length) listing.batches.shift();
      listing.clientOffset = entry.off;
      this.addBytes(listing, -computeCachedBytes(entry));
      takenEntries.push(this.isOutdated(entry, batch) ? dropAttributes(entry) : entry);
    }
    return takenEntries.length === 0 ? null : takenEntries;
  }

  /** Whether enough entries for a request of this size are ahead, or all that are left. */
  hasEnough(listing: Listing, size: number): boolean {
    return listing.bytes >= size || listing.lastReply !== null;
  }

  /** Drops the entries ahead and continues from `offset`. */
  restart(listing: Listing, offset: number): void {
    this.addBytes(listing, -listing.bytes);
    listing.batches = [];
    listing.clientOffset = offset;
    listing.endOffset = offset;
    listing.lastReply = null;
  }

  /** Stops reading ahead in a listing: its later requests are wound unchanged. */
  bypass(listing: Listing): void {
    this.restart(listing, listing.clientOffset);
    listing.isBypassed = true;
  }

  dump(): Dump {
    const { hits, misses, bytes } = this;
    return { hits, misses, bytes, limit: this.values['rda-cache-limit'] };
  }

  /** Whether the batch is recent, and the directory unchanged since its request. */
  private isUsable({ fd }: Listing, { clockAtWind, requestedAtMs }: Batch): boolean {
    if (this.xl.context.now() - requestedAtMs >= MAX_AGE_MS) return false;
    return this.mayUseReply(this.findOrAddState(fd.inode), clockAtWind);
  }

  /** Whether an entry's attributes may have changed since the batch's request. */
  private isOutdated({ gfid }: Dirent, { clockAtWind }: Batch): boolean {
    const inode = this.xl.inodes?.find(gfid);
    const state = inode === undefined ? undefined : this.findState(inode);
    return state !== undefined && !this.mayUseReply(state, clockAtWind);
  }

  /** Counts bytes of entries that were read ahead, or (negative) that were taken or dropped. */
  private addBytes(listing: Listing, bytes: number): void {
    listing.bytes += bytes;
    this.bytes += bytes;
  }
}

/** A request for entries that is under way. */
class PendingBatch {
  readonly listing: Listing;
  readonly startOffset: number;
  /** Whether the entries were requested before the opendir's reply. */
  readonly isEarly: boolean;
  readonly clockAtWind: number;
  readonly requestedAtMs: number;

  constructor(listing: Listing, clockAtWind: number, requestedAtMs: number) {
    this.listing = listing;
    this.startOffset = listing.endOffset;
    this.isEarly = listing.isOpening;
    this.clockAtWind = clockAtWind;
    this.requestedAtMs = requestedAtMs;
  }
}

const readdirpCbk: Cbk<'readdirp', ReaddirAhead> = (
  frame,
  _cookie,
  xl,
  opRet,
  opErrno,
  entries,
) => {
  xl.end(frame.root);
  xl.priv.storeEntries(
    frame.local as PendingBatch,
    opRet,
    opErrno,
    opRet > 0 ? (entries ?? []) : [],
  );
};
