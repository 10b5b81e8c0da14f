/**
 * Deals out the ranges of a directory that has none, or whose are to be others.
 *
 * Source: GlusterFS `dht-selfheal.c` (dht_selfheal_layout_new_directory, dht_get_layout_count,
 * dht_fix_layout_of_directory).
 */
import { EINVAL, ENOENT, ENOSPC } from '../../../../runtime/core/errno.ts';
import { DM, NEEDS_RANGE, type Piece } from './layout.ts';

/** A child as the dealer sees it. */
export interface Candidate {
  readonly name: string;
  /** As in `Piece`; ENOSPC for one that has no room for names. */
  readonly err: number;
  /** Its size, in whatever unit all have; 0 when nobody knows. */
  readonly chunks: number;
  /** It is being emptied, and gets no range. */
  readonly isLeaving: boolean;
}

export interface Deal {
  /** Among how many children a directory is spread; undefined for all. */
  readonly spread: number | undefined;
  /** Whether larger children get larger ranges. */
  readonly weighted: boolean;
  /** The hash of the directory's path, or of its gfid: which child is the first. */
  readonly seed: number;
  readonly commitHash: number;
}

const ALL = 0xffff_ffff;

/** Names are compared by their bytes: volume names are ASCII, whose order is that of their codes. */
const byName = (a: Candidate, b: Candidate): number => {
  if (a.name === b.name) return 0;
  return a.name < b.name ? -1 : 1;
};

/** Whether there may be a range for it. A directory that is there without one gets one as well. */
const isUsable = (err: number): boolean => err === NEEDS_RANGE || err === 0 || err === ENOENT;

/** The err of each, once it is known who has to take part. */
function errsOf(ordered: readonly Candidate[]): number[] {
  const errs = ordered.map(({ err, isLeaving }) => {
    if (isLeaving) return EINVAL;
    return err === 0 ? NEEDS_RANGE : err;
  });
  if (errs.some(isUsable)) return errs;
  return errs.map((err) => (err === ENOSPC ? NEEDS_RANGE : err));
}

interface Range {
  readonly start: number;
  readonly stop: number;
}
const NO_RANGE: Range = { start: 0, stop: 0 };

/** Ranges in the order of the candidates given here, which is by name. */
function ranges(ordered: readonly Candidate[], deal: Deal): Range[] {
  const errs = errsOf(ordered);
  const usable = ordered.filter((_, at) => isUsable(errs[at]!));
  const { spread, weighted, seed } = deal;
  const wanted = spread !== undefined && spread <= usable.length ? spread : usable.length;
  const count = Math.max(wanted, 1);
  const isWeighted = weighted && usable.slice(0, count).every(({ chunks }) => chunks > 0);
  const weight = ({ chunks }: Candidate): number => (isWeighted ? chunks : 1);
  const dealt = ordered.map(() => NO_RANGE);
  const first = seed % ordered.length;
  const turns = ordered.map((_, k) => (first + k) % ordered.length);
  const taking = turns.filter((at) => isUsable(errs[at]!)).slice(0, count);
  const sumOf = (some: readonly Candidate[]): number =>
    some.reduce((sum, each) => sum + weight(each), 0);
  const takers = taking.map((at) => ordered[at]!);
  // GlusterFS divides the hashes by the weight of the first children by name, although others may take
  // part. If these weigh more, the hashes run out before the last child: then their own weight divides.
  const named = sumOf(usable.slice(0, count));
  const total = sumOf(takers.slice(0, -1)) < named ? named : sumOf(takers);
  const unit = ALL / total;
  let start = 0;
  taking.forEach((at, k) => {
    const size = Math.trunc(unit * weight(ordered[at]!));
    const stop = k === taking.length - 1 ? ALL : start + size - 1;
    dealt[at] = { start, stop };
    start += size;
  });
  return dealt;
}

/** A complete layout, by the index of the candidates given. */
export function computeLayout(candidates: readonly Candidate[], deal: Deal): Piece[] {
  const ordered = [...candidates].sort(byName);
  const dealt = ranges(ordered, deal);
  return candidates.map((candidate) => {
    const range = dealt[ordered.indexOf(candidate)]!;
    return { err: 0, ...range, commitHash: deal.commitHash, type: DM };
  });
}

/** How many hashes two ranges have in common. */
function overlap(a: Range, b: Range): number {
  if (a.start === a.stop || b.start === b.stop) return 0;
  return Math.max(0, Math.min(a.stop, b.stop) - Math.max(a.start, b.start) + 1);
}

/**
 * Lets children exchange their new ranges, so that as many names as possible stay where they are. One
 * pass, in the order of names, in which each takes the exchange that gains most.
 * @param names of the children, by their index
 */
export function keepOverlap(
  names: readonly string[],
  before: readonly Piece[],
  made: readonly Piece[],
): Piece[] {
  const order = names.map((_, at) => at).sort((a, b) => (names[a]! < names[b]! ? -1 : 1));
  const now: Range[] = made.map(({ start, stop }) => ({ start, stop }));
  order.forEach((i, at) => {
    const gain = (j: number): number => {
      const kept = overlap(before[i]!, now[i]!) + overlap(before[j]!, now[j]!);
      return overlap(before[i]!, now[j]!) + overlap(before[j]!, now[i]!) - kept;
    };
    let best = -1;
    let most = 0;
    for (const j of order.slice(at + 1)) {
      if (now[j]!.start === now[j]!.stop || now[i]!.start === now[i]!.stop) continue;
      const gained = gain(j);
      if (gained > most) [best, most] = [j, gained];
    }
    if (best >= 0) [now[i], now[best]] = [now[best]!, now[i]!];
  });
  return made.map((piece, at) => ({ ...piece, ...now[at]! }));
}
