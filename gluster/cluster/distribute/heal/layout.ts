/**
 * Layouts are dealt out, and written to the children: for new directories, for repairs, and anew for children that
 * have come or are about to go. Then names stay where they are as far as they can, and files do not move: they are
 * found where they are, and get a linkto when they are looked up.
 *
 *     setfattr -n distribute.fix.layout -v yes DIR
 *
 * Source: GlusterFS `dht-selfheal.c` (dht_fix_directory_layout, dht_fix_layout_of_directory).
 */
import { Dict } from '../../../../runtime/core/dict.ts';
import { EIO, ENOSPC, ENOTCONN } from '../../../../runtime/core/errno.ts';
import { type Gfid, ROOT_GFID } from '../../../../runtime/core/gfid.ts';
import type { Loc } from '../../../../runtime/core/loc.ts';
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
import { isDirectory, look } from '../sight.ts';
import type { Steps, Task } from '../task.ts';

interface Dealing {
  /** A child without room gets no range then. */
  readonly isNew?: boolean;
  /** Among how many children; otherwise as the option says. */
  readonly spread?: number | undefined;
}

/** @param path of the directory: by its hash one child comes first */
export function newLayout(
  volume: Distribute,
  path: string,
  gfid: Gfid,
  pieces: readonly Piece[],
  commitHash: number,
  { isNew = false, spread }: Dealing = {},
): Piece[] {
  const { settings, names, space, leaving } = volume;
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

/** Writes each child its piece. What could not be written is no part of the result. */
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

/** Of directories whose names were not looked for since: none that a volume has. */
const UNKNOWN_HASH = 0;

/**
 * @param dir with its name, whose hash decides about the first range
 * @param spread among how many children, where that is not as for all directories
 * @returns the errno; 0 once it is done
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
  const answers = yield* task.ownEach(all, 'lookup', () => [dir, keys]);
  const failed = answers.find((answer) => !isDirectory(answer));
  if (failed !== undefined) return failed.opErrno || EIO;
  const { layout, mds } = look(volume, dir, answers);
  const wrong = layout.pieces.find(({ err }) => err !== 0);
  if (wrong !== undefined) return wrong.err;
  // An administrator has set the layout by hand.
  if (layout.type === DM_USER) return 0;
  const { inode, gfid } = dir;
  const hash = gfid === ROOT_GFID ? NO_COMMIT_HASH : UNKNOWN_HASH;
  const made = newLayout(volume, dir.path, gfid, layout.pieces, hash, { spread });
  const pieces = mayExchange(volume) ? keepOverlap(volume.names, layout.pieces, made) : made;
  const isSame = (piece: Piece, child: number): boolean =>
    isSameValue(encodePiece(piece), layout.valueOf(child));
  if (pieces.every(isSame)) return 0;
  const written = yield* writeLayout(task, dir, pieces);
  volume.keep(inode!, gfid, { layout: written, mds });
  return written.pieces.find(({ err }) => err !== 0)?.err ?? 0;
}

/** Ranges of different sizes belong to their children. */
function mayExchange({ all, space, settings }: Distribute): boolean {
  const [first] = all.map((child) => space.chunks(child));
  return !settings['weighted-rebalance'] || all.every((child) => space.chunks(child) === first);
}
