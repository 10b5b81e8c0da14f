/** The limits of bricks and of file systems by path, with the tests that must fail on each. */
import { differs, type Limits } from './limits.ts';
import type { Kind } from './stacks.ts';

/** Limits of GlusterFS's brick, and of its client on any brick. */
const ofBoth: Limits = {
  'flock(2) beside locks of fcntl(2): both are the same request, and exclude each other': {
    shows: /flock 0 x: waits/,
    tests: [
      'flock is shared, upgraded, downgraded and duplicated as on a disk, until the last close',
      'a released lock goes to waiting processes in their order, and to waiting readers together',
      'a signal ends or restarts the wait for a lock, and SIGKILL also releases the locks of its process',
    ],
  },
};

/** Limits of a file system by path: what no method is for, and times in Python's floating seconds. */
const byPath: Limits = {
  'FIFOs, sockets and devices, which no method makes': {
    shows: differs,
    tests: [
      'tar archives and extracts links, owners, times and xattrs',
      'a UNIX socket is bound, connected to, and removed',
      'extended attributes of every file type and namespace are accepted or refused as on a disk',
      ...['ls -la', 'stat', 'cp -a', 'mv', 'rm -r', 'find', 'grep -r', 'mkfifo and mknod'].map(
        (command) => `${command} has the same result as in a bare directory`,
      ),
    ],
  },
  'times to the nanosecond, and of birth': {
    shows: differs,
    tests: [
      'touch -d has the same result as in a bare directory',
      'statx returns a constant time of birth',
    ],
  },
  'fallocate, and attributes of a storage': {
    shows: differs,
    tests: [
      'fallocate has the same result as in a bare directory',
      'extended attributes of the storage itself are invisible and protected',
    ],
  },
};

/** Limits of GlusterFS's bricks under any client. */
const ofGlusterfs: Limits = {
  ...ofBoth,
  'to detect a deadlock of waiting processes': {
    shows: /EDEADLK/,
    tests: ['a lock that would complete a deadlock fails with EDEADLK'],
  },
  'to open a removed file or folder': {
    shows: /Stale file handle/,
    tests: [
      'a file that a rename has replaced is still read through its descriptor',
      'an unlinked file is read, written, resized and reopened through its descriptor',
      'a removed directory behaves as on a disk for a process inside it',
    ],
  },
  'times of birth, and versions of inodes': {
    shows: differs,
    tests: [
      'statx returns a constant time of birth',
      'lsattr returns the inode versions of the disk',
    ],
  },
  'files as deep as a path can be long': {
    shows: differs,
    tests: [
      'names in directories deeper than PATH_MAX work as on a disk',
      'a path of PATH_MAX bytes is accepted, and a longer one is refused',
    ],
  },
  "to hide glossa's attribute 'user.glossa.gfid'": {
    shows: differs,
    tests: ['extended attributes of the storage itself are invisible and protected'],
  },
};

/** Limits of glossa's bricks. */
const ofGlossa: Limits = {
  'to open a removed folder: no request names the working directories of processes': {
    shows: /Stale file handle/,
    tests: ['a removed directory behaves as on a disk for a process inside it'],
  },
};

/** Limits of GlusterFS's own client, on bricks of GlusterFS, too. */
const ofClient: Limits = {
  'to find a forgotten file or a removed folder by its handle': {
    shows: /Stale file handle/,
    tests: [
      'a removed directory behaves as on a disk for a process inside it',
      'open_by_handle_at opens files that the kernel has forgotten',
    ],
  },
  'to zero a range: it succeeds, and the bytes stay unchanged': {
    shows: differs,
    tests: ['fallocate has the same result as in a bare directory'],
  },
  ...ofBoth,
  'times of birth, and versions of inodes': {
    shows: differs,
    tests: [
      'statx returns a constant time of birth',
      'lsattr returns the inode versions of the disk',
    ],
  },
  "to hide root's attributes from other users' lists": {
    shows: /trusted\.x: No such attribute/,
    tests: ['extended attributes in the trusted namespace are visible to root only'],
  },
};

/** Limits of cluster/distribute, GlusterFS's and glossa's. */
const ofDistribute: Limits = {
  'the version of an inode: it would have to name its brick': {
    shows: differs,
    tests: ['lsattr returns the inode versions of the disk'],
  },
};

export const brickLimits: Readonly<Partial<Record<Kind, Limits>>> = {
  files: byPath,
  'real-brick': ofGlusterfs,
  'own-brick': ofGlossa,
  'real-client': ofClient,
  'distribute-real': { ...ofDistribute, ...ofGlusterfs },
  'distribute-own': { ...ofDistribute, ...ofGlossa },
  tutorial: { ...ofDistribute, ...ofGlusterfs },
  'distribute-mixed': { ...ofDistribute, ...ofGlossa, ...ofGlusterfs },
};
