/**
 * Combines the replies of all children about a directory: its layout, and the child whose attributes count.
 * Source: GlusterFS `dht-common.c` (dht_lookup_dir_cbk, dht_discover_complete).
 */
import { EIO, ENOENT, ENOTCONN, ESTALE } from '../../../runtime/core/errno.ts';
import { type Gfid, ROOT_GFID } from '../../../runtime/core/gfid.ts';
import { IA_IFDIR } from '../../../runtime/core/iatt.ts';
import type { Loc } from '../../../runtime/core/loc.ts';
import { messages } from '../../../runtime/core/messages.ts';
import type { Distribute } from './distribute.ts';
import { decodePiece, Layout, type Piece, pieceWithout } from './layout/layout.ts';
import type { Reply } from './task.ts';

export type LookupReply = Reply<'lookup'>;

export const isDirectory = ({ opRet, values: [, buf] }: LookupReply): boolean =>
  opRet >= 0 && buf !== null && buf.iaType === IA_IFDIR;

/** The state of a directory on all children. */
export interface DirView {
  /** By the child's index. */
  readonly replies: readonly LookupReply[];
  readonly layout: Layout;
  readonly mds: number;
  /** The child whose attributes count. */
  readonly source: number;
}

/** Derives the state of a directory from the replies. */
export function viewDirectory(
  volume: Distribute,
  loc: Loc,
  replies: readonly LookupReply[],
): DirView {
  const gfid = loc.inode?.linked ? loc.inode.gfid : gfidAmong(replies, volume.hashedChild(loc));
  const pieces = replies.map((answer) => pieceOf(volume, gfid, answer));
  const mds = replies.findIndex(
    (answer, child) => pieces[child]!.err === 0 && answer.values[2]?.has(volume.keys.mds),
  );
  return { replies, layout: new Layout(pieces), mds, source: sourceOf(gfid, replies, pieces, mds) };
}

/** Of several directories with one name, the one on the name's child counts. */
function gfidAmong(replies: readonly LookupReply[], hashed: number): Gfid {
  const own = replies[hashed];
  const first = own !== undefined && isDirectory(own) ? own : replies.find(isDirectory)!;
  return first.values[1]!.iaGfid;
}

function pieceOf(volume: Distribute, gfid: string, answer: LookupReply): Piece {
  if (!isDirectory(answer)) return pieceWithout(answer.opRet < 0 ? answer.opErrno : EIO);
  const [, buf, xdata] = answer.values;
  if (buf!.iaGfid !== gfid) {
    volume.xl.log.error(`a directory has several gfids: ${buf!.iaGfid} and ${gfid}`, {
      msgid: messages.gfidsDiffer.id,
    });
    return pieceWithout(EIO);
  }
  const piece = decodePiece(xdata?.bytes(volume.keys.layout));
  if (piece === null) {
    volume.xl.log.critical(`the layout of ${gfid} on disk is malformed`, {
      msgid: messages.noLayout.id,
    });
  }
  return piece ?? pieceWithout(0);
}

/** The MDS; for the root, which has none, the newest copy with a layout. */
function sourceOf(
  gfid: string,
  replies: readonly LookupReply[],
  pieces: readonly Piece[],
  mds: number,
): number {
  if (mds >= 0) return mds;
  const there = replies.map((_, child) => child).filter((child) => pieces[child]!.err === 0);
  if (gfid !== ROOT_GFID) return there[0] ?? replies.findIndex(isDirectory);
  const ctime = (child: number): number => {
    const { iaCtime, iaCtimeNsec } = replies[child]!.values[1]!;
    return iaCtime + iaCtimeNsec / 1e9;
  };
  const laidOut = there.filter((child) => pieces[child]!.stop > 0);
  const among = laidOut.length > 0 ? laidOut : there;
  return among.reduce((best, child) => (ctime(child) > ctime(best) ? child : best), among[0]!);
}

const USUAL: ReadonlySet<number> = new Set([ENOENT, ESTALE, ENOTCONN]);

/** The errno if no child succeeds: ENOENT if any child is certain of it. */
export function errnoOf(replies: readonly { readonly opErrno: number }[]): number {
  const errnos = replies.map(({ opErrno }) => opErrno);
  const odd = errnos.find((errno) => !USUAL.has(errno));
  if (odd !== undefined) return odd || EIO;
  if (errnos.includes(ENOENT)) return ENOENT;
  return errnos.includes(ESTALE) ? ESTALE : ENOTCONN;
}
