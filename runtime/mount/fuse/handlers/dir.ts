/** Handles the operations on open directories: OPENDIR, READDIR, READDIRPLUS, FSYNCDIR. */

import { linkDirent } from '../../../core/apply-reply.ts';
import { encodeNameInto, NameError, nameLength } from '../../../core/bytes.ts';
import { type Dict, hasTimeouts } from '../../../core/dict.ts';
import { EINVAL, ENOENT, ESTALE } from '../../../core/errno.ts';
import { closeFd } from '../../../core/fd-table.ts';
import type { Frame } from '../../../core/frame.ts';
import { wind } from '../../../core/gen/fops.gen.ts';
import { computeInoHi, computeInoLo } from '../../../core/gfid.ts';
import type { Dirent } from '../../../core/iatt.ts';
import { computeDirentplusSize, computeDirentSize } from '../../../core/iatt.ts';
import type { Inode } from '../../../core/inode.ts';
import { NAME_MAX } from '../../../core/limits.ts';
import { printable } from '../../../core/log.ts';
import { messages } from '../../../core/messages.ts';
import { Fd, Loc } from '../../../core/operands.ts';
import type { Cbk } from '../../../core/xlator.ts';
import { encodeDirent, NAME_OFFSET, NAME_OFFSET_PLUS } from '../codec/dir.ts';
import { ENTRY_OUT_SIZE, encodeNegativeEntry } from '../codec/reply-structs.ts';
import {
  encodeOpenOut,
  type FsyncIn,
  OPEN_OUT_SIZE,
  type OpenIn,
  type ReadIn,
} from '../codec/structs.gen.ts';
import { FSYNC_FDATASYNC, OUT_HEADER_SIZE } from '../protocol.ts';
import { findOpenFd, type Handler, type HandlerContext } from './handler.ts';
import { encodeEntry, replyFdStatus, toInodeErrno } from './reply.ts';

/** Room that a listing leaves unused in `out`: an entry is encoded before its size is checked. */
const LONGEST_ENTRY_SIZE = computeDirentplusSize(NAME_MAX);

export const opendir: Handler<OpenIn> = (session, header, args) => {
  const frame = session.begin('OPENDIR');
  const inode = session.graph.inodes.byId.get(header.nodeid);
  if (inode === undefined) return session.fail(frame, ESTALE);
  const fd = new Fd(inode, session.toGraphFlags(args.flags), header.pid, true);
  frame.local = fd;
  wind.opendir(frame, 0, opendirCbk, fd.links, new Loc(inode), fd, null);
};

const opendirCbk: Cbk<'opendir', HandlerContext> = (frame, _cookie, xl, opRet, opErrno) => {
  const session = xl.priv;
  const fd = frame.local as Fd;
  if (opRet < 0) {
    closeFd(fd);
    return session.fail(frame, toInodeErrno(opErrno));
  }
  session.fds.add(fd);
  encodeOpenOut(session.view, OUT_HEADER_SIZE, fd.id, 0, 0);
  if (!session.reply(frame, OPEN_OUT_SIZE)) session.fds.release(fd.id);
};

export const readdir: Handler<ReadIn> = (session, _header, args) => {
  const frame = session.begin('READDIR');
  const fd = findOpenFd(session, frame, args.fh);
  if (fd === null) return;
  if (isListedToEnd(fd, args.offset)) return void session.reply(frame, 0);
  frame.local = fd;
  const size = limitSize(session, args.size);
  wind.readdir(frame, size, readdirCbk, fd.links, fd, size, args.offset, null);
};

export const readdirplus: Handler<ReadIn> = (session, _header, args) => {
  const frame = session.begin('READDIRP');
  const fd = findOpenFd(session, frame, args.fh);
  if (fd === null) return;
  if (isListedToEnd(fd, args.offset)) return void session.reply(frame, 0);
  frame.local = fd;
  const size = limitSize(session, args.size);
  wind.readdirp(frame, size, readdirpCbk, fd.links, fd, size, args.offset, null);
};

/** The offset of an open directory's last entry, if the last reply had that entry. */
const endOffsets = new WeakMap<Fd, number>();

/**
 * Whether the last reply had the last entry. The kernel then requests more, to find the end. If it does so again at
 * the same offset, the request reaches the graph: the program may wait for new entries.
 */
function isListedToEnd(fd: Fd, offset: number): boolean {
  const isEnd = endOffsets.get(fd) === offset;
  endOffsets.delete(fd);
  return isEnd;
}

/** Limits the kernel's requested size to the room in `out`. */
const limitSize = (session: HandlerContext, requested: number): number =>
  Math.min(requested, session.out.length - OUT_HEADER_SIZE - LONGEST_ENTRY_SIZE);

