/**
 * The accepted differences between a mount and the directory under it, by name, with the reason.
 * Any other difference fails.
 *
 * `tolerates` accepts different results after which both sides go on alike; all other differences
 * are kept out of scripts, and `kept` says how.
 */
import type { Command, Script } from './script.ts';

export interface Difference {
  readonly name: string;
  readonly reason: string;
  /** The way in which scripts and results avoid the difference. */
  readonly kept?: string;
  /** Whether two results of a command, that are not the same, differ by nothing but this. */
  tolerates?(command: Command, before: Script, bare: string, mounted: string): boolean;
}

const TIMES = /=a?m?c?(?= |$)/g;
const OWNER = / owner=\S+/;

export const differences: readonly Difference[] = [
  {
    name: 'inode numbers and devices',
    reason:
      'A mount is a device of its own, and an inode is numbered by its gfid, which is the same on every storage of a volume.',
    kept: 'not compared; whether two names lead to one inode, and whether a listing has its number, is',
  },
  {
    name: 'allocated blocks',
    reason: 'The gfid is kept in an extended attribute, which may take a block of its own.',
    kept: 'st_blocks is not compared; where data and holes are, is',
  },
  {
    name: 'the preferred size of transfers',
    reason: 'As GlusterFS, a mount asks programs for larger reads and writes than a disk does.',
    kept: 'st_blksize is not compared',
  },
  {
    name: 'access times of reads',
    reason:
      'The kernel answers a read of a mount from its page cache, and the storage never hears of it.',
    kept: 'both folders are mounted noatime; the rules of relatime are tried with reads that reach the storage',
  },
  {
    name: 'flags of the mount for access times',
    reason:
      'No request tells a server that it is mounted noatime or strictatime: what a read that reaches the storage does to access times is up to the mount that the storage is in.',
    kept: 'both folders are mounted alike',
  },
  {
    name: 'alignment of O_DIRECT',
    reason:
      'The disk wants offsets and lengths that are whole blocks, and refuses others; FUSE takes any.',
    kept: 'the executor makes no unaligned call on such a descriptor',
  },
  {
    name: 'collapsing, inserting and unsharing ranges',
    reason: 'The kernel refuses these modes of fallocate for every FUSE mount with EOPNOTSUPP.',
    kept: 'not in scripts',
  },
  {
    name: 'clones and maps of extents',
    reason:
      'The kernel asks no FUSE server for FICLONE, FICLONERANGE or FIEMAP: EOPNOTSUPP. (copy_file_range shares what the disk can share.) FIBMAP it asks for only where the mount is on a block device, and else tells of holes.',
    kept: 'not in scripts',
  },
  {
    name: 'label and UUID of the disk',
    reason:
      'The label and the UUID of a file system (FS_IOC_GETFSLABEL, FS_IOC_GETFSUUID) are those of the disk; a mount has none.',
    kept: 'not in scripts',
  },
  {
    name: 'reads and writes without waiting or caching',
    reason:
      'The kernel refuses RWF_NOWAIT and RWF_DONTCACHE with EOPNOTSUPP where a file system does not say that it can do so, as FUSE does not.',
    kept: 'not in scripts',
  },
  {
    name: 'a non-appending write to a file open to append',
    reason:
      'The kernel does not hand RWF_NOAPPEND on, neither to the server nor to the file of the disk: both append.',
    kept: 'not in scripts',
  },
  {
    name: 'opening from the kernel cache only',
    reason:
      'RESOLVE_CACHED is about what is in the cache of names, which is up to each file system.',
    kept: 'not in scripts',
  },
  {
    name: 'unsynchronised attributes',
    reason:
      'AT_STATX_DONT_SYNC asks for what the kernel has, and that may be old, or not be all, where a server has the attributes.',
    kept: 'the executor tells only the type of what is asked for so',
  },
  {
    name: 'swap files',
    reason:
      'The kernel swaps to the blocks of a disk, and asks no FUSE server without a device where a file has its own: swapon is EINVAL.',
    kept: 'not in scripts',
  },
  {
    name: 'idmapped mounts',
    reason:
      'The kernel allows idmapped mounts of FUSE only to a server that does without user and group of the caller in all requests but those that make something. Translators are told whose each call is.',
    kept: 'not in scripts',
  },
  {
    name: 'files in epoll',
    reason:
      'Every file of FUSE can be polled, so that epoll_ctl takes it, where a file of a disk is EPERM. No notification of readiness is needed: the file is always ready, as poll(2) says on both.',
    kept: 'not in scripts; poll(2) is tried in a test of the mount',
  },
  {
    name: 'effects of syncfs on the disk',
    reason:
      'The kernel writes its own pages to the storage, but tells no server of FUSE over /dev/fuse about the call (FUSE_SYNCFS is for virtiofs), so that the disk is not asked.',
    kept: 'only the result is compared; data that must outlive the machine is fsynced',
  },
  {
    name: 'the version of an inode',
    reason:
      'FS_IOC_GETVERSION tells the number that the disk has made up, another for each file. It cannot be set: who may is the check of the disk, which would be that of the server.',
    kept: 'not in scripts; a test of the mount compares it with that of the storage',
  },
  {
    name: 'the last page of a mapping',
    reason: 'Data written behind the end of the file belongs to no file: disks may keep it.',
    kept: 'the executor writes to a mapping up to the end of the file, and to no page behind it',
  },
  {
    name: 'zeroing a range',
    reason:
      'Where a disk cannot zero a range (tmpfs), the storage writes zeros, as GlusterFS does.',
    kept: 'such commands are left out on a disk that cannot',
  },
  {
    name: 'the largest file',
    reason:
      'Sizes and offsets are exact to 2^53; beyond, EFBIG, although the disk could hold more.',
    kept: 'sizes and offsets in scripts are below',
  },
  {
    name: 'the largest position',
    reason:
      'lseek is done by the kernel alone, and FUSE has no largest file: it accepts what the disk refuses.',
    kept: 'offsets in scripts are below the limit of the disk',
  },
  {
    name: 'flags removed by fcntl',
    reason:
      'With passthrough the kernel opens the file of the disk with the flags of the open, and what fcntl takes away later (O_APPEND; O_DIRECT, where the file was open before) that file keeps.',
    kept: 'the executor takes neither away',
  },
  {
    name: 'checks of immutable and append-only files',
    reason:
      'The kernel does not know such flags of an inode on a mount, so what it checks by itself comes first: another errno, where more than one fits.',
    kept: 'scripts set no such flags; what they forbid is tried by the table of errnos',
  },
  {
    name: 'an empty chown by another user',
    reason:
      'The kernel sends the same for a chown that leaves owner and group as they are and for a write that takes set-user-id away. While the file is open to be written to it counts as the write, and is not refused to who does not own the file.',
    kept: 'the executor makes no such call',
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
    kept: 'no script waits for a lock',
  },
  {
    name: 'times of directories after a failed whiteout',
    reason:
      'Some disks have begun by then and undo it, which changes the times of the directories; the kernel keeps the times that it had cached, as after every failed call.',
    tolerates: ({ op, args }, _before, bare, mounted) =>
      op === 'rename' &&
      args[2]!.includes('WHITEOUT') &&
      bare.startsWith('-1 ') &&
      bare.replace(TIMES, '=') === mounted.replace(TIMES, '='),
  },
  {
    name: 'data in reserved space',
    reason:
      'Reserved space that was read counts as data for as long as its pages are in the cache of the disk; how far ahead of a reader they get there differs.',
    tolerates: ({ op, args }, before) =>
      op === 'lseek' && /DATA|HOLE/.test(args[2]!) && before.some((one) => one.op === 'fallocate'),
  },
  {
    name: 'recently removed privileges',
    reason:
      'Set-user-id and set-group-id are taken away by the storage with the write or the truncation; the kernel, which protects such files from being linked by others, knows it when it next asks for the attributes.',
    kept: 'the executor asks for the attributes of what it links',
  },
  {
    name: 'positions in a directory',
    reason: 'Each file system defines its own positions.',
    kept: 'the executor does not move in an open directory, but to its beginning',
  },
  {
    name: 'the shown name of an unnamed file',
    reason:
      'Events of inotify(7) name a file of O_TMPFILE as it is called in memory: # and the number of its inode on a disk, / on a mount.',
    kept: 'the executor tells that it has no name',
  },
  {
    name: 'the number of reads of a listing',
    reason:
      'How many entries one call gets is up to each file system, and each call is an event of inotify(7).',
    kept: 'the executor leaves reads of directories out of events',
  },
  {
    name: 'the time of closing a mapped file',
    reason:
      'With passthrough a mapping holds the file of the storage, so that inotify(7) tells of the end of ours with its last descriptor; on a disk the mapping has to go first.',
    tolerates: ({ op }, before) => op === 'events' && before.some((one) => one.op === 'map'),
  },
  {
    name: 'times of a shared mapping',
    reason:
      'The first write to a page of a mapping is noticed by the kernel alone; the storage hears of it when the page is written back. (With passthrough the storage marks the times at once, and the kernel asks it.)',
    kept: 'scripts map, write, msync and unmap in one step, and ask for no attributes in between',
  },
  {
    name: 'times of a pipe',
    reason:
      'What is written to a pipe goes by in memory: a disk marks the times of its inode, FUSE does not, and the storage never hears of it.',
    tolerates: ({ op }, before, bare, mounted) =>
      /^(p?(read|write)v?2?|splice|sendfile)$/.test(op) &&
      before.some((one) => one.op === 'mknod' && one.args.some((arg) => /FIFO/.test(arg))) &&
      bare.replace(TIMES, '=') === mounted.replace(TIMES, '='),
    kept: 'the executor tells neither of the two times of a pipe',
  },
  {
    name: 'times that the kernel delays',
    reason:
      'With the writeback cache the times of a file are those of the kernel, which takes them from the last tick of its clock; the storage hears of them when the data is written back, and a time of change it cannot be told.',
    kept: 'on that mount times are compared in the end only',
  },
  {
    name: "a truncation to the file's size",
    reason: 'With the writeback cache the kernel marks no times for it, which POSIX leaves open.',
    kept: 'on that mount times are not compared after a truncation',
  },
  {
    name: 'holes of a file with delayed writes',
    reason:
      'The storage knows no data that was not written back, so that it is not asked: the kernel then says that a file is all data.',
    kept: 'on that mount holes are not looked for, and the data of very long files is not compared',
  },
  {
    name: 'attributes of statx',
    reason:
      'The kernel takes times and sizes from a FUSE server, and drops the attributes that statx(2) tells besides (append-only, immutable, nodump, compressed, …); FS_IOC_GETFLAGS has them.',
    kept: 'scripts ask for the flags themselves',
  },
  {
    name: 'handles of forgotten files',
    reason:
      'A handle has the number of an inode in this mount. It is good for as long as the kernel or the table of inodes knows the inode, and in no later mount.',
    kept: 'scripts open what they have asked the handle of at once; what the kernel has forgotten is opened by its handle in a test of the mount',
  },
  {
    name: 'the number of open files',
    reason:
      'What is open on a mount is open in its server too, which has a limit of its own: EMFILE can come before the caller has as many as it may.',
    kept: 'scripts open few',
  },
  {
    name: 'room for extended attributes',
    reason: 'The gfid takes room in the block that a file system has for them.',
    kept: 'values in scripts are small, or larger than any block',
  },
];

/** Whether two results of a command count as the same, after the earlier commands. */
export const agree = (command: Command, before: Script, bare: string, mounted: string): boolean =>
  bare === mounted ||
  differences.some(({ tolerates }) => tolerates?.(command, before, bare, mounted) === true);
