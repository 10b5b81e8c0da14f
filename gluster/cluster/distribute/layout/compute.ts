/**
 * Computes the ranges of a directory's children.
 * Source: GlusterFS `dht-selfheal.c` (dht_selfheal_layout_new_directory, dht_get_layout_count,
 * dht_fix_layout_of_directory).
 */
import { EINVAL, ENOENT, ENOSPC } from '../../../../runtime/core/errno.ts';
import { DM, NEEDS_RANGE, type Piece } from './layout.ts';

/** A child, as far as its range depends on it. */
export interface Candidate {
  readonly name: string;
  /** As in `Piece`; ENOSPC for a full child. */
  readonly err: number;
  /** Its size, in a unit common to all; 0 while unknown. */
  readonly chunks: number;
  /** Whether it is being emptied, and gets no range. */
  readonly isLeaving: boolean;
}

export interface LayoutRules {
  /** The number of children to use; undefined for all. */
  readonly spread: number | undefined;
  /** Whether larger children get larger ranges. */
  readonly weighted: boolean;
  /** The hash of the directory's path or gfid, which selects the first child. */
  readonly seed: number;
  readonly commitHash: number;
}

const ALL = 0xffff_ffff;

/** Orders names by their bytes: volume names are ASCII, so code units suffice. */
const byName = (a: Candidate, b: Candidate): number => {
  if (a.name === b.name) return 0;
  return a.name < b.name ? -1 : 1;
};

/** Whether a child may get a range; also one whose directory has none yet. */
const isUsable = (err: number): boolean => err === NEEDS_RANGE || err === 0 || err === ENOENT;

/** The err of each child, once the participants are known. */
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

/** Computes ranges in the order of the candidates, which are sorted by name. */
function ranges(ordered: readonly Candidate[], deal: LayoutRules): Range[] {
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
  // GlusterFS divides by the weight of the first children by name, although others may participate. If those weigh
  // more, the hashes would run out before the last child: then their own weight divides.
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

/** Computes a complete layout, by index of the candidates. */
export function computeLayout(candidates: readonly Candidate[], deal: LayoutRules): Piece[] {
  const ordered = [...candidates].sort(byName);
  const dealt = ranges(ordered, deal);
  return candidates.map((candidate) => {
    const range = dealt[ordered.indexOf(candidate)]!;
    return { err: 0, ...range, commitHash: deal.commitHash, type: DM };
  });
}

/** The number of hashes that two ranges share. */
function overlap(a: Range, b: Range): number {
  if (a.start === a.stop || b.start === b.stop) return 0;
  return Math.max(0, Math.min(a.stop, b.stop) - Math.max(a.start, b.start) + 1);
}

/**
 * Exchanges new ranges between children, so that as many names as possible keep their child. One
 * pass by name, in which each child takes the exchange that gains most.
 * @param names of the children, by index
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
