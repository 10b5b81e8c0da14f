/**
 * Handles the kernel's requests on attributes: GETATTR, STATX, SETATTR, ACCESS, READLINK, STATFS. Each handler winds a
 * fop, and its callback encodes the reply. The FUSE session calls the handler of the request's opcode.
 */
import { encodeNameInto, NameError } from '../../../core/bytes.ts';
import { EFBIG, EIO, ENAMETOOLONG, ENOENT, ESTALE } from '../../../core/errno.ts';
import { SET_ATTR } from '../../../core/fops.ts';
import type { Frame } from '../../../core/frame.ts';
import { wind } from '../../../core/gen/fops.gen.ts';
import { Iatt } from '../../../core/iatt.ts';
import type { Inode } from '../../../core/inode.ts';
import { OFFSET_MAX, PATH_MAX, SYMLINK_MAX } from '../../../core/limits.ts';
import { type Fd, Loc } from '../../../core/operands.ts';
import type { Cbk } from '../../../core/xlator.ts';
import {
  type AccessIn,
  encodeStatfsOut,
  type GetattrIn,
  type NoArgs,
  type SetattrIn,
  STATFS_OUT_SIZE,
  type StatxIn,
} from '../codec/structs.gen.ts';
import { FATTR_FH, FATTR_KILL_SUIDGID, GETATTR_FH, OUT_HEADER_SIZE } from '../protocol.ts';
import type { Handler, HandlerContext } from './handler.ts';
import { replyAttr, replyInodeStatus, replyStatx, toInodeErrno } from './reply.ts';
import { makeKillPrivXdata } from './request-xdata.ts';

/** Bits of the cookie of stat and fstat: the kind of reply, and whether the request holds the fd. */
const REPLY_ATTR = 0;
const REPLY_STATX = 1;
const HOLDS_FD = 2;

export const getattr: Handler<GetattrIn> = (session, header, args) => {
  statInode(session, header.nodeid, (args.flags & GETATTR_FH) !== 0 ? args.fh : 0, REPLY_ATTR);
};

/**
 * The kernel sends STATX when a program asks for the birth time. An iatt has all fields, so the requested mask is
 * ignored.
 */
export const statx: Handler<StatxIn> = (session, header, args) => {
  statInode(
    session,
    header.nodeid,
    (args.getattrFlags & GETATTR_FH) !== 0 ? args.fh : 0,
    REPLY_STATX,
  );
};

/**
 * Stats an inode by an open file if it has one, so that a file without a name has attributes.
 * @param handle the request's open file, or 0 @param replyKind REPLY_ATTR or REPLY_STATX
 */
function statInode(
  session: HandlerContext,
  nodeid: number,
  handle: number,
  replyKind: number,
): void {
  const frame = session.begin('STAT');
  const inode = session.graph.inodes.byId.get(nodeid);
  if (inode === undefined) {
    session.fail(frame, ESTALE);
    return;
  }
  // Handles begin with 1.
  const handleFd = handle === 0 ? undefined : session.fds.get(handle);
  const fd = handleFd ?? session.fds.findOpenFile(inode);
  if (fd === undefined) {
    frame.local = inode;
    wind.stat(frame, replyKind, statCbk, session.links, new Loc(inode), null);
    return;
  }
  frame.root.op = 'FSTAT';
  frame.local = fd;
  if (handleFd === undefined) fd.hold();
  const cookie = handleFd === undefined ? replyKind | HOLDS_FD : replyKind;
  wind.fstat(frame, cookie, fstatCbk, fd.links, fd, null);
}

const statCbk: Cbk<'stat', HandlerContext> = (frame, replyKind, xl, opRet, opErrno, buf, xdata) => {
  const inode = frame.local as Inode;
  if (opRet < 0) return xl.priv.fail(frame, toStatErrno(xl.priv, inode, opErrno));
  const reply = replyKind === REPLY_STATX ? replyStatx : replyAttr;
  reply(xl.priv, frame, inode, buf, xdata);
};

