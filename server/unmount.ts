/** Unmounts by umount2(2), or by fusermount3 for another user than root. */
import { spawnSync } from 'node:child_process';
import { EBUSY, strerror } from '../runtime/core/errno.ts';
import { checkHealth } from '../runtime/mount/mount-health.ts';
import { findMount, type MountEntry } from '../runtime/mount/mountinfo.ts';
import { MNT_DETACH } from '../runtime/sys/constants.ts';
import { umount2 } from '../runtime/sys/libc.ts';
import { toCString } from '../runtime/sys/struct.ts';
import { Failure } from '../terminal/exit.ts';
import { reason } from '../terminal/reason.ts';

/**
 * Unmounts the mount that a server left behind, if it did; a mount from `before` stays.
 * @throws {Failure}
 */
export async function unmountLeftover(
  mountpoint: string,
  before: MountEntry | null = null,
): Promise<void> {
  const mount = findMount(mountpoint);
  if (mount === null || mount.device === before?.device) return;
  await unmountAt(mount, mountpoint, true);
}

/** Unmounts; resolves to whether processes still use the mount. @throws {Failure} */
export async function unmountAt(
  mount: MountEntry,
  operand: string,
  lazy: boolean,
): Promise<boolean> {
  const { mountpoint, device } = mount;
  const refusal = detach(mountpoint, false);
  // Another umount may have come first.
  if (refusal === null || findMount(mountpoint)?.device !== device) return false;
  if (!refusal.busy) throw new Failure(`cannot unmount ${operand}: ${refusal.why}`);
  // No process that uses a dead mount can do anything with it.
  if (lazy || (await checkHealth(mountpoint)) === 'dead') {
    const lazyRefusal = detach(mountpoint, true);
    if (lazyRefusal === null || findMount(mountpoint)?.device !== device) return true;
    throw new Failure(`cannot unmount ${operand}: ${lazyRefusal.why}`);
  }
  throw new Failure(
    `${operand} is in use ('fuser -vm ${operand}' lists its users); ` +
      `'glossa umount --lazy ${operand}' detaches it now`,
  );
}

/** Why it is still mounted. */
interface Refusal {
  readonly busy: boolean;
  readonly why: string;
}

/** Unmounts the newest mount at a mount point. @returns null, or why it could not */
export const detach = (mountpoint: string, lazy: boolean): Refusal | null =>
  (process.getuid?.() === 0 ? detachByRoot : detachByUser)(mountpoint, lazy);

function detachByRoot(mountpoint: string, lazy: boolean): Refusal | null {
  const status = umount2(toCString(mountpoint), lazy ? MNT_DETACH : 0);
  return status === 0 ? null : { busy: status === -EBUSY, why: strerror(-status) };
}

/** By fusermount3, which is setuid. */
function detachByUser(mountpoint: string, lazy: boolean): Refusal | null {
  const args = ['-u', ...(lazy ? ['-z'] : []), '--', mountpoint];
  const { status, stderr, error } = spawnSync('fusermount3', args, {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C' },
  });
  if (error !== undefined) return { busy: false, why: `fusermount3: ${reason(error)}` };
  return status === 0 ? null : { busy: /busy/i.test(stderr), why: stderr.trim() };
}
