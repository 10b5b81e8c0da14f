/**
 * The ranges of a directory are dealt out anew, for children that have come or are about to go. Names
 * stay where they are as far as they can; the files of others do not move: they are found where they are,
 * and get a linkto when they are looked up.
 *
 *     setfattr -n distribute.fix.layout -v yes DIR
 *
 * Source: GlusterFS `dht-selfheal.c` (dht_fix_directory_layout, dht_fix_layout_of_directory).
 */
import { EIO, ENOTCONN } from '../../../../runtime/core/errno.ts';
import { ROOT_GFID } from '../../../../runtime/core/gfid.ts';
import type { Loc } from '../../../../runtime/core/loc.ts';
import type { Distribute } from '../distribute.ts';
import { keepOverlap } from '../layout/compute.ts';
import { DM_USER, NO_COMMIT_HASH, type Piece } from '../layout/layout.ts';
import { LAYOUT_HEAL, lockInodes, unlockInodes } from '../locks.ts';
import { isDirectory, look } from '../sight.ts';
import type { Steps, Task } from '../task.ts';
import { newLayout, writeLayout } from './layout.ts';

/** Of directories whose names were not looked for since: none that a volume has. */
const UNKNOWN_HASH = 0;

/**
 * @param dir with its name, whose hash decides about the first range
 * @param spread among how many children, where that is not as for all directories
 * @returns the errno; 0 once it is done
 */
export function* fixLayout(
  task: Task,
  volume: Distribute,
  dir: Loc,
  spread?: number,
): Steps<number> {
  const { all } = volume;
  if (volume.up.length < all.length) return ENOTCONN;
  const errno = yield* lockInodes(task, volume, all, LAYOUT_HEAL, dir);
  if (errno !== 0) return errno;
  const result = yield* fixLocked(task, volume, dir, spread);
  yield* unlockInodes(task, all, LAYOUT_HEAL, dir);
  return result;
}

function* fixLocked(
  task: Task,
  volume: Distribute,
  dir: Loc,
  spread: number | undefined,
): Steps<number> {
  const { all } = volume;
  const keys = volume.linkedKeys(null);
  const answers = yield* task.ownEach(all, 'lookup', () => [dir, keys]);
  const failed = answers.find((answer) => !isDirectory(answer));
  if (failed !== undefined) return failed.opErrno || EIO;
  const { layout, mds } = look(volume, dir, answers);
  const wrong = layout.pieces.find(({ err }) => err !== 0);
  if (wrong !== undefined) return wrong.err;
  // Somebody has dealt them out by hand.
  if (layout.type === DM_USER) return 0;
  const { inode, gfid } = dir;
  const hash = gfid === ROOT_GFID ? NO_COMMIT_HASH : UNKNOWN_HASH;
  const made = newLayout(volume, dir.path, gfid, layout.pieces, hash, { spread });
  const pieces = mayExchange(volume) ? keepOverlap(volume.names, layout.pieces, made) : made;
  if (pieces.every((piece, child) => isSame(piece, layout.pieces[child]!))) return 0;
  const written = yield* writeLayout(task, volume, dir, pieces);
  volume.keep(inode!, gfid, { layout: written, mds });
  return written.pieces.find(({ err }) => err !== 0)?.err ?? 0;
}

/** Ranges of different sizes belong to their children. */
function mayExchange({ all, space, settings }: Distribute): boolean {
  const [first] = all.map((child) => space.chunks(child));
  return !settings['weighted-rebalance'] || all.every((child) => space.chunks(child) === first);
}

const isSame = (one: Piece, other: Piece): boolean =>
  one.start === other.start && one.stop === other.stop && one.commitHash === other.commitHash;
