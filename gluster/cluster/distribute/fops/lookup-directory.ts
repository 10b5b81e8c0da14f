/**
 * Looks directories up on all children: merges the replies, stores the layout, and repairs what differs.
 * Source: GlusterFS `dht-common.c` (dht_lookup_directory, dht_lookup_dir_cbk, dht_discover_complete).
 */
import { decodeName } from '../../../../runtime/core/bytes.ts';
import type { Dict } from '../../../../runtime/core/dict.ts';
import { EIO, ENOTCONN } from '../../../../runtime/core/errno.ts';
import type { Gfid } from '../../../../runtime/core/gfid.ts';
import { IA_IFDIR, type Iatt } from '../../../../runtime/core/iatt.ts';
import type { Loc } from '../../../../runtime/core/operands.ts';
import { GFID_REQ } from '../../../../runtime/core/xdata.ts';
import {
  chooseErrno,
  type DirectoryView,
  isDirectory,
  type LookupReply,
  makeDirectoryView,
} from '../directory-view.ts';
import type { Distribute } from '../distribute.ts';
import { healDirectory } from '../heal/heal-directory.ts';
import type { Layout, Piece } from '../layout/layout.ts';
import { LINKTO_MODE } from '../linkto.ts';
import { mergeDirectoryAttributes } from '../merge.ts';
import { makeFailure, makeSuccess, type Steps, type Task } from '../task.ts';

/**
 * Looks a directory up on all children.
 * @param gfid its gfid if known: a child whose copy lacks a gfid assigns this one
 */
export function* lookupDirectory(
  task: Task,
  loc: Loc,
  xdata: Dict | null,
  gfid: Gfid | null,
): Steps<LookupReply> {
  const { volume } = task;
  const isRoot = loc.inode === loc.inode?.table.root;
  const requestXdata = volume.addDirectoryRequests(xdata).copy();
  if (isRoot) requestXdata.set(volume.xattrNames.commitHash, 4);
  if (gfid !== null) requestXdata.setGfid(GFID_REQ, gfid);
  const replies = yield* task.windEach(volume.children, 'lookup', () => [loc, requestXdata]);
  if (isRoot) readCommitHash(volume, replies);
  const reply = yield* mergeLookups(task, loc, replies);
  if (isRoot) volume.notices.warnMissingRanges(volume.findDirectory(loc.inode!)?.layout);
  return reply;
}

/** Merges replies that may describe a directory into the reply of the lookup. */
export function* mergeLookups(
  task: Task,
  loc: Loc,
  replies: readonly LookupReply[],
): Steps<LookupReply> {
  const { volume } = task;
  const directories = replies.filter(isDirectory);
  if (directories.length === 0) return makeFailure('lookup', chooseErrno(replies));
  if (replies.some((reply) => isConflictingFile(volume, reply))) return makeFailure('lookup', EIO);
  let view = makeDirectoryView(volume, loc, replies);
  view = yield* healDirectory(task, loc, view);
  const inode = loc.inode ?? directories[0]!.values[0];
  const buf = mergeAttributes(view);
  if (inode !== null) {
    const layout = chooseLayout(volume.findDirectory(inode)?.layout, view.layout);
    volume.setLocation(inode, buf.iaGfid, { layout, mds: view.mds });
  }
  const [, , xdata, postparent] = view.replies[view.source]!.values;
  return makeSuccess('lookup', inode, buf, xdata, postparent);
}

/**
 * Chooses the layout to store: the old one while a child is down and the other ranges are unchanged. As in GlusterFS,
 * names remain assigned to the child that is down.
 */
function chooseLayout(oldLayout: Layout | undefined, newLayout: Layout): Layout {
  const isDown = ({ err }: Piece): boolean => err === ENOTCONN;
  if (oldLayout === undefined || !newLayout.pieces.some(isDown)) return newLayout;
  const isUnchanged = newLayout.pieces.every(
    (piece, child) => isDown(piece) || isSamePiece(piece, oldLayout.pieces[child]!),
  );
  return isUnchanged ? oldLayout : newLayout;
}

const isSamePiece = (a: Piece, b: Piece): boolean =>
  a.err === b.err && a.start === b.start && a.stop === b.stop && a.type === b.type;

/** Whether a child has a file, other than a linkto, where others have a directory. */
const isConflictingFile = (volume: Distribute, reply: LookupReply): boolean => {
  const [, buf, xdata] = reply.values;
  if (reply.opRet < 0 || buf === null || buf.iaType === IA_IFDIR) return false;
  return !(buf.iaProt === LINKTO_MODE && xdata?.has(volume.xattrNames.linkto));
};

/** Merges the attributes of a directory's copies. */
function mergeAttributes({ replies, source }: DirectoryView): Iatt {
  const bufs = replies.filter(isDirectory).map(({ values }) => values[1]!);
  return mergeDirectoryAttributes(replies[source]!.values[1]!, bufs);
}

/** Reads the volume's commit hash, decimal text in an xattr of its root, unless the volfile sets it. */
function readCommitHash(volume: Distribute, replies: readonly LookupReply[]): void {
  if (volume.settings['commit-hash'] !== undefined) return;
  for (const { values } of replies) {
    const bytes = values[2]?.bytes(volume.xattrNames.commitHash);
    if (bytes === undefined) continue;
    const hash = Number.parseInt(decodeName(bytes), 10);
    if (hash >= 0) volume.commitHash = hash;
  }
}
