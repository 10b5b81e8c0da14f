/** Unmounts: by umount2(2) for root, by fusermount3 for another user. */
import { spawnSync } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { EBUSY, strerror } from '../runtime/core/errno.ts';
import { checkHealth } from '../runtime/mount/mount-health.ts';
import { findMount, findMountingUid, type MountEntry } from '../runtime/mount/mountinfo.ts';
import { MNT_DETACH } from '../runtime/sys/constants.ts';
import { umount2 } from '../runtime/sys/libc.ts';
import { toCString } from '../runtime/sys/struct.ts';
import { Failure, formatReason } from '../terminal/exit.ts';

/**
 * The number of tries to unmount a mount in use, and the time between two of them: a process that only looks at it, such
 * as another command of glossa, uses it for some milliseconds.
 */
const BUSY_TRIES = 25;
const BUSY_DELAY_MS = 20;

/**
 * Unmounts the mount that a server has left at its end, if there is one.
 * @param earlierMount the mount that was there before the server: it stays
 * @throws {Failure}
 */
export async function unmountLeftover(
  mountpoint: string,
  earlierMount: MountEntry | null = null,
): Promise<void> {
  const mount = findMount(mountpoint);
  if (mount === null || mount.device === earlierMount?.device) return;
  await unmountAt(mount, mountpoint, true);
}

/**
 * Unmounts a mount. Resolves to true if it was only detached, because processes use it.
 * @param shownPath the mount point as the user named it, for messages
 * @param isLazy whether to detach a mount in use, instead of failing. @throws {Failure}
 */
export async function unmountAt(
  mount: MountEntry,
  shownPath: string,
  isLazy: boolean,
): Promise<boolean> {
  const { mountpoint, device } = mount;
  let refusal = tryUnmount(mountpoint, false);
  for (let tries = 1; refusal?.isBusy && !isLazy && tries < BUSY_TRIES; tries++) {
    await delay(BUSY_DELAY_MS);
    if (findMount(mountpoint)?.device !== device) return false;
    refusal = tryUnmount(mountpoint, false);
  }
  // Another process may have unmounted it first.
  if (refusal === null || findMount(mountpoint)?.device !== device) return false;
  if (!refusal.isBusy) throw makeRefused(mount, shownPath, refusal);
  // A mount whose server is dead is detached: the processes in it get errors only.
  if (isLazy || (await checkHealth(mountpoint)) === 'dead') {
    const lazyRefusal = tryUnmount(mountpoint, true);
    if (lazyRefusal === null || findMount(mountpoint)?.device !== device) return true;
    throw makeRefused(mount, shownPath, lazyRefusal);
  }
  throw new Failure(
    `${shownPath} is in use ('fuser -vm ${shownPath}' lists its users); ` +
      `'glossa umount --lazy ${shownPath}' detaches it now`,
  );
}

/** Makes the error for a mount that cannot be unmounted: it names the user who may do so. */
function makeRefused(mount: MountEntry, shownPath: string, { reason }: Refusal): Failure {
  const mountingUid = findMountingUid(mount);
  const ownUid = process.getuid?.();
  if (ownUid === 0 || ownUid === mountingUid || mountingUid < 0)
    return new Failure(`cannot unmount ${shownPath}: ${reason}`);
  return new Failure(
    mountingUid === 0
      ? `${shownPath} was mounted by root, who alone may unmount it`
      : `${shownPath} was mounted by the user with uid ${mountingUid}: only that user and root may unmount it`,
  );
}

/** The reason why a mount was not unmounted. */
interface Refusal {
  readonly isBusy: boolean;
  readonly reason: string;
}

/**
 * Unmounts the topmost mount at a mount point, or with `isLazy` detaches it. Returns null, or the
 * reason why that failed.
 */
export const tryUnmount = (mountpoint: string, isLazy: boolean): Refusal | null =>
  (process.getuid?.() === 0 ? tryUnmountAsRoot : tryUnmountAsUser)(mountpoint, isLazy);

/** Unmounts by umount2(2). */
function tryUnmountAsRoot(mountpoint: string, isLazy: boolean): Refusal | null {
  const status = umount2(toCString(mountpoint), isLazy ? MNT_DETACH : 0);
  return status === 0 ? null : { isBusy: status === -EBUSY, reason: strerror(-status) };
}

/** Unmounts by fusermount3, which is set-user-id root. */
function tryUnmountAsUser(mountpoint: string, isLazy: boolean): Refusal | null {
  const args = ['-u', ...(isLazy ? ['-z'] : []), '--', mountpoint];
  const { status, stderr, error } = spawnSync('fusermount3', args, {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C' },
  });
  if (error !== undefined) return { isBusy: false, reason: `fusermount3: ${formatReason(error)}` };
  return status === 0 ? null : { isBusy: /busy/i.test(stderr), reason: stderr.trim() };
}
