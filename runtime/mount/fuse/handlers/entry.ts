/** Handles the operations that create, remove and rename: MKNOD, MKDIR, SYMLINK, LINK, UNLINK, RMDIR, RENAME. */

import { discardInode, moveEntry, removeEntry } from '../../../core/apply-reply.ts';
import { Dict } from '../../../core/dict.ts';
import { EINVAL, ESTALE } from '../../../core/errno.ts';
import { wind } from '../../../core/gen/fops.gen.ts';
import { Loc } from '../../../core/loc.ts';
import {
  RENAME_EXCHANGE,
  RENAME_FLAGS,
  RENAME_NOREPLACE,
  RENAME_WHITEOUT,
} from '../../../core/xdata.ts';
import type { Cbk } from '../../../core/xlator.ts';
import type {
  LinkIn,
  MkdirIn,
  MknodIn,
  NameIn,
  RenameIn,
  SymlinkIn,
} from '../codec/structs.gen.ts';
import type { Handler, HandlerContext } from './handler.ts';
import { makerErrno, replyEntry } from './reply.ts';
import { knownNameLoc, newNameLoc } from './request-targets.ts';
import { makingXdata } from './xdata.ts';

export const mknod: Handler<MknodIn> = (session, header, args) => {
  const frame = session.begin('MKNOD');
  const loc = newNameLoc(session, frame, header.nodeid, args.name);
  if (loc === null) return;
  const { mode, rdev, umask } = args;
  const xdata = makingXdata(session, mode, umask);
  wind.mknod(frame, 0, madeCbk, session.links, loc, mode & ~umask, rdev, umask, xdata);
};

export const mkdir: Handler<MkdirIn> = (session, header, args) => {
  const frame = session.begin('MKDIR');
  const loc = newNameLoc(session, frame, header.nodeid, args.name);
  if (loc === null) return;
  const { mode, umask } = args;
  const xdata = makingXdata(session, mode, umask);
  wind.mkdir(frame, 0, madeCbk, session.links, loc, mode & ~umask, umask, xdata);
};

export const symlink: Handler<SymlinkIn> = (session, header, args) => {
  const frame = session.begin('SYMLINK');
  const loc = newNameLoc(session, frame, header.nodeid, args.name);
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

const madeCbk: Cbk<'mkdir', HandlerContext> = (
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
  discardInode(loc.inode);
  xl.priv.fail(frame, makerErrno(opErrno, loc.parent!));
};

/** Cookies of a removal. */
const FILE = 0;
const DIRECTORY = 1;

export const unlink: Handler<NameIn> = (session, header, args) => {
  const frame = session.begin('UNLINK');
  const loc = knownNameLoc(session, frame, header.nodeid, args.name);
  if (loc !== null) wind.unlink(frame, FILE, removedCbk, session.links, loc, 0, null);
};

export const rmdir: Handler<NameIn> = (session, header, args) => {
  const frame = session.begin('RMDIR');
  const loc = knownNameLoc(session, frame, header.nodeid, args.name);
  if (loc !== null) wind.rmdir(frame, DIRECTORY, removedCbk, session.links, loc, 0, null);
};

const removedCbk: Cbk<'unlink', HandlerContext> = (frame, what, xl, opRet, opErrno) => {
  const loc = frame.local as Loc;
  discardInode(loc.inode);
  if (opRet < 0) return xl.priv.fail(frame, opErrno);
  if (what === DIRECTORY && loc.inode !== null) xl.priv.removed.add(loc.inode);
  removeEntry(loc);
  xl.priv.reply(frame, 0);
};

interface Move {
  readonly from: Loc;
  readonly to: Loc;
  readonly xdata: Dict | null;
}

const RENAME_ALL = RENAME_NOREPLACE | RENAME_EXCHANGE | RENAME_WHITEOUT;

/** RENAME and RENAME2. Flags travel in xdata; a volume that does not support one answers EINVAL. */
export const rename: Handler<RenameIn> = (session, header, args) => {
  const frame = session.begin('RENAME');
  const { flags } = args;
  if ((flags & ~RENAME_ALL) !== 0) return session.fail(frame, EINVAL);
  const from = knownNameLoc(session, frame, header.nodeid, args.oldname);
  if (from === null) return;
  const parent = session.inode(args.newdir);
  if (parent === undefined) return session.fail(frame, ESTALE);
  const name = session.name(args.newname);
  const to = new Loc(session.graph.inodes.grep(parent, name) ?? null, parent, name);
  const xdata = flags === 0 ? null : new Dict().set(RENAME_FLAGS, flags);
  frame.local = { from, to, xdata } satisfies Move;
  wind.rename(frame, 0, renamedCbk, session.links, from, to, xdata);
};

const renamedCbk: Cbk<'rename', HandlerContext> = (frame, _cookie, xl, opRet, opErrno) => {
  const { from, to, xdata } = frame.local as Move;
  discardInode(from.inode);
  if (opRet < 0) return xl.priv.fail(frame, opErrno);
  moveEntry(from, to, xdata);
  xl.priv.reply(frame, 0);
};