const readdirCbk: Cbk<'readdir', HandlerContext> = (frame, size, xl, opRet, opErrno, entries) => {
  const session = xl.priv;
  if (opRet < 0) return session.fail(frame, opErrno);
  let usedBytes = 0;
  for (const entry of entries ?? []) {
    const entryOffset = OUT_HEADER_SIZE + usedBytes;
    const nameBytes = encodeEntryName(session, entryOffset + NAME_OFFSET, entry.name);
    if (nameBytes === 0) continue;
    if (usedBytes + computeDirentSize(nameBytes) > size) break;
    usedBytes += encodePlainEntry(session, entryOffset, entry, nameBytes);
  }
  replyEntries(session, frame, usedBytes, opErrno, entries);
};

const readdirpCbk: Cbk<'readdirp', HandlerContext> = (
  frame,
  size,
  xl,
  opRet,
  opErrno,
  entries,
  xdata,
) => {
  const session = xl.priv;
  if (opRet < 0) return session.fail(frame, opErrno);
  let usedBytes = 0;
  for (const entry of entries ?? []) {
    const entryOffset = OUT_HEADER_SIZE + usedBytes;
    const nameBytes = encodeEntryName(session, entryOffset + NAME_OFFSET_PLUS, entry.name);
    if (nameBytes === 0) continue;
    if (usedBytes + computeDirentplusSize(nameBytes) > size) break;
    encodeEntryInode(session, entryOffset, (frame.local as Fd).inode, entry, xdata);
    const direntOffset = entryOffset + ENTRY_OUT_SIZE;
    usedBytes += ENTRY_OUT_SIZE + encodePlainEntry(session, direntOffset, entry, nameBytes);
  }
  replyEntries(session, frame, usedBytes, opErrno, entries);
};

/**
 * Replies with the entries. An empty reply means the end, so a first entry that is too long fails instead.
 * @param opErrno ENOENT for the last entries
 */
function replyEntries(
  session: HandlerContext,
  frame: Frame,
  usedBytes: number,
  opErrno: number,
  entries: readonly Dirent[] | null,
): void {
  const last = entries?.at(-1);
  if (usedBytes === 0 && last !== undefined) session.fail(frame, EINVAL);
  else {
    if (last !== undefined && opErrno === ENOENT) endOffsets.set(frame.local as Fd, last.off);
    session.reply(frame, usedBytes);
  }
}

/** Encodes a name and returns its length; 0 for an invalid name, which is logged. */
function encodeEntryName(session: HandlerContext, offset: number, name: string): number {
  // Counts the bytes only of a long name (a character takes at most three): one over NAME_MAX could overrun `out`.
  if (name.length * 3 <= LONGEST_ENTRY_SIZE - NAME_OFFSET_PLUS || nameLength(name) <= NAME_MAX) {
    try {
      return encodeNameInto(name, session.out, offset);
    } catch (error) {
      if (!(error instanceof NameError)) throw error;
    }
  }
  session.log.warning(`a listing has an entry with an invalid name: '${printable(name)}'`, {
    msgid: messages.invalidEntryName.id,
  });
  return 0;
}

/** Encodes a fuse_dirent, whose name is already in place. Returns its length. */
function encodePlainEntry(
  session: HandlerContext,
  offset: number,
  entry: Dirent,
  nameBytes: number,
): number {
  const { gfid, off, type } = entry;
  return encodeDirent(
    session.view,
    offset,
    computeInoHi(gfid),
    computeInoLo(gfid),
    off,
    type,
    nameBytes,
  );
}

/** Encodes the inode of an entry for READDIRPLUS. @param xdata has timeouts for entries without their own */
function encodeEntryInode(
  session: HandlerContext,
  offset: number,
  parent: Inode,
  entry: Dirent,
  xdata: Dict | null,
): void {
  const linked = linkDirent(parent, entry);
  // In a listing, node id 0 means an entry without attributes.
  if (linked === null) encodeNegativeEntry(session.view, offset, session.unknownValid);
  else {
    const timeouts = hasTimeouts(entry.dict) ? entry.dict : xdata;
    encodeEntry(session, offset, linked, entry.stat!, timeouts);
  }
}

export const fsyncdir: Handler<FsyncIn> = (session, _header, args) => {
  const frame = session.begin('FSYNCDIR');
  const fd = findOpenFd(session, frame, args.fh);
  if (fd === null) return;
  wind.fsyncdir(frame, 0, replyFdStatus, fd.links, fd, args.fsyncFlags & FSYNC_FDATASYNC, null);
};
