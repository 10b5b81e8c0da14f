/** The limits of bricks, with the tests that must fail on each. */
import { differs, type Limits } from './limits.ts';
import type { Kind } from './stacks.ts';

/** Limits of GlusterFS's brick, and of its client on any brick. */
const ofBoth: Limits = {
  'flock(2) beside locks of fcntl(2): both are asked for in the same way, and they keep each other out':
    {
      shows: /flock 0 x: waits/,
      tests: [
        'flock: types, what it becomes, copies of the descriptor, and the last close',
        'waiting processes get a free lock in turn, and readers together',
        'a signal ends the wait or lets it begin again; SIGKILL ends it, and frees what is held',
      ],
    },
};

/** Limits of GlusterFS's bricks under any client. */
const ofGlusterfs: Limits = {
  ...ofBoth,
  'to tell who waits for a lock that it would never come': {
    shows: /EDEADLK/,
    tests: ['a lock that would close a circle of waiting processes fails with EDEADLK'],
  },
  'to open a file or folder that has lost its name': {
    shows: /Stale file handle/,
    tests: [
      'renamed over: reads go on from the old file',
      'unlinked: read, written, resized, and opened again by their descriptor',
      'folders removed while a process is in them',
    ],
  },
  'renameat2 with flags, which they do not get to know': {
    shows: differs,
    tests: [
      'renameat2: not over another, both ways, and what no file system does',
      'renameat2 with flags',
      'renameat2 leaves a whiteout',
    ],
  },
  'to zero beyond the end of a file and keep its size': {
    shows: differs,
    tests: ['fallocate in every mode that FUSE knows, data and holes, syncfs'],
  },
  'files without a name, times of birth, flags and versions of inodes': {
    shows: differs,
    tests: [
      'O_TMPFILE: made, used, and given a name',
      'statx: the time of birth stays',
      'the version of an inode is that of the disk',
      'inode flags: append-only and immutable are obeyed',
    ],
  },
  'what is as deep as a path can be long': {
    shows: differs,
    tests: [
      'in folders deeper than a path can be long',
      'in paths of PATH_MAX bytes, and one more',
    ],
  },
  'to keep the umask out of default ACLs, and set-group-id from those outside of the group': {
    shows: differs,
    tests: [
      'ACLs let in and keep out',
      'default ACLs are inherited, and take the place of the umask',
    ],
  },
  "to keep to themselves what storages of ours keep in 'user.glossa.gfid'": {
    shows: differs,
    tests: ['of the storage itself are invisible'],
  },
};

/** Limits of glossa's bricks. */
const ofGlossa: Limits = {
  'to open a folder that has lost its name: no brick is told which folders processes are in': {
    shows: /Stale file handle/,
    tests: ['folders removed while a process is in them'],
  },
};

/** Limits of GlusterFS's own client, on bricks of GlusterFS, too. */
const ofClient: Limits = {
  'to find by its handle what the kernel has forgotten, or what has lost its name and is a folder':
    {
      shows: /Stale file handle/,
      tests: [
        'folders removed while a process is in them',
        'open_by_handle_at: files that the kernel has forgotten',
      ],
    },
  'renameat2 with flags, all of which it refuses': {
    shows: /Invalid argument|EINVAL/,
    tests: [
      'renameat2: not over another, both ways, and what no file system does',
      'renameat2 with flags',
      'renameat2 leaves a whiteout',
    ],
  },
  'to zero a range: it says that it has, and the bytes stay what they were': {
    shows: differs,
    tests: ['fallocate', 'fallocate in every mode that FUSE knows, data and holes, syncfs'],
  },
  ...ofBoth,
  'files without a name, times of birth, flags and versions of inodes': {
    shows: differs,
    tests: [
      'O_TMPFILE: made, used, and given a name',
      'statx: the time of birth stays',
      'the version of an inode is that of the disk',
      'inode flags: append-only and immutable are obeyed',
    ],
  },
  "to keep root's attributes out of the lists that others get": {
    shows: /trusted\.x: No such attribute/,
    tests: ['of root only where they are'],
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
      'renameat2: not over another, both ways, and what no file system does',
      'renameat2 with flags',
      'renameat2 leaves a whiteout',
    ],
  },
  'the version of an inode: it would have to say which brick it is of': {
    shows: differs,
    tests: ['the version of an inode is that of the disk'],
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
