/** The operations on open files, and those that open them. */
import { EBADF, EFBIG, EINVAL, EIO, EOPNOTSUPP, ESTALE } from '../../../core/errno.ts';
import { Fd } from '../../../core/fd.ts';
import { wind } from '../../../core/fops.gen.ts';
import type { Frame } from '../../../core/frame.ts';
import type { Iatt } from '../../../core/iatt.ts';
import type { Inode } from '../../../core/inode.ts';
import { OFFSET_MAX } from '../../../core/limits.ts';
import { Loc } from '../../../core/loc.ts';
import type { Cbk } from '../../../core/xlator.ts';
import {
  FALLOC_FL_KEEP_SIZE,
  FALLOC_FL_PUNCH_HOLE,
  FALLOC_FL_ZERO_RANGE,
  SEEK_DATA,
  SEEK_HOLE,
} from '../../../sys/constants.ts';
import { ENTRY_OUT_SIZE } from '../codec/entry.ts';
import {
  type CreateIn,
  encodeLseekOut,
  encodeOpenOut,
  encodeWriteOut,
  type FallocateIn,
  type FlushIn,
  type FsyncIn,
  LSEEK_OUT_SIZE,
  type LseekIn,
  OPEN_OUT_SIZE,
  type OpenIn,
  type ReadIn,
  type ReleaseIn,
  WRITE_OUT_SIZE,
  type WriteIn,
} from '../codec/io.ts';
import { letGo } from '../fd-table.ts';
import { FSYNC_FDATASYNC, OUT_HEADER_SIZE, READ_LOCKOWNER, WRITE_LOCKOWNER } from '../protocol.ts';
import type { Session } from '../session.ts';
import { newPlace } from './entry.ts';
import type { Handler } from './handler.ts';
import { encodeEntry, fdDone, inodeErrno, link, makerErrno } from './reply.ts';

/** The open file of a handle; null, and EBADF answered, when there is none. */
export function openFd(session: Session, frame: Frame, handle: number): Fd | null {
  const fd = session.fds.get(handle);
  if (fd !== undefined) return fd;
  session.fail(frame, EBADF);
  return null;
}

/** The 8 bytes of the kernel's lock owner as text. */
function lockOwner(lo: number, hi: number): string {
  let text = '';
  for (let i = 0; i < 8; i++) {
    const byte = ((i < 4 ? lo : hi) >>> ((i % 4) * 8)) & 0xff;
    text += byte.toString(16).padStart(2, '0');
  }
  return text;
}

export const open: Handler<OpenIn> = (session, header, args) => {
  const frame = session.begin('OPEN');
  const inode = session.inode(header.nodeid);
  if (inode === undefined) return session.fail(frame, ESTALE);
  const fd = new Fd(inode, args.flags, header.pid);
  frame.local = fd;
  wind.open(frame, 0, openCbk, session.links, new Loc(inode), args.flags, fd, null);
};

const openCbk: Cbk<'open', Session> = (frame, _cookie, xl, opRet, opErrno) => {
  const session = xl.priv;
  const fd = frame.local as Fd;
  if (opRet < 0) {
    letGo(fd);
    return session.fail(frame, inodeErrno(opErrno));
  }
  encodeOpened(session, OUT_HEADER_SIZE, fd);
  if (!session.reply(frame, OPEN_OUT_SIZE)) session.fds.release(fd.id);
};

/** The answer for a file that was opened; the kernel has it from now on. */
function encodeOpened(session: Session, at: number, fd: Fd): void {
  const { fds, passthrough } = session;
  passthrough.open(session.links, fd, fds.anyOf(fd.inode) !== undefined);
  fds.add(fd);
  encodeOpenOut(session.view, at, fd.id, passthrough.openFlags, passthrough.backingId);
}

/** What a create needs again when it is done. */
interface Creation {
  readonly loc: Loc;
  readonly fd: Fd;
}

export const create: Handler<CreateIn> = (session, header, args) => {
  const frame = session.begin('CREATE');
  const loc = newPlace(session, frame, header.nodeid, args.name);
  if (loc === null) return;
  const { flags, mode, umask } = args;
  const fd = new Fd(loc.inode!, flags, header.pid);
  frame.local = { loc, fd } satisfies Creation;
  const xdata = session.gfids.request();
  wind.create(frame, 0, createCbk, session.links, loc, flags, mode, umask, fd, xdata);
};

const createCbk: Cbk<'create', Session> = (frame, _cookie, xl, opRet, opErrno, _fd, inode, buf) => {
  const session = xl.priv;
  const { loc, fd } = frame.local as Creation;
  if (opRet < 0) {
    letGo(fd);
    return session.fail(frame, makerErrno(opErrno, loc.parent!));
  }
  const linked = link(loc, inode, buf);
  if (linked !== null) return replyCreated(session, frame, fd, linked, buf!);
  letGo(fd);
  session.fail(frame, EIO);
};

