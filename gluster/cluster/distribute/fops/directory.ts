/**
 * Looks directories up on all children: merges the replies, learns the layout, and starts repairs.
 * Source: GlusterFS `dht-common.c` (dht_lookup_directory, dht_lookup_dir_cbk, dht_discover_complete).
 */
import { decodeName } from '../../../../runtime/core/bytes.ts';
import type { Dict } from '../../../../runtime/core/dict.ts';
import { EIO, ENOTCONN } from '../../../../runtime/core/errno.ts';
import type { Gfid } from '../../../../runtime/core/gfid.ts';
import { IA_IFDIR, type Iatt } from '../../../../runtime/core/iatt.ts';
import type { Loc } from '../../../../runtime/core/loc.ts';
import { GFID_REQ } from '../../../../runtime/core/xdata.ts';
import {
  type DirView,
  errnoOf,
  isDirectory,
  type LookupReply,
  viewDirectory,
} from '../directory-view.ts';
import { type Distribute, NOWHERE } from '../distribute.ts';
import { healDirectory } from '../heal/directory.ts';
import type { Layout, Piece } from '../layout/layout.ts';
import { mergeDirectories } from '../merge.ts';
import { failure, type Steps, success, type Task } from '../task.ts';

/**
 * Looks a directory up on all children.
 * @param gfid its gfid if known: a child whose copy has none assigns this one
 */
export function* lookupDirectory(
  task: Task,
  loc: Loc,
  xdata: Dict | null,
  gfid: Gfid | null,
): Steps<LookupReply> {
  const { volume } = task;
  const isRoot = loc.inode === loc.inode?.table.root;
  const keys = volume.linkedKeys(xdata).copy();
  if (isRoot) keys.set(volume.keys.commitHash, 4);
  if (gfid !== null) keys.setGfid(GFID_REQ, gfid);
  const replies = yield* task.each(volume.all, 'lookup', () => [loc, keys]);
  if (isRoot) learnCommitHash(volume, replies);
  const found = yield* mergeLookups(task, loc, replies);
  if (isRoot) volume.notices.rangesOfRoot(volume.directory(loc.inode!)?.layout);
  return found;
}

/** Merges replies that may describe a directory into the reply of the lookup. */
export function* mergeLookups(
  task: Task,
  loc: Loc,
  replies: readonly LookupReply[],
): Steps<LookupReply> {
  const { volume } = task;
  const there = replies.filter(isDirectory);
  if (there.length === 0) return failure('lookup', errnoOf(replies));
  if (replies.some((answer) => isFile(volume, answer))) return failure('lookup', EIO);
  let view = viewDirectory(volume, loc, replies);
  view = yield* healDirectory(task, loc, view);
  const inode = loc.inode ?? there[0]!.values[0];
  const buf = mergedAttributes(view);
  if (inode !== null) {
    const layout = keptLayout(volume.directory(inode)?.layout, view.layout);
    volume.setLocation(inode, buf.iaGfid, { layout, mds: view.mds });
  }
  const [, , xdata, postparent] = view.replies[view.source]!.values;
  return success('lookup', inode, buf, xdata, postparent);
}

/**
 * Keeps the former range of an absent child as long as the other ranges are unchanged. So its names
 * remain assigned to it, as in GlusterFS.
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

/** Whether a child has a file where others have a directory; a linkto does not count. */
const isFile = (volume: Distribute, answer: LookupReply): boolean => {
  const [, buf, xdata] = answer.values;
  if (answer.opRet < 0 || buf === null || buf.iaType === IA_IFDIR) return false;
  return !(buf.iaProt === 0o1000 && xdata?.has(volume.keys.linkto));
};

/** The merged attributes of a directory. */
function mergedAttributes({ replies, source }: DirView): Iatt {
  const bufs = replies.filter(isDirectory).map(({ values }) => values[1]!);
  return mergeDirectories(replies[source]!.values[1]!, bufs);
}

/** Learns the volume's commit hash: decimal text in an attribute of its root. */
function learnCommitHash(volume: Distribute, replies: readonly LookupReply[]): void {
  if (volume.settings['commit-hash'] !== undefined) return;
  for (const { values } of replies) {
    const bytes = values[2]?.bytes(volume.keys.commitHash);
    const hash = bytes === undefined ? NOWHERE : Number.parseInt(decodeName(bytes), 10);
    if (hash >= 0) volume.commitHash = hash;
  }
}
