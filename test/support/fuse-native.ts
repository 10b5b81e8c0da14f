/**
 * The package `fuse-native`: its location, and the limits of its interface with the tests that must
 * fail there.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { packageRoot } from '../../runtime/sys/paths.ts';
import { differs, type Limits } from './limits.ts';

/**
 * What there is no way to say, and the tests that need it.
 *
 * Not tried there at all are suites in which nothing could be mounted, or all would fail, or the
 * failure would be a time-out:
 *
 * - special files: no --suid, no --dev;
 * - interrupted callers: the interface does not report them;
 * - notices under load, and with open files: no notices;
 * - passthrough, --no-passthrough, the writeback cache: the kernel is not asked for them;
 * - access times: all of them to the nanosecond, where these are milliseconds;
 * - locks in the statedump, served by Python, by chance: they are the kernel's own. The rest of that
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
    tests: ['ls -la', 'stat', 'mv', 'grep -r', 'touch -d', 'cp -a', 'find'],
  },
  'a change of one of the two times alone is not passed on': {
    shows: differs,
    tests: ['tar: with links, owners, times and extended attributes'],
  },
  'no space is asked for in advance': {
    shows: /fallocate failed: /,
    tests: [
      'fallocate',
      'five GiB: cut, grown, allocated, and looked for holes',
      'refuses space that is asked for in advance',
    ],
  },
  'no fallocate, no flags of rename': {
    shows: differs,
    tests: [
      'that a file takes is what the disk says',
      'fallocate in every mode that FUSE knows, data and holes, syncfs',
      'renameat2 leaves a whiteout',
      'renameat2 with flags',
      'renameat2: not over another, both ways, and what no file system does',
    ],
  },
  'names are UTF-8 text': {
    shows: differs,
    tests: [
      'that are not UTF-8',
      'that are not UTF-8 are surrogate escapes, and lead to the file',
      'names and values at their limits',
    ],
  },
  'a path is given whole, so it has an end': {
    shows: differs,
    tests: ['in folders deeper than a path can be long'],
  },
  'a process in a folder that is moved below the mount has only its path': {
    shows: differs,
    tests: ['do not disturb what is open, or where a process is'],
  },
  'what is removed while it is open is hidden, or gone': {
    shows: differs,
    tests: ['folders removed while a process is in them'],
  },
  'the kernel applies the umask before it sends the mode': {
    shows: /- +f 664[\s\S]*\+ +f 600/,
    tests: ['default ACLs are inherited, and take the place of the umask'],
  },
  'no counters of what the kernel was told': {
    shows: /Cannot read properties of null \(reading '1'\)/,
    tests: ['cost the server nothing'],
  },
  'no notices: what is cached stays so until its time is over, and absent names never are': {
    shows: differs,
    tests: [
      'typescript: hidden when made behind the mount, until they are taken back',
      'below a directory that is absent itself, and all at once',
      'names: one that was removed, one that leads elsewhere now, a directory in use',
      'attributes that were changed behind the mount',
      'is for mounts of glossa, and for paths in them',
    ],
  },
  'a file is found by its path alone, once the kernel has forgotten it': {
    shows: differs,
    tests: ['open_by_handle_at: files that the kernel has forgotten'],
  },
  'no ioctl, no statx, no file without a name': {
    shows: differs,
    tests: [
      'inode flags: append-only and immutable are obeyed',
      'O_TMPFILE: made, used, and given a name',
      'statx: the time of birth stays',
    ],
  },
  'only the user who mounted is admitted': {
    shows: /Permission denied|others cannot be let in/,
    tests: [
      '--no-allow-other: others are kept out, and let in without it',
      'of root only where they are',
      'set-user-id and set-group-id go by changes of the data',
      'set-user-id and set-group-id go by changes of the owner',
      'ACLs let in and keep out',
      'capabilities of a file go when it is changed',
    ],
  },
  'so it cannot be told what others may': {
    shows: differs,
    tests: [
      'of a folder that cannot be read is refused to those who may not read it',
      'EACCES where the mode says so',
      'by supplementary groups',
      'new files belong to their maker',
      'in a folder with setgid, the group is that of the folder',
      'in a sticky folder, others keep what is theirs',
      'owners may change modes and times, others not',
      'set-user-id goes when another writes or takes over',
      'what is removed and renamed needs the folder, not the file',
    ],
  },
};

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
