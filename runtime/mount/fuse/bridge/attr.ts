/** The operations on attributes: GETATTR, SETATTR, ACCESS, READLINK, STATFS. */
import { encodeNameInto, NameError } from '../../../core/bytes.ts';
import { EFBIG, EIO, ENAMETOOLONG, ESTALE } from '../../../core/errno.ts';
import type { Fd } from '../../../core/fd.ts';
import { wind } from '../../../core/fops.gen.ts';
import { SET_ATTR } from '../../../core/fops.ts';
import type { Frame } from '../../../core/frame.ts';
import { Iatt } from '../../../core/iatt.ts';
import type { Inode } from '../../../core/inode.ts';
import { OFFSET_MAX, PATH_MAX, SYMLINK_MAX } from '../../../core/limits.ts';
import { Loc } from '../../../core/loc.ts';
import type { Cbk } from '../../../core/xlator.ts';
import {
  type AccessIn,
  encodeStatfsOut,
  type GetattrIn,
  type SetattrIn,
  STATFS_OUT_SIZE,
} from '../codec/attr.ts';
import type { NoArgs } from '../codec/opcodes.ts';
import { FATTR_FH, GETATTR_FH, OUT_HEADER_SIZE } from '../protocol.ts';
import type { Session } from '../session.ts';
import type { Handler } from './handler.ts';
import { inodeDone, inodeErrno, replyAttr } from './reply.ts';

/** By an open file when there is one, so that a file without a name still has attributes. */
export const getattr: Handler<GetattrIn> = (session, header, args) => {
  const frame = session.begin('STAT');
  const inode = session.inode(header.nodeid);
  if (inode === undefined) return session.fail(frame, ESTALE);
  frame.local = inode;
  const byHandle = (args.flags & GETATTR_FH) !== 0 ? session.fds.get(args.fh) : undefined;
  const fd = byHandle ?? session.fds.anyOf(inode);
  if (fd !== undefined) {
    frame.root.op = 'FSTAT';
    wind.fstat(frame, 0, fstatCbk, session.links, fd, null);
  } else wind.stat(frame, 0, statCbk, session.links, new Loc(inode), null);
};

const statCbk: Cbk<'stat', Session> = (frame, _cookie, xl, opRet, opErrno, buf) => {
  if (opRet < 0) xl.priv.fail(frame, inodeErrno(opErrno));
  else replyAttr(xl.priv, frame, frame.local as Inode, buf);
};

const fstatCbk: Cbk<'fstat', Session> = (frame, _cookie, xl, opRet, opErrno, buf) => {
  if (opRet < 0) xl.priv.fail(frame, opErrno);
  else replyAttr(xl.priv, frame, frame.local as Inode, buf);
};

/** What of FATTR_ is the same in the fops; the size is a fop of its own. */
const { MODE, UID, GID, ATIME, MTIME, ATIME_NOW, MTIME_NOW, SIZE } = SET_ATTR;
const SETTABLE = MODE | UID | GID | ATIME | MTIME | ATIME_NOW | MTIME_NOW;

/** A SETATTR under way: the size first, then the rest. */
interface Change {
  readonly inode: Inode;
  readonly fd: Fd | undefined;
  readonly stbuf: Iatt;
  readonly valid: number;
}

export const setattr: Handler<SetattrIn> = (session, header, args) => {
  const resizes = (args.valid & SIZE) !== 0;
  const frame = session.begin(resizes ? 'TRUNCATE' : 'SETATTR');
  const inode = session.inode(header.nodeid);
  if (inode === undefined) return session.fail(frame, ESTALE);
  const byHandle = (args.valid & FATTR_FH) !== 0 ? session.fds.get(args.fh) : undefined;
  const change: Change = {
    inode,
    fd: byHandle ?? session.fds.anyOf(inode),
    stbuf: wanted(inode, args),
    valid: args.valid & SETTABLE,
  };
  frame.local = change;
  if (!resizes) return setRest(session, frame, change);
  if (args.size > OFFSET_MAX) return session.fail(frame, EFBIG);
  // Only the file that ftruncate(2) was called on is surely open for writing.
  if (byHandle !== undefined) {
    frame.root.op = 'FTRUNCATE';
    wind.ftruncate(frame, 0, resizedCbk, session.links, byHandle, args.size, null);
  } else wind.truncate(frame, 0, resizedCbk, session.links, new Loc(inode), args.size, null);
};

