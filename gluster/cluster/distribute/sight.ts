/**
 * The replies of all children about a directory, taken together: its pieces as a layout, and whose attributes
 * count.
 *
 * Source: GlusterFS `dht-common.c` (dht_lookup_dir_cbk, dht_discover_complete).
 */
import { EIO, ENOENT, ENOTCONN, ESTALE } from '../../../runtime/core/errno.ts';
import { type Gfid, ROOT_GFID } from '../../../runtime/core/gfid.ts';
import { IA_IFDIR } from '../../../runtime/core/iatt.ts';
import type { Loc } from '../../../runtime/core/loc.ts';
import { messages } from '../../../runtime/core/messages.ts';
import type { Distribute } from './distribute.ts';
import { decodePiece, Layout, type Piece, pieceWithout } from './layout/layout.ts';
import type { Answer } from './task.ts';

export type Found = Answer<'lookup'>;

export const isDirectory = ({ opRet, values: [, buf] }: Found): boolean =>
  opRet >= 0 && buf !== null && buf.iaType === IA_IFDIR;

/** What all children have of a directory. */
export interface Sight {
  /** By the child's index. */
  readonly answers: readonly Found[];
  readonly layout: Layout;
  readonly mds: number;
  /** The child whose attributes count. */
  readonly source: number;
}

/** What the answers come to. */
export function look(volume: Distribute, loc: Loc, answers: readonly Found[]): Sight {
  const gfid = loc.inode?.linked ? loc.inode.gfid : gfidAmong(answers, volume.hashed(loc));
  const pieces = answers.map((answer) => pieceOf(volume, gfid, answer));
  const mds = answers.findIndex(
    (answer, child) => pieces[child]!.err === 0 && answer.values[2]?.has(volume.keys.mds),
  );
  return { answers, layout: new Layout(pieces), mds, source: sourceOf(gfid, answers, pieces, mds) };
}

/** Where children have different directories of a name, that counts which is where the name belongs. */
function gfidAmong(answers: readonly Found[], hashed: number): Gfid {
  const own = answers[hashed];
  const first = own !== undefined && isDirectory(own) ? own : answers.find(isDirectory)!;
  return first.values[1]!.iaGfid;
}

function pieceOf(volume: Distribute, gfid: string, answer: Found): Piece {
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
    volume.xl.log.critical(`the layout of ${gfid} on disk is none`, {
      msgid: messages.noLayout.id,
    });
  }
  return piece ?? pieceWithout(0);
}

/** The MDS copy; of the root, which has none, the newest that has a layout. */
function sourceOf(
  gfid: string,
  answers: readonly Found[],
  pieces: readonly Piece[],
  mds: number,
): number {
  if (mds >= 0) return mds;
  const there = answers.map((_, child) => child).filter((child) => pieces[child]!.err === 0);
  if (gfid !== ROOT_GFID) return there[0] ?? answers.findIndex(isDirectory);
  const ctime = (child: number): number => {
    const { iaCtime, iaCtimeNsec } = answers[child]!.values[1]!;
    return iaCtime + iaCtimeNsec / 1e9;
  };
  const laidOut = there.filter((child) => pieces[child]!.stop > 0);
  const among = laidOut.length > 0 ? laidOut : there;
  return among.reduce((best, child) => (ctime(child) > ctime(best) ? child : best), among[0]!);
}

const USUAL: ReadonlySet<number> = new Set([ENOENT, ESTALE, ENOTCONN]);

/** What to say where nobody has it: that it is absent, if anybody knows. */
export function errnoOf(answers: readonly { readonly opErrno: number }[]): number {
  const errnos = answers.map(({ opErrno }) => opErrno);
  const odd = errnos.find((errno) => !USUAL.has(errno));
  if (odd !== undefined) return odd || EIO;
  if (errnos.includes(ENOENT)) return ENOENT;
  return errnos.includes(ESTALE) ? ESTALE : ENOTCONN;
}
