/**
 * Checks the requirements of libfuse on Linux before a mount: libfuse reports only that it failed, and writes the
 * reason to standard error.
 */
import { accessSync, closeSync, constants, existsSync, openSync, readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { EIO, strerror } from '../../core/errno.ts';
import { makeMountError } from '../fuse/mount-error.ts';
import { findMount } from '../mountinfo.ts';

/** Bit of CAP_SYS_ADMIN, which mount(2) needs (capabilities(7)). */
const CAP_SYS_ADMIN = 21n;
/** Directory in which libfuse 2 searches fusermount before PATH. */
const FUSERMOUNT_FOLDER = '/usr/local/bin';

/**
 * Checks that libfuse can mount.
 * @param path the mount point as given, for messages @param realPath the same without symbolic links
 * @throws {MountError} with the remedy
 */
export function checkLibfuse(path: string, realPath: string): void {
  const existing = findMount(realPath);
  if (existing !== null) {
    const cause = `${existing.type} is mounted there, on which fuse-native cannot mount; unmount it first, or mount elsewhere`;
    throw makeMountError('MOUNT_FAILED', path, cause);
  }
  checkDevice(path);
  if (process.getuid?.() === 0) {
    if (hasSysAdmin()) return;
    throw makeMountError('MOUNT_NOT_PERMITTED', path, 'mount: Operation not permitted');
  }
  if (!hasFusermount()) throw makeMountError('MOUNT_NO_FUSERMOUNT', path);
  if (!hasUserName()) throw makeMountError('MOUNT_NO_USER_NAME', path, String(process.getuid?.()));
  try {
    accessSync(realPath, constants.W_OK | constants.X_OK);
  } catch {
    // fusermount makes the same check.
    throw makeMountError('MOUNT_POINT_DENIED', path, 'you may not write to it');
  }
}

/** Checks that this process can open /dev/fuse. @throws {MountError} */
function checkDevice(path: string): void {
  try {
    closeSync(openSync('/dev/fuse', 'r+'));
  } catch (error) {
    const { errno = -EIO } = error as NodeJS.ErrnoException;
    throw makeMountError('MOUNT_NO_FUSE', path, `/dev/fuse: ${strerror(-errno)}`);
  }
}

/** Whether this process has CAP_SYS_ADMIN. */
function hasSysAdmin(): boolean {
  const [, mask = '0'] = /^CapEff:\s*(\S+)$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  return ((BigInt(`0x${mask}`) >> CAP_SYS_ADMIN) & 1n) === 1n;
}

/** Whether the user has a name, in /etc/passwd or another source of users. */
function hasUserName(): boolean {
  try {
    return userInfo().username !== '';
  } catch {
    // userInfo throws for a uid without a name.
    return false;
  }
}

/** Whether libfuse will find fusermount. */
const hasFusermount = (): boolean =>
  [FUSERMOUNT_FOLDER, ...(process.env.PATH ?? '').split(':')].some((folder) =>
    existsSync(join(folder, 'fusermount')),
  );
