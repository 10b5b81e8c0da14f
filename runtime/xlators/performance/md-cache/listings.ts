/**
 * Keeps the names of directories that were listed to the end. A listing kept here has no attributes: each reply gets
 * those that md-cache has of its files. It is served to the caller for whom the brick has made it, and to others of the
 * same user and groups.
 */
import { nameLength } from '../../../core/bytes.ts';
import { getIdentity, type Identity, isSameIdentity, type Stack } from '../../../core/frame.ts';
import type { Dirent } from '../../../core/iatt.ts';
import { LruEntry, LruList } from '../shared/lru-list.ts';

/** The most names of a listing that is kept. */
const NAMES_MAX = 10_000;
/** The most bytes of all listings together. */
const BYTES_MAX = 16 * 2 ** 20;
/** Approximate bytes of a kept name, without its own. */
const NAME_BYTES = 200;

/** A listing under way from its start: the context of its fd. */
export class ListingUnderWay {
  /** The cache's clock when the first names were requested. */
  readonly clockAtWind: number;
  /** Milliseconds of `context.now()` at that time. */
  readonly requestedAt: number;
  readonly identity: Identity;
  readonly entries: Dirent[] = [];
  /** The offset at which the listing continues. */
  nextOffset = 0;

  constructor(clockAtWind: number, requestedAt: number, caller: Stack) {
    this.clockAtWind = clockAtWind;
    this.requestedAt = requestedAt;
    this.identity = getIdentity(caller);
  }

  /** Adds the entries of a reply. Returns false if they do not continue the listing, or are too many to be kept. */
  add(caller: Stack, offset: number, entries: readonly Dirent[]): boolean {
    const isNext = offset === this.nextOffset && isSameIdentity(caller, this.identity);
    if (!isNext || this.entries.length + entries.length > NAMES_MAX) return false;
    for (const { name, off, type, gfid } of entries)
      this.entries.push({ name, off, type, gfid, stat: null, dict: null, inode: null });
    this.nextOffset = entries.at(-1)?.off ?? offset;
    return true;
  }
}

/** A directory's state, which has its listing. */
export interface ListedDirectory {
  listing: KeptListing | null;
}

/** A listing from start to end. */
export class KeptListing extends LruEntry {
  readonly directory: ListedDirectory;
  readonly entries: readonly Dirent[];
  readonly requestedAt: number;
  private readonly identity: Identity;

  constructor(directory: ListedDirectory, { entries, requestedAt, identity }: ListingUnderWay) {
    super();
    this.directory = directory;
    this.entries = entries;
    this.requestedAt = requestedAt;
    this.identity = identity;
  }

  /** Whether the brick would let this caller list the directory, too. */
  allows(caller: Stack): boolean {
    return isSameIdentity(caller, this.identity);
  }

  /** Returns as many entries after an offset as fit; null if the listing lacks the offset, or if the next is too large. */
  take(
    offset: number,
    size: number,
    computeBytes: (nameBytes: number) => number,
  ): readonly Dirent[] | null {
    const { entries } = this;
    const begin = offset === 0 ? 0 : entries.findIndex(({ off }) => off === offset) + 1;
    if (begin === 0 && offset !== 0) return null;
    let [end, bytesLeft] = [begin, size];
    for (; end < entries.length; end++) {
      bytesLeft -= computeBytes(nameLength(entries[end]!.name));
      if (bytesLeft < 0) break;
    }
    return end === begin && end < entries.length ? null : entries.slice(begin, end);
  }
}

/** The listings of one volume, of which the least recently used go first. */
export class KeptListings {
  private readonly list = new LruList<KeptListing>(BYTES_MAX, (kept) => this.drop(kept.directory));

  get count(): number {
    return this.list.count;
  }

  get bytes(): number {
    return this.list.bytes;
  }

  /** Keeps a listing in place of the directory's earlier one. */
  keep(directory: ListedDirectory, underWay: ListingUnderWay): void {
    this.drop(directory);
    const kept = new KeptListing(directory, underWay);
    const bytes = kept.entries.reduce((sum, { name }) => sum + NAME_BYTES + nameLength(name), 0);
    if (this.list.add(kept, bytes)) directory.listing = kept;
  }

  /** Records a use of a listing. */
  use(kept: KeptListing): void {
    this.list.moveToNewest(kept);
  }

  /** Drops a directory's listing, if there is one. */
  drop(directory: ListedDirectory): void {
    if (directory.listing === null) return;
    this.list.remove(directory.listing);
    directory.listing = null;
  }

  /** Drops all listings. */
  clear(): void {
    this.list.clear();
  }
}
