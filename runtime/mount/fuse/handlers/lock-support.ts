/** Finds out whether the kernel is to ask for locks, or keeps them by itself. */
import { constants } from 'node:fs';
import { Driver, NOBODY } from '../../../api/driver.ts';
import type { Client } from '../../../core/client.ts';
import { ENOSYS, EOPNOTSUPP } from '../../../core/errno.ts';
import { Fd } from '../../../core/fd.ts';
import { F_GETLK, F_WRLCK } from '../../../core/lock.ts';
import type { Xlator } from '../../../core/xlator.ts';

/** Whether some volume that does more than watch defines lk. */
export const mayServeLocks = (xlators: readonly Xlator[]): boolean =>
  xlators.some(({ fops, translator }) => fops.lk !== undefined && translator.watches !== true);

/**
 * Whether a translator of this graph serves locks. That one defines lk is not enough: one that only
 * watches, or a script that passes on every fop, does so too. So a request for a lock of the root is
 * tried (F_GETLK, which locks nothing); where no translator serves it, it fails with EOPNOTSUPP.
 */
export async function servesLocks(client: Client): Promise<boolean> {
  const { xlators, inodes } = client.initiator.graph;
  if (!mayServeLocks(xlators)) return false;
  const fd = new Fd(inodes.root, constants.O_DIRECTORY, 0, true);
  const driver = new Driver(client, { ...NOBODY, lkOwner: PROBE_OWNER });
  const flock = { type: F_WRLCK, whence: 0, start: 0, len: 0, pid: 0, owner: PROBE_OWNER };
  const { opRet, opErrno } = await driver.wind('lk', fd, F_GETLK, flock, null);
  fd.release();
  return opRet >= 0 || (opErrno !== EOPNOTSUPP && opErrno !== ENOSYS);
}

const PROBE_OWNER = 'ff'.repeat(8);
