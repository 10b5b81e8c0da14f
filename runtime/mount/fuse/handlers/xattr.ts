/** Handles SETXATTR, GETXATTR, LISTXATTR and REMOVEXATTR. Hidden and operators' attributes do not reach the graph. */

import { isAclName } from '../../../core/acl.ts';
import { encodeName, NameError } from '../../../core/bytes.ts';
import { Dict, type DictValue } from '../../../core/dict.ts';
import {
  EACCES,
  EILSEQ,
  EIO,
  ENODATA,
  EOPNOTSUPP,
  EPERM,
  ERANGE,
  ESTALE,
} from '../../../core/errno.ts';
import { FS_FLAGS, FS_VERSION, FS_XATTR } from '../../../core/fileattr.ts';
import type { Frame } from '../../../core/frame.ts';
import { wind } from '../../../core/gen/fops.gen.ts';
import { Iatt } from '../../../core/iatt.ts';
import { printable } from '../../../core/log.ts';
import { messages } from '../../../core/messages.ts';
import { Loc } from '../../../core/operands.ts';
import { CAPABILITY, WATCH_XATTR } from '../../../core/xdata.ts';
import type { Cbk } from '../../../core/xlator.ts';
import {
  encodeGetxattrOut,
  GETXATTR_OUT_SIZE,
  type GetxattrIn,
  type NameIn,
  type SetxattrIn,
} from '../codec/structs.gen.ts';
import { OUT_HEADER_SIZE } from '../protocol.ts';
import type { Handler, HandlerContext } from './handler.ts';
import { findInvalidation } from './operator-invalidation.ts';
import { replyInodeStatus, toInodeErrno } from './reply.ts';

/**
 * Attributes that the mount reports as absent: labels, which the kernel would request at every lookup, and those
 * that only ioctl(2) may change.
 */
const HIDDEN_ATTRIBUTES: ReadonlySet<string> = new Set([
  'security.selinux',
  FS_FLAGS,
  FS_XATTR,
  FS_VERSION,
]);

/** Whether an attribute is hidden, or an ACL at a mount without ACLs: then no fop is wound. */
const isHidden = ({ kernelEnforcesAcls }: HandlerContext, name: string): boolean =>
  HIDDEN_ATTRIBUTES.has(name) || (!kernelEnforcesAcls && isAclName(name));

/** Whether a listing shows the name to the caller; `trusted.` names only to root (xattr(7)). */
const isListed = (session: HandlerContext, name: string, uid: number): boolean =>
  !isHidden(session, name) && (uid === 0 || !name.startsWith('trusted.'));

/** Attributes that applications must not set: the identity of an inode. */
const IDENTITY_ATTRIBUTES: ReadonlySet<string> = new Set([
  'trusted.gfid',
  'trusted.glusterfs.volume-id',
]);

export const setxattr: Handler<SetxattrIn> = (session, header, args) => {
  const frame = session.begin('SETXATTR');
  const inode = session.graph.inodes.byId.get(header.nodeid);
  if (inode === undefined) return session.fail(frame, ESTALE);
  const { name } = args;
  if (isHidden(session, name)) return session.fail(frame, EOPNOTSUPP);
  if (IDENTITY_ATTRIBUTES.has(name)) return session.fail(frame, EPERM);
  const dict = new Dict().set(name, session.copyData(args.value), 'bin');
  if (name === CAPABILITY) session.capabilities.forget(inode);
  wind.setxattr(frame, 0, replyInodeStatus, session.links, new Loc(inode), dict, args.flags, null);
};

/**
 * Attributes that reveal paths on the disk, and paths through directories that the caller may not search. Only an
 * operator may read them. (The kernel lets only root read `trusted.` attributes.)
 */
const PATH_ATTRIBUTES: ReadonlySet<string> = new Set([
  'glusterfs.pathinfo',
  'glusterfs.gfid2path',
  'glusterfs.gfidtopath',
  'glusterfs.ancestry.path',
]);

/** Whether the caller is root or the user who mounted. */
function isOperator(frame: Frame): boolean {
  const { uid } = frame.root;
  return uid === 0 || uid === process.geteuid?.();
}

/**
 * Runs an action that an operator requests by reading an attribute. The request is not a setxattr, because that needs
 * the directory's lock in the kernel: a process may hold the lock while it waits for a module that hangs.
 */
function runOperatorAction(
  session: HandlerContext,
  frame: Frame,
  size: number,
  action: () => Promise<void>,
): void {
  if (!isOperator(frame)) session.fail(frame, EPERM);
  else if (size === 0) replyLength(session, frame, XATTR_SIZE_MAX);
  else {
    action().then(
      () => replyValueOrLength(session, frame, size, NO_BYTES),
      () => session.fail(frame, EIO),
    );
  }
}

const NO_BYTES = new Uint8Array(0);

/** Longest value of an extended attribute. Source: `linux/limits.h`. */
const XATTR_SIZE_MAX = 65_536;

