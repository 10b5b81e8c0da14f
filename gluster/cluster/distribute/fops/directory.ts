/**
 * A directory, which is on all children: their answers as one, its layout, and whether something of
 * it is to be repaired.
 *
 * Source: GlusterFS `dht-common.c` (dht_lookup_directory, dht_lookup_dir_cbk, dht_discover_complete).
 */
import { decodeName } from '../../../../runtime/core/bytes.ts';
import type { Dict } from '../../../../runtime/core/dict.ts';
import { EIO, ENOTCONN } from '../../../../runtime/core/errno.ts';
import type { Gfid } from '../../../../runtime/core/gfid.ts';
import { IA_IFDIR, type Iatt } from '../../../../runtime/core/iatt.ts';
import type { Loc } from '../../../../runtime/core/loc.ts';
import { GFID_REQ } from '../../../../runtime/core/xdata.ts';
import { type Distribute, NOWHERE } from '../distribute.ts';
import { healDirectory } from '../heal/directory.ts';
import type { Layout, Piece } from '../layout/layout.ts';
import { mergeDirectories } from '../merge.ts';
import { errnoOf, type Found, isDirectory, look, type Sight } from '../sight.ts';
import { failure, type Steps, success, type Task } from '../task.ts';

/**
 * Looks a directory up on all children.
 * @param gfid its own, where that is known: a child that has it without one is to give it that
 */
export function* lookupDirectory(
  task: Task,
  loc: Loc,
  xdata: Dict | null,
  gfid: Gfid | null,
): Steps<Found> {
  const { volume } = task;
  const isRoot = loc.inode === loc.inode?.table.root;
  const keys = volume.linkedKeys(xdata).copy();
  if (isRoot) keys.set(volume.keys.commitHash, 4);
  if (gfid !== null) keys.setGfid(GFID_REQ, gfid);
  const answers = yield* task.each(volume.all, 'lookup', () => [loc, keys]);
  if (isRoot) learnCommitHash(volume, answers);
  const found = yield* settle(task, loc, answers);
  if (isRoot) volume.notices.rangesOfRoot(volume.directory(loc.inode!)?.layout);
  return found;
}

/** Directories are among the answers, or there is none: what to answer. */
export function* settle(task: Task, loc: Loc, answers: readonly Found[]): Steps<Found> {
  const { volume } = task;
  const there = answers.filter(isDirectory);
  if (there.length === 0) return failure('lookup', errnoOf(answers));
  if (answers.some((answer) => isOther(volume, answer))) return failure('lookup', EIO);
  let sight = look(volume, loc, answers);
  sight = yield* healDirectory(task, loc, sight);
  const inode = loc.inode ?? there[0]!.values[0];
  const buf = shown(sight);
  if (inode !== null) {
    const layout = keptLayout(volume.directory(inode)?.layout, sight.layout);
    volume.keep(inode, buf.iaGfid, { layout, mds: sight.mds });
  }
  const [, , xdata, postparent] = sight.answers[sight.source]!.values;
  return success('lookup', inode, buf, xdata, postparent);
}

/**
 * A child that is away keeps the range that it had, as long as the others have theirs. So names that belong
 * to it are still known to, as with GlusterFS.
 */
function keptLayout(before: Layout | undefined, now: Layout): Layout {
  const isAway = ({ err }: Piece): boolean => err === ENOTCONN;
  if (before === undefined || !now.pieces.some(isAway)) return now;
  const isSame = now.pieces.every(
    (piece, child) => isAway(piece) || isSamePiece(piece, before.pieces[child]!),
  );
  return isSame ? before : now;
}

const isSamePiece = (a: Piece, b: Piece): boolean =>
  a.err === b.err && a.start === b.start && a.stop === b.stop && a.type === b.type;

/** A file, where others have a directory. What only says where a file is does not count. */
const isOther = (volume: Distribute, answer: Found): boolean => {
  const [, buf, xdata] = answer.values;
  if (answer.opRet < 0 || buf === null || buf.iaType === IA_IFDIR) return false;
  return !(buf.iaProt === 0o1000 && xdata?.has(volume.keys.linkto));
};

/** The attributes that are shown of a directory. */
function shown({ answers, source }: Sight): Iatt {
  const bufs = answers.filter(isDirectory).map(({ values }) => values[1]!);
  return mergeDirectories(answers[source]!.values[1]!, bufs);
}

/** The commit hash of the volume is decimal text, at its root. */
function learnCommitHash(volume: Distribute, answers: readonly Found[]): void {
  if (volume.settings['commit-hash'] !== undefined) return;
  for (const { values } of answers) {
    const bytes = values[2]?.bytes(volume.keys.commitHash);
    const hash = bytes === undefined ? NOWHERE : Number.parseInt(decodeName(bytes), 10);
    if (hash >= 0) volume.commitHash = hash;
  }
}
