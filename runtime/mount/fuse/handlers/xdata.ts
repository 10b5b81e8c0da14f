/** Makes xdata for fops. */
import { Dict } from '../../../core/dict.ts';
import { KILL_PRIV, MODE_REQ } from '../../../core/xdata.ts';
import type { HandlerContext } from './handler.ts';

/**
 * Xdata for a fop that makes an inode: a gfid, and the caller's mode before the umask, for a storage with default
 * ACLs. (The fop's own mode is already masked.)
 */
export function makingXdata(session: HandlerContext, mode: number, umask: number): Dict {
  const xdata = session.initiator.gfidRequest();
  return (mode & umask) === 0 ? xdata : xdata.set(MODE_REQ, mode);
}

/** Xdata for a change that drops privileges; null when they may stay. */
export const killPriv = (wanted: boolean): Dict | null =>
  wanted ? new Dict().set(KILL_PRIV, 1) : null;
