/** The default front end by system. */
import { expect, it } from 'vitest';
import { chooseFrontEnd } from './front-ends.ts';

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
