/** Targets of the kernel's requests: names in directories, and open files. */
import { EBADF, ESTALE } from '../../../core/errno.ts';
import type { Fd } from '../../../core/fd.ts';
import type { Frame } from '../../../core/frame.ts';
import { Loc } from '../../../core/loc.ts';
import type { Span } from '../codec/cursor.ts';
import type { HandlerContext } from './handler.ts';

/** The place of a new name; null, and ESTALE answered, when the directory is not known. */
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

/** The place of a name that is there; its inode is a new one when the table does not know it. */
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

/** The open file of a handle; null, and EBADF answered, when there is none. */
export function openFd(session: HandlerContext, frame: Frame, handle: number): Fd | null {
  const fd = session.fds.get(handle);
  if (fd !== undefined) return fd;
  session.fail(frame, EBADF);
  return null;
}
