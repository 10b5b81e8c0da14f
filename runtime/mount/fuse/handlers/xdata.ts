/** The xdata of fops: new dicts for its xdata. */
import { Dict } from '../../../core/dict.ts';
import { KILL_PRIV, MODE_REQ } from '../../../core/xdata.ts';
import type { HandlerContext } from './handler.ts';

/**
 * The xdata of a fop that makes something. The mode goes down without the bits of the umask, so that
 * nobody can forget them; the caller's own goes along for a storage with default ACLs.
 */
export function makingXdata(session: HandlerContext, mode: number, umask: number): Dict {
  const xdata = session.initiator.gfidRequest();
  return (mode & umask) === 0 ? xdata : xdata.set(MODE_REQ, mode);
}

/** New xdata that says that privileges go with the change; null when they may stay. */
export const killPriv = (wanted: boolean): Dict | null =>
  wanted ? new Dict().set(KILL_PRIV, 1) : null;
