/** Handles OPEN, CREATE, READ, WRITE, FLUSH, FSYNC and RELEASE. */
import { linkReply } from '../../../core/apply-reply.ts';
import type { Dict } from '../../../core/dict.ts';
import { EFBIG, EIO, EOVERFLOW, ESTALE } from '../../../core/errno.ts';
import { closeFd } from '../../../core/fd-table.ts';
import type { Frame } from '../../../core/frame.ts';
import { wind } from '../../../core/gen/fops.gen.ts';
import type { Iatt } from '../../../core/iatt.ts';
import type { Inode } from '../../../core/inode.ts';
import { OFFSET_MAX } from '../../../core/limits.ts';
import {
  O_ACCMODE,
  O_APPEND,
  O_CREAT,
  O_EXCL,
  O_RDONLY,
  O_TRUNC,
} from '../../../core/open-flags.ts';
import { Fd, Loc } from '../../../core/operands.ts';
import { DIRECT_IO_MODE, KILL_PRIV } from '../../../core/xdata.ts';
import type { Cbk } from '../../../core/xlator.ts';
import { ENTRY_OUT_SIZE } from '../codec/reply-structs.ts';
import {
  type CreateIn,
  encodeOpenOut,
  encodeWriteOut,
  type FlushIn,
  type FsyncIn,
  OPEN_OUT_SIZE,
  type OpenIn,
  type ReadIn,
  type ReleaseIn,
  WRITE_OUT_SIZE,
  type WriteIn,
} from '../codec/structs.gen.ts';
import {
  FOPEN_DIRECT_IO,
  FSYNC_FDATASYNC,
  OPEN_KILL_SUIDGID,
  OUT_HEADER_SIZE,
  READ_LOCKOWNER,
  WRITE_KILL_SUIDGID,
  WRITE_LOCKOWNER,
} from '../protocol.ts';
import { convertOpenFlags, formatLockOwner } from './flags.ts';
import { findOpenFd, type Handler, type HandlerContext, makeNewLoc } from './handler.ts';
import { encodeEntry, replyFdStatus, toCreationErrno, toInodeErrno } from './reply.ts';
import { makeCreationXdata, makeKillPrivXdata } from './request-xdata.ts';

/** Handles OPEN. O_TRUNC becomes a separate truncate fop after the open, which every translator sees. */
export const open: Handler<OpenIn> = (session, header, args) => {
  const frame = session.begin('OPEN');
  const inode = session.graph.inodes.byId.get(header.nodeid);
  if (inode === undefined) return session.fail(frame, ESTALE);
  const flags = convertOpenFlags(session, args.flags & ~O_TRUNC);
  const fd = new Fd(inode, flags, header.pid);
  frame.local = fd;
  const { links } = fd;
  const isTruncating = (args.flags & O_TRUNC) !== 0;
  if (!isTruncating) wind.open(frame, 0, openCbk, links, new Loc(inode), flags, fd, null);
  else wind.open(frame, args.openFlags, truncatingOpenCbk, links, new Loc(inode), flags, fd, null);
};

const openCbk: Cbk<'open', HandlerContext> = (frame, _cookie, xl, opRet, opErrno, _fd, xdata) =>
  replyOpen(xl.priv, frame, opRet, opErrno, findDirectIoFlag(xdata));

/** Returns FOPEN_DIRECT_IO if the reply's xdata requests it, else 0. */
const findDirectIoFlag = (xdata: Dict | null): number =>
  xdata?.number(DIRECT_IO_MODE) === 1 ? FOPEN_DIRECT_IO : 0;

/** Replies to OPEN with the fd in `frame.local`, or with the errno. */
function replyOpen(
  session: HandlerContext,
  frame: Frame,
  opRet: number,
  opErrno: number,
  directIoFlag: number,
): void {
  const fd = frame.local as Fd;
  if (opRet < 0) {
    closeFd(fd);
    session.fail(frame, toInodeErrno(opErrno));
    return;
  }
  encodeOpenReply(session, OUT_HEADER_SIZE, fd, directIoFlag);
  if (!session.reply(frame, OPEN_OUT_SIZE)) session.fds.release(fd.id);
}

