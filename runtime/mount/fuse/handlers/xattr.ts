/** The operations on extended attributes, and which attributes are none of the graph's business. */

import { isAcl } from '../../../core/acl.ts';
import { encodeName, NameError } from '../../../core/bytes.ts';
import { Dict, type DictValue } from '../../../core/dict.ts';
import { EACCES, EIO, ENODATA, EOPNOTSUPP, EPERM, ERANGE, ESTALE } from '../../../core/errno.ts';
import { FS_FLAGS, FS_VERSION, FS_XATTR } from '../../../core/fileattr.ts';
import type { Frame } from '../../../core/frame.ts';
import { wind } from '../../../core/gen/fops.gen.ts';
import { Iatt } from '../../../core/iatt.ts';
import { Loc } from '../../../core/loc.ts';
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
import { invalidationFor } from './operator-invalidation.ts';
import { inodeDone, inodeErrno } from './reply.ts';

/**
 * Attributes that are answered here, as if there were none: labels, which the kernel would ask for
 * at every lookup, and what only ioctl(2) may change.
 */
const NEVER: ReadonlySet<string> = new Set(['security.selinux', FS_FLAGS, FS_XATTR, FS_VERSION]);

/** Whether there can be no such attribute, which ends the question here: nobody else hears of it. */
const isNever = ({ acl }: HandlerContext, name: string): boolean =>
  NEVER.has(name) || (!acl && isAcl(name));

/** Whether a caller may see that there is such a name: those of `trusted.` are root's (xattr(7)). */
const isListed = (session: HandlerContext, name: string, uid: number): boolean =>
  !isNever(session, name) && (uid === 0 || !name.startsWith('trusted.'));

/** Attributes that an application must not set: they are an inode's identity. */
const IDENTITY: ReadonlySet<string> = new Set(['trusted.gfid', 'trusted.glusterfs.volume-id']);

export const setxattr: Handler<SetxattrIn> = (session, header, args) => {
  const frame = session.begin('SETXATTR');
  const inode = session.inode(header.nodeid);
  if (inode === undefined) return session.fail(frame, ESTALE);
  const name = session.name(args.name);
  if (isNever(session, name)) return session.fail(frame, EOPNOTSUPP);
  if (IDENTITY.has(name)) return session.fail(frame, EPERM);
  const dict = new Dict().set(name, session.copy(args.value), 'bin');
  wind.setxattr(frame, 0, inodeDone, session.links, new Loc(inode), dict, args.flags, null);
};

/**
 * Attributes that show paths, on the disk and of folders that the caller may have no access to. Only
 * an operator is told. (Those that begin with `trusted.` are for root anyway.)
 */
const PATH_ATTRIBUTES: ReadonlySet<string> = new Set([
  'glusterfs.pathinfo',
  'glusterfs.gfid2path',
  'glusterfs.gfidtopath',
  'glusterfs.ancestry.path',
]);

/** Whether root asks, or the user who mounted: others may be let in, and are told less. */
function isOperator(frame: Frame): boolean {
  const { uid } = frame.root;
  return uid === 0 || uid === process.geteuid?.();
}

/**
 * What the server itself does when its user or root asks for it, by an attribute that is read, not
 * set: while one is set, the kernel holds the directory's lock, and has to wait for it. A process
 * that has it, and waits for a module that does not answer, would hold the request up.
 */
function runOperatorAction(
  session: HandlerContext,
  frame: Frame,
  size: number,
  action: () => Promise<void>,
): void {
  if (!isOperator(frame)) session.fail(frame, EPERM);
  else if (size === 0) {
    // Just the length is asked for, and not known yet: the caller is to make room for the longest.
    encodeGetxattrOut(session.view, OUT_HEADER_SIZE, XATTR_SIZE_MAX);
    session.reply(frame, GETXATTR_OUT_SIZE);
  } else {
    action().then(
      () => replySized(session, frame, size, NO_BYTES),
      () => session.fail(frame, EIO),
    );
  }
}

