/** Sends replies that several operations share (entries, attributes, plain success), and converts errnos. */
import { linkReply } from '../../../core/apply-reply.ts';
import type { Dict } from '../../../core/dict.ts';
import { EIO, ENOENT, ESTALE } from '../../../core/errno.ts';
import type { Frame } from '../../../core/frame.ts';
import type { Iatt } from '../../../core/iatt.ts';
import { type Inode, ROOT_ID } from '../../../core/inode.ts';
import type { Loc } from '../../../core/operands.ts';
import { ATTRIBUTE_TIMEOUT, ENTRY_TIMEOUT } from '../../../core/xdata.ts';
import type { Xlator } from '../../../core/xlator.ts';
import {
  ATTR_OUT_SIZE,
  ENTRY_OUT_SIZE,
  encodeAttrOut,
  encodeEntryOut,
  encodeStatxOut,
  STATX_OUT_SIZE,
  Validity,
} from '../codec/reply-structs.ts';
import { OUT_HEADER_SIZE } from '../protocol.ts';
import type { HandlerContext } from './handler.ts';

/**
 * Converts the errno of a fop on a known inode. ENOENT means that another client has removed it. It becomes ESTALE,
 * after which the kernel looks the path up once more.
 */
export const toInodeErrno = (opErrno: number): number => (opErrno === ENOENT ? ESTALE : opErrno);

/**
 * Converts the errno of a fop that creates a name. ENOENT can only mean that the directory is gone. It becomes ESTALE,
 * as in `toInodeErrno`, unless the kernel has no path to look up again: the directory has no name, or is the root.
 */
export function toCreationErrno(opErrno: number, parent: Inode): number {
  const isReachable = parent.id !== ROOT_ID && parent.names.length > 0;
  return opErrno === ENOENT && isReachable ? ESTALE : opErrno;
}

/** Finds how long the kernel may cache attributes: 0 if unknown, or if a program may change them by mmap(2). */
function findAttributeValidity(
  session: HandlerContext,
  inode: Inode,
  buf: Iatt,
  xdata: Dict | null,
): Validity {
  if (!buf.known) return session.unknownValid;
  const fallback = session.passthrough.mayBeMapped(session.links, inode)
    ? session.unknownValid
    : session.attrValid;
  return xdata === null ? fallback : Validity.fromXdata(xdata, ATTRIBUTE_TIMEOUT, fallback);
}

/** Encodes an entry of `linked`, and counts the kernel's lookup. The fop's `xdata` may have timeouts. */
export function encodeEntry(
  session: HandlerContext,
  offset: number,
  linked: Inode,
  buf: Iatt,
  xdata: Dict | null,
): void {
  session.client.lookup(linked);
  const { entryValid } = session;
  const entry = xdata === null ? entryValid : Validity.fromXdata(xdata, ENTRY_TIMEOUT, entryValid);
  const attr = findAttributeValidity(session, linked, buf, xdata);
  encodeEntryOut(session.view, offset, linked.id, entry, attr, linked.inoHi, linked.inoLo, buf);
}

/** Links the inode of a fop's reply under its name, and replies with the entry. */
export function replyEntry(
  session: HandlerContext,
  frame: Frame,
  loc: Loc,
  inode: Inode | null,
  buf: Iatt | null,
  xdata: Dict | null,
): void {
  const linked = linkReply(loc, inode, buf);
  if (linked === null) {
    session.fail(frame, EIO);
    return;
  }
  replyLinkedEntry(session, frame, linked, buf!, xdata);
}

/** Replies with the entry of an inode that has its name in the table. */
export function replyLinkedEntry(
  session: HandlerContext,
  frame: Frame,
  linked: Inode,
  buf: Iatt,
  xdata: Dict | null,
): void {
  encodeEntry(session, OUT_HEADER_SIZE, linked, buf, xdata);
  // After a refused reply, the kernel does not know the inode.
  if (!session.reply(frame, ENTRY_OUT_SIZE)) session.client.forget(linked, 1);
}

/** Replies with attributes as `encode` writes them in `size` bytes; EIO if the fop gave none. */
function replyWithAttributes(
  encode: typeof encodeAttrOut,
  size: number,
  session: HandlerContext,
  frame: Frame,
  inode: Inode,
  buf: Iatt | null,
  xdata: Dict | null,
): void {
  if (buf === null) {
    session.fail(frame, EIO);
    return;
  }
  const valid = findAttributeValidity(session, inode, buf, xdata);
  encode(session.view, OUT_HEADER_SIZE, valid, inode.inoHi, inode.inoLo, buf);
  session.reply(frame, size);
}

/** Replies with attributes; EIO if the fop gave none. */
export const replyAttr = (
  session: HandlerContext,
  frame: Frame,
  inode: Inode,
  buf: Iatt | null,
  xdata: Dict | null,
): void => replyWithAttributes(encodeAttrOut, ATTR_OUT_SIZE, session, frame, inode, buf, xdata);

/** Replies to STATX, like `replyAttr`. */
export const replyStatx: typeof replyAttr = (session, frame, inode, buf, xdata) =>
  replyWithAttributes(encodeStatxOut, STATX_OUT_SIZE, session, frame, inode, buf, xdata);

/** Replies with success or the errno: the callback of fops on an inode without other results. */
export function replyInodeStatus(
  frame: Frame,
  _cookie: number,
  xl: Xlator<HandlerContext>,
  opRet: number,
  opErrno: number,
): void {
  if (opRet < 0) xl.priv.fail(frame, toInodeErrno(opErrno));
  else xl.priv.reply(frame, 0);
}

/** Replies like `replyInodeStatus`, to a fop on an fd. ENOENT stays: for an fd the kernel looks no path up again. */
export function replyFdStatus(
  frame: Frame,
  _cookie: number,
  xl: Xlator<HandlerContext>,
  opRet: number,
  opErrno: number,
): void {
  if (opRet < 0) xl.priv.fail(frame, opErrno);
  else xl.priv.reply(frame, 0);
}
