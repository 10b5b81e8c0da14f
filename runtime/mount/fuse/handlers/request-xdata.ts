/** Makes xdata for fops that create inodes, or drop privileges. */
import { Dict } from '../../../core/dict.ts';
import { KILL_PRIV, MODE_REQ } from '../../../core/xdata.ts';
import type { HandlerContext } from './handler.ts';

/**
 * Makes xdata for a fop that creates an inode: a gfid, and the caller's mode before the umask, for a storage with
 * default ACLs. (The fop's own mode is already masked.)
 */
export function makeCreationXdata(session: HandlerContext, mode: number, umask: number): Dict {
  const xdata = session.initiator.makeGfidRequest();
  return (mode & umask) === 0 ? xdata : xdata.set(MODE_REQ, mode);
}

/** Makes xdata for a change that drops set-user-id, set-group-id and capabilities; null if it drops none. */
export const makeKillPrivXdata = (isNeeded: boolean): Dict | null =>
  isNeeded ? new Dict().set(KILL_PRIV, 1) : null;
