/**
 * Tracks the free space of the children, which decides where new files go. Requests it when a child
 * comes up, and on a creation if the last request is a second old; no fop waits for the reply.
 * Source: GlusterFS `dht-diskusage.c`.
 */
import { Dict } from '../../../runtime/core/dict.ts';
import { Stack } from '../../../runtime/core/frame.ts';
import { wind } from '../../../runtime/core/gen/fops.gen.ts';
import type { Statvfs } from '../../../runtime/core/iatt.ts';
import { Loc } from '../../../runtime/core/loc.ts';
import { messages } from '../../../runtime/core/messages.ts';
import type { PercentOrSize } from '../../../runtime/core/options.ts';
import type { Cbk, Xlator } from '../../../runtime/core/xlator.ts';
import type { Settings } from './options.ts';

/** Xdata that requests the disk's space regardless of a quota. */
const IGNORE_LIMITS = 'ignore-deem-statfs';
const REFRESH_MS = 1000;
const MEGABYTE = 1_048_576;
/** One log line per so many uses of a full child. */
const LOG_EVERY = 420;

interface Usage {
  readonly availPercent: number;
  readonly availBytes: number;
  readonly inodesPercent: number;
  /** Total space in megabytes. */
  readonly chunks: number;
}

const percent = (part: number, all: number): number =>
  all === 0 ? 100 : Math.trunc((part * 100) / all);

export function usageOf({ blocks, bavail, frsize, bsize, files, ffree }: Statvfs): Usage {
  const perChunk = MEGABYTE / bsize;
  return {
    availPercent: blocks === 0 ? 0 : percent(bavail, blocks),
    availBytes: bavail * frsize,
    inodesPercent: percent(ffree, files),
    chunks: Math.ceil(blocks / perChunk),
  };
}

/** The volume whose children are tracked. */
export interface SpaceOwner {
  readonly xl: Xlator<{ readonly space: Space }>;
  readonly names: readonly string[];
  readonly all: readonly number[];
  readonly settings: Pick<Settings, 'min-free-disk' | 'min-free-inodes'>;
  readonly decommissioned: ReadonlySet<number>;
  isUp(child: number): boolean;
}

export class Space {
  private readonly owner: SpaceOwner;
  private readonly known: (Usage | undefined)[] = [];
  private requestedAt = Number.NEGATIVE_INFINITY;
  private hits = 0;

  constructor(owner: SpaceOwner) {
    this.owner = owner;
  }

  chunks(child: number): number {
    return this.known[child]?.chunks ?? 0;
  }

  /** Records a child's reply to statfs. */
  record(child: number, stat: Statvfs): void {
    this.known[child] = usageOf(stat);
  }

  /** Requests the space of a child. */
  request(child: number): void {
    const { xl } = this.owner;
    if (xl.inodes === null) return;
    const frame = xl.begin(new Stack(0, 0, 0, 'STATFS'));
    const root = new Loc(xl.inodes.root);
    wind.statfs(frame, child, onStatfs, xl.children[child]!, root, Dict.of({ [IGNORE_LIMITS]: 1 }));
  }

  /** Called before a creation; requests the space of all children if it is outdated. */
  refresh(): void {
    const { owner } = this;
    const now = owner.xl.context.now();
    if (now < this.requestedAt + REFRESH_MS) return;
    this.requestedAt = now;
    for (const child of owner.all) if (owner.isUp(child)) this.request(child);
  }

  /** A number below 100 is a percentage, even without '%': so few bytes are never meant. */
  private get least(): PercentOrSize {
    const given = this.owner.settings['min-free-disk'];
    return 'bytes' in given && given.bytes < 100 ? { percent: given.bytes } : given;
  }

  /** The free space in the unit of the option: whole percents or bytes. */
  private spaceOf({ availPercent, availBytes }: Usage): number {
    return 'percent' in this.least ? availPercent : availBytes;
  }

  /** The free space beyond the reserve; negative below it. */
  private spare(usage: Usage): number {
    const { least } = this;
    return this.spaceOf(usage) - ('percent' in least ? least.percent : least.bytes);
  }

  /** Whether new files should go elsewhere. A child of unknown space has room. */
  isFilled(child: number): boolean {
    const usage = this.known[child];
    if (usage === undefined) return false;
    const hasInodes = usage.inodesPercent >= this.owner.settings['min-free-inodes'];
    if (this.spare(usage) >= 0 && hasInodes) return false;
    if (this.hits % LOG_EVERY === 0) {
      this.owner.xl.log.warning(
        `subvolume '${this.owner.names[child]}' is nearly full (${usage.availPercent}% of its space and ` +
          `${usage.inodesPercent}% of its inodes are free): add some`,
        { msgid: messages.childFull.id },
      );
    }
    this.hits += 1;
    return true;
  }

  /**
   * Chooses a child for a new file whose own child is full: one with space beyond the reserve, else
   * the one with the most; the first of equals.
   */
  choose(hashed: number, among: readonly number[]): number {
    const { decommissioned, settings } = this.owner;
    let best: Candidate | null = null;
    let most: Candidate | null = null;
    for (const child of among) {
      const usage = this.known[child];
      if (usage === undefined || decommissioned.has(child) || !this.owner.isUp(child)) continue;
      const inodes = usage.inodesPercent;
      const candidate = { child, space: this.spaceOf(usage), inodes };
      const hasRoom = this.spare(usage) > 0 && inodes > settings['min-free-inodes'];
      if (hasRoom && isRoomier(candidate, best)) best = candidate;
      if (inodes > 0 && candidate.space > (most?.space ?? 0)) most = candidate;
    }
    return (best ?? most)?.child ?? hashed;
  }
}

interface Candidate {
  readonly child: number;
  readonly space: number;
  /** In percent. */
  readonly inodes: number;
}

const isRoomier = (one: Candidate, other: Candidate | null): boolean =>
  other === null || one.space > other.space || one.inodes > other.inodes;

const onStatfs: Cbk<'statfs', { readonly space: Space }> = (
  frame,
  child,
  xl,
  opRet,
  _errno,
  buf,
) => {
  xl.end(frame.root);
  if (opRet >= 0 && buf !== null) xl.priv.space.record(child, buf);
};
