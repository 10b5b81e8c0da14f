/** Handles OPEN, CREATE, READ, WRITE, FLUSH, FSYNC and RELEASE. */
import { constants } from 'node:fs';
import { linkReply } from '../../../core/apply-reply.ts';
import type { Dict } from '../../../core/dict.ts';
import { EFBIG, EIO, EOVERFLOW, ESTALE } from '../../../core/errno.ts';
import { Fd } from '../../../core/fd.ts';
import { closeFd } from '../../../core/fd-table.ts';
import type { Frame } from '../../../core/frame.ts';
import { wind } from '../../../core/gen/fops.gen.ts';
import type { Iatt } from '../../../core/iatt.ts';
import type { Inode } from '../../../core/inode.ts';
import { OFFSET_MAX } from '../../../core/limits.ts';
import { Loc } from '../../../core/loc.ts';
import { O_ACCMODE } from '../../../core/open-flags.ts';
import { DIRECT_IO_MODE, KILL_PRIV } from '../../../core/xdata.ts';
import type { Cbk } from '../../../core/xlator.ts';
import { ENTRY_OUT_SIZE } from '../codec/attr.ts';
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
import { lockOwner, openFlags } from './flags.ts';
import type { Handler, HandlerContext } from './handler.ts';
import { encodeEntry, fdDone, inodeErrno, makerErrno } from './reply.ts';
import { newNameLoc, openFd } from './request-targets.ts';
import { killPriv, makingXdata } from './xdata.ts';

const { O_APPEND, O_CREAT, O_EXCL, O_RDONLY, O_TRUNC } = constants;

/** O_TRUNC becomes a separate truncate fop after the open, which every translator sees. */
export const open: Handler<OpenIn> = (session, header, args) => {
  const frame = session.begin('OPEN');
  const inode = session.inode(header.nodeid);
  if (inode === undefined) return session.fail(frame, ESTALE);
  const flags = openFlags(session, args.flags & ~O_TRUNC);
  const fd = new Fd(inode, flags, header.pid);
  frame.local = fd;
  const { links } = fd;
  const empties = (args.flags & O_TRUNC) !== 0;
  if (!empties) wind.open(frame, 0, openCbk, links, new Loc(inode), flags, fd, null);
  else wind.open(frame, args.openFlags, emptyCbk, links, new Loc(inode), flags, fd, null);
};

const openCbk: Cbk<'open', HandlerContext> = (frame, _cookie, xl, opRet, opErrno, _fd, xdata) =>
  replyOpen(xl.priv, frame, opRet, opErrno, directIo(xdata));

const directIo = (xdata: Dict | null): number =>
  xdata?.number(DIRECT_IO_MODE) === 1 ? FOPEN_DIRECT_IO : 0;

function replyOpen(
  session: HandlerContext,
  frame: Frame,
  opRet: number,
  opErrno: number,
  direct: number,
): void {
  const fd = frame.local as Fd;
  if (opRet < 0) {
    closeFd(fd);
    session.fail(frame, inodeErrno(opErrno));
    return;
  }
  encodeOpened(session, OUT_HEADER_SIZE, fd, direct);
  if (!session.reply(frame, OPEN_OUT_SIZE)) session.fds.release(fd.id);
}

/** As `openCbk`, for a file to be truncated. The cookie is the request's `open_flags`. */
const emptyCbk: Cbk<'open', HandlerContext> = (
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
  const kill = killPriv((openFlags & OPEN_KILL_SUIDGID) !== 0);
  const canWrite = (fd.flags & O_ACCMODE) !== O_RDONLY;
  const direct = directIo(xdata);
  if (canWrite) wind.ftruncate(frame, direct, emptiedCbk, links, fd, 0, kill);
  else wind.truncate(frame, direct, emptiedCbk, links, new Loc(fd.inode), 0, kill);
};

const emptiedCbk: Cbk<'ftruncate', HandlerContext> = (frame, direct, xl, opRet, opErrno) =>
  replyOpen(xl.priv, frame, opRet, opErrno, direct);

/** Registers an opened file, and encodes its reply. */
function encodeOpened(session: HandlerContext, at: number, fd: Fd, direct: number): void {
  const { fds, pages, passthrough } = session;
  const { inode } = fd;
  const doubted = passthrough.mayBeMapped(inode);
  passthrough.open(fd.links, fd, fds.anyOf(inode) !== undefined);
  if (!doubted && passthrough.mayBeMapped(inode)) session.notices.invalidateAttributes(inode);
  fds.add(fd);
  const cached = direct === 0 ? pages.flagFor(fd) : direct;
  const flags = passthrough.openFlags | (passthrough.backingId === 0 ? cached : 0);
  encodeOpenOut(session.view, at, fd.id, flags, passthrough.backingId);
}

