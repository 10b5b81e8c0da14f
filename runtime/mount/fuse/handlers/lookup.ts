/**
 * Handles LOOKUP, FORGET and BATCH_FORGET. `encodeEntry` (reply.ts) counts the kernel's lookups of an inode; a FORGET
 * subtracts from that count.
 */
import { discardInode, isNameGone, removeEntry } from '../../../core/apply-reply.ts';
import { ENOENT, ESTALE } from '../../../core/errno.ts';
import type { Frame } from '../../../core/frame.ts';
import { wind } from '../../../core/gen/fops.gen.ts';
import { type Inode, ROOT_ID } from '../../../core/inode.ts';
import { Loc } from '../../../core/operands.ts';
import { NEGATIVE_TIMEOUT } from '../../../core/xdata.ts';
import type { Cbk } from '../../../core/xlator.ts';
import { type BatchForgetIn, FORGET_ONE_SIZE } from '../codec/cursor.ts';
import { ENTRY_OUT_SIZE, encodeNegativeEntry, Validity } from '../codec/reply-structs.ts';
import type { ForgetIn, NameIn } from '../codec/structs.gen.ts';
import { OUT_HEADER_SIZE } from '../protocol.ts';
import type { Handler, HandlerContext } from './handler.ts';
import { replyEntry, replyLinkedEntry, toInodeErrno } from './reply.ts';

/** The name by which the kernel looks up the inode of a file handle (NFS, open_by_handle_at). */
const SELF = '.';
/** The name by which the kernel looks up the parent of such an inode. */
const PARENT = '..';

export const lookup: Handler<NameIn> = (session, header, args) => {
  const frame = session.begin('LOOKUP');
  const { inodes } = session.graph;
  const parent = inodes.byId.get(header.nodeid);
  if (parent === undefined) return session.fail(frame, ESTALE);
  const { name } = args;
  if (name === SELF) return lookupSelf(session, frame, parent);
  if (name === PARENT) {
    const ancestor = parent.id === ROOT_ID ? parent : parent.names[0]?.parent;
    if (ancestor === undefined) return session.fail(frame, ESTALE);
    return lookupSelf(session, frame, ancestor);
  }
  const knownInode = parent.children?.get(name);
  if (knownInode === undefined) return lookupUnknownName(session, frame, parent, name);
  const loc = new Loc(knownInode, parent, name);
  frame.local = loc;
  wind.lookup(frame, 0, revalidateCbk, session.links, loc, null);
};

/** Replies for an inode that the kernel knows by number only. It is wound as a stat, as there is no name to look up. */
function lookupSelf(session: HandlerContext, frame: Frame, inode: Inode): void {
  const loc = new Loc(inode);
  frame.local = loc;
  wind.stat(frame, 0, statSelfCbk, session.links, loc, null);
}

const statSelfCbk: Cbk<'stat', HandlerContext> = (frame, _c, xl, opRet, opErrno, buf, xdata) => {
  const session = xl.priv;
  const loc = frame.local as Loc;
  if (opRet < 0) return session.fail(frame, toInodeErrno(opErrno));
  replyEntry(session, frame, loc, loc.inode, buf, xdata);
};

/**
 * Looks up an unknown name. Unlike GlusterFS's FUSE bridge, it sends no new gfid with the lookup, because making one is
 * costly. A storage chooses a gfid for a file without one; a translator above several storages sends its own.
 */
function lookupUnknownName(
  session: HandlerContext,
  frame: Frame,
  parent: Inode,
  name: string,
): void {
  const loc = new Loc(session.graph.inodes.newInode(), parent, name);
  frame.local = loc;
  wind.lookup(frame, 0, lookupCbk, session.links, loc, null);
}

/** Replies for a known name. If the lookup fails, or the name has another inode now, looks it up as a new name. */
const revalidateCbk: Cbk<'lookup', HandlerContext> = (
  frame,
  _c,
  xl,
  opRet,
  opErrno,
  _,
  buf,
  xdata,
) => {
  const session = xl.priv;
  const loc = frame.local as Loc;
  const { inode, parent, name } = loc as { inode: Inode; parent: Inode; name: string };
  if (opRet >= 0 && buf?.iaGfid === inode.gfid) {
    // A known name needs no link.
    return parent.children?.get(name) === inode
      ? replyLinkedEntry(session, frame, inode, buf, xdata)
      : replyEntry(session, frame, loc, inode, buf, xdata);
  }
  if (opRet >= 0 || isNameGone(opErrno)) removeEntry(loc);
  lookupUnknownName(session, frame, parent, name);
};

const lookupCbk: Cbk<'lookup', HandlerContext> = (
  frame,
  _c,
  xl,
  opRet,
  opErrno,
  inode,
  buf,
  xdata,
) => {
  const session = xl.priv;
  const loc = frame.local as Loc;
  if (opRet >= 0) return replyEntry(session, frame, loc, inode, buf, xdata);
  discardInode(loc.inode);
  if (opErrno !== ENOENT) return session.fail(frame, opErrno);
  const { negativeValid } = session;
  const valid =
    xdata === null ? negativeValid : Validity.fromXdata(xdata, NEGATIVE_TIMEOUT, negativeValid);
  if (valid.isZero) return session.fail(frame, ENOENT);
  // An entry with node id 0, which the kernel may cache; ENOENT is the result for observers.
  encodeNegativeEntry(session.view, OUT_HEADER_SIZE, valid);
  session.reply(frame, ENTRY_OUT_SIZE, ENOENT);
};

/** Forgets lookups of an inode. Sends no reply. */
export const forget: Handler<ForgetIn> = (session, header, args) => {
  forgetOne(session, header.nodeid, args.nlookup);
};

/** Forgets lookups of several inodes. Sends no reply. */
export const batchForget: Handler<BatchForgetIn> = (session, _header, args) => {
  const { view } = session.cursor;
  const TWO_32 = 0x1_0000_0000;
  for (let i = 0; i < args.count; i++) {
    const offset = args.itemsOffset + i * FORGET_ONE_SIZE;
    const nodeid = view.getUint32(offset, true) + view.getUint32(offset + 4, true) * TWO_32;
    const nlookup = view.getUint32(offset + 8, true) + view.getUint32(offset + 12, true) * TWO_32;
    forgetOne(session, nodeid, nlookup);
  }
};

/** Forgets lookups of an inode that the kernel may have forgotten already. */
function forgetOne(session: HandlerContext, nodeid: number, nlookup: number): void {
  const inode = session.graph.inodes.byId.get(nodeid);
  if (inode !== undefined) session.client.forget(inode, nlookup);
}