function replyCreated(session: Session, frame: Frame, fd: Fd, linked: Inode, buf: Iatt): void {
  encodeEntry(session, OUT_HEADER_SIZE, linked, buf);
  encodeOpened(session, OUT_HEADER_SIZE + ENTRY_OUT_SIZE, fd);
  if (session.reply(frame, ENTRY_OUT_SIZE + OPEN_OUT_SIZE)) return;
  session.fds.release(fd.id);
  linked.table.forget(linked, 1);
}

export const read: Handler<ReadIn> = (session, _header, args) => {
  const frame = session.begin('READ');
  const fd = openFd(session, frame, args.fh);
  if (fd === null) return;
  if ((args.readFlags & READ_LOCKOWNER) !== 0) {
    frame.root.lkOwner = lockOwner(args.lockOwnerLo, args.lockOwnerHi);
  }
  const { size, offset, flags } = args;
  // No file reaches so far: what is there is the end of the file.
  if (offset > OFFSET_MAX) session.reply(frame, 0);
  else wind.readv(frame, size, readCbk, session.links, fd, size, offset, flags, null);
};

const readCbk: Cbk<'readv', Session> = (frame, size, xl, opRet, opErrno, vector) => {
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
  wind.writev(frame, args.size, writeCbk, session.links, fd, vector, offset, flags, null);
};

const writeCbk: Cbk<'writev', Session> = (frame, size, xl, opRet, opErrno) => {
  const session = xl.priv;
  if (opRet < 0) return session.fail(frame, opErrno);
  encodeWriteOut(session.view, OUT_HEADER_SIZE, Math.min(opRet, size));
  session.reply(frame, WRITE_OUT_SIZE);
};

export const flush: Handler<FlushIn> = (session, _header, args) => {
  const frame = session.begin('FLUSH');
  const fd = openFd(session, frame, args.fh);
  if (fd === null) return;
  frame.root.lkOwner = lockOwner(args.lockOwnerLo, args.lockOwnerHi);
  wind.flush(frame, 0, fdDone, session.links, fd, null);
};

export const fsync: Handler<FsyncIn> = (session, _header, args) => {
  const frame = session.begin('FSYNC');
  const fd = openFd(session, frame, args.fh);
  if (fd === null) return;
  wind.fsync(frame, 0, fdDone, session.links, fd, args.fsyncFlags & FSYNC_FDATASYNC, null);
};

/** RELEASE and RELEASEDIR: the kernel lets go of a handle. No fop; the translators are told. */
export const release: Handler<ReleaseIn> = (session, _header, args) => {
  const frame = session.begin('RELEASE');
  session.fds.release(args.fh);
  session.reply(frame, 0);
};

export const fallocate: Handler<FallocateIn> = (session, _header, args) => {
  const frame = session.begin('FALLOCATE');
  const fd = openFd(session, frame, args.fh);
  if (fd === null) return;
  const { mode, offset, length } = args;
  if (offset + length > OFFSET_MAX) return session.fail(frame, EFBIG);
  const { links } = session;
  const keep = mode & FALLOC_FL_KEEP_SIZE;
  switch (mode & ~FALLOC_FL_KEEP_SIZE) {
    case 0:
      return wind.fallocate(frame, 0, fdDone, links, fd, keep, offset, length, null);
    case FALLOC_FL_PUNCH_HOLE:
      frame.root.op = 'DISCARD';
      return wind.discard(frame, 0, fdDone, links, fd, offset, length, null);
    case FALLOC_FL_ZERO_RANGE:
      if (keep !== 0) break;
      frame.root.op = 'ZEROFILL';
      return wind.zerofill(frame, 0, fdDone, links, fd, offset, length, null);
  }
  session.fail(frame, EOPNOTSUPP);
};

/** The fop's `what`: 0 data, 1 hole. Other seeks the kernel does itself. */
export const lseek: Handler<LseekIn> = (session, _header, args) => {
  const frame = session.begin('SEEK');
  const fd = openFd(session, frame, args.fh);
  if (fd === null) return;
  const { whence, offset } = args;
  if (whence !== SEEK_DATA && whence !== SEEK_HOLE) return session.fail(frame, EINVAL);
  wind.seek(frame, 0, seekCbk, session.links, fd, offset, whence - SEEK_DATA, null);
};

const seekCbk: Cbk<'seek', Session> = (frame, _cookie, xl, opRet, opErrno, offset) => {
  const session = xl.priv;
  if (opRet < 0) return session.fail(frame, opErrno);
  encodeLseekOut(session.view, OUT_HEADER_SIZE, offset);
  session.reply(frame, LSEEK_OUT_SIZE);
};