function wanted(inode: Inode, args: SetattrIn): Iatt {
  const stbuf = new Iatt();
  stbuf.iaType = inode.iaType;
  stbuf.iaProt = args.mode & 0o7777;
  stbuf.iaUid = args.uid;
  stbuf.iaGid = args.gid;
  stbuf.iaAtime = args.atime;
  stbuf.iaAtimeNsec = args.atimensec;
  stbuf.iaMtime = args.mtime;
  stbuf.iaMtimeNsec = args.mtimensec;
  return stbuf;
}

function setRest(session: Session, frame: Frame, change: Change): void {
  const { inode, fd, stbuf, valid } = change;
  if (fd !== undefined) wind.fsetattr(frame, 0, changedCbk, session.links, fd, stbuf, valid, null);
  else wind.setattr(frame, 0, changedCbk, session.links, new Loc(inode), stbuf, valid, null);
}

const resizedCbk: Cbk<'truncate', Session> = (frame, _c, xl, opRet, opErrno, _pre, postbuf) => {
  const change = frame.local as Change;
  if (opRet < 0) xl.priv.fail(frame, inodeErrno(opErrno));
  else if (change.valid !== 0) setRest(xl.priv, frame, change);
  else replyAttr(xl.priv, frame, change.inode, postbuf);
};

const changedCbk: Cbk<'setattr', Session> = (frame, _c, xl, opRet, opErrno, _pre, statpost) => {
  if (opRet < 0) xl.priv.fail(frame, inodeErrno(opErrno));
  else replyAttr(xl.priv, frame, (frame.local as Change).inode, statpost);
};

/** Not asked for with default_permissions, but by the kernel's own chdir(2) in some cases. */
export const access: Handler<AccessIn> = (session, header, args) => {
  const frame = session.begin('ACCESS');
  const inode = session.inode(header.nodeid);
  if (inode === undefined) return session.fail(frame, ESTALE);
  wind.access(frame, 0, inodeDone, session.links, new Loc(inode), args.mask, null);
};

export const readlink: Handler<NoArgs> = (session, header, _args) => {
  const frame = session.begin('READLINK');
  const inode = session.inode(header.nodeid);
  if (inode === undefined) return session.fail(frame, ESTALE);
  wind.readlink(frame, 0, readlinkCbk, session.links, new Loc(inode), PATH_MAX, null);
};

const readlinkCbk: Cbk<'readlink', Session> = (frame, _cookie, xl, opRet, opErrno, path) => {
  const session = xl.priv;
  if (opRet < 0) return session.fail(frame, inodeErrno(opErrno));
  if (path === null || path === '') return session.fail(frame, EIO);
  if (path.length > SYMLINK_MAX) return session.fail(frame, ENAMETOOLONG);
  const length = encodeTarget(path, session);
  if (length < 0) session.fail(frame, -length);
  else if (length > SYMLINK_MAX) session.fail(frame, ENAMETOOLONG);
  else session.reply(frame, length);
};

/** Bytes of the target, or minus the errno when it is a string that no bytes stand for. */
function encodeTarget(path: string, session: Session): number {
  try {
    return encodeNameInto(path, session.out, OUT_HEADER_SIZE);
  } catch (error) {
    if (error instanceof NameError) return -error.errno;
    throw error;
  }
}

export const statfs: Handler<NoArgs> = (session, header, _args) => {
  const frame = session.begin('STATFS');
  const inode = session.inode(header.nodeid);
  if (inode === undefined) return session.fail(frame, ESTALE);
  wind.statfs(frame, 0, statfsCbk, session.links, new Loc(inode), null);
};

const statfsCbk: Cbk<'statfs', Session> = (frame, _cookie, xl, opRet, opErrno, buf) => {
  if (opRet < 0) return xl.priv.fail(frame, inodeErrno(opErrno));
  if (buf === null) return xl.priv.fail(frame, EIO);
  encodeStatfsOut(xl.priv.view, OUT_HEADER_SIZE, buf);
  xl.priv.reply(frame, STATFS_OUT_SIZE);
};
