/**
 * Models the layout of a directory: the hash range of each child. Each child stores its piece as an xattr of 16
 * bytes; all pieces together are the layout.
 * Source: GlusterFS `xlators/cluster/dht/src/dht-layout.c`; for anomalies `dht-selfheal.c` (dht_selfheal_directory).
 */
import { ENOENT, ENOSPC, ENOTCONN, ESTALE } from '../../../../runtime/core/errno.ts';

/** Types of pieces: computed, or set by an administrator, which repairs do not change. */
export const COMPUTED_TYPE = 0;
export const MANUAL_TYPE = 1;

const PIECE_BYTES = 16;

/** One child's part of the layout. */
export interface Piece {
  /**
   * 0 if the child has the directory, with or without a range; else the errno of its lookup; or `NEEDS_RANGE`.
   */
  readonly err: number;
  /** The first and the last hash of the range; equal for a piece without a range. */
  readonly start: number;
  readonly stop: number;
  readonly commitHash: number;
  readonly type: number;
}

/** The `err` of a directory that was just made, and needs a range. */
export const NEEDS_RANGE = -1;

/** The commit hash of a directory in which names may be on other children than their own. */
export const NO_COMMIT_HASH = 1;

/** Makes a piece without a range. */
export const makeEmptyPiece = (err: number): Piece => ({
  err,
  start: 0,
  stop: 0,
  commitHash: 0,
  type: COMPUTED_TYPE,
});

/** Encodes the value of the xattr. */
export function encodePiece({ commitHash, type, start, stop }: Piece): Uint8Array {
  const bytes = new Uint8Array(PIECE_BYTES);
  const view = new DataView(bytes.buffer);
  [commitHash, type, start, stop].forEach((value, index) => {
    view.setUint32(4 * index, value);
  });
  return bytes;
}

/** Decodes a child's xattr: a piece without a range if absent, null if malformed. */
export function decodePiece(bytes: Uint8Array | undefined): Piece | null {
  if (bytes === undefined) return makeEmptyPiece(0);
  if (bytes.length < PIECE_BYTES) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, PIECE_BYTES);
  const type = view.getUint32(4);
  if (type !== COMPUTED_TYPE && type !== MANUAL_TYPE) return null;
  const [commitHash, start, stop] = [view.getUint32(0), view.getUint32(8), view.getUint32(12)];
  return { err: 0, start, stop, commitHash, type };
}

/** Whether two values of the xattr are equal. */
export const areEncodedPiecesEqual = (a: Uint8Array, b: Uint8Array): boolean =>
  a.every((byte, index) => byte === b[index]);

/** Whether a piece exists and has a range. */
export const hasRange = ({ err, start, stop }: Piece): boolean => err === 0 && start !== stop;

/** Sorts the children, by their indexes, by the start of their pieces; pieces without a range are first. */
export function sortByStart(pieces: readonly Piece[]): number[] {
  const children = pieces.map((_, child) => child);
  return children.sort((a, b) => {
    const [pieceA, pieceB] = [pieces[a]!, pieces[b]!];
    return pieceA.start - pieceB.start || pieceA.stop - pieceB.stop || a - b;
  });
}

/** A layout with an index, so that a search costs the same for any number of children. */
export class Layout {
  /** The pieces by the child's index. */
  readonly pieces: readonly Piece[];
  /** The commit hash if all pieces agree, otherwise NO_COMMIT_HASH. */
  readonly commitHash: number;
  /** MANUAL_TYPE if any piece was set by hand. */
  readonly type: number;
  /** The hashes at which the child changes, ascending. */
  private readonly starts: number[] = [];
  /** The child from each of these hashes on; -1 in a hole. */
  private readonly startChildren: number[] = [];
  /** Encoded pieces, filled by `getEncodedPiece`. */
  private readonly encodedPieces: Uint8Array[] = [];

