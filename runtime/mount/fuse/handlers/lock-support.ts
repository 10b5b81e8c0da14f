/** Checks whether the graph serves locks; otherwise the kernel manages the locks of the mount alone. */
import { Driver, ROOT_CALLER } from '../../../api/driver.ts';
import type { Client } from '../../../core/client.ts';
import { ENOSYS, EOPNOTSUPP } from '../../../core/errno.ts';
import { F_GETLK, F_WRLCK } from '../../../core/lock.ts';
import { O_DIRECTORY } from '../../../core/open-flags.ts';
import { Fd } from '../../../core/operands.ts';
import type { Xlator } from '../../../core/xlator.ts';

/** Whether a volume defines the fop lk, other than one that only watches fops. */
export const mayServeLocks = (xlators: readonly Xlator[]): boolean =>
  xlators.some(({ fops, translator }) => fops.lk !== undefined && translator.watches !== true);

/**
 * Returns whether the graph serves locks. That a volume defines lk is no proof, because a module may pass every fop on.
 * So this winds F_GETLK, which locks nothing, on the root: without a lock server it fails with EOPNOTSUPP.
 */
export async function probeLocks(client: Client): Promise<boolean> {
  const { xlators, inodes } = client.initiator.graph;
  if (!mayServeLocks(xlators)) return false;
  const fd = new Fd(inodes.root, O_DIRECTORY, 0, true);
  const driver = new Driver(client, { ...ROOT_CALLER, lkOwner: PROBE_OWNER });
  const flock = { type: F_WRLCK, whence: 0, start: 0, len: 0, pid: 0, owner: PROBE_OWNER };
  const { opRet, opErrno } = await driver.wind('lk', fd, F_GETLK, flock, null);
  fd.release();
  return opRet >= 0 || (opErrno !== EOPNOTSUPP && opErrno !== ENOSYS);
}

/** A lock owner that no process has. */
const PROBE_OWNER = 'ff'.repeat(8);
