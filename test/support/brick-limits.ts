/** The limits of bricks, with the tests that must fail on each. */
import { differs, type Limits } from './limits.ts';
import type { Kind } from './stacks.ts';

/** Limits of GlusterFS's brick, and of its client on any brick. */
const ofBoth: Limits = {
  'flock(2) beside locks of fcntl(2): both are asked for in the same way, and they keep each other out':
    {
      shows: /flock 0 x: waits/,
      tests: [
        'flock is shared, upgraded, downgraded and duplicated as on a disk, until the last close',
        'waiting processes get a released lock in turn, and readers together',
        'a signal ends or restarts a wait; SIGKILL ends it, and releases held locks',
      ],
    },
};

/** Limits of GlusterFS's bricks under any client. */
const ofGlusterfs: Limits = {
  ...ofBoth,
  'to tell who waits for a lock that it would never come': {
    shows: /EDEADLK/,
    tests: ['a lock that would complete a deadlock fails with EDEADLK'],
  },
  'to open a file or folder that has lost its name': {
    shows: /Stale file handle/,
    tests: [
      'a file that was renamed over is still read through its descriptor',
      'an unlinked file is read, written, resized and reopened through its descriptor',
      'a removed directory behaves as on a disk for a process inside it',
    ],
  },
  'renameat2 with flags, which they do not get to know': {
    shows: differs,
    tests: [
      'renameat2 obeys RENAME_NOREPLACE and RENAME_EXCHANGE, and refuses other flags',
      'renameat2 obeys its flags',
      'renameat2 leaves a whiteout',
    ],
  },
  'to zero beyond the end of a file and keep its size': {
    shows: differs,
    tests: ['fallocate in every mode that FUSE passes on, SEEK_DATA, SEEK_HOLE and syncfs'],
  },
  'files without a name, times of birth, flags and versions of inodes': {
    shows: differs,
    tests: [
      'O_TMPFILE creates, uses and names a file',
      'statx returns a constant time of birth',
      'lsattr returns the inode versions of the disk',
      'the inode flags append-only and immutable are obeyed',
    ],
  },
  'what is as deep as a path can be long': {
    shows: differs,
    tests: [
      'in directories deeper than PATH_MAX are used as on a disk',
      'in paths of PATH_MAX bytes are accepted, and of one more refused',
    ],
  },
  'to keep the umask out of default ACLs, and set-group-id from those outside of the group': {
    shows: differs,
    tests: ['ACLs grant and deny access', 'default ACLs are inherited, and replace the umask'],
  },
  "to keep to themselves what storages of ours keep in 'user.glossa.gfid'": {
    shows: differs,
    tests: ['of the storage itself are invisible and protected'],
  },
};

/** Limits of glossa's bricks. */
const ofGlossa: Limits = {
  'to open a folder that has lost its name: no brick is told which folders processes are in': {
    shows: /Stale file handle/,
    tests: ['a removed directory behaves as on a disk for a process inside it'],
  },
};

/** Limits of GlusterFS's own client, on bricks of GlusterFS, too. */
const ofClient: Limits = {
  'to find by its handle what the kernel has forgotten, or what has lost its name and is a folder':
    {
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
  'to zero a range: it says that it has, and the bytes stay what they were': {
    shows: differs,
    tests: [
      'fallocate',
      'fallocate in every mode that FUSE passes on, SEEK_DATA, SEEK_HOLE and syncfs',
    ],
  },
  ...ofBoth,
  'files without a name, times of birth, flags and versions of inodes': {
    shows: differs,
    tests: [
      'O_TMPFILE creates, uses and names a file',
      'statx returns a constant time of birth',
      'lsattr returns the inode versions of the disk',
      'the inode flags append-only and immutable are obeyed',
    ],
  },
  "to keep root's attributes out of the lists that others get": {
    shows: /trusted\.x: No such attribute/,
    tests: ['in the trusted namespace are visible to root only'],
  },
};

/** Limits of a mixed volume, where only some files are on bricks of GlusterFS. */
const { 'to zero beyond the end of a file and keep its size': _, ...ofSomeOfGlusterfs } =
  ofGlusterfs;

/** Limits of cluster/distribute, GlusterFS's and glossa's. */
const ofDistribute: Limits = {
  'renameat2 with flags: two bricks cannot do it at once': {
    shows: differs,
    tests: [
      'renameat2 obeys RENAME_NOREPLACE and RENAME_EXCHANGE, and refuses other flags',
      'renameat2 obeys its flags',
      'renameat2 leaves a whiteout',
    ],
  },
  'the version of an inode: it would have to say which brick it is of': {
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
