/** Finds the targets of the kernel's requests: names in directories, and open files. */
import { EBADF, ESTALE } from '../../../core/errno.ts';
import type { Frame } from '../../../core/frame.ts';
import { type Fd, Loc } from '../../../core/operands.ts';
import type { Span } from '../codec/cursor.ts';
import type { HandlerContext } from './handler.ts';

/** Makes the loc of a new name, and stores it in `frame.local`. Replies ESTALE for an unknown directory; returns null. */
export function makeNewLoc(
  session: HandlerContext,
  frame: Frame,
  nodeid: number,
  name: Span,
): Loc | null {
  const parent = session.findInode(nodeid);
  if (parent === undefined) {
    session.fail(frame, ESTALE);
    return null;
  }
  const loc = new Loc(session.graph.inodes.newInode(), parent, session.readName(name));
  frame.local = loc;
  return loc;
}

/** Makes the loc of an existing name, like `makeNewLoc`. Its inode is new only if the inode table lacks the name. */
export function makeExistingLoc(
  session: HandlerContext,
  frame: Frame,
  nodeid: number,
  name: Span,
): Loc | null {
  const parent = session.findInode(nodeid);
  if (parent === undefined) {
    session.fail(frame, ESTALE);
    return null;
  }
  const { inodes } = session.graph;
  const text = session.readName(name);
  const loc = new Loc(inodes.grep(parent, text) ?? inodes.newInode(), parent, text);
  frame.local = loc;
  return loc;
}

/** Finds the open file of a handle. For an unknown handle, replies EBADF and returns null. */
export function findOpenFd(session: HandlerContext, frame: Frame, handle: number): Fd | null {
  const fd = session.fds.get(handle);
  if (fd !== undefined) return fd;
  session.fail(frame, EBADF);
  return null;
}
