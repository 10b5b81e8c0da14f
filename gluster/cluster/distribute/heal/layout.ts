/** A layout is dealt out, and written to the children. For new directories, and for repairs. */
import { Dict } from '../../../../runtime/core/dict.ts';
import { ENOSPC } from '../../../../runtime/core/errno.ts';
import type { Gfid } from '../../../../runtime/core/gfid.ts';
import type { Loc } from '../../../../runtime/core/loc.ts';
import type { Distribute } from '../distribute.ts';
import { computeLayout } from '../layout/compute.ts';
import { encodePiece, Layout, type Piece } from '../layout/layout.ts';
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
export function* writeLayout(
  task: Task,
  volume: Distribute,
  dir: Loc,
  pieces: readonly Piece[],
): Steps<Layout> {
  const written = yield* task.ownEach(volume.all, 'setxattr', (child) => [
    dir,
    new Dict().set(volume.keys.layout, encodePiece(pieces[child]!)),
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