const NO_BYTES = new Uint8Array(0);

/** The kernel hands out no longer value of an extended attribute. Source: `linux/limits.h`. */
const XATTR_SIZE_MAX = 65_536;

export const getxattr: Handler<GetxattrIn> = (session, header, args) => {
  const frame = session.begin('GETXATTR');
  const inode = session.inode(header.nodeid);
  if (inode === undefined) return session.fail(frame, ESTALE);
  const name = session.name(args.name);
  // Who hears this asks for no other file: `ls -l` asks for the label and the ACL of each, where there
  // could be one.
  if (isNever(session, name)) return session.fail(frame, EOPNOTSUPP);
  const demanded = invalidationFor(session, inode, name);
  if (demanded !== undefined) return runOperatorAction(session, frame, args.size, demanded);
  if (PATH_ATTRIBUTES.has(name) && !isOperator(frame)) return session.fail(frame, EACCES);
  frame.local = name;
  wind.getxattr(frame, args.size, getxattrCbk, session.links, new Loc(inode), name, null);
};

const getxattrCbk: Cbk<'getxattr', HandlerContext> = (frame, size, xl, opRet, opErrno, dict) => {
  const session = xl.priv;
  if (opRet < 0) {
    // The kernel asks for ACLs to decide who may do what. "There is none" answers that; any other error
    // would be returned to every caller, whatever they asked for.
    const isNone = opErrno === EOPNOTSUPP && isAcl(frame.local as string);
    return session.fail(frame, isNone ? ENODATA : inodeErrno(opErrno));
  }
  const value = dict?.get(frame.local as string);
  if (value === undefined) return session.fail(frame, ENODATA);
  replySized(session, frame, size, valueBytes(value));
};

export const listxattr: Handler<GetxattrIn> = (session, header, args) => {
  const frame = session.begin('GETXATTR');
  const inode = session.inode(header.nodeid);
  if (inode === undefined) return session.fail(frame, ESTALE);
  wind.getxattr(frame, args.size, listxattrCbk, session.links, new Loc(inode), null, null);
};

const listxattrCbk: Cbk<'getxattr', HandlerContext> = (frame, size, xl, opRet, opErrno, dict) => {
  const session = xl.priv;
  if (opRet < 0) return session.fail(frame, inodeErrno(opErrno));
  let names = '';
  const { uid } = frame.root;
  for (const name of dict?.keys() ?? []) if (isListed(session, name, uid)) names += `${name}\0`;
  replySized(session, frame, size, valueBytes(names));
};

export const removexattr: Handler<NameIn> = (session, header, args) => {
  const frame = session.begin('REMOVEXATTR');
  const inode = session.inode(header.nodeid);
  if (inode === undefined) return session.fail(frame, ESTALE);
  const name = session.name(args.name);
  if (isNever(session, name)) return session.fail(frame, EOPNOTSUPP);
  if (IDENTITY.has(name)) return session.fail(frame, EPERM);
  wind.removexattr(frame, 0, inodeDone, session.links, new Loc(inode), name, null);
};

/** A value or list for a caller with room for `size` bytes; with 0 it only asks for the length. */
function replySized(session: HandlerContext, frame: Frame, size: number, bytes: Uint8Array): void {
  if (size === 0) {
    encodeGetxattrOut(session.view, OUT_HEADER_SIZE, bytes.length);
    session.reply(frame, GETXATTR_OUT_SIZE);
  } else if (bytes.length > size) session.fail(frame, ERANGE);
  else session.replyData(frame, bytes);
}

/** A dict's value as bytes: numbers as decimal text, as GlusterFS keeps them. */
function valueBytes(value: DictValue): Uint8Array {
  if (value instanceof Uint8Array) return value;
  if (value instanceof Iatt) return new Uint8Array(0);
  try {
    return encodeName(String(value));
  } catch (error) {
    // A string that no bytes stand for can only be a script's: it has no value to show.
    if (error instanceof NameError) return new Uint8Array(0);
    throw error;
  }
}
