/**
 * Base of caches with state per inode (`InodeCache`): decides whether a reply may be cached when it arrives.
 *
 * A request carries the cache's `clock` as the cookie of its wind. Its reply may be used (`mayUseReply`) if since then
 * no change was reported, and no changing fop is under way, which might take effect after the reply. So a cached value
 * was true at some time since the last change. The attributes in a changing fop's own reply may be cached if no other
 * change ran at the same time: of two concurrent changes, either may be the later.
 */

import { InitError } from '../../../core/errors.ts';
import type { EventName } from '../../../core/events.ts';
import type { Gfid } from '../../../core/gfid.ts';
import type { Iatt } from '../../../core/iatt.ts';
import type { Inode } from '../../../core/inode.ts';
import type { Fd, Loc } from '../../../core/operands.ts';
import { defineReconfigurableOptions } from '../../../core/options.ts';
import type { Xlator } from '../../../core/xlator.ts';

/** Defines the options that translators of performance/ share, and checks their memory limit. */
export const commonOptions = defineReconfigurableOptions({
  'pass-through': {
    type: 'bool',
    default: false,
    description: 'Lets everything through, as if the volume were not there.',
  },
});

/** Makes the option by which glusterd decides whether a translator is in the volfile; here it has no effect. */
export const makeSwitchOption = (isOnByDefault: boolean) =>
  ({
    type: 'bool',
    default: isOnByDefault,
    description:
      'Accepted without effect: glusterd decides by it whether a volfile has this volume.',
  }) as const;

/** Checks option cache-size. @throws {InitError} if it exceeds the machine's memory, as in GlusterFS */
export function checkMemory(
  { context }: Xlator<unknown>,
  values: { readonly 'cache-size': number },
): void {
  const { totalMemory = Number.POSITIVE_INFINITY } = context;
  if (values['cache-size'] <= totalMemory) return;
  throw new InitError(
    `cache-size (${values['cache-size']} bytes) is more than this machine has memory (${totalMemory})`,
  );
}

/** A cache's state of one inode. */
export class InodeState {
  /** The clock at its last change. */
  clockAtChange = 0;
  /** Number of changing fops that are under way. */
  pendingChangeCount = 0;
  /** Whether no other change has run at the same time as the newest one so far. */
  hasRunAlone = false;
  /** The clock when the newest change began. */
  clockAtBegin = 0;
  /** Whether the inode has left the table, so that its changes are those of an unknown one. */
  isForgotten = false;
}

/** The option that this class reads. */
interface PassThroughOption {
  readonly 'pass-through': boolean;
}

/** A cache with state per inode. @typeParam K the state of an inode, G the option values */
export abstract class InodeCache<
  K extends InodeState,
  G extends PassThroughOption = PassThroughOption,