/** Truncates the opened file before it replies. The cookie is the request's `open_flags`. */
const truncatingOpenCbk: Cbk<'open', HandlerContext> = (
  frame,
  openFlags,
  xl,
  opRet,
  opErrno,
  _fd,
  xdata,
) => {
  if (opRet < 0) {
    replyOpen(xl.priv, frame, opRet, opErrno, 0);
    return;
  }
  const fd = frame.local as Fd;
  const { links } = fd;
  const killXdata = makeKillPrivXdata((openFlags & OPEN_KILL_SUIDGID) !== 0);
  const canWrite = (fd.flags & O_ACCMODE) !== O_RDONLY;
  const directIoFlag = findDirectIoFlag(xdata);
  if (canWrite) wind.ftruncate(frame, directIoFlag, truncateCbk, links, fd, 0, killXdata);
  else wind.truncate(frame, directIoFlag, truncateCbk, links, new Loc(fd.inode), 0, killXdata);
};

const truncateCbk: Cbk<'ftruncate', HandlerContext> = (frame, directIoFlag, xl, opRet, opErrno) =>
  replyOpen(xl.priv, frame, opRet, opErrno, directIoFlag);

/**
 * Registers an opened file, and encodes its reply.
 * @param offset position of fuse_open_out in the reply
 * @param directIoFlag FOPEN_DIRECT_IO or 0
 */
function encodeOpenReply(
  session: HandlerContext,
  offset: number,
  fd: Fd,
  directIoFlag: number,
): void {
  const { fds, pageCachePolicy, passthrough } = session;
  const { inode } = fd;
  const wasMappable = passthrough.mappableInodes.has(inode);
  passthrough.open(fd.links, fd, fds.findOpenFile(inode) !== undefined);
  // The kernel may hold attributes from before passthrough; from now on they are not cached.
  if (!wasMappable && passthrough.mappableInodes.has(inode))
    session.notices.invalidateAttributes(inode);
  fds.add(fd);
  const cacheFlag = directIoFlag === 0 ? pageCachePolicy.findKeepCacheFlag(fd) : directIoFlag;
  const flags = passthrough.openFlags | (passthrough.backingId === 0 ? cacheFlag : 0);
  encodeOpenOut(session.view, offset, fd.id, flags, passthrough.backingId);
}

/** A CREATE under way, in `Frame.local`. */
interface Creation {
  readonly loc: Loc;
  readonly fd: Fd;
}

export const create: Handler<CreateIn> = (session, header, args) => {
  const frame = session.begin('CREATE');
  const loc = makeNewLoc(session, frame, header.nodeid, args.name);
  if (loc === null) return;
  const { mode, umask } = args;
  const flags = convertOpenFlags(session, args.flags);
  const fd = new Fd(loc.inode!, flags, header.pid);
  frame.local = { loc, fd } satisfies Creation;
  const xdata = makeCreationXdata(session, mode, umask);
  if ((args.openFlags & OPEN_KILL_SUIDGID) !== 0) xdata.set(KILL_PRIV, 1);
  wind.create(frame, 0, createCbk, fd.links, loc, flags, mode & ~umask, umask, fd, xdata);
};

const createCbk: Cbk<'create', HandlerContext> = (
  frame,
  _cookie,
  xl,
  opRet,
  opErrno,
  _fd,
  inode,
  buf,
  _preparent,
  _postparent,
  xdata,
) => {
  const session = xl.priv;
  const { loc, fd } = frame.local as Creation;
  if (opRet < 0) {
    closeFd(fd);
    return session.fail(frame, toCreationErrno(opErrno, loc.parent!));
  }
  const linked = linkReply(loc, inode, buf);
  if (linked !== null) {
    fd.moveTo(linked);
    return replyCreate(session, frame, fd, linked, buf!, xdata);
  }
  closeFd(fd);
  session.fail(frame, EIO);
};

/** Replies to CREATE or TMPFILE. */
export function replyCreate(
  session: HandlerContext,
  frame: Frame,
  fd: Fd,
  linked: Inode,
  buf: Iatt,
  xdata: Dict | null,
): void {
  encodeOpenReply(session, OUT_HEADER_SIZE + ENTRY_OUT_SIZE, fd, findDirectIoFlag(xdata));
  encodeEntry(session, OUT_HEADER_SIZE, linked, buf, xdata);
  // Without these flags, the file may be an older one.
  if ((fd.flags & (O_EXCL | O_TRUNC)) !== 0) session.capabilities.noteNew(fd.links, linked);
  if (session.reply(frame, ENTRY_OUT_SIZE + OPEN_OUT_SIZE)) return;
  session.fds.release(fd.id);
  session.client.forget(linked, 1);
}