/**
 * Converts the errno of a stat. The kernel requests a directory's attributes before it looks up a name in it. For a
 * removed directory a brick replies ESTALE; applications expect ENOENT, as on a disk.
 */
function toStatErrno(session: HandlerContext, inode: Inode, opErrno: number): number {
  const errno = toInodeErrno(opErrno);
  return errno === ESTALE && session.removedDirectories.has(inode) ? ENOENT : errno;
}

const fstatCbk: Cbk<'fstat', HandlerContext> = (frame, cookie, xl, opRet, opErrno, buf, xdata) => {
  const fd = frame.local as Fd;
  if (((cookie as number) & HOLDS_FD) !== 0) fd.drop();
  if (opRet < 0) return xl.priv.fail(frame, opErrno);
  const reply = ((cookie as number) & REPLY_STATX) !== 0 ? replyStatx : replyAttr;
  reply(xl.priv, frame, fd.inode, buf, xdata);
};

/** The bits that setattr takes, without SIZE: a new size is the fop truncate. */
const { MODE, UID, GID, ATIME, MTIME, ATIME_NOW, MTIME_NOW, SIZE } = SET_ATTR;
const SETTABLE = MODE | UID | GID | ATIME | MTIME | ATIME_NOW | MTIME_NOW;

/** A SETATTR under way: first the size, then the other attributes. */
interface AttributeChange {
  readonly inode: Inode;
  /** The caller's own open file. */
  readonly handleFd: Fd | undefined;
  /** Another program's open file, which the request holds. */
  heldFd: Fd | undefined;
  /** The new attributes, and a bit of SET_ATTR for each one to set: the arguments of setattr. */
  readonly stbuf: Iatt;
  readonly valid: number;
  /** Whether the change drops set-user-id and set-group-id. */
  readonly dropsPrivileges: boolean;
}

/**
 * Handles SETATTR. A request without changes has two meanings. Before the kernel writes data itself, it sends one to
 * clear set-user-id and set-group-id. A chown(2) that changes neither user nor group sends one, too. If the file is not
 * open for writing, it must be the chown.
 */
export const setattr: Handler<SetattrIn> = (session, header, args) => {
  const isResize = (args.valid & SIZE) !== 0;
  const frame = session.begin(isResize ? 'TRUNCATE' : 'SETATTR');
  const inode = session.graph.inodes.byId.get(header.nodeid);
  if (inode === undefined) return session.fail(frame, ESTALE);
  const handleFd = (args.valid & FATTR_FH) !== 0 ? session.fds.get(args.fh) : undefined;
  const change: AttributeChange = {
    inode,
    handleFd,
    heldFd: undefined,
    stbuf: makeAttributes(inode, args),
    valid: args.valid & SETTABLE,
    dropsPrivileges:
      (args.valid & FATTR_KILL_SUIDGID) !== 0 ||
      ((args.valid & (SETTABLE | SIZE)) === 0 && session.fds.isOpenForWriting(inode)),
  };
  frame.local = change;
  if (!isResize) return windSetattr(session, frame, change);
  if (args.size > OFFSET_MAX) return session.fail(frame, EFBIG);
  const killXdata = makeKillPrivXdata(change.dropsPrivileges);
  // Only the handle of ftruncate(2) is known to be open for writing.
  if (handleFd !== undefined) {
    frame.root.op = 'FTRUNCATE';
    wind.ftruncate(frame, 0, truncateCbk, handleFd.links, handleFd, args.size, killXdata);
  } else wind.truncate(frame, 0, truncateCbk, session.links, new Loc(inode), args.size, killXdata);
};

