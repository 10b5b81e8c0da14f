/** Looks up the root of a graph before a front end mounts it: without its root, the mount would be useless. */
import { Driver, ROOT_CALLER } from '../api/driver.ts';
import type { Client } from '../core/client.ts';
import { EIO, EOPNOTSUPP, strerror } from '../core/errno.ts';
import { Loc } from '../core/operands.ts';
import { makeMountError } from './fuse/mount-error.ts';

/** Looks up the root. @throws {MountError} when the lookup fails @param mountpoint for the message */
export async function lookupRoot(client: Client, mountpoint: string): Promise<void> {
  const driver = new Driver(client, ROOT_CALLER);
  const { opRet, opErrno } = await driver.wind('lookup', new Loc(driver.root), null);
  if (opRet >= 0) return;
  const { name } = driver.graph.top;
  const isBare = opErrno === EOPNOTSUPP && driver.graph.top.children.length === 0;
  const advice = isBare ? ' (it is no storage, and has none below: glossa dev MODULE DIR)' : '';
  const reason = `${strerror(opErrno || EIO)}${advice}`;
  const detail = `the root of volume '${name}' cannot be looked up: ${reason}`;
  throw makeMountError('MOUNT_FAILED', mountpoint, detail);
}
