/**
 * Tracks the free space of the children, which decides where new files go. Requests it when a child
 * comes up, and at a creation if the last request is at least a second old. No fop waits for the reply.
 * Source: GlusterFS `dht-diskusage.c`.
 */
import { Dict } from '../../../runtime/core/dict.ts';
import { Stack } from '../../../runtime/core/frame.ts';
import { wind } from '../../../runtime/core/gen/fops.gen.ts';
import type { Statvfs } from '../../../runtime/core/iatt.ts';
import { messages } from '../../../runtime/core/messages.ts';
import { Loc } from '../../../runtime/core/operands.ts';
import type { PercentOrSize } from '../../../runtime/core/options.ts';
import type { Cbk, Xlator } from '../../../runtime/core/xlator.ts';
import type { Settings } from './options.ts';

/** Xdata key of statfs: the brick replies with the disk's space, even if the directory has a quota. */
const IGNORE_QUOTA_KEY = 'ignore-deem-statfs';
/** Milliseconds between two requests for the space of all children. */
const REFRESH_INTERVAL_MS = 1000;
const MEGABYTE = 1_048_576;
/** One warning is logged for this many checks that find a child full. */
const CHECKS_PER_WARNING = 420;

/** The free and total space of a child, from its last reply to statfs. */
interface Usage {
  /** Free space that an unprivileged user may fill, in percent and in bytes. */
  readonly availPercent: number;
  readonly availBytes: number;
  /** Free inodes in percent. */
  readonly inodesPercent: number;
  /** Total space in megabytes. */
  readonly totalMegabytes: number;
}

/** Computes a whole percentage, rounded down; 100 if `total` is 0. */
const computePercent = (part: number, total: number): number =>
  total === 0 ? 100 : Math.trunc((part * 100) / total);

/** Computes a child's usage from its reply to statfs, with GlusterFS's rounding. */
export function computeUsage({ blocks, bavail, frsize, bsize, files, ffree }: Statvfs): Usage {
  const blocksPerMegabyte = MEGABYTE / bsize;
  return {
    availPercent: blocks === 0 ? 0 : computePercent(bavail, blocks),
    availBytes: bavail * frsize,
    inodesPercent: computePercent(ffree, files),
    totalMegabytes: Math.ceil(blocks / blocksPerMegabyte),
  };
}

/** The volume whose children are tracked. */
export interface SpaceOwner {
  readonly xl: Xlator<{ readonly freeSpace: FreeSpace }>;
  readonly childNames: readonly string[];
  readonly children: readonly number[];
  readonly settings: Pick<Settings, 'min-free-disk' | 'min-free-inodes'>;
  readonly decommissionedChildren: ReadonlySet<number>;
  isUp(child: number): boolean;
}

/** The space of a volume's children, by their last replies to statfs. */
export class FreeSpace {
  private readonly owner: SpaceOwner;
  /** The usages by child; undefined before a child's first reply. */
  private readonly usages: (Usage | undefined)[] = [];
  /** Time of the last `refreshUsages` that sent requests, in milliseconds by `context.now`. */
  private requestedAtMs = Number.NEGATIVE_INFINITY;
  /** The number of checks that found a child full. */
  private fullCheckCount = 0;

  constructor(owner: SpaceOwner) {
    this.owner = owner;
  }

  /** Returns the total space of a child in megabytes; 0 while unknown. */
  getTotalMegabytes(child: number): number {
    return this.usages[child]?.totalMegabytes ?? 0;
  }

  /** Records a child's reply to statfs. */
  recordUsage(child: number, stat: Statvfs): void {
    this.usages[child] = computeUsage(stat);
  }

  /** Requests the space of a child. */
  requestUsage(child: number): void {
    const { xl } = this.owner;
    if (xl.inodes === null) return;
    const frame = xl.begin(new Stack(0, 0, 0, 'STATFS'));
    const root = new Loc(xl.inodes.root);
    wind.statfs(
      frame,
      child,
      onStatfs,
      xl.children[child]!,
      root,
      Dict.of({ [IGNORE_QUOTA_KEY]: 1 }),
    );
  }

