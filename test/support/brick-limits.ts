/** The limits of bricks, with the tests that must fail on each. */
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
  'renameat2 with flags, which no request carries': {
    shows: differs,
    tests: [
      'renameat2 obeys RENAME_NOREPLACE and RENAME_EXCHANGE, and refuses other flags',
      'renameat2 obeys its flags',
      'renameat2 leaves a whiteout',
    ],
  },
  'to zero beyond the end of a file with its size unchanged': {
    shows: differs,
    tests: [
      'fallocate in every mode that FUSE passes on, SEEK_DATA, SEEK_HOLE and syncfs behave as on a disk',
    ],
  },
  'unnamed files, times of birth, flags and versions of inodes': {
    shows: differs,
    tests: [
      'O_TMPFILE creates, uses and names a file',
      'statx returns a constant time of birth',
      'lsattr returns the inode versions of the disk',
      'the inode flags append-only and immutable are obeyed',
    ],
  },
  'files as deep as a path can be long': {
    shows: differs,
    tests: [
      'names in directories deeper than PATH_MAX work as on a disk',
      'a path of PATH_MAX bytes is accepted, and a longer one is refused',
    ],
  },
  'default ACLs without the umask, and set-group-id for group members only': {
    shows: differs,
    tests: ['ACLs grant and deny access', 'default ACLs are inherited, and replace the umask'],
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
  'renameat2 with flags, all of which it refuses': {
    shows: /Invalid argument|EINVAL/,
    tests: [
      'renameat2 obeys RENAME_NOREPLACE and RENAME_EXCHANGE, and refuses other flags',
      'renameat2 obeys its flags',
      'renameat2 leaves a whiteout',
    ],
  },
  'to zero a range: it succeeds, and the bytes stay unchanged': {
    shows: differs,
    tests: [
      'fallocate has the same result as in a bare directory',
      'fallocate in every mode that FUSE passes on, SEEK_DATA, SEEK_HOLE and syncfs behave as on a disk',
    ],
  },
  ...ofBoth,
  'unnamed files, times of birth, flags and versions of inodes': {
    shows: differs,
    tests: [
      'O_TMPFILE creates, uses and names a file',
      'statx returns a constant time of birth',
      'lsattr returns the inode versions of the disk',
      'the inode flags append-only and immutable are obeyed',
    ],
  },
  "to hide root's attributes from other users' lists": {
    shows: /trusted\.x: No such attribute/,
    tests: ['extended attributes in the trusted namespace are visible to root only'],
  },
};

/** Limits of a mixed volume, where only some files are on bricks of GlusterFS. */
const { 'to zero beyond the end of a file with its size unchanged': _, ...ofSomeOfGlusterfs } =
  ofGlusterfs;

/** Limits of cluster/distribute, GlusterFS's and glossa's. */
const ofDistribute: Limits = {
  'renameat2 with flags: two bricks cannot make it atomic': {
    shows: differs,
    tests: [
      'renameat2 obeys RENAME_NOREPLACE and RENAME_EXCHANGE, and refuses other flags',
      'renameat2 obeys its flags',
      'renameat2 leaves a whiteout',
    ],
  },
  'the version of an inode: it would have to name its brick': {
    shows: differs,
    tests: ['lsattr returns the inode versions of the disk'],
  },
};

export const brickLimits: Readonly<Partial<Record<Kind, Limits>>> = {
  'real-brick': ofGlusterfs,
  'own-brick': ofGlossa,
  'real-client': ofClient,
  'distribute-real': { ...ofDistribute, ...ofGlusterfs },
  'distribute-own': { ...ofDistribute, ...ofGlossa },
  tutorial: { ...ofDistribute, ...ofGlusterfs },
  'distribute-mixed': { ...ofDistribute, ...ofGlossa, ...ofSomeOfGlusterfs },
};
