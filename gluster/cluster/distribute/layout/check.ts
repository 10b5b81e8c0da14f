/**
 * What is wrong with a layout. Source: GlusterFS `dht-layout.c` (dht_layout_anomalies,
 * dht_layout_normalize), `dht-selfheal.c` (dht_selfheal_directory).
 */
import { ENOENT, ENOSPC, ENOTCONN, ESTALE } from '../../../../runtime/core/errno.ts';
import { byStart, NEEDS_RANGE, type Piece, takesPart } from './layout.ts';

/** How many of each. */
export interface Anomalies {
  holes: number;
  overlaps: number;
  /** Children without the directory. */
  missing: number;
  down: number;
  noSpace: number;
  misc: number;
}

const KINDS: ReadonlyMap<number, keyof Anomalies> = new Map([
  [NEEDS_RANGE, 'missing'],
  [ENOENT, 'missing'],
  [ESTALE, 'missing'],
  [ENOTCONN, 'down'],
  [ENOSPC, 'noSpace'],
]);

/** By which number to look at a ring: that after the last is 0. */
const after = (hash: number): number => (hash + 1) >>> 0;

export function anomaliesOf(pieces: readonly Piece[]): Anomalies {
  const found = { holes: 0, overlaps: 0, missing: 0, down: 0, noSpace: 0, misc: 0 };
  const ranges: Piece[] = [];
  for (const at of byStart(pieces)) {
    const piece = pieces[at]!;
    if (takesPart(piece)) ranges.push(piece);
    else if (piece.err !== 0) found[KINDS.get(piece.err) ?? 'misc'] += 1;
  }
  const [first] = ranges;
  let last: Piece | undefined;
  for (const piece of ranges) {
    if (last !== undefined && piece.start > last.stop + 1) found.holes += 1;
    if (last !== undefined && piece.start < last.stop + 1) found.overlaps += 1;
    last = piece;
  }
  const closes = first !== undefined && first.start === after(last!.stop);
  if (!closes) found.holes += 1;
  return found;
}

/** Names have no place, or two: the layout is to be made anew. */
export const isBroken = ({ holes, overlaps }: Anomalies): boolean => holes > 0 || overlaps > 0;

export const needsHeal = (found: Anomalies): boolean => isBroken(found) || found.missing > 0;

/** Nobody knows what those have that do not answer. */
export const mayHeal = ({ down, misc }: Anomalies): boolean => down === 0 && misc === 0;
