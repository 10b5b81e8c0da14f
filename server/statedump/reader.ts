/** Reads the statedump of a running server as JSON. */
import { strerror } from '../../runtime/core/errno.ts';
import { Failure } from '../../terminal/exit.ts';
import { askJson, gone, isGone, isUnknown, type Served } from '../control/served.ts';
import { STATEDUMP, type Statedump } from './volumes.ts';

/** @throws {Failure} where the server has gone, or has no statedump */
export const readStatedump = async (served: Served): Promise<Statedump> =>
  (await askJson(served, STATEDUMP, (errno) => untold(served, errno))) as Statedump;

/** The failure for an errno with which a server has refused its statedump. */
export function untold(served: Served, errno: number): Failure {
  if (isGone(errno)) return gone(served);
  const why = isUnknown(errno) ? 'it has no statedump' : strerror(errno);
  return new Failure(`${served.given} tells nothing: ${why}`);
}
