/**
 * The space of the children, for where new files go. Asked for when a child comes up, and again when
 * something is made and the last answer is a second old; nobody waits for it.
 *
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

/** The space of the disk, whatever limit the root has. */
const IGNORE_LIMITS = 'ignore-deem-statfs';
const REFRESH_MS = 1000;
const MEGABYTE = 1_048_576;
/** So many times a full child is met for one line of the log. */
const LOG_EVERY = 420;

interface Usage {
  readonly availPercent: number;
  readonly availBytes: number;
  readonly inodesPercent: number;
  /** Megabytes of all its space. */
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

/** Whose children they are. */
export interface Owner {
  readonly xl: Xlator<{ readonly space: Space }>;
  readonly names: readonly string[];
  readonly all: readonly number[];
  readonly settings: Pick<Settings, 'min-free-disk' | 'min-free-inodes'>;
  readonly leaving: ReadonlySet<number>;
  isUp(child: number): boolean;
}

export class Space {
  private readonly owner: Owner;
  private readonly known: (Usage | undefined)[] = [];
  private asked = Number.NEGATIVE_INFINITY;
  private hits = 0;

  constructor(owner: Owner) {
    this.owner = owner;
  }

  chunks(child: number): number {
    return this.known[child]?.chunks ?? 0;
  }

  /** A child has answered a statfs. */
  told(child: number, stat: Statvfs): void {
    this.known[child] = usageOf(stat);
  }

  /** Asks a child. */
  ask(child: number): void {
    const { xl } = this.owner;
    if (xl.inodes === null) return;
    const frame = xl.begin(new Stack(0, 0, 0, 'STATFS'));
    const root = new Loc(xl.inodes.root);
    wind.statfs(frame, child, answered, xl.children[child]!, root, Dict.of({ [IGNORE_LIMITS]: 1 }));
  }

  /** Something is about to be made. */
  refresh(): void {
    const { owner } = this;
    const now = owner.xl.context.now();
    if (now < this.asked + REFRESH_MS) return;
    this.asked = now;
    for (const child of owner.all) if (owner.isUp(child)) this.ask(child);
  }

  /** A number below 100 is a share, also without its '%': nobody means that many bytes. */
  private get least(): PercentOrSize {
    const given = this.owner.settings['min-free-disk'];
    return 'bytes' in given && given.bytes < 100 ? { percent: given.bytes } : given;
  }

  /** By what the least space is given in: percents, of which fractions do not count, or bytes. */
  private spaceOf({ availPercent, availBytes }: Usage): number {
    return 'percent' in this.least ? availPercent : availBytes;
  }

  /** How much space is above what has to be left; below zero when there is less. */
  private spare(usage: Usage): number {
    const { least } = this;
    return this.spaceOf(usage) - ('percent' in least ? least.percent : least.bytes);
  }

  /** Whether new files should go elsewhere. One of which nothing is known has room. */
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
   * Where a new file is put that belongs to a child without room, among the children given: with more
   * than has to be left, or else with the most; of equal ones with the first.
   */
  choose(hashed: number, among: readonly number[]): number {
    const { leaving, settings } = this.owner;
    let best: Candidate | null = null;
    let most: Candidate | null = null;
    for (const child of among) {
      const usage = this.known[child];
      if (usage === undefined || leaving.has(child) || !this.owner.isUp(child)) continue;
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

const answered: Cbk<'statfs', { readonly space: Space }> = (
  frame,
  child,
  xl,
  opRet,
  _errno,
  buf,
) => {
  xl.end(frame.root);
  if (opRet >= 0 && buf !== null) xl.priv.space.told(child, buf);
};
