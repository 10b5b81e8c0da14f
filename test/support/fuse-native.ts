/**
 * The package `fuse-native`: its location, and the limits of its interface with the tests that must
 * fail there.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { FUSE_NATIVE_REMEDY } from '../../runtime/mount/fuse-native/install-command.ts';
import { packageRoot } from '../../runtime/sys/paths.ts';
import { differs, type Limits } from './limits.ts';

/**
 * Features that the interface cannot express, with the tests that need them.
 *
 * Whole suites that could not mount, would fail completely, or would time out are omitted:
 *
 * - special files: no --suid, no --dev;
 * - interrupted callers: the interface does not report them;
 * - notices under load, and with open files: no notices;
 * - passthrough, --no-passthrough, the writeback cache: the package does not request them;
 * - access times: the tests need nanoseconds, the interface has milliseconds;
 * - locks in the statedump, served by Python, by chance: they are the kernel's own. The rest of
 * that
 *   file is tried;
 * - the conformance and POSIX suites: most of their scripts touch something of this list;
 * - failing disks: errors come up through the storage, which is the same for all front ends;
 * - 20 000 entries: libfuse asks for each name of a listing by itself, which takes the better part
 *   of a minute. 1000 are tried;
 * - an archive of sources, packages: the same calls as of `programs`, which is tried, for minutes.
 */
export const inexpressible: Limits = {
  'times are milliseconds': {
    shows: /^-.*\.\d{3}(?!0+\b)\d{6,}/m,
    tests: ['ls -la', 'stat', 'mv', 'grep -r', 'touch -d', 'cp -a', 'find'].map(
      (command) => `${command} has the same result as in a bare directory`,
    ),
  },
  'no change of one time alone': {
    shows: differs,
    tests: ['tar archives and extracts links, owners, times and xattrs'],
  },
  'no request for space in advance': {
    shows: /fallocate failed: /,
    tests: [
      'fallocate has the same result as in a bare directory',
      'a file of 5 GiB is truncated, extended, allocated, and searched for holes',
      'refuses fallocate with ENOSPC',
    ],
  },
  'no fallocate': {
    shows: differs,
    tests: ['reports the same space used by a file as the disk'],
  },
  'names are UTF-8 text': {
    shows: differs,
    tests: [
      'names that are not UTF-8 work as on a disk',
      'appear with surrogate escapes if they are not UTF-8, and still reach the file',
      'extended attributes with the longest names and values are accepted, and longer ones refused',
    ],
  },
  'full paths only, so their length is limited': {
    shows: differs,
    tests: ['names in directories deeper than PATH_MAX work as on a disk'],
  },
  'a process in a folder moved behind the mount has only its path': {
    shows: differs,
    tests: ['do not disturb open files or working directories'],
  },
  'open files are hidden by removal, or lost': {
    shows: differs,
    tests: ['a removed directory behaves as on a disk for a process inside it'],
  },
  'no counters of notices to the kernel': {
    shows: /Cannot read properties of null \(reading '1'\)/,
    tests: ['is reported as absent without a request to the server'],
  },
  'no notices: cached entries stay until they expire, and absent names are not cached': {
    shows: differs,
    tests: [
      'stays hidden after its creation on the disk until it is invalidated, with a cache in typescript',
      'below an absent directory appears after glossa invalidate with its path, and all names appear without a path',
      'shows the mount that a name was removed or replaced in the store, and keeps a directory in use',
      'shows the mount that attributes were changed in the store',
      'refuses paths outside of glossa mounts, and accepts a very long path',
    ],
  },
  'a forgotten file is found by its path only': {
    shows: differs,
    tests: ['open_by_handle_at opens files that the kernel has forgotten'],
  },
  'no statx': {
    shows: differs,
    tests: ['statx returns a constant time of birth'],
  },
  'only the user who mounted is admitted': {
    shows: /Permission denied|others cannot be let in/,
    tests: [
      'mounted --no-allow-other refuses other users, who have access without it',
      'extended attributes in the trusted namespace are visible to root only',
      'changes of a file clear its capabilities',
    ],
  },
  "so other users' rights cannot be tested": {
    shows: differs,
    tests: ['refuses other users access to a directory without permission'],
  },
};

/** Returns the reason why this machine cannot mount by fuse-native, or ''. */
export function findObstacle(): string {
  try {
    createRequire(join(packageRoot, 'x')).resolve('fuse-native/package.json');
    return '';
  } catch {
    // Not installed; why does not matter.
    return `the package is not installed: ${FUSE_NATIVE_REMEDY}`;
  }
}
