/**
 * Computes which range of name hashes each child gets in a directory.
 * Source: GlusterFS `dht-selfheal.c` (dht_selfheal_layout_new_directory, dht_get_layout_count,
 * dht_fix_layout_of_directory).
 */
import { EINVAL, ENOENT, ENOSPC } from '../../../../runtime/core/errno.ts';
import { COMPUTED_TYPE, NEEDS_RANGE, type Piece } from './layout.ts';

/** The properties of a child that decide its range. */
export interface Candidate {
  readonly name: string;
  /** 0, or the errno of the directory's lookup on the child (`Piece`); ENOSPC for a full child. */
  readonly err: number;
  /** The child's total space, in a unit common to all; 0 while unknown. */
  readonly totalSpace: number;
  /** Whether the child is being emptied (decommissioned), and gets no range. */
  readonly isDecommissioned: boolean;
}

/** The options of the volume that decide the ranges of a directory. */
export interface LayoutRules {
  /** The number of children to use; undefined for all. */
  readonly spread: number | undefined;
  /** Whether larger children get larger ranges. */
  readonly usesWeights: boolean;
  /** The hash of the directory's path or gfid, which selects the first child. */
  readonly seed: number;
  readonly commitHash: number;
}

const MAX_HASH = 0xffff_ffff;

/** Orders names by their bytes: volume names are ASCII, so code units suffice. */
const compareNames = (a: Candidate, b: Candidate): number => {
  if (a.name === b.name) return 0;
  return a.name < b.name ? -1 : 1;
};

/** Whether a child may get a range: it needs or has one, or lacks the directory. */
const isUsable = (err: number): boolean => err === NEEDS_RANGE || err === 0 || err === ENOENT;

/** Computes the `err` of each child; full children participate only if no other child can. */
function computeErrs(ordered: readonly Candidate[]): number[] {
  const errs = ordered.map(({ err, isDecommissioned }) => {
    if (isDecommissioned) return EINVAL;
    return err === 0 ? NEEDS_RANGE : err;
  });
  if (errs.some(isUsable)) return errs;
  return errs.map((err) => (err === ENOSPC ? NEEDS_RANGE : err));
}

/** The first and the last hash of a child's range. */
interface Range {
  readonly start: number;
  readonly stop: number;
}
/** Stands for a child without a range. */
const NO_RANGE: Range = { start: 0, stop: 0 };

/** Computes ranges in the order of the candidates, which are sorted by name. */
function computeRanges(ordered: readonly Candidate[], rules: LayoutRules): Range[] {
  const errs = computeErrs(ordered);
  const usableCandidates = ordered.filter((_, index) => isUsable(errs[index]!));
  const { spread, usesWeights, seed } = rules;
  const maxCount = usableCandidates.length;
  const participantCount = Math.max(
    spread !== undefined && spread <= maxCount ? spread : maxCount,
    1,
  );
  const isWeighted =
    usesWeights &&
    usableCandidates.slice(0, participantCount).every(({ totalSpace }) => totalSpace > 0);
  const weigh = ({ totalSpace }: Candidate): number => (isWeighted ? totalSpace : 1);
  const ranges = ordered.map(() => NO_RANGE);
  const firstIndex = seed % ordered.length;
  const indexesFromFirst = ordered.map((_, step) => (firstIndex + step) % ordered.length);
  const participantIndexes = indexesFromFirst
    .filter((index) => isUsable(errs[index]!))
    .slice(0, participantCount);
  const sumWeights = (candidates: readonly Candidate[]): number =>
    candidates.reduce((sum, candidate) => sum + weigh(candidate), 0);
  const participatingCandidates = participantIndexes.map((index) => ordered[index]!);
  // As in GlusterFS, ranges are fractions of the weight of the first `participantCount` children by name, even if
  // others participate. If the participants weigh more, the hashes would run out, so their own weight is the divisor.
  const firstByNameWeight = sumWeights(usableCandidates.slice(0, participantCount));
  const divisorWeight =
    sumWeights(participatingCandidates.slice(0, -1)) < firstByNameWeight
      ? firstByNameWeight
      : sumWeights(participatingCandidates);
  const hashesPerWeight = MAX_HASH / divisorWeight;
  let start = 0;
  participantIndexes.forEach((index, step) => {
    const size = Math.trunc(hashesPerWeight * weigh(ordered[index]!));
    const stop = step === participantIndexes.length - 1 ? MAX_HASH : start + size - 1;
    ranges[index] = { start, stop };
    start += size;
  });
  return ranges;
}

/** Computes a complete layout: one piece for each candidate, at the same index. */
export function computeLayout(candidates: readonly Candidate[], rules: LayoutRules): Piece[] {
  const ordered = [...candidates].sort(compareNames);
  const ranges = computeRanges(ordered, rules);
  return candidates.map((candidate) => {
    const range = ranges[ordered.indexOf(candidate)]!;
    return { err: 0, ...range, commitHash: rules.commitHash, type: COMPUTED_TYPE };
  });
}

const isEmpty = ({ start, stop }: Range): boolean => start === stop;

/** Counts the hashes that two ranges share. */
function countOverlap(a: Range, b: Range): number {
  if (isEmpty(a) || isEmpty(b)) return 0;
  return Math.max(0, Math.min(a.stop, b.stop) - Math.max(a.start, b.start) + 1);
}

/**
 * Exchanges new ranges between children, so that as many names as possible keep their child. Each child, in the order
 * of the children's names, exchanges its range with the one that keeps the most additional hashes in place.
 * @param names the children's names by index
 */
export function maximizeOverlap(
  names: readonly string[],
  oldPieces: readonly Piece[],
  newPieces: readonly Piece[],
): Piece[] {
  const childrenByName = names
    .map((_, child) => child)
    .sort((a, b) => (names[a]! < names[b]! ? -1 : 1));
  const ranges: Range[] = newPieces.map(({ start, stop }) => ({ start, stop }));
  const countKeptHashes = (child: number, range: Range): number =>
    countOverlap(oldPieces[child]!, range);
  childrenByName.forEach((child, index) => {
    /** Computes how many more hashes keep their child if `child` and `partner` exchange their ranges. */
    const computeGain = (partner: number): number => {
      const [range, partnerRange] = [ranges[child]!, ranges[partner]!];
      const currentCount = countKeptHashes(child, range) + countKeptHashes(partner, partnerRange);
      return countKeptHashes(child, partnerRange) + countKeptHashes(partner, range) - currentCount;
    };
    let bestPartner = -1;
    let maxGain = 0;
    for (const partner of childrenByName.slice(index + 1)) {
      if (isEmpty(ranges[partner]!) || isEmpty(ranges[child]!)) continue;
      const gain = computeGain(partner);
      if (gain > maxGain) [bestPartner, maxGain] = [partner, gain];
    }
    if (bestPartner >= 0) {
      [ranges[child], ranges[bestPartner]] = [ranges[bestPartner]!, ranges[child]!];
    }
  });
  return newPieces.map((piece, child) => ({ ...piece, ...ranges[child]! }));
}
