/**
 * The base of caches that keep something with inodes: whether a reply may still be believed
 * when it arrives.
 *
 * A request notes the cache's `clock` when it goes down (as the cookie of its wind). Its reply may be
 * learnt (`mayLearn`) if since then nothing was told to have changed there, and no fop that changes it
 * is under way: such a fop may take effect before or after the reply was made. So what is in the cache
 * was true at some time between the last change and now, in whatever order replies arrive.
 *
 * The attributes in a changing fop's own reply may be learnt if it was alone from its way down to its
 * reply: of two that run side by side, nobody knows whose reply is the later state.
 */

import type { EventName } from '../../../core/events.ts';
import type { Fd } from '../../../core/fd.ts';
import type { Gfid } from '../../../core/gfid.ts';
import type { Iatt } from '../../../core/iatt.ts';
import type { Inode } from '../../../core/inode.ts';
import type { Loc } from '../../../core/loc.ts';
import type { Xlator } from '../../../core/xlator.ts';

/** What a cache keeps with an inode. */
export class Kept {
  /** The clock when it has last changed. */
  changed = 0;
  /** Fops under way that change it. */
  changing = 0;
  /** No other change was seen since the one under way has begun, and the clock then. */
  alone = false;
  began = 0;
}

/** Options that a cache itself looks at. */
interface Passing {
  readonly 'pass-through': boolean;
}

export abstract class InodeCache<K extends Kept, G extends Passing = Passing> {
  given: G;
  hits = 0;
  misses = 0;
  /** It moves on with every change. */
  clock = 1;
  /** What was asked for before this is not learnt: everything may have changed then. */
  private learnable = 0;
  /** Fops under way that change something of which nobody knows what it is. */
  private unknown = 0;
  protected readonly xl: Xlator<unknown>;

  constructor(xl: Xlator<unknown>, given: G) {
    this.xl = xl;
    this.given = given;
  }

  configure(given: G): void {
    this.given = given;
    // What changes while it is not looked at would not be noticed.
    if (given['pass-through']) this.clear();
  }

  /** Nothing that is known now is believed any more. */
  clear(): void {
    this.invalidateReplies();
  }

  /** Begins to count anew. */
  reset(): void {
    this.hits = 0;
    this.misses = 0;
  }

  /** What is kept with a new inode. */
  protected abstract make(): K;

  /** Lets go of what is cached of an inode; of what a write may change, where it is one. */
  protected abstract drop(kept: K, isWrite: boolean): void;

  /** What is kept with an inode; undefined for nothing. */
  kept(inode: Inode): K | undefined {
    return inode.ctxGet(this.xl) as K | undefined;
  }

  keep(inode: Inode): K {
    const known = this.kept(inode);
    if (known !== undefined) return known;
    const made = this.make();
    inode.ctxSet(this.xl, made);
    return made;
  }

  /**
   * The inode of a reply: a request may have come with a new one for something that is known, which
   * is then the one that counts.
   */
  inodeOf(inode: Inode, gfid: Gfid): Inode {
    return inode.linked ? inode : (inode.table.find(gfid) ?? inode);
  }

  mayLearn(kept: K, asked: number): boolean {
    if (kept.changing > 0 || this.unknown > 0) return false;
    return asked >= kept.changed && asked >= this.learnable;
  }

  /** A fop goes down that changes an inode. */
  changes(inode: Inode, isWrite = false): K {
    const kept = this.keep(inode);
    this.drop(kept, isWrite);
    kept.alone = kept.changing === 0;
    kept.began = this.clock;
    kept.changing += 1;
    return kept;
  }

  /** Its reply is here. Whether the attributes in it are those of now. */
  changed(kept: K, isWrite = false): boolean {
    const isNow = kept.alone && kept.began >= this.learnable && this.unknown === 0;
    this.drop(kept, isWrite);
    kept.changing -= 1;
    this.clock += 1;
    kept.changed = this.clock;
    return isNow;
  }

  /** As `changes`, where only a name is known: what it leads to may be learnt by another request. */
  changesUnknown(): void {
    this.unknown += 1;
  }

  changedUnknown(): void {
    this.unknown -= 1;
    this.invalidateReplies();
  }

  /** Something has changed it. */
  invalidate(inode: Inode): void {
    const kept = this.kept(inode);
    // A reply on its way may be about it, and nothing be kept yet.
    if (kept === undefined && !inode.linked) return;
    this.outdated(kept ?? this.keep(inode));
  }

  /**
   * Somebody below tells that an inode has changed. One that nobody here has found so far may be in a
   * reply on its way, or in what was listed ahead.
   */
  heard(inode: Inode): void {
    if (inode.table.has(inode)) this.invalidate(inode);
    else this.invalidateReplies();
  }

  /** Anything may have changed: what replies that are on their way tell is not learnt. */
  invalidateReplies(): void {
    this.clock += 1;
    this.learnable = this.clock;
  }

  /** An inode goes. What was asked before its last change is not learnt of whoever comes in its place. */
  forget(kept: K): void {
    this.drop(kept, false);
    if (kept.changing > 0) this.invalidateReplies();
    else this.learnable = Math.max(this.learnable, kept.changed);
  }

  private outdated(kept: K): void {
    this.drop(kept, false);
    kept.alone = false;
    this.clock += 1;
    kept.changed = this.clock;
  }
}

/** The inode that a fop is about; null for one that nobody here has seen. */
export function inodeAt(xl: Xlator<unknown>, subject: Loc | Fd): Inode | null {
  if (subject.inode?.linked) return subject.inode;
  return 'gfid' in subject ? (xl.inodes?.find(subject.gfid) ?? null) : subject.inode;
}

export const losses: ReadonlySet<EventName> = new Set<EventName>([
  'CHILD_UP',
  'CHILD_DOWN',
  'CHILD_CONNECTING',
  'SOME_DESCENDENT_UP',
  'SOME_DESCENDENT_DOWN',
  'PARENT_DOWN',
]);

export const isOther = (before: Iatt, now: Iatt): boolean =>
  before.iaSize !== now.iaSize ||
  before.iaMtime !== now.iaMtime ||
  before.iaMtimeNsec !== now.iaMtimeNsec;
