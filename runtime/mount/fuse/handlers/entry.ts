/** Handles the operations that create, remove and rename: MKNOD, MKDIR, SYMLINK, LINK, UNLINK, RMDIR, RENAME. */

import { discardInode, moveEntry, removeEntry } from '../../../core/apply-reply.ts';
import { Dict } from '../../../core/dict.ts';
import { EINVAL, ESTALE } from '../../../core/errno.ts';
import { wind } from '../../../core/gen/fops.gen.ts';
import { Loc } from '../../../core/operands.ts';
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
import { type Handler, type HandlerContext, makeExistingLoc, makeNewLoc } from './handler.ts';
import { replyEntry, toCreationErrno } from './reply.ts';
import { makeCreationXdata } from './request-xdata.ts';

export const mknod: Handler<MknodIn> = (session, header, args) => {
  const frame = session.begin('MKNOD');
  const loc = makeNewLoc(session, frame, header.nodeid, args.name);
  if (loc === null) return;
  const { mode, rdev, umask } = args;
  const xdata = makeCreationXdata(session, mode, umask);
  wind.mknod(frame, 0, createNameCbk, session.links, loc, mode & ~umask, rdev, umask, xdata);
};

export const mkdir: Handler<MkdirIn> = (session, header, args) => {
  const frame = session.begin('MKDIR');
  const loc = makeNewLoc(session, frame, header.nodeid, args.name);
  if (loc === null) return;
  const { mode, umask } = args;
  const xdata = makeCreationXdata(session, mode, umask);
  wind.mkdir(frame, 0, createNameCbk, session.links, loc, mode & ~umask, umask, xdata);
};

export const symlink: Handler<SymlinkIn> = (session, header, args) => {
  const frame = session.begin('SYMLINK');
  const loc = makeNewLoc(session, frame, header.nodeid, args.name);
  if (loc === null) return;
  wind.symlink(
    frame,
    0,
    createNameCbk,
    session.links,
    args.target,
    loc,
    0,
    session.initiator.makeGfidRequest(),
  );
};

export const link: Handler<LinkIn> = (session, header, args) => {
  const frame = session.begin('LINK');
  const inode = session.graph.inodes.byId.get(args.oldnodeid);
  const parent = session.graph.inodes.byId.get(header.nodeid);
  if (inode === undefined || parent === undefined) return session.fail(frame, ESTALE);
  const newloc = new Loc(inode, parent, args.name);
  frame.local = newloc;
  wind.link(frame, 0, createNameCbk, session.links, new Loc(inode), newloc, null);
};

const createNameCbk: Cbk<'mkdir', HandlerContext> = (
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
  xl.priv.fail(frame, toCreationErrno(opErrno, loc.parent!));
};

/** The cookies of a removal: the kind of the removed name. */
const FILE = 0;
const DIRECTORY = 1;

export const unlink: Handler<NameIn> = (session, header, args) => {
  const frame = session.begin('UNLINK');
  const loc = makeExistingLoc(session, frame, header.nodeid, args.name);
  if (loc !== null) wind.unlink(frame, FILE, removeNameCbk, session.links, loc, 0, null);
};

export const rmdir: Handler<NameIn> = (session, header, args) => {
  const frame = session.begin('RMDIR');
  const loc = makeExistingLoc(session, frame, header.nodeid, args.name);
  if (loc !== null) wind.rmdir(frame, DIRECTORY, removeNameCbk, session.links, loc, 0, null);
};

const removeNameCbk: Cbk<'unlink', HandlerContext> = (frame, kind, xl, opRet, opErrno) => {
  const loc = frame.local as Loc;
  discardInode(loc.inode);
  if (opRet < 0) return xl.priv.fail(frame, opErrno);
  // A later stat of the directory fails with ENOENT (`HandlerContext.removedDirectories`).
  if (kind === DIRECTORY && loc.inode !== null) xl.priv.removedDirectories.add(loc.inode);
  removeEntry(loc);
  xl.priv.reply(frame, 0);
};

/** A RENAME under way, in `Frame.local`. */
interface RenameTargets {
  readonly from: Loc;
  readonly to: Loc;
  readonly xdata: Dict | null;
}

const SUPPORTED_RENAME_FLAGS = RENAME_NOREPLACE | RENAME_EXCHANGE | RENAME_WHITEOUT;

/** Handles RENAME and RENAME2. Flags travel in xdata; a volume that does not support a flag replies EINVAL. */
export const rename: Handler<RenameIn> = (session, header, args) => {
  const frame = session.begin('RENAME');
  const { flags } = args;
  if ((flags & ~SUPPORTED_RENAME_FLAGS) !== 0) return session.fail(frame, EINVAL);
  const from = makeExistingLoc(session, frame, header.nodeid, args.oldname);
  if (from === null) return;
  const parent = session.graph.inodes.byId.get(args.newdir);
  if (parent === undefined) return session.fail(frame, ESTALE);
  const { newname } = args;
  const to = new Loc(parent.children?.get(newname) ?? null, parent, newname);
  const xdata = flags === 0 ? null : new Dict().set(RENAME_FLAGS, flags);
  frame.local = { from, to, xdata } satisfies RenameTargets;
  wind.rename(frame, 0, renameCbk, session.links, from, to, xdata);
};

const renameCbk: Cbk<'rename', HandlerContext> = (frame, _cookie, xl, opRet, opErrno) => {
  const { from, to, xdata } = frame.local as RenameTargets;
  discardInode(from.inode);
  if (opRet < 0) return xl.priv.fail(frame, opErrno);
  moveEntry(from, to, xdata);
  xl.priv.reply(frame, 0);
};
