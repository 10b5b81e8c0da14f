/** Finds the targets of the kernel's requests: names in directories, and open files. */
import { EBADF, ESTALE } from '../../../core/errno.ts';
import type { Fd } from '../../../core/fd.ts';
import type { Frame } from '../../../core/frame.ts';
import { Loc } from '../../../core/loc.ts';
import type { Span } from '../codec/cursor.ts';
import type { HandlerContext } from './handler.ts';

/** The loc of a new name. For an unknown directory, replies ESTALE and returns null. */
export function newNameLoc(
  session: HandlerContext,
  frame: Frame,
  nodeid: number,
  name: Span,
): Loc | null {
  const parent = session.inode(nodeid);
  if (parent === undefined) {
    session.fail(frame, ESTALE);
    return null;
  }
  const loc = new Loc(session.graph.inodes.newInode(), parent, session.name(name));
  frame.local = loc;
  return loc;
}

/** The loc of an existing name, with a new inode when the table does not know it. */
export function knownNameLoc(
  session: HandlerContext,
  frame: Frame,
  nodeid: number,
  name: Span,
): Loc | null {
  const parent = session.inode(nodeid);
  if (parent === undefined) {
    session.fail(frame, ESTALE);
    return null;
  }
  const { inodes } = session.graph;
  const text = session.name(name);
  const loc = new Loc(inodes.grep(parent, text) ?? inodes.newInode(), parent, text);
  frame.local = loc;
  return loc;
}

/** The open file of a handle. For an unknown handle, replies EBADF and returns null. */
export function openFd(session: HandlerContext, frame: Frame, handle: number): Fd | null {
  const fd = session.fds.get(handle);
  if (fd !== undefined) return fd;
  session.fail(frame, EBADF);
  return null;
}
