/**
 * Base of caches with state per inode: decides whether a reply is still valid when it arrives.
 *
 * A request passes the cache's `clock` as its wind's cookie. Its reply may be cached (`mayLearn`) if no change was
 * reported since and no changing fop is under way, since that may take effect before or after the reply. So a cached
 * value was true at some time between the last change and now. The attributes in a changing fop's own reply may be
 * cached if it ran alone: of two concurrent changes, either may be the later.
 */
import type { EventName } from '../../../core/events.ts';
import type { Fd } from '../../../core/fd.ts';
import type { Gfid } from '../../../core/gfid.ts';
import type { Iatt } from '../../../core/iatt.ts';
import type { Inode } from '../../../core/inode.ts';
import type { Loc } from '../../../core/loc.ts';
import type { Xlator } from '../../../core/xlator.ts';

/** A cache's state of one inode. */
export class InodeState {
  /** The clock at its last change. */
  changedAt = 0;
  /** Number of changing fops under way. */
  pendingChanges = 0;
  /** Whether only one change has run since `beganAt`, a time of the clock. */
  hasRunAlone = false;
  beganAt = 0;
}

/** Options that the base reads. */
interface PassThroughOption {
  readonly 'pass-through': boolean;
}

export abstract class InodeCache<
  K extends InodeState,
  G extends PassThroughOption = PassThroughOption,
> {
  values: G;
  hits = 0;
  misses = 0;
  /** Advances with every change. */
  clock = 1;
  /** Replies to requests from before this clock are not cached. */
  private learnableFrom = 0;
  /** Number of fops under way that change an unknown inode. */
  private unknownChanges = 0;
  protected readonly xl: Xlator<unknown>;

  constructor(xl: Xlator<unknown>, values: G) {
    this.xl = xl;
    this.values = values;
  }

  applyOptions(values: G): void {
    this.values = values;
    // Changes are not seen while requests pass through.
    if (values['pass-through']) this.clear();
  }

  /** Invalidates all that is cached. */
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

  /** Drops an inode's cached values; with `isWrite` only those that a write may change. */
  protected abstract dropValues(state: K, isWrite: boolean): void;

  /** Returns the state of an inode, or undefined. */
  findState(inode: Inode): K | undefined {
    return inode.ctxGet(this.xl) as K | undefined;
  }

  findOrAddState(inode: Inode): K {
    const existing = this.findState(inode);
    if (existing !== undefined) return existing;
    const created = this.makeState();
    inode.ctxSet(this.xl, created);
    return created;
  }

  /** Returns the table's inode for a reply: a request may carry a new object for a known inode. */
  findTableInode(inode: Inode, gfid: Gfid): Inode {
    return inode.linked ? inode : (inode.table.find(gfid) ?? inode);
  }

  mayLearn(state: K, windClock: number): boolean {
    if (state.pendingChanges > 0 || this.unknownChanges > 0) return false;
    return windClock >= state.changedAt && windClock >= this.learnableFrom;
  }

  /** Begins a change of an inode: its fop goes down. */
  beginChange(inode: Inode, isWrite = false): K {
    const state = this.findOrAddState(inode);
    this.dropValues(state, isWrite);
    state.hasRunAlone = state.pendingChanges === 0;
    state.beganAt = this.clock;
    state.pendingChanges += 1;
    return state;
  }

  /** Ends a change; returns whether the attributes in its reply are current. */
  endChange(state: K, isWrite = false): boolean {
    const isCurrent =
      state.hasRunAlone && state.beganAt >= this.learnableFrom && this.unknownChanges === 0;
    this.dropValues(state, isWrite);
    state.pendingChanges -= 1;
    this.clock += 1;
    state.changedAt = this.clock;
    return isCurrent;
  }

  /** As `beginChange`, for a name whose inode is unknown: another request may find it meanwhile. */
  beginUnknownChange(): void {
    this.unknownChanges += 1;
  }

  endUnknownChange(): void {
    this.unknownChanges -= 1;
    this.invalidateReplies();
  }

  /** Invalidates an inode that something else has changed. */
  invalidate(inode: Inode): void {
    const state = this.findState(inode);
    // A reply under way may concern it before any state exists.
    if (state === undefined && !inode.linked) return;
    this.markChanged(state ?? this.findOrAddState(inode));
  }

  /**
   * Invalidates an inode that a volume below reports as changed. An unknown inode may be in a reply
   * under way, or in a listing that was read ahead.
   */
  invalidateReported(inode: Inode): void {
    if (inode.table.has(inode)) this.invalidate(inode);
    else this.invalidateReplies();
  }

  /** Keeps replies to requests that are under way from being cached. */
  invalidateReplies(): void {
    this.clock += 1;
    this.learnableFrom = this.clock;
  }

  /** Drops a forgotten inode. Replies from before its last change do not apply to its successor. */
  forget(state: K): void {
    this.dropValues(state, false);
    if (state.pendingChanges > 0) this.invalidateReplies();
    else this.learnableFrom = Math.max(this.learnableFrom, state.changedAt);
  }

  private markChanged(state: K): void {
    this.dropValues(state, false);
    state.hasRunAlone = false;
    this.clock += 1;
    state.changedAt = this.clock;
  }
}

/** Returns the inode of a fop's first argument; null when the graph does not know it. */
export function findArgumentInode(xl: Xlator<unknown>, target: Loc | Fd): Inode | null {
  if (target.inode?.linked) return target.inode;
  return 'gfid' in target ? (xl.inodes?.find(target.gfid) ?? null) : target.inode;
}

export const invalidatingEvents: ReadonlySet<EventName> = new Set<EventName>([
  'CHILD_UP',
  'CHILD_DOWN',
  'CHILD_CONNECTING',
  'SOME_DESCENDENT_UP',
  'SOME_DESCENDENT_DOWN',
  'PARENT_DOWN',
]);

export const differs = (before: Iatt, now: Iatt): boolean =>
  before.iaSize !== now.iaSize ||
  before.iaMtime !== now.iaMtime ||
  before.iaMtimeNsec !== now.iaMtimeNsec;
