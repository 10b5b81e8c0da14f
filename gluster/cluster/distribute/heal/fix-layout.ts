/**
 * Computes layouts and writes them to the children: of new directories, for repairs, and when bricks are added or
 * removed. Names keep their child where possible. Files do not move: lookups find them and make linktos.
 *
 * An administrator fixes the layout of one directory by
 *     setfattr -n distribute.fix.layout -v yes DIR
 * Source: GlusterFS `dht-selfheal.c` (dht_fix_directory_layout, dht_fix_layout_of_directory).
 */
import { Dict } from '../../../../runtime/core/dict.ts';
import { EIO, ENOSPC, ENOTCONN } from '../../../../runtime/core/errno.ts';
import { type Gfid, ROOT_GFID } from '../../../../runtime/core/gfid.ts';
import type { Loc } from '../../../../runtime/core/operands.ts';
import { isDirectory, makeDirectoryView } from '../directory-view.ts';
import type { Distribute } from '../distribute.ts';
import {
  areEncodedPiecesEqual,
  encodePiece,
  Layout,
  MANUAL_TYPE,
  NO_COMMIT_HASH,
  type Piece,
} from '../layout/layout.ts';
import { computeLayout, maximizeOverlap } from '../layout/ranges.ts';
import { lockLayout, unlockLayout } from '../locks.ts';
import type { Steps, Task } from '../task.ts';

/** Options of `computePieces`. */
interface LayoutOptions {
  /** Whether the directory is new, so that full children get no range. */
  readonly isNew?: boolean;
  /** The number of children to use; defaults to the option. */
  readonly spread?: number | undefined;
}

/**
 * Computes the pieces of a layout.
 * @param path the directory's path, whose hash selects the first child
 * @param currentPieces only their `err` is used, which decides whether a child may get a range
 */
export function computePieces(
  volume: Distribute,
  path: string,
  gfid: Gfid,
  currentPieces: readonly Piece[],
  commitHash: number,
  { isNew = false, spread }: LayoutOptions = {},
): Piece[] {
  const { settings, childNames, freeSpace, decommissionedChildren } = volume;
  const candidates = childNames.map((name, child) => ({
    name,
    err: isNew && freeSpace.isFull(child) ? ENOSPC : currentPieces[child]!.err,
    totalSpace: freeSpace.getTotalMegabytes(child),
    isDecommissioned: decommissionedChildren.has(child),
  }));
  return computeLayout(candidates, {
    spread: spread ?? settings['directory-layout-spread'],
    usesWeights: settings['weighted-rebalance'],
    seed: volume.nameHash.compute(settings['randomize-hash-range-by-gfid'] ? gfid : path),
    commitHash,
  });
}

/** Writes each child's piece. In the result, a piece that could not be written has the errno. */
export function* writeLayout(task: Task, dir: Loc, pieces: readonly Piece[]): Steps<Layout> {
  const replies = yield* task.windInternalEach(task.volume.children, 'setxattr', (child) => [
    dir,
    new Dict().set(task.volume.xattrNames.layout, encodePiece(pieces[child]!)),
    0,
    null,
  ]);
  return new Layout(
    pieces.map((piece, child) => {
      const { opRet, opErrno } = replies[child]!;
      return opRet < 0 ? { ...piece, err: opErrno } : piece;
    }),
  );
}

/** The commit hash of a directory with misplaced names. No volume has it, so lookups search all children. */
const MISPLACED_COMMIT_HASH = 0;

/**
 * Recomputes a directory's layout.
 * @param dir the directory with its path, whose hash selects the first child
 * @param spread the number of children; defaults to the option
 * @returns the errno; 0 on success
 */
export function* fixLayout(task: Task, dir: Loc, spread?: number): Steps<number> {
  const { children } = task.volume;
  if (task.volume.upChildren.length < children.length) return ENOTCONN;
  const errno = yield* lockLayout(task, dir);
  if (errno !== 0) return errno;
  const result = yield* fixLockedLayout(task, dir, spread);
  yield* unlockLayout(task, dir);
  return result;
}

/** Recomputes the layout of a directory whose layout is locked. @returns the errno; 0 on success */
function* fixLockedLayout(task: Task, dir: Loc, spread: number | undefined): Steps<number> {
  const { volume } = task;
  const { children } = volume;
  const requestXdata = volume.addDirectoryRequests(null);
  const replies = yield* task.windInternalEach(children, 'lookup', () => [dir, requestXdata]);
  const failure = replies.find((reply) => !isDirectory(reply));
  if (failure !== undefined) return failure.opErrno || EIO;
  const { layout, mds } = makeDirectoryView(volume, dir, replies);
  const faultyPiece = layout.pieces.find(({ err }) => err !== 0);
  if (faultyPiece !== undefined) return faultyPiece.err;
  // An administrator set the layout by hand.
  if (layout.type === MANUAL_TYPE) return 0;
  const { inode, gfid } = dir;
  const hash = gfid === ROOT_GFID ? NO_COMMIT_HASH : MISPLACED_COMMIT_HASH;
  const newPieces = computePieces(volume, dir.path, gfid, layout.pieces, hash, { spread });
  const pieces = mayExchangeRanges(volume)
    ? maximizeOverlap(volume.childNames, layout.pieces, newPieces)
    : newPieces;
  const isStored = (piece: Piece, child: number): boolean =>
    areEncodedPiecesEqual(encodePiece(piece), layout.getEncodedPiece(child));
  if (pieces.every(isStored)) return 0;
  const writtenLayout = yield* writeLayout(task, dir, pieces);
  volume.setLocation(inode!, gfid, { layout: writtenLayout, mds });
  return writtenLayout.pieces.find(({ err }) => err !== 0)?.err ?? 0;
}

/** Whether children may exchange ranges: not if their ranges are weighted and their sizes differ. */
function mayExchangeRanges({ children, freeSpace, settings }: Distribute): boolean {
  const [firstSize] = children.map((child) => freeSpace.getTotalMegabytes(child));
  return (
    !settings['weighted-rebalance'] ||
    children.every((child) => freeSpace.getTotalMegabytes(child) === firstSize)
  );
}