/** Makes the attributes to set from a request; setattr's `valid` tells which of them count. */
function makeAttributes(inode: Inode, args: SetattrIn): Iatt {
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

/** Winds the setattr of a SETATTR, by an open file of the inode if there is one. */
function windSetattr(session: HandlerContext, frame: Frame, change: AttributeChange): void {
  const { inode, handleFd, stbuf, valid } = change;
  const killXdata = makeKillPrivXdata(change.dropsPrivileges);
  const fd = handleFd ?? session.fds.findOpenFile(inode);
  if (handleFd === undefined && fd !== undefined) {
    fd.hold();
    change.heldFd = fd;
  }
  if (fd !== undefined) wind.fsetattr(frame, 0, setattrCbk, fd.links, fd, stbuf, valid, killXdata);
  else wind.setattr(frame, 0, setattrCbk, session.links, new Loc(inode), stbuf, valid, killXdata);
}

const truncateCbk: Cbk<'truncate', HandlerContext> = (
  frame,
  _c,
  xl,
  opRet,
  opErrno,
  _,
  postbuf,
  xdata,
) => {
  const change = frame.local as AttributeChange;
  if (opRet < 0) xl.priv.fail(frame, toInodeErrno(opErrno));
  else if (change.valid !== 0) windSetattr(xl.priv, frame, change);
  else replyAttr(xl.priv, frame, change.inode, postbuf, xdata);
};

const setattrCbk: Cbk<'setattr', HandlerContext> = (
  frame,
  _c,
  xl,
  opRet,
  opErrno,
  _,
  statpost,
  xdata,
) => {
  (frame.local as AttributeChange).heldFd?.drop();
  if (opRet < 0) xl.priv.fail(frame, toInodeErrno(opErrno));
  else replyAttr(xl.priv, frame, (frame.local as AttributeChange).inode, statpost, xdata);
};

/** Handles ACCESS. With the mount option default_permissions, the kernel sends it in few cases, such as chdir(2). */
export const access: Handler<AccessIn> = (session, header, args) => {
  const frame = session.begin('ACCESS');
  const inode = session.graph.inodes.byId.get(header.nodeid);
  if (inode === undefined) return session.fail(frame, ESTALE);
  wind.access(frame, 0, replyInodeStatus, session.links, new Loc(inode), args.mask, null);
};

export const readlink: Handler<NoArgs> = (session, header, _args) => {
  const frame = session.begin('READLINK');
  const inode = session.graph.inodes.byId.get(header.nodeid);
  if (inode === undefined) return session.fail(frame, ESTALE);
  wind.readlink(frame, 0, readlinkCbk, session.links, new Loc(inode), PATH_MAX, null);
};

const readlinkCbk: Cbk<'readlink', HandlerContext> = (frame, _cookie, xl, opRet, opErrno, path) => {
  const session = xl.priv;
  if (opRet < 0) return session.fail(frame, toInodeErrno(opErrno));
  if (path === null || path === '') return session.fail(frame, EIO);
  if (path.length > SYMLINK_MAX) return session.fail(frame, ENAMETOOLONG);
  const length = encodeTarget(path, session);
  if (length < 0) session.fail(frame, -length);
  else if (length > SYMLINK_MAX) session.fail(frame, ENAMETOOLONG);
  else session.reply(frame, length);
};

/** Encodes the target. Returns its length, or minus the errno for a string that encodes no bytes. */
function encodeTarget(path: string, session: HandlerContext): number {
  try {
    return encodeNameInto(path, session.out, OUT_HEADER_SIZE);
  } catch (error) {
    if (error instanceof NameError) return -error.errno;
    throw error;
  }
}

export const statfs: Handler<NoArgs> = (session, header, _args) => {
  const frame = session.begin('STATFS');
  const inode = session.graph.inodes.byId.get(header.nodeid);
  if (inode === undefined) return session.fail(frame, ESTALE);
  wind.statfs(frame, 0, statfsCbk, session.links, new Loc(inode), null);
};

const statfsCbk: Cbk<'statfs', HandlerContext> = (frame, _cookie, xl, opRet, opErrno, buf) => {
  if (opRet < 0) return xl.priv.fail(frame, toInodeErrno(opErrno));
  if (buf === null) return xl.priv.fail(frame, EIO);
  encodeStatfsOut(xl.priv.view, OUT_HEADER_SIZE, buf);
  xl.priv.reply(frame, STATFS_OUT_SIZE);
};
