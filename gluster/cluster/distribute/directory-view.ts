/**
 * Combines the children's replies to a directory's lookup into its layout, and chooses the child whose attributes
 * are reported.
 * Source: GlusterFS `dht-common.c` (dht_lookup_dir_cbk, dht_discover_complete).
 */
import { EIO, ENOENT, ENOTCONN, ESTALE } from '../../../runtime/core/errno.ts';
import { type Gfid, ROOT_GFID } from '../../../runtime/core/gfid.ts';
import { IA_IFDIR } from '../../../runtime/core/iatt.ts';
import { messages } from '../../../runtime/core/messages.ts';
import type { Loc } from '../../../runtime/core/operands.ts';
import type { Distribute } from './distribute.ts';
import { decodePiece, Layout, makeEmptyPiece, type Piece } from './layout/layout.ts';
import type { Reply } from './task.ts';

export type LookupReply = Reply<'lookup'>;

/** Whether the child has found a directory. */
export const isDirectory = ({ opRet, values: [, buf] }: LookupReply): boolean =>
  opRet >= 0 && buf !== null && buf.iaType === IA_IFDIR;

/** The state of a directory on all children. */
export interface DirectoryView {
  /** The children's replies, by index. */
  readonly replies: readonly LookupReply[];
  readonly layout: Layout;
  /** The metadata server (MDS), the child that stores the authoritative attributes; -1 if no reply marks one. */
  readonly mds: number;
  /** The child whose attributes are reported: the MDS, or a substitute if no child is the MDS. */
  readonly source: number;
}

/** Derives the state of a directory from the replies. */
export function makeDirectoryView(
  volume: Distribute,
  loc: Loc,
  replies: readonly LookupReply[],
): DirectoryView {
  const gfid = loc.inode?.linked
    ? loc.inode.gfid
    : chooseGfid(replies, volume.findHashedChild(loc));
  const pieces = replies.map((reply) => readPiece(volume, gfid, reply));
  const mds = replies.findIndex(
    (reply, child) => pieces[child]!.err === 0 && reply.values[2]?.has(volume.xattrNames.mds),
  );
  return {
    replies,
    layout: new Layout(pieces),
    mds,
    source: chooseSource(gfid, replies, pieces, mds),
  };
}

/** Chooses the directory's gfid. If directories of one name differ, the one on the child of the name's hash decides. */
function chooseGfid(replies: readonly LookupReply[], hashedChild: number): Gfid {
  const hashedReply = replies[hashedChild];
  const chosenReply =
    hashedReply !== undefined && isDirectory(hashedReply)
      ? hashedReply
      : replies.find(isDirectory)!;
  return chosenReply.values[1]!.iaGfid;
}

/** Reads a child's range from its reply. `err` is the reason why the child does not have this directory. */
function readPiece(volume: Distribute, gfid: string, reply: LookupReply): Piece {
  if (!isDirectory(reply)) return makeEmptyPiece(reply.opRet < 0 ? reply.opErrno : EIO);
  const [, buf, xdata] = reply.values;
  if (buf!.iaGfid !== gfid) {
    volume.xl.log.error(`a directory has several gfids: ${buf!.iaGfid} and ${gfid}`, {
      msgid: messages.gfidsDiffer.id,
    });
    return makeEmptyPiece(EIO);
  }
  const piece = decodePiece(xdata?.bytes(volume.xattrNames.layout));
  if (piece === null) {
    volume.xl.log.critical(`the layout of ${gfid} on disk is malformed`, {
      msgid: messages.noLayout.id,
    });
  }
  return piece ?? makeEmptyPiece(0);
}

/**
 * Chooses the child whose attributes are reported: the MDS; without one, the first child that has the directory. The
 * root never has an MDS: the copy with the newest ctime is chosen, preferably one with a layout.
 */
function chooseSource(
  gfid: string,
  replies: readonly LookupReply[],
  pieces: readonly Piece[],
  mds: number,
): number {
  if (mds >= 0) return mds;
  const childrenWithCopy = replies
    .map((_, child) => child)
    .filter((child) => pieces[child]!.err === 0);
  if (gfid !== ROOT_GFID) return childrenWithCopy[0] ?? replies.findIndex(isDirectory);
  const computeCtimeSeconds = (child: number): number => {
    const { iaCtime, iaCtimeNsec } = replies[child]!.values[1]!;
    return iaCtime + iaCtimeNsec / 1e9;
  };
  const childrenWithLayout = childrenWithCopy.filter((child) => pieces[child]!.stop > 0);
  const candidates = childrenWithLayout.length > 0 ? childrenWithLayout : childrenWithCopy;
  return candidates.reduce(
    (best, child) => (computeCtimeSeconds(child) > computeCtimeSeconds(best) ? child : best),
    candidates[0]!,
  );
}

/** The errnos of children that are down, or lack the directory. */
const COMMON_ERRNOS: ReadonlySet<number> = new Set([ENOENT, ESTALE, ENOTCONN]);

/** Chooses the errno when no child succeeds: one not in COMMON_ERRNOS, else ENOENT, else ESTALE, else ENOTCONN. */
export function chooseErrno(replies: readonly { readonly opErrno: number }[]): number {
  const errnos = replies.map(({ opErrno }) => opErrno);
  const unusualErrno = errnos.find((errno) => !COMMON_ERRNOS.has(errno));
  // 0: the reply succeeded, but not with a directory.
  if (unusualErrno !== undefined) return unusualErrno || EIO;
  if (errnos.includes(ENOENT)) return ENOENT;
  return errnos.includes(ESTALE) ? ESTALE : ENOTCONN;
}
