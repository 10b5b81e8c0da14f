/** `glossa invalidate`: drops what the kernel and the translators cache of a path in a mount. */
import { lstatSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import { encodeName } from '../runtime/core/bytes.ts';
import {
  EACCES,
  ECONNABORTED,
  ENOTCONN,
  EOPNOTSUPP,
  EPERM,
  strerror,
} from '../runtime/core/errno.ts';
import { XATTR_NAME_MAX } from '../runtime/core/limits.ts';
import { INVALIDATE_XATTR } from '../runtime/mount/fuse/handlers/operator-invalidation.ts';
import { getxattr } from '../runtime/sys/libc.ts';
import { toCString } from '../runtime/sys/struct.ts';
import { makePrintable } from '../runtime/volfile/printable-text.ts';
import { findPathInMount } from '../server/control/path-in-mount.ts';
import { refuseStuck } from '../server/stuck-mounts.ts';
import { defineCommand } from '../terminal/command.ts';
import { EXIT_OK, Failure } from '../terminal/exit.ts';
import { takeOperands } from '../terminal/flags.ts';

export default defineCommand({
  usage: ['glossa invalidate FILE'],
  description:
    'Drops what the kernel and the translators cache of FILE, a path in a mount, after a change behind ' +
    'the mount. Each name of the path is looked up again at its next use, absent names too, and ' +
    'attributes and data of the last are read again. With the mount point as FILE, all names of the ' +
    'mount are dropped.',
  flags: {},
  async run({ operands }, terminal) {
    const [file] = takeOperands(operands, ['FILE']);
    const { mountpoint, path } = await findPathInMount(file);
    await refuseStuck(mountpoint);
    if (path === '/') {
      sendInvalidation(mountpoint, INVALIDATE_XATTR, file);
      terminal.out(`${makePrintable(file)}: every name is looked up again`);
    } else {
      const exists = invalidatePath(mountpoint, path, mountpoint);
      terminal.out(`${makePrintable(file)}: ${exists ? 'is there now' : 'is not there now'}`);
    }
    return EXIT_OK;
  },
});

/**
 * Invalidates each name on the way to a path. Returns whether the path exists now.
 * @param shownPath the path in messages
 * @throws {Failure}
 */
function invalidatePath(mountpoint: string, path: string, shownPath: string): boolean {
  let currentPath = mountpoint;
  const names = path.split('/').filter((name) => name !== '');
  for (const [i, name] of names.entries()) {
    const xattr = `${INVALIDATE_XATTR}.${name}`;
    // The attribute's name contains the file's. If it would be too long, all names are invalidated.
    const fits = encodeName(xattr).length <= XATTR_NAME_MAX;
    sendInvalidation(currentPath, fits ? xattr : INVALIDATE_XATTR, shownPath);
    currentPath = join(currentPath, name);
    const stats = readStats(currentPath);
    if (stats === undefined) return false;
    if (!stats.isDirectory() && i < names.length - 1) return false;
  }
  return true;
}

/**
 * Asks the server to invalidate by reading a virtual xattr; returns once it has replied.
 * @param shownPath the path in messages
 * @throws {Failure}
 */
function sendInvalidation(directory: string, xattr: string, shownPath: string): void {
  // The buffer has one byte, as an empty one would only query the length.
  const errno = -getxattr(toCString(directory), toCString(xattr), new Uint8Array(1), 1);
  if (errno <= 0) return;
  if (errno === ENOTCONN || errno === ECONNABORTED) {
    throw new Failure(
      `the server of ${shownPath} has ended; 'glossa umount ${shownPath}' unmounts it`,
    );
  }
  if (errno === EOPNOTSUPP) {
    throw new Failure(
      `${shownPath} is mounted by fuse-native, which cannot invalidate the kernel's caches`,
    );
  }
  // Users who may not enter the mount get EACCES, others without the permission EPERM: one message.
  const permissionText = `only root and the user who mounted ${shownPath} may invalidate caches there`;
  const isDenied = errno === EPERM || errno === EACCES;
  throw new Failure(isDenied ? permissionText : `${shownPath}: ${strerror(errno)}`);
}

function readStats(path: string): Stats | undefined {
  return lstatSync(path, { throwIfNoEntry: false });
}