export const getxattr: Handler<GetxattrIn> = (session, header, args) => {
  const frame = session.begin('GETXATTR');
  const inode = session.graph.inodes.byId.get(header.nodeid);
  if (inode === undefined) return session.fail(frame, ESTALE);
  const { name } = args;
  // After EOPNOTSUPP, `ls -l` does not ask for labels and ACLs of further files.
  if (isHidden(session, name)) return session.fail(frame, EOPNOTSUPP);
  const action = findInvalidation(session, inode, name);
  if (action !== undefined) return runOperatorAction(session, frame, args.size, action);
  if (PATH_ATTRIBUTES.has(name) && !isOperator(frame)) return session.fail(frame, EACCES);
  // Programs request the length first, and then the value. Only the second request must wait for an event: the value
  // may become longer after the first one.
  if (args.size === 0 && name.startsWith(WATCH_XATTR))
    return replyLength(session, frame, XATTR_SIZE_MAX);
  if (
    args.size === 0 &&
    name === CAPABILITY &&
    session.capabilities.areAbsent(session.links, inode)
  )
    return session.fail(frame, ENODATA);
  frame.local = name;
  wind.getxattr(frame, args.size, getxattrCbk, session.links, new Loc(inode), name, null);
};

const getxattrCbk: Cbk<'getxattr', HandlerContext> = (frame, size, xl, opRet, opErrno, dict) => {
  const session = xl.priv;
  if (opRet < 0) {
    // The kernel reads ACLs to check permissions. It returns any error but ENODATA to the caller of that check.
    const hasNoAcl = opErrno === EOPNOTSUPP && isAclName(frame.local as string);
    return session.fail(frame, hasNoAcl ? ENODATA : toInodeErrno(opErrno));
  }
  const value = dict?.get(frame.local as string);
  if (value === undefined) return session.fail(frame, ENODATA);
  replyValueOrLength(session, frame, size, value);
};

export const listxattr: Handler<GetxattrIn> = (session, header, args) => {
  const frame = session.begin('GETXATTR');
  const inode = session.graph.inodes.byId.get(header.nodeid);
  if (inode === undefined) return session.fail(frame, ESTALE);
  wind.getxattr(frame, args.size, listxattrCbk, session.links, new Loc(inode), null, null);
};

const listxattrCbk: Cbk<'getxattr', HandlerContext> = (frame, size, xl, opRet, opErrno, dict) => {
  const session = xl.priv;
  if (opRet < 0) return session.fail(frame, toInodeErrno(opErrno));
  let names = '';
  const { uid } = frame.root;
  for (const name of dict?.keys() ?? []) if (isListed(session, name, uid)) names += `${name}\0`;
  replyValueOrLength(session, frame, size, names);
};

export const removexattr: Handler<NameIn> = (session, header, args) => {
  const frame = session.begin('REMOVEXATTR');
  const inode = session.graph.inodes.byId.get(header.nodeid);
  if (inode === undefined) return session.fail(frame, ESTALE);
  const { name } = args;
  if (isHidden(session, name)) return session.fail(frame, EOPNOTSUPP);
  if (IDENTITY_ATTRIBUTES.has(name)) return session.fail(frame, EPERM);
  wind.removexattr(frame, 0, replyInodeStatus, session.links, new Loc(inode), name, null);
};

/** Replies to a request for the length; with `XATTR_SIZE_MAX` if the length is unknown yet. */
function replyLength(session: HandlerContext, frame: Frame, length: number): void {
  encodeGetxattrOut(session.view, OUT_HEADER_SIZE, length);
  session.reply(frame, GETXATTR_OUT_SIZE);
}

/** Replies with a value or list to a caller with room for `size` bytes; if `size` is 0, with the length. */
function replyValueOrLength(
  session: HandlerContext,
  frame: Frame,
  size: number,
  value: DictValue,
): void {
  const bytes = encodeValue(session, frame, value);
  if (bytes === null) session.fail(frame, EILSEQ);
  else if (size === 0) replyLength(session, frame, bytes.length);
  else if (bytes.length > size) session.fail(frame, ERANGE);
  else session.replyData(frame, bytes);
}

/**
 * Converts a dict's value to bytes: a number to decimal text, as in GlusterFS. Returns null for an iatt, and for a
 * string that encodes no bytes, which only a translator in this process can make; the log says so.
 */
function encodeValue(session: HandlerContext, frame: Frame, value: DictValue): Uint8Array | null {
  if (value instanceof Uint8Array) return value;
  try {
    if (!(value instanceof Iatt)) return encodeName(String(value));
    warnUnencodable(session, frame, 'an iatt is not text or bytes');
  } catch (error) {
    if (!(error instanceof NameError)) throw error;
    warnUnencodable(session, frame, error.message);
  }
  return null;
}

function warnUnencodable(session: HandlerContext, frame: Frame, reason: string): void {
  const name = (frame.local as string | null) ?? 'a list of names';
  session.log.warning(
    `${frame.root.op}: the reply has '${printable(name)}' that cannot be encoded: ${reason}`,
    { msgid: messages.unencodableReply.id },
  );
}
