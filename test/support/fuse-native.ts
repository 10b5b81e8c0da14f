/**
 * Mounts by the package `fuse-native`: where it is, and what its interface cannot express, with the
 * tests that show it. Each of these tests has to fail there, so that the list stays true.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { packageRoot } from '../../runtime/sys/paths.ts';

/** What there is no way to say, and the tests that need it. */
const inexpressible: Readonly<Record<string, readonly string[]>> = {
  'times are milliseconds': ['ls -la', 'stat', 'mv', 'grep -r', 'touch -d'],
  'every name of a hard link is an inode of its own to the kernel': [
    'cp -a',
    'find',
    'the same inode number by every name',
    'du and df',
    'git: clone, status, stash, gc, fsck',
    'tar: with links, owners, times and extended attributes',
  ],
  'no fallocate, no flags of rename': [
    'fallocate',
    'fallocate in every mode that FUSE knows, data and holes, syncfs',
    'renameat2 leaves a whiteout',
    'renameat2 with flags',
    'renameat2: not over another, both ways, and what no file system does',
  ],
  'names are UTF-8 text': ['that are not UTF-8', 'names and values at their limits'],
  'a path is given whole, so it has an end': ['in folders deeper than a path can be long'],
  'what is removed while it is open is hidden, or gone': [
    'folders removed while a process is in them',
  ],
  'no ioctl, no statx, no file without a name': [
    'inode flags: append-only and immutable are obeyed',
    'O_TMPFILE: made, used, and given a name',
    'statx: the time of birth stays',
  ],
  'nobody but the user who mounted is let in': ['of root only where they are'],
};

const reasons = new Map(
  Object.entries(inexpressible).flatMap(([reason, tests]) => tests.map((test) => [test, reason])),
);

/** Why a test has to fail on such a mount; undefined when it must not. */
export const whyNot = (test: string): string | undefined => reasons.get(test);

/** Why such a mount cannot be tried; '' when it can. */
export function fuseNativeObstacle(): string {
  try {
    createRequire(join(packageRoot, 'x')).resolve('fuse-native/package.json');
    return '';
  } catch {
    // Not installed; why does not matter.
    return "the package is not installed: 'npm install --ignore-scripts fuse-native' brings it";
  }
}