interface Creation {
  readonly loc: Loc;
  readonly fd: Fd;
}

export const create: Handler<CreateIn> = (session, header, args) => {
  const frame = session.begin('CREATE');
  const loc = newNameLoc(session, frame, header.nodeid, args.name);
  if (loc === null) return;
  const { mode, umask } = args;
  const flags = openFlags(session, args.flags);
  const fd = new Fd(loc.inode!, flags, header.pid);
  frame.local = { loc, fd } satisfies Creation;
  const xdata = makingXdata(session, mode, umask);
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
    return session.fail(frame, makerErrno(opErrno, loc.parent!));
  }
  const linked = linkReply(loc, inode, buf);
  if (linked !== null) {
    fd.moveTo(linked);
    return replyCreated(session, frame, fd, linked, buf!, xdata);
  }
  closeFd(fd);
  session.fail(frame, EIO);
};

/** Answers CREATE or TMPFILE. */
export function replyCreated(
  session: HandlerContext,
  frame: Frame,
  fd: Fd,
  linked: Inode,
  buf: Iatt,
  xdata: Dict | null,
): void {
  encodeOpened(session, OUT_HEADER_SIZE + ENTRY_OUT_SIZE, fd, directIo(xdata));
  encodeEntry(session, OUT_HEADER_SIZE, linked, buf, xdata);
  if (session.reply(frame, ENTRY_OUT_SIZE + OPEN_OUT_SIZE)) return;
  session.fds.release(fd.id);
  session.client.forget(linked, 1);
}

export const read: Handler<ReadIn> = (session, _header, args) => {
  const frame = session.begin('READ');
  const fd = openFd(session, frame, args.fh);
  if (fd === null) return;
  if ((args.readFlags & READ_LOCKOWNER) !== 0) {
    frame.root.lkOwner = lockOwner(args.lockOwnerLo, args.lockOwnerHi);
  }
  const { size, offset, flags } = args;
  if (offset > OFFSET_MAX) wind.fstat(frame, 0, beyondCbk, fd.links, fd, null);
  else wind.readv(frame, size, readCbk, fd.links, fd, size, offset, flags, null);
};

/** A read beyond OFFSET_MAX: returns the end of the file, or EOVERFLOW if the file is longer. */
const beyondCbk: Cbk<'fstat', HandlerContext> = (frame, _cookie, xl, opRet, opErrno, buf) => {
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
  const fd = openFd(session, frame, args.fh);
  if (fd === null) return;
  if ((args.writeFlags & WRITE_LOCKOWNER) !== 0) {
    frame.root.lkOwner = lockOwner(args.lockOwnerLo, args.lockOwnerHi);
  }
  const { offset, flags } = args;
  if (offset + args.size > OFFSET_MAX) return session.fail(frame, EFBIG);
  const vector = session.data(args.data);
  const kill = killPriv((args.writeFlags & WRITE_KILL_SUIDGID) !== 0);
  const through = fdForWrite(fd, flags);
  if (through !== fd) frame.local = through;
  wind.writev(frame, args.size, writeCbk, fd.links, through, vector, offset, flags, kill);
};

/**
 * The fd for a write. Through an O_APPEND fd, a storage ignores the offset. A write whose own flags lack O_APPEND
 * needs its offset: the kernel writes back its cache, or fcntl(F_SETFL) has removed the flag. It uses a temporary fd
 * without the flag.
 */
function fdForWrite(fd: Fd, flags: number): Fd {
  if ((fd.flags & ~flags & O_APPEND) === 0) return fd;
  const others = fd.flags & ~(O_APPEND | O_CREAT | O_EXCL | O_TRUNC);
  return new Fd(fd.inode, others, fd.pid, false, fd);
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
  const fd = openFd(session, frame, args.fh);
  if (fd === null) return;
  frame.root.lkOwner = lockOwner(args.lockOwnerLo, args.lockOwnerHi);
  wind.flush(frame, 0, fdDone, fd.links, fd, null);
};

export const fsync: Handler<FsyncIn> = (session, _header, args) => {
  const frame = session.begin('FSYNC');
  const fd = openFd(session, frame, args.fh);
  if (fd === null) return;
  wind.fsync(frame, 0, fdDone, fd.links, fd, args.fsyncFlags & FSYNC_FDATASYNC, null);
};

/** RELEASE and RELEASEDIR: the kernel releases a handle. No fop; translators get `release`. */
export const release: Handler<ReleaseIn> = (session, _header, args) => {
  const frame = session.begin('RELEASE');
  session.fds.release(args.fh);
  session.reply(frame, 0);
};