> {
  values: G;
  /** Number of requests answered from the cache. */
  hits = 0;
  /** Number of requests that the cache could not answer. */
  misses = 0;
  /** Advances with every change of any inode. */
  clock = 1;
  /** Replies to requests that were wound before this clock are not cached. */
  private repliesUsableFrom = 0;
  /** Number of fops under way that change an inode that is not in the inode table. */
  private unknownChangeCount = 0;
  protected readonly xl: Xlator<unknown>;

  constructor(xl: Xlator<unknown>, values: G) {
    this.xl = xl;
    this.values = values;
  }

  applyOptions(values: G): void {
    this.values = values;
    // While requests pass through, the cache would miss changes.
    if (values['pass-through']) this.clear();
  }

  /** Invalidates everything that is cached. */
  clear(): void {
    this.invalidateReplies();
  }

  /** Sets the counters to zero. */
  reset(): void {
    this.hits = 0;
    this.misses = 0;
  }

  /** Creates the state of a new inode. */
  protected abstract makeState(): K;

  /** Drops an inode's cached values. @param addsXattrs whether the change may have added extended attributes */
  protected abstract dropValues(state: K, addsXattrs: boolean): void;

  /** Returns the state of an inode, or undefined. */
  findState(inode: Inode): K | undefined {
    return inode.ctxGet(this.xl) as K | undefined;
  }

  /** Returns the state of an inode; adds a new state if the inode has no state yet. */
  findOrAddState(inode: Inode): K {
    const existing = this.findState(inode);
    if (existing !== undefined) return existing;
    const created = this.makeState();
    inode.ctxSet(this.xl, created);
    return created;
  }

  /** Returns the inode table's object for a reply's inode: a request may carry a new object for a known inode. */
  findTableInode(inode: Inode, gfid: Gfid): Inode {
    return inode.linked ? inode : (inode.table.find(gfid) ?? inode);
  }

  /** Whether the reply to a request that was wound at `clockAtWind` may be cached. */
  mayUseReply(state: K, clockAtWind: number): boolean {
    if (state.pendingChangeCount > 0 || this.unknownChangeCount > 0) return false;
    return clockAtWind >= state.clockAtChange && clockAtWind >= this.repliesUsableFrom;
  }

  /** Records that a fop that changes the inode is wound; returns the state for `endChange`. */
  beginChange(inode: Inode, addsXattrs = true): K {
    const state = this.findOrAddState(inode);
    this.dropValues(state, addsXattrs);
    state.hasRunAlone = state.pendingChangeCount === 0;
    state.clockAtBegin = this.clock;
    state.pendingChangeCount += 1;
    return state;
  }

  /** Records the reply of a changing fop; returns whether the attributes in the reply are current. */
  endChange(state: K, addsXattrs = true): boolean {
    const isCurrent =
      state.hasRunAlone &&
      state.clockAtBegin >= this.repliesUsableFrom &&
      this.unknownChangeCount === 0;
    this.dropValues(state, addsXattrs);
    state.pendingChangeCount -= 1;
    if (state.isForgotten) this.endUnknownChange();
    this.clock += 1;
    state.clockAtChange = this.clock;
    return isCurrent;
  }

  /**
   * Records that a fop that changes an unknown inode is wound: the inode is not in the inode table, and another request
   * may find it before the reply.
   */
  beginUnknownChange(): void {
    this.unknownChangeCount += 1;
  }

  /** Records the reply of a fop that has changed an unknown inode: replies from before it are not cached. */
  endUnknownChange(): void {
    this.unknownChangeCount -= 1;
    this.invalidateReplies();
  }

  /** Invalidates an inode that was changed otherwise than by a fop through this volume. */
  invalidate(inode: Inode): void {
    const state = this.findState(inode);
    if (state === undefined && !inode.linked) return;
    // A linked inode gets a state, since a reply for it may be under way.
    this.markChanged(state ?? this.findOrAddState(inode));
  }

  /**
   * Invalidates an inode that a volume below reports as changed (UPCALL). One that is not in the inode table may be in
   * a reply under way, or in a listing that was read ahead.
   */
  invalidateReported(inode: Inode): void {
    if (inode.table.has(inode)) this.invalidate(inode);
    else this.invalidateReplies();
  }

  /** Makes sure that replies to requests under way are not cached. */
  invalidateReplies(): void {
    this.clock += 1;
    this.repliesUsableFrom = this.clock;
  }

  /**
   * Drops the state of a forgotten inode. Replies from before its last change, which may be under way, must not be cached
   * for a new inode object.
   */
  forget(state: K): void {
    this.dropValues(state, true);
    state.isForgotten = true;
    this.unknownChangeCount += state.pendingChangeCount;
    this.repliesUsableFrom = Math.max(this.repliesUsableFrom, state.clockAtChange);
  }

  /** Drops an inode's values, and makes sure that replies from before the change are not cached. */
  private markChanged(state: K): void {
    this.dropValues(state, true);
    state.hasRunAlone = false;
    this.clock += 1;
    state.clockAtChange = this.clock;
  }
}

/** Returns the inode of a fop's first argument; null when the graph does not know it. */
export function findArgumentInode(xl: Xlator<unknown>, target: Loc | Fd): Inode | null {
  if (target.inode?.linked) return target.inode;
  return 'gfid' in target ? (xl.inodes?.find(target.gfid) ?? null) : target.inode;
}

/** Events after which anything may have changed below without a report. */
export const invalidatingEvents: ReadonlySet<EventName> = new Set<EventName>([
  'CHILD_UP',
  'CHILD_DOWN',
  'CHILD_CONNECTING',
  'SOME_DESCENDENT_UP',
  'SOME_DESCENDENT_DOWN',
  'PARENT_DOWN',
]);

/** Whether a file's data has changed between two replies, by size and modification time. */
export const hasDataChanged = (before: Iatt, after: Iatt): boolean =>
  before.iaSize !== after.iaSize ||
  before.iaMtime !== after.iaMtime ||
  before.iaMtimeNsec !== after.iaMtimeNsec;
