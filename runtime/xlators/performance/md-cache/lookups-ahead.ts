/**
 * Chooses names to be looked up ahead. Where a directory exists on several bricks, a listing lacks its attributes, and
 * a program that walks a tree waits for a lookup of each one. So once it looks up directories of a listing, others are
 * looked up at the same time, in the listing's order: twice as many as the program has. That stops when the
 * program comes too late for them.
 */
import { type Dirent, direntType, IA_IFDIR } from '../../../core/iatt.ts';
import type { Inode } from '../../../core/inode.ts';

const DT_DIR = direntType(IA_IFDIR);

/** The most names that are looked up ahead of a program at a time. */
const AHEAD_MAX = 64;
/** The most names of one listing; those after them are not looked up ahead. */
const NAMES_MAX = 4096;

/** The directories of one listing that were not looked up yet. */
interface Listing {
  /** Those that no lookup was sent for, in the listing's order. */
  readonly waiting: Set<string>;
  /** Those that are looked up ahead, with whether the reply has come. */
  readonly ahead: Map<string, boolean>;
  /** The number of those that the program has looked up. */
  seenCount: number;
}

export class LookupsAhead {
  private readonly listings = new WeakMap<Inode, Listing>();

  /** Records the directories without attributes in a reply to readdirp. @param offset of the request */
  noteListing(parent: Inode, offset: number, entries: readonly Dirent[]): void {
    let listing = offset === 0 ? undefined : this.listings.get(parent);
    if (offset === 0) this.listings.delete(parent);
    for (const { name, type, stat } of entries) {
      if (type !== DT_DIR || stat !== null || name === '.' || name === '..') continue;
      if (listing === undefined) {
        listing = { waiting: new Set(), ahead: new Map(), seenCount: 0 };
        this.listings.set(parent, listing);
      }
      if (listing.waiting.size < NAMES_MAX) listing.waiting.add(name);
    }
  }

  /**
   * Notes a program's lookup, and returns the names to look up ahead.
   * @param isCached whether the cache answers it
   */
  takeNext(parent: Inode, name: string, isCached: boolean): readonly string[] {
    const listing = this.listings.get(parent);
    if (listing === undefined) return NO_NAMES;
    const { waiting, ahead } = listing;
    const hasReply = ahead.get(name);
    if (hasReply === true && !isCached) {
      this.listings.delete(parent);
      return NO_NAMES;
    }
    if (!ahead.delete(name) && !waiting.delete(name)) return NO_NAMES;
    listing.seenCount += 1;
    const target = Math.min(AHEAD_MAX, 2 * listing.seenCount);
    // Several at a time, which leave in one packet.
    if (ahead.size > target / 2) return NO_NAMES;
    const names: string[] = [];
    for (const next of waiting) {
      if (ahead.size === target) break;
      waiting.delete(next);
      ahead.set(next, false);
      names.push(next);
    }
    return names;
  }

  /** Notes the reply to a lookup ahead, successful or not. */
  noteReply(parent: Inode, name: string): void {
    const ahead = this.listings.get(parent)?.ahead;
    if (ahead?.has(name)) ahead.set(name, true);
  }
}

const NO_NAMES: readonly string[] = [];