export const read: Handler<ReadIn> = (session, _header, args) => {
  const frame = session.begin('READ');
  const fd = findOpenFd(session, frame, args.fh);
  if (fd === null) return;
  if ((args.readFlags & READ_LOCKOWNER) !== 0) {
    frame.root.lkOwner = formatLockOwner(args.lockOwnerLo, args.lockOwnerHi);
  }
  const { size, offset } = args;
  const flags = session.toGraphFlags(args.flags);
  if (offset > OFFSET_MAX) wind.fstat(frame, 0, readBeyondCbk, fd.links, fd, null);
  else wind.readv(frame, size, readCbk, fd.links, fd, size, offset, flags, null);
};

/** Replies to a read beyond OFFSET_MAX: no bytes (the end of the file), or EOVERFLOW if the file is longer. */
const readBeyondCbk: Cbk<'fstat', HandlerContext> = (frame, _cookie, xl, opRet, opErrno, buf) => {
  const session = xl.priv;
  if (opRet < 0) session.fail(frame, opErrno);
  else if (buf !== null && buf.iaSize > OFFSET_MAX) session.fail(frame, EOVERFLOW);
  else session.reply(frame, 0);
};

const readCbk: Cbk<'readv', HandlerContext> = (frame, size, xl, opRet, opErrno, vector) => {
  const session = xl.priv;
  if (opRet < 0) return session.fail(frame, opErrno);
  const length = Math.min(opRet, size, vector?.length ?? 0);
  if (vector === null || length === 0) session.reply(frame, 0);
  else session.replyData(frame, length === vector.length ? vector : vector.subarray(0, length));
};

export const write: Handler<WriteIn> = (session, _header, args) => {
  const frame = session.begin('WRITE');
  const fd = findOpenFd(session, frame, args.fh);
  if (fd === null) return;
  if ((args.writeFlags & WRITE_LOCKOWNER) !== 0) {
    frame.root.lkOwner = formatLockOwner(args.lockOwnerLo, args.lockOwnerHi);
  }
  const { offset } = args;
  const flags = session.toGraphFlags(args.flags);
  if (offset + args.size > OFFSET_MAX) return session.fail(frame, EFBIG);
  const vector = session.borrowData(args.data);
  const killXdata = makeKillPrivXdata((args.writeFlags & WRITE_KILL_SUIDGID) !== 0);
  const writeFd = chooseWriteFd(fd, flags);
  if (writeFd !== fd) frame.local = writeFd;
  wind.writev(frame, args.size, writeCbk, fd.links, writeFd, vector, offset, flags, killXdata);
};

/**
 * Chooses the fd for a write. Through an O_APPEND fd, a storage ignores the offset. But a write whose own flags lack
 * O_APPEND needs its offset: the kernel writes back its cache, or fcntl(F_SETFL) has removed the flag. Such a write gets
 * a temporary fd without the flag.
 */
function chooseWriteFd(fd: Fd, flags: number): Fd {
  if ((fd.flags & ~flags & O_APPEND) === 0) return fd;
  const flagsWithoutAppend = fd.flags & ~(O_APPEND | O_CREAT | O_EXCL | O_TRUNC);
  return new Fd(fd.inode, flagsWithoutAppend, fd.pid, false, fd);
}

const writeCbk: Cbk<'writev', HandlerContext> = (frame, size, xl, opRet, opErrno) => {
  const session = xl.priv;
  if (frame.local instanceof Fd) closeFd(frame.local);
  if (opRet < 0) return session.fail(frame, opErrno);
  encodeWriteOut(session.view, OUT_HEADER_SIZE, Math.min(opRet, size));
  session.reply(frame, WRITE_OUT_SIZE);
};

export const flush: Handler<FlushIn> = (session, _header, args) => {
  const frame = session.begin('FLUSH');
  const fd = findOpenFd(session, frame, args.fh);
  if (fd === null) return;
  frame.root.lkOwner = formatLockOwner(args.lockOwnerLo, args.lockOwnerHi);
  wind.flush(frame, 0, replyFdStatus, fd.links, fd, null);
};

export const fsync: Handler<FsyncIn> = (session, _header, args) => {
  const frame = session.begin('FSYNC');
  const fd = findOpenFd(session, frame, args.fh);
  if (fd === null) return;
  wind.fsync(frame, 0, replyFdStatus, fd.links, fd, args.fsyncFlags & FSYNC_FDATASYNC, null);
};

/** Handles RELEASE and RELEASEDIR. GlusterFS has no fop for it: translators are told by their `release` function. */
export const release: Handler<ReleaseIn> = (session, _header, args) => {
  const frame = session.begin('RELEASE');
  session.fds.release(args.fh);
  session.reply(frame, 0);
};
