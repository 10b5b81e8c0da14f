/** Faults that end a fop of many steps in the middle, for tests that try every step. */
import { EIO, ENOSPC, ENOTCONN } from '../../runtime/core/errno.ts';
import type { FopName } from '../../runtime/core/gen/fops.gen.ts';
import { ENTRYLK_UNLOCK, F_UNLCK, type Flock } from '../../runtime/core/lock.ts';
import type { Verdict, Wind } from './shared-volume.ts';

/**
 * The faults at a point: that wind is refused; its child has no room from there on, or does not reply
 * from there on; or the client is killed, and no request of it arrives any more.
 */
export const FAULTS = ['refused', 'full', 'lost', 'killed'] as const;
export type FaultKind = (typeof FAULTS)[number];

/** The winds that release a dead client's locks. */
const isUnlock = ({ fop, args }: Wind): boolean =>
  (fop === 'inodelk' && (args[3] as Flock).type === F_UNLCK) ||
  (fop === 'entrylk' && args[3] === ENTRYLK_UNLOCK);

/** For these a disk needs room, or may. */
const TAKE_ROOM: ReadonlySet<FopName> = new Set(['mkdir', 'mknod', 'link', 'rename', 'setxattr']);

/** A fault at the n-th wind, not counting the client's lookups before the fop. */
export class Fault {
  readonly kind: FaultKind;
  private readonly point: number;
  private count = 0;
  private victim: string | null = null;

  constructor(kind: FaultKind, point: number) {
    this.kind = kind;
    this.point = point;
  }

  /** Whether it came to that. */
  get hasHappened(): boolean {
    return this.victim !== null;
  }

  /** The effect of a fault on a wind. */
  decide(wind: Wind): Verdict {
    const { kind, point } = this;
    if (isUnlock(wind) || (this.count === 0 && wind.fop === 'lookup')) return 'pass';
    this.count += 1;
    if (this.count < point) return 'pass';
    const isFirst = this.count === point;
    if (isFirst) this.victim = wind.child;
    const isHit = wind.child === this.victim;
    if (kind === 'refused') return isFirst ? EIO : 'pass';
    if (kind === 'full') return isHit && TAKE_ROOM.has(wind.fop) ? ENOSPC : 'pass';
    return isHit || kind === 'killed' ? ENOTCONN : 'pass';
  }
}

/** Whether the client survives the fault and can undo its steps. */
export const canTakeBack = (kind: FaultKind): boolean => kind === 'refused' || kind === 'full';

/**
 * Of a rename of a file over children a, b and c: where the file is, where its old and its new name belong, and
 * where the file is that has the new name ('-': no file has it). All that differ by more than the letters.
 */
export const PLACEMENTS = [
  ...['aab-', 'abb-', 'abc-'],
  ...['aaab', 'aabb', 'aabc', 'abaa', 'abac', 'abba', 'abca', 'abcb', 'abcc'],
] as const;
