/** The default front end by system, and the interface of the package fuse-native. */
import { expect, it } from 'vitest';
import { chooseFrontEnd } from './front-ends.ts';
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
