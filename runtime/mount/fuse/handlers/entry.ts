/** The operations that make, remove and move names. */

import { Dict } from '../../../core/dict.ts';
import { EINVAL, ESTALE } from '../../../core/errno.ts';
import { wind } from '../../../core/fops.gen.ts';
import { Iatt } from '../../../core/iatt.ts';
import type { Inode } from '../../../core/inode.ts';
import { Loc } from '../../../core/loc.ts';
import { RENAME_FLAGS } from '../../../core/xdata.ts';
import type { Cbk } from '../../../core/xlator.ts';
import { RENAME_EXCHANGE, RENAME_NOREPLACE, RENAME_WHITEOUT } from '../../../sys/constants.ts';
import type { LinkIn, MkdirIn, MknodIn, NameIn, RenameIn, SymlinkIn } from '../codec/entry.ts';
import type { Session } from '../session.ts';
import type { Handler } from './handler.ts';
import { newPlace, oldPlace } from './places.ts';
import { discard, makerErrno, replyEntry } from './reply.ts';
import { makingXdata } from './xdata.ts';

export const mknod: Handler<MknodIn> = (session, header, args) => {
  const frame = session.begin('MKNOD');
  const loc = newPlace(session, frame, header.nodeid, args.name);
  if (loc === null) return;
  const { mode, rdev, umask } = args;
  const xdata = makingXdata(session, mode, umask);
  wind.mknod(frame, 0, madeCbk, session.links, loc, mode & ~umask, rdev, umask, xdata);
};

export const mkdir: Handler<MkdirIn> = (session, header, args) => {
  const frame = session.begin('MKDIR');
  const loc = newPlace(session, frame, header.nodeid, args.name);
  if (loc === null) return;
  const { mode, umask } = args;
  const xdata = makingXdata(session, mode, umask);
  wind.mkdir(frame, 0, madeCbk, session.links, loc, mode & ~umask, umask, xdata);
};

export const symlink: Handler<SymlinkIn> = (session, header, args) => {
  const frame = session.begin('SYMLINK');
  const loc = newPlace(session, frame, header.nodeid, args.name);
  if (loc === null) return;
  const target = session.name(args.target);
  wind.symlink(frame, 0, madeCbk, session.links, target, loc, 0, session.initiator.gfidRequest());
};

export const link: Handler<LinkIn> = (session, header, args) => {
  const frame = session.begin('LINK');
  const inode = session.inode(args.oldnodeid);
  const parent = session.inode(header.nodeid);
  if (inode === undefined || parent === undefined) return session.fail(frame, ESTALE);
  const newloc = new Loc(inode, parent, session.name(args.name));
  frame.local = newloc;
  wind.link(frame, 0, madeCbk, session.links, new Loc(inode), newloc, null);
};

const madeCbk: Cbk<'mkdir', Session> = (
  frame,
  _cookie,
  xl,
  opRet,
  opErrno,
  inode,
  buf,
  _preparent,
  _postparent,
  xdata,
) => {
  const loc = frame.local as Loc;
  if (opRet >= 0) return replyEntry(xl.priv, frame, loc, inode, buf, xdata);
  discard(loc.inode);
  xl.priv.fail(frame, makerErrno(opErrno, loc.parent!));
};

/** The cookies of a removal: of what. */
const FILE = 0;
const DIRECTORY = 1;

export const unlink: Handler<NameIn> = (session, header, args) => {
  const frame = session.begin('UNLINK');
  const loc = oldPlace(session, frame, header.nodeid, args.name);
  if (loc !== null) wind.unlink(frame, FILE, removedCbk, session.links, loc, 0, null);
};

export const rmdir: Handler<NameIn> = (session, header, args) => {
  const frame = session.begin('RMDIR');
  const loc = oldPlace(session, frame, header.nodeid, args.name);
  if (loc !== null) wind.rmdir(frame, DIRECTORY, removedCbk, session.links, loc, 0, null);
};

const removedCbk: Cbk<'unlink', Session> = (frame, what, xl, opRet, opErrno) => {
  const loc = frame.local as Loc;
  discard(loc.inode);
  if (opRet < 0) return xl.priv.fail(frame, opErrno);
  if (what === DIRECTORY && loc.inode !== null) xl.priv.removed.add(loc.inode);
  loc.parent!.table.unlink(loc.parent!, loc.name!);
  xl.priv.reply(frame, 0);
};

/** What a rename needs again when it is done. */
interface Move {
  readonly from: Loc;
  readonly to: Loc;
}

const RENAME_ALL = RENAME_NOREPLACE | RENAME_EXCHANGE | RENAME_WHITEOUT;

/** RENAME and RENAME2. Flags travel in xdata: who cannot do what they ask answers EINVAL. */
export const rename: Handler<RenameIn> = (session, header, args) => {
  const frame = session.begin('RENAME');
  const { flags } = args;
  if ((flags & ~RENAME_ALL) !== 0) return session.fail(frame, EINVAL);
  const from = oldPlace(session, frame, header.nodeid, args.oldname);
  if (from === null) return;
  const parent = session.inode(args.newdir);
  if (parent === undefined) return session.fail(frame, ESTALE);
  const name = session.name(args.newname);
  const to = new Loc(session.graph.inodes.grep(parent, name) ?? null, parent, name);
  frame.local = { from, to } satisfies Move;
  const xdata = flags === 0 ? null : new Dict().set(RENAME_FLAGS, flags);
  wind.rename(frame, flags, renamedCbk, session.links, from, to, xdata);
};

const renamedCbk: Cbk<'rename', Session> = (frame, flags, xl, opRet, opErrno) => {
  const { from, to } = frame.local as Move;
  discard(from.inode);
  if (opRet < 0) return xl.priv.fail(frame, opErrno);
  const { inodes } = xl.priv.graph;
  inodes.rename(from.parent!, from.name!, to.parent!, to.name!);
  // What had the new name has the old one now.
  if ((flags & RENAME_EXCHANGE) !== 0 && to.inode !== null) {
    inodes.link(to.inode, from.parent, from.name, identity(to.inode));
  }
  xl.priv.reply(frame, 0);
};

/** Attributes that say which inode is meant, and nothing else. */
function identity(inode: Inode): Iatt {
  const iatt = new Iatt();
  iatt.iaGfid = inode.gfid;
  iatt.iaType = inode.iaType;
  return iatt;
}
