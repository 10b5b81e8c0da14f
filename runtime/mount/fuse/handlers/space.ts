/** Handles the operations on the space of files: FALLOCATE, LSEEK, COPY_FILE_RANGE, SYNCFS. */
import { Dict } from '../../../core/dict.ts';
import { EFBIG, EINVAL, ENOSYS, ENXIO, EOVERFLOW } from '../../../core/errno.ts';
import { closeFd } from '../../../core/fd-table.ts';
import { wind } from '../../../core/gen/fops.gen.ts';
import { OFFSET_MAX } from '../../../core/limits.ts';
import { O_DIRECTORY, O_RDONLY } from '../../../core/open-flags.ts';
import { Fd } from '../../../core/operands.ts';
import { SYNC_VOLUME } from '../../../core/xdata.ts';
import type { Cbk } from '../../../core/xlator.ts';
import {
  FALLOC_FL_KEEP_SIZE,
  FALLOC_FL_PUNCH_HOLE,
  FALLOC_FL_ZERO_RANGE,
  SEEK_DATA,
  SEEK_HOLE,
} from '../../../sys/constants.ts';
import {
  COPY_FILE_RANGE_OUT_SIZE,
  type CopyFileRangeIn,
  encodeCopyFileRangeOut,
  encodeLseekOut,
  encodeWriteOut,
  type FallocateIn,
  LSEEK_OUT_SIZE,
  type LseekIn,
  type NoArgs,
  WRITE_OUT_SIZE,
} from '../codec/structs.gen.ts';
import { OUT_HEADER_SIZE } from '../protocol.ts';
import { findOpenFd, type Handler, type HandlerContext } from './handler.ts';
import { replyFdStatus } from './reply.ts';

/** The mode of a fallocate(2) that becomes the fop discard. */
const PUNCH_HOLE_MODE = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE;

/** Handles FALLOCATE. GlusterFS has separate fops for two modes; all others go to fallocate. */
export const fallocate: Handler<FallocateIn> = (session, _header, args) => {
  const frame = session.begin('FALLOCATE');
  const fd = findOpenFd(session, frame, args.fh);
  if (fd === null) return;
  const { mode, offset, length } = args;
  if (offset + length > OFFSET_MAX) return session.fail(frame, EFBIG);
  const { links } = fd;
  if (mode === PUNCH_HOLE_MODE) {
    frame.root.op = 'DISCARD';
    wind.discard(frame, 0, replyFdStatus, links, fd, offset, length, null);
  } else if (mode === FALLOC_FL_ZERO_RANGE) {
    frame.root.op = 'ZEROFILL';
    wind.zerofill(frame, 0, replyFdStatus, links, fd, offset, length, null);
  } else wind.fallocate(frame, 0, replyFdStatus, links, fd, mode, offset, length, null);
};

/** Handles LSEEK. The fop's argument `what` is 0 for data, 1 for a hole. The kernel handles other seeks itself. */
export const lseek: Handler<LseekIn> = (session, _header, args) => {
  const frame = session.begin('SEEK');
  const fd = findOpenFd(session, frame, args.fh);
  if (fd === null) return;
  const { whence, offset } = args;
  // The storage lacks data that the kernel has not written back; after ENOSYS the kernel treats all as data.
  if (session.hasWriteback) return session.fail(frame, ENOSYS);
  if (whence !== SEEK_DATA && whence !== SEEK_HOLE) return session.fail(frame, EINVAL);
  if (offset > OFFSET_MAX) wind.fstat(frame, 0, seekBeyondCbk, fd.links, fd, null);
  else wind.seek(frame, 0, seekCbk, fd.links, fd, offset, whence - SEEK_DATA, null);
};

/** Replies to a seek from beyond OFFSET_MAX: ENXIO behind the end of the file, else EOVERFLOW. */
const seekBeyondCbk: Cbk<'fstat', HandlerContext> = (frame, _cookie, xl, opRet, opErrno, buf) => {
  if (opRet < 0) return xl.priv.fail(frame, opErrno);
  xl.priv.fail(frame, buf !== null && buf.iaSize > OFFSET_MAX ? EOVERFLOW : ENXIO);
};

