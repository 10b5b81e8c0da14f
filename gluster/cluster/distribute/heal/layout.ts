/**
 * Computes layouts and writes them to the children: for new directories, repairs, and when children were added
 * or are emptied. Names keep their child where possible, and files do not move: lookups find them and
 * make linktos.
 *
 *     setfattr -n distribute.fix.layout -v yes DIR
 * Source: GlusterFS `dht-selfheal.c` (dht_fix_directory_layout, dht_fix_layout_of_directory).
 */
import { Dict } from '../../../../runtime/core/dict.ts';
import { EIO, ENOSPC, ENOTCONN } from '../../../../runtime/core/errno.ts';
import { type Gfid, ROOT_GFID } from '../../../../runtime/core/gfid.ts';
import type { Loc } from '../../../../runtime/core/loc.ts';
import { isDirectory, viewDirectory } from '../directory-view.ts';
import type { Distribute } from '../distribute.ts';
import { computeLayout, keepOverlap } from '../layout/compute.ts';
import {
  DM_USER,
  encodePiece,
  isSameValue,
  Layout,
  NO_COMMIT_HASH,
  type Piece,
} from '../layout/layout.ts';
import { lockLayout, unlockLayout } from '../locks.ts';
import type { Steps, Task } from '../task.ts';

interface LayoutOptions {
  /** Whether full children get no range. */
  readonly isNew?: boolean;
  /** The number of children to use; defaults to the option. */
  readonly spread?: number | undefined;
}

/** @param path of the directory, whose hash selects the first child */
export function newLayout(
  volume: Distribute,
  path: string,
  gfid: Gfid,
  pieces: readonly Piece[],
  commitHash: number,
  { isNew = false, spread }: LayoutOptions = {},
): Piece[] {
  const { settings, names, space, decommissioned: leaving } = volume;
  const candidates = names.map((name, child) => ({
    name,
    err: isNew && space.isFilled(child) ? ENOSPC : pieces[child]!.err,
    chunks: space.chunks(child),
    isLeaving: leaving.has(child),
  }));
  return computeLayout(candidates, {
    spread: spread ?? settings['directory-layout-spread'],
    weighted: settings['weighted-rebalance'],
    seed: volume.hash.of(settings['randomize-hash-range-by-gfid'] ? gfid : path),
    commitHash,
  });
}

/** Writes each child its piece. The result omits pieces that could not be written. */
export function* writeLayout(task: Task, dir: Loc, pieces: readonly Piece[]): Steps<Layout> {
  const written = yield* task.ownEach(task.volume.all, 'setxattr', (child) => [
    dir,
    new Dict().set(task.volume.keys.layout, encodePiece(pieces[child]!)),
    0,
    null,
  ]);
  return new Layout(
    pieces.map((piece, child) => {
      const { opRet, opErrno } = written[child]!;
      return opRet < 0 ? { ...piece, err: opErrno } : piece;
    }),
  );
}

/** The commit hash of a directory with misplaced names, which no volume has. */
const UNKNOWN_HASH = 0;

/**
 * Recomputes a directory's layout.
 * @param dir with its name, whose hash selects the first child
 * @param spread the number of children; defaults to the option
 * @returns the errno; 0 on success
 */
export function* fixLayout(task: Task, dir: Loc, spread?: number): Steps<number> {
  const { all } = task.volume;
  if (task.volume.up.length < all.length) return ENOTCONN;
  const errno = yield* lockLayout(task, dir);
  if (errno !== 0) return errno;
  const result = yield* fixLocked(task, dir, spread);
  yield* unlockLayout(task, dir);
  return result;
}

function* fixLocked(task: Task, dir: Loc, spread: number | undefined): Steps<number> {
  const { volume } = task;
  const { all } = volume;
  const keys = volume.linkedKeys(null);
  const replies = yield* task.ownEach(all, 'lookup', () => [dir, keys]);
  const failed = replies.find((answer) => !isDirectory(answer));
  if (failed !== undefined) return failed.opErrno || EIO;
  const { layout, mds } = viewDirectory(volume, dir, replies);
  const wrong = layout.pieces.find(({ err }) => err !== 0);
  if (wrong !== undefined) return wrong.err;
  // An administrator set the layout by hand.
  if (layout.type === DM_USER) return 0;
  const { inode, gfid } = dir;
  const hash = gfid === ROOT_GFID ? NO_COMMIT_HASH : UNKNOWN_HASH;
  const made = newLayout(volume, dir.path, gfid, layout.pieces, hash, { spread });
  const pieces = mayExchange(volume) ? keepOverlap(volume.names, layout.pieces, made) : made;
  const isSame = (piece: Piece, child: number): boolean =>
    isSameValue(encodePiece(piece), layout.valueOf(child));
  if (pieces.every(isSame)) return 0;
  const written = yield* writeLayout(task, dir, pieces);
  volume.setLocation(inode!, gfid, { layout: written, mds });
  return written.pieces.find(({ err }) => err !== 0)?.err ?? 0;
}

/** Whether children may exchange ranges: weighted ranges of different sizes may not. */
function mayExchange({ all, space, settings }: Distribute): boolean {
  const [first] = all.map((child) => space.chunks(child));
  return !settings['weighted-rebalance'] || all.every((child) => space.chunks(child) === first);
}