  /** Called before a creation; requests the space of all children if it is outdated. */
  refreshUsages(): void {
    const { owner } = this;
    const now = owner.xl.context.now();
    if (now < this.requestedAtMs + REFRESH_INTERVAL_MS) return;
    this.requestedAtMs = now;
    for (const child of owner.children) if (owner.isUp(child)) this.requestUsage(child);
  }

  /** The reserve that the option sets. A number below 100 is a percentage, even without '%'. */
  private get minFree(): PercentOrSize {
    const option = this.owner.settings['min-free-disk'];
    return 'bytes' in option && option.bytes < 100 ? { percent: option.bytes } : option;
  }

  /** Computes the free space in the unit of min-free-disk: whole percents or bytes. */
  private computeFreeSpace({ availPercent, availBytes }: Usage): number {
    return 'percent' in this.minFree ? availPercent : availBytes;
  }

  /** Computes the free space beyond the reserve, in the same unit; negative if the reserve is used. */
  private computeSpareSpace(usage: Usage): number {
    const { minFree } = this;
    return this.computeFreeSpace(usage) - ('percent' in minFree ? minFree.percent : minFree.bytes);
  }

  /** Whether new files should go to another child. A child whose space is unknown is not full. */
  isFull(child: number): boolean {
    const usage = this.usages[child];
    if (usage === undefined) return false;
    const hasInodes = usage.inodesPercent >= this.owner.settings['min-free-inodes'];
    if (this.computeSpareSpace(usage) >= 0 && hasInodes) return false;
    if (this.fullCheckCount % CHECKS_PER_WARNING === 0) {
      this.owner.xl.log.warning(
        `subvolume '${this.owner.childNames[child]}' is nearly full (${usage.availPercent}% of its space and ` +
          `${usage.inodesPercent}% of its inodes are free): add some`,
        { msgid: messages.childFull.id },
      );
    }
    this.fullCheckCount += 1;
    return true;
  }

  /**
   * Chooses a child for a new file whose own child is full: one with space beyond the reserve, else the one with the
   * most space; the first of equals. Without a candidate, the file's own child stays.
   */
  chooseChild(hashedChild: number, candidates: readonly number[]): number {
    const { decommissionedChildren, settings } = this.owner;
    let best: Candidate | null = null;
    let largest: Candidate | null = null;
    for (const child of candidates) {
      const usage = this.usages[child];
      if (usage === undefined || decommissionedChildren.has(child) || !this.owner.isUp(child))
        continue;
      const { inodesPercent } = usage;
      const candidate = { child, space: this.computeFreeSpace(usage), inodesPercent };
      const hasRoom =
        this.computeSpareSpace(usage) > 0 && inodesPercent > settings['min-free-inodes'];
      if (hasRoom && isRoomier(candidate, best)) best = candidate;
      if (inodesPercent > 0 && candidate.space > (largest?.space ?? 0)) largest = candidate;
    }
    return (best ?? largest)?.child ?? hashedChild;
  }
}

/** A child that `chooseChild` compares with others. */
interface Candidate {
  readonly child: number;
  /** Free space in the unit of min-free-disk: percent or bytes. */
  readonly space: number;
  /** Free inodes in percent. */
  readonly inodesPercent: number;
}

/** Whether `a` has more space or more inodes than `b`, as GlusterFS compares. */
const isRoomier = (a: Candidate, b: Candidate | null): boolean =>
  b === null || a.space > b.space || a.inodesPercent > b.inodesPercent;

const onStatfs: Cbk<'statfs', { readonly freeSpace: FreeSpace }> = (
  frame,
  child,
  xl,
  opRet,
  _errno,
  buf,
) => {
  xl.end(frame.root);
  if (opRet >= 0 && buf !== null) xl.priv.freeSpace.recordUsage(child, buf);
};