const seekCbk: Cbk<'seek', HandlerContext> = (frame, _cookie, xl, opRet, opErrno, offset) => {
  const session = xl.priv;
  if (opRet < 0) return session.fail(frame, opErrno);
  encodeLseekOut(session.view, OUT_HEADER_SIZE, offset);
  session.reply(frame, LSEEK_OUT_SIZE);
};

/** The most bytes, in whole pages, that fit the 32 bits of COPY_FILE_RANGE's reply; the kernel requests the rest. */
const COPY_BYTES_MAX = 0xffff_f000;

/**
 * Makes the handler of a copy. After a short copy the caller requests the rest; after EXDEV or ENOSYS the kernel copies
 * itself.
 */
const makeCopyHandler =
  (cbk: Cbk<'copy_file_range', HandlerContext>, maxBytes: number): Handler<CopyFileRangeIn> =>
  (session, _header, args) => {
    const frame = session.begin('COPY_FILE_RANGE');
    const source = findOpenFd(session, frame, args.fhIn);
    if (source === null) return;
    const target = findOpenFd(session, frame, args.fhOut);
    if (target === null) return;
    const { offIn, offOut, flags } = args;
    const len = Math.min(args.len, maxBytes);
    if (offIn + len > OFFSET_MAX || offOut + len > OFFSET_MAX) return session.fail(frame, EFBIG);
    // After a graph exchange, `session.links` leads to the new graph. If one file is open only in the old graph, the
    // fop goes there: the other file is open there, too.
    const links = source.links === session.links ? target.links : source.links;
    frame.local = source;
    wind.copy_file_range(frame, len, cbk, links, source, offIn, target, offOut, len, flags, null);
  };

const copyCbk: Cbk<'copy_file_range', HandlerContext> = (frame, len, xl, opRet, opErrno) => {
  const session = xl.priv;
  if (opRet < 0) return session.fail(frame, opErrno);
  // The source's access time has changed; the kernel invalidates it itself only after READ.
  session.invalidateAttributes((frame.local as Fd).inode);
  encodeWriteOut(session.view, OUT_HEADER_SIZE, Math.min(opRet, len));
  session.reply(frame, WRITE_OUT_SIZE);
};

const copy64Cbk: Cbk<'copy_file_range', HandlerContext> = (frame, len, xl, opRet, opErrno) => {
  const session = xl.priv;
  if (opRet < 0) return session.fail(frame, opErrno);
  session.invalidateAttributes((frame.local as Fd).inode);
  encodeCopyFileRangeOut(session.view, OUT_HEADER_SIZE, Math.min(opRet, len));
  session.reply(frame, COPY_FILE_RANGE_OUT_SIZE);
};

export const copyFileRange = makeCopyHandler(copyCbk, COPY_BYTES_MAX);
export const copyFileRange64 = makeCopyHandler(copy64Cbk, OFFSET_MAX);

/** Handles SYNCFS. GlusterFS has no such fop: sends a fsyncdir of the root with `SYNC_VOLUME`. */
export const syncfs: Handler<NoArgs> = (session, header, _args) => {
  const frame = session.begin('FSYNCDIR');
  const { root } = session.graph.inodes;
  const fd = new Fd(root, O_RDONLY | O_DIRECTORY, header.pid, true);
  frame.local = fd;
  const xdata = new Dict().set(SYNC_VOLUME, 1);
  wind.fsyncdir(frame, 0, syncCbk, fd.links, fd, 0, xdata);
};

const syncCbk: Cbk<'fsyncdir', HandlerContext> = (frame, cookie, xl, opRet, opErrno) => {
  closeFd(frame.local as Fd);
  replyFdStatus(frame, cookie, xl, opRet, opErrno);
};
