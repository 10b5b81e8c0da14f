/** The default front end by system, the interface of the package fuse-native, and the reasons of fusermount3. */
import { expect, it } from 'vitest';
import { chooseFrontEnd } from './front-ends.ts';
import { classifyFusermountError } from './fuse/mount-error.ts';
import { checkMountpoint } from './fuse/mounter.ts';
import { makeOperations, type NativeFrontEnd } from './fuse-native/operations.ts';

/** The names under which the package calls handlers (its `index.js`). */
const PACKAGE_OPERATIONS =
  'access statfs getattr readdir readlink truncate ftruncate utimens chown chmod mknod mkdir symlink ' +
  'link unlink rmdir rename setxattr getxattr listxattr removexattr open create read write flush fsync release';

it.each([
  ['linux', '6.18.44-generic', 'kernel'],
  ['linux', '5.4.0', 'kernel'],
  ['linux', '5.3.18-lp152', 'fuse-native'],
  ['linux', '4.18.0-553.el8', 'fuse-native'],
  ['darwin', '23.6.0', 'fuse-native'],
  ['freebsd', '14.1-RELEASE', 'fuse-native'],
])('a mount on %s %s uses the front end %s by default', (platform, release, name) => {
  expect(chooseFrontEnd(platform, release)).toBe(name);
});

it('the handlers of the front end fuse-native have the names under which the package calls them', () => {
  const operations = makeOperations({ files: { driver: {} } } as NativeFrontEnd);
  expect(Object.keys(operations).sort()).toEqual(PACKAGE_OPERATIONS.split(' ').sort());
});

it.each([
  [
    "option allow_other only allowed if 'user_allow_other' is set in /etc/fuse.conf",
    'ALLOW_OTHER_REFUSED',
  ],
  ['could not determine username', 'NO_USER_NAME'],
  ["fuse device not found, try 'modprobe fuse' first", 'NO_FUSE'],
  ['failed to open /dev/fuse: Permission denied', 'NO_FUSE'],
  ['user has no write access to mountpoint /mnt', 'POINT_DENIED'],
  ['failed to access mountpoint /mnt: Permission denied', 'POINT_DENIED'],
  ['mount failed: Invalid argument', 'FAILED'],
])("fusermount3's message '%s' is the error MOUNT_%s", (text, code) => {
  expect(classifyFusermountError(`/usr/bin/fusermount3: ${text}`)).toBe(`MOUNT_${code}`);
});

it.each([
  ['/none', 'MISSING'],
  ['/dev/null', 'NOT_DIRECTORY'],
  ['/dev/null/none', 'NOT_DIRECTORY'],
])('the mount point %s is refused with MOUNT_POINT_%s', async (path, code) => {
  await expect(checkMountpoint(path)).rejects.toMatchObject({ code: `MOUNT_POINT_${code}` });
});