  constructor(pieces: readonly Piece[]) {
    this.pieces = pieces;
    const presentPieces = pieces.filter(({ err }) => err === 0);
    const hash = presentPieces[0]?.commitHash ?? 0;
    const isUniform = presentPieces.every(({ commitHash }) => commitHash === hash);
    this.commitHash = isUniform ? hash : NO_COMMIT_HASH;
    this.type = presentPieces.some(({ type }) => type === MANUAL_TYPE)
      ? MANUAL_TYPE
      : COMPUTED_TYPE;
    this.buildIndex();
  }

  /** Returns a child's piece as stored on its disk; callers must not change it. */
  getEncodedPiece(child: number): Uint8Array {
    this.encodedPieces[child] ??= encodePiece(this.pieces[child]!);
    return this.encodedPieces[child];
  }

  /** Finds the child that this hash belongs to; -1 in a hole. */
  findChild(hash: number): number {
    const { starts } = this;
    let low = 0;
    let high = starts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (starts[middle]! <= hash) low = middle + 1;
      else high = middle;
    }
    return low === 0 ? -1 : this.startChildren[low - 1]!;
  }

  /** Builds the index. Where ranges overlap, the range that starts first wins. */
  private buildIndex(): void {
    const { pieces, starts, startChildren } = this;
    // The first hash after the ranges so far.
    let nextStart = 0;
    for (const child of sortByStart(pieces)) {
      const piece = pieces[child]!;
      if (!hasRange(piece) || piece.stop < nextStart) continue;
      const start = Math.max(piece.start, nextStart);
      if (start > nextStart) {
        starts.push(nextStart);
        startChildren.push(-1);
      }
      starts.push(start);
      startChildren.push(child);
      nextStart = piece.stop + 1;
    }
    if (nextStart <= 0xffff_ffff) {
      starts.push(nextStart);
      startChildren.push(-1);
    }
  }
}

/** Counts of anomalies by kind. */
export interface Anomalies {
  holes: number;
  overlaps: number;
  /** Children without the directory. */
  missing: number;
  down: number;
  noSpace: number;
  /** Children whose lookup failed with another errno. */
  misc: number;
}

/** Kinds of anomalies, by the `err` of a piece. */
const KIND_BY_ERR: ReadonlyMap<number, keyof Anomalies> = new Map([
  [NEEDS_RANGE, 'missing'],
  [ENOENT, 'missing'],
  [ESTALE, 'missing'],
  [ENOTCONN, 'down'],
  [ENOSPC, 'noSpace'],
]);

/** Computes the next hash; 0 follows the last, as hashes form a ring. */
const nextHash = (hash: number): number => (hash + 1) >>> 0;

/** Counts the anomalies of a layout. A child without a range is not an anomaly. */
export function countAnomalies(pieces: readonly Piece[]): Anomalies {
  const anomalies = { holes: 0, overlaps: 0, missing: 0, down: 0, noSpace: 0, misc: 0 };
  const ranges: Piece[] = [];
  for (const child of sortByStart(pieces)) {
    const piece = pieces[child]!;
    if (hasRange(piece)) ranges.push(piece);
    else if (piece.err !== 0) anomalies[KIND_BY_ERR.get(piece.err) ?? 'misc'] += 1;
  }
  const [first] = ranges;
  let last: Piece | undefined;
  for (const piece of ranges) {
    if (last !== undefined && piece.start > last.stop + 1) anomalies.holes += 1;
    if (last !== undefined && piece.start < last.stop + 1) anomalies.overlaps += 1;
    last = piece;
  }
  const isRingClosed = first !== undefined && first.start === nextHash(last!.stop);
  if (!isRingClosed) anomalies.holes += 1;
  return anomalies;
}

/** Whether hashes belong to no child or to two, so the layout must be rebuilt. */
export const isBroken = ({ holes, overlaps }: Anomalies): boolean => holes > 0 || overlaps > 0;

/** Whether a layout must be rebuilt, or a child lacks the directory. */
export const needsHeal = (anomalies: Anomalies): boolean =>
  isBroken(anomalies) || anomalies.missing > 0;

/** Whether a repair is safe: bricks that do not reply have unknown content. */
export const mayHeal = ({ down, misc }: Anomalies): boolean => down === 0 && misc === 0;
