/**
 * The accepted differences between a mount and the directory under it, by name, with the reason.
 * Any other difference fails.
 *
 * `tolerates` accepts different results after which both sides go on alike. Scripts avoid all other
 * differences; `treatment` says how.
 */
import type { Command, Script } from './script.ts';

export interface Difference {
  readonly name: string;
  readonly reason: string;
  /** The way in which scripts and results avoid the difference. */
  readonly treatment?: string;
  /** True if two different results of a command differ by nothing but this. */
  tolerates?(command: Command, before: Script, bare: string, mounted: string): boolean;
}

const TIMES = /=a?m?c?(?= |$)/g;
const OWNER = / owner=\S+/;

export const differences: readonly Difference[] = [
  {
    name: 'inode numbers and devices',
    reason:
      'A mount is a device of its own, and an inode is numbered by its gfid, which is the same on every storage of a volume.',
    treatment: 'not compared, unlike the identity of two names, and the numbers in listings',
  },
  {
    name: 'allocated blocks',
    reason: 'The gfid is kept in an extended attribute, which may take a block of its own.',
    treatment: 'st_blocks is not compared; positions of data and holes are',
  },
  {
    name: 'the preferred size of transfers',
    reason: 'As GlusterFS, a mount asks programs for larger reads and writes than a disk does.',
    treatment: 'st_blksize is not compared',
  },
  {
    name: 'access times of reads',
    reason:
      'The kernel answers a read of a mount from its page cache, without a request to the storage.',
    treatment:
      'both folders are mounted noatime; reads that reach the storage test the rules of relatime',
  },
  {
    name: 'flags of the mount for access times',
    reason:
      'No request carries noatime or strictatime: the mount below the storage decides on the access times of reads.',
    treatment: 'both folders are mounted alike',
  },
  {
    name: 'alignment of O_DIRECT',
    reason: 'The disk refuses offsets and lengths that are no whole blocks; FUSE accepts any.',
    treatment: 'the executor makes no unaligned call on such a descriptor',
  },
  {
    name: 'collapsing, inserting and unsharing ranges',
    reason: 'The kernel refuses these modes of fallocate for every FUSE mount with EOPNOTSUPP.',
    treatment: 'not in scripts',
  },
  {
    name: 'clones and maps of extents',
    reason:
      'The kernel asks no FUSE server for FICLONE, FICLONERANGE or FIEMAP: EOPNOTSUPP. (copy_file_range shares what the disk can share.) FIBMAP it asks for only where the mount is on a block device, and else tells of holes.',
    treatment: 'not in scripts',
  },
  {
    name: 'label and UUID of the disk',
    reason:
      'The label and the UUID of a file system (FS_IOC_GETFSLABEL, FS_IOC_GETFSUUID) are those of the disk; a mount has no label and no UUID.',
    treatment: 'not in scripts',
  },
  {
    name: 'reads and writes without waiting or caching',
    reason:
      'The kernel refuses RWF_NOWAIT and RWF_DONTCACHE with EOPNOTSUPP where a file system does not say that it can do so, as FUSE does not.',
    treatment: 'not in scripts',
  },
  {
    name: 'a non-appending write to a file open to append',
    reason:
      'The kernel does not hand RWF_NOAPPEND on, neither to the server nor to the file of the disk: both append.',
    treatment: 'not in scripts',
  },
  {
    name: 'opening from the kernel cache only',
    reason:
      'RESOLVE_CACHED is about what is in the cache of names, which is up to each file system.',
    treatment: 'not in scripts',
  },
  {
    name: 'unsynchronised attributes',
    reason:
      'AT_STATX_DONT_SYNC asks for what the kernel has, and that may be old, or not be all, where a server has the attributes.',
    treatment: 'the executor tells only the type of what is asked for so',
  },
  {
    name: 'swap files',
    reason:
      'The kernel swaps to the blocks of a disk, and asks no FUSE server without a device where a file has its own: swapon is EINVAL.',
    treatment: 'not in scripts',
  },
  {
    name: 'idmapped mounts',
    reason:
      'The kernel allows idmapped mounts of FUSE only to a server that does without user and group of the caller in all requests but those that make something. Translators are told whose each call is.',
    treatment: 'not in scripts',
  },
  {
    name: 'files in epoll',
    reason:
      'Every file of FUSE can be polled, so that epoll_ctl takes it, where a file of a disk is EPERM. No notification of readiness is needed: the file is always ready, as poll(2) says on both.',
    treatment: 'not in scripts; poll(2) is tried in a test of the mount',
  },
  {
    name: 'effects of syncfs on the disk',
    reason:
      'The kernel writes its own pages to the storage, but tells no server of FUSE over /dev/fuse about the call (FUSE_SYNCFS is for virtiofs), so that the disk is not asked.',
    treatment: 'only the result is compared; data that must outlive the machine is fsynced',
  },
  {
    name: 'the version of an inode',
    reason:
      'FS_IOC_GETVERSION tells the number that the disk has made up, another for each file. It cannot be set: who may is the check of the disk, which would be that of the server.',
    treatment: 'not in scripts; a test of the mount compares it with that of the storage',
  },
  {
    name: 'the last page of a mapping',
    reason: 'Data written behind the end of the file belongs to no file: disks may keep it.',
    treatment:
      'the executor writes to a mapping up to the end of the file, and to no page behind it',
  },
  {
    name: 'zeroing a range',
    reason:
      'Where a disk cannot zero a range (tmpfs), the storage writes zeros, as GlusterFS does.',
    treatment: 'such commands are left out on a disk that cannot',
  },
  {
    name: 'the largest file',
    reason:
      'Sizes and offsets are exact to 2^53; beyond, EFBIG, although the disk could hold more.',
    treatment: 'sizes and offsets in scripts are below',
  },
  {
    name: 'the largest position',
    reason:
      'lseek is done by the kernel alone, and FUSE has no largest file: it accepts what the disk refuses.',
    treatment: 'offsets in scripts are below the limit of the disk',
  },
  {
    name: 'flags removed by fcntl',
    reason:
      'With passthrough the kernel opens the file of the disk with the flags of the open, and what fcntl takes away later (O_APPEND; O_DIRECT, where the file was open before) that file keeps.',
    treatment: 'the executor takes neither away',
  },
  {
    name: 'checks of immutable and append-only files',
    reason:
      'The kernel does not know such flags of an inode on a mount, so what it checks by itself comes first: another errno, where more than one fits.',
    treatment: 'scripts set no such flags; what they forbid is tried by the table of errnos',
  },
  {
    name: 'an empty chown by another user',
    reason:
      'The kernel sends the same for a chown that leaves owner and group as they are and for a write that takes set-user-id away. While the file is open to be written to it counts as the write, and is not refused to who does not own the file.',
    treatment: 'the executor makes no such call',
  },
  {
    name: "the owner of an open file's lock",
    reason:
      'Where the graph has the locks: FUSE tells the storage who set a lock, but not that it belongs to an open file, which has no owner.',
    tolerates: ({ op }, _before, bare, mounted) =>
      /getlk$/.test(op) && bare.replace(OWNER, '') === mounted.replace(OWNER, ''),
  },
  {
    name: 'locks of open files that wait for each other',
    reason:
      'Where the graph has the locks, for the same reason: such a lock is looked at for a deadlock as if a process owned it, and may fail with EDEADLK where a disk would let it wait.',
    treatment: 'no script waits for a lock',
  },
  {
    name: 'times of directories after a failed whiteout',
    reason:
      'Some disks undo the begun rename, which changes the times of the directories; the kernel keeps its cached times, as after every failed call.',
    tolerates: ({ op, args }, _before, bare, mounted) =>
      op === 'rename' &&
      args[2]!.includes('WHITEOUT') &&
      bare.startsWith('-1 ') &&
      bare.replace(TIMES, '=') === mounted.replace(TIMES, '='),
  },
  {
    name: 'data in reserved space',
    reason:
      "Read reserved space counts as data while its pages are in the disk's cache; the amount of read-ahead differs.",
    tolerates: ({ op, args }, before) =>
      op === 'lseek' && /DATA|HOLE/.test(args[2]!) && before.some((one) => one.op === 'fallocate'),
  },
  {
    name: 'recently removed privileges',
    reason:
      'The storage removes set-user-id and set-group-id with the write or truncation. The kernel, which forbids other users to link such files, knows it from its next request for the attributes.',
    treatment: 'the executor calls stat before each link',
  },
  {
    name: 'positions in a directory',
    reason: 'Each file system defines its own positions.',
    treatment: 'the executor moves only to the beginning of an open directory',
  },
  {
    name: 'the shown name of an unnamed file',
    reason:
      "Events of inotify(7) show an O_TMPFILE file's name in memory: # and the inode number on a disk, / on a mount.",
    treatment: 'the executor prints it as unnamed',
  },
  {
    name: 'the number of reads of a listing',
    reason:
      'Each file system chooses the number of entries per call, and each call is an event of inotify(7).',
    treatment: 'the executor leaves reads of directories out of events',
  },
  {
    name: 'the time of closing a mapped file',
    reason:
      "With passthrough a mapping holds the storage's file, so that inotify(7) reports the close of the mount's file with its last descriptor; on a disk only after the mapping.",
    tolerates: ({ op }, before) => op === 'events' && before.some((one) => one.op === 'map'),
  },
  {
    name: 'times of a shared mapping',
    reason:
      'Only the kernel notices the first write to a page of a mapping; the storage gets it with the writeback of the page. (With passthrough the storage marks the times at once, and the kernel asks for them.)',
    treatment:
      'scripts map, write, msync and unmap in one step, and ask for no attributes in between',
  },
  {
    name: 'times of a pipe',
    reason:
      'Data of a pipe stays in memory: a disk marks the times of the inode, FUSE does not, and sends no request to the storage.',
    tolerates: ({ op }, before, bare, mounted) =>
      /^(p?(read|write)v?2?|splice|sendfile)$/.test(op) &&
      before.some((one) => one.op === 'mknod' && one.args.some((arg) => /FIFO/.test(arg))) &&
      bare.replace(TIMES, '=') === mounted.replace(TIMES, '='),
    treatment: 'the executor prints neither time of a pipe',
  },
  {
    name: 'times that the kernel delays',
    reason:
      "With the writeback cache the kernel sets a file's times, from the last tick of its clock. The storage gets them with the written data, but never a time of change.",
    treatment: 'on that mount times are compared in the end only',
  },
  {
    name: "a truncation to the file's size",
    reason: 'With the writeback cache the kernel marks no times for it, which POSIX leaves open.',
    treatment: 'on that mount times are not compared after a truncation',
  },
  {
    name: 'holes of a file with delayed writes',
    reason:
      'The storage does not know delayed data, so the kernel does not ask it: it reports the whole file as data.',
    treatment:
      'on that mount scripts seek no holes, and the data of very long files is not compared',
  },
  {
    name: 'attributes of statx',
    reason:
      'The kernel takes times and sizes from a FUSE server, and drops the further attributes of statx(2) (append-only, immutable, nodump, compressed, …); FS_IOC_GETFLAGS has them.',
    treatment: 'scripts call FS_IOC_GETFLAGS instead',
  },
  {
    name: 'handles of forgotten files',
    reason:
      'A handle has the number of an inode in this mount. It is valid while the kernel or the inode table knows the inode, and in no later mount.',
    treatment:
      'scripts open a handle at once; a test of the mount opens forgotten files by their handle',
  },
  {
    name: 'the number of open files',
    reason:
      "A file open on a mount is open in its server, too, which has its own limit: EMFILE may come before the caller's limit.",
    treatment: 'scripts open few files',
  },
  {
    name: 'room for extended attributes',
    reason: 'The gfid takes room in the block that a file system has for them.',
    treatment: 'values in scripts are small, or larger than any block',
  },
];

/** True if two results of a command are equal, or differ in an accepted way. */
export const resultsAgree = (
  command: Command,
  before: Script,
  bare: string,
  mounted: string,
): boolean =>
  bare === mounted ||
  differences.some(({ tolerates }) => tolerates?.(command, before, bare, mounted) === true);
