/**
 * Descriptions of every fop, for the stubs of each language, the reference page and the playground.
 *
 * Facts: POSIX and Linux man pages of the system calls; GlusterFS `xlator.h`, `glusterfs3.x`,
 * `fuse-bridge.c` (which request of the kernel becomes which fop, and what it makes of the reply).
 */
import type { FopName } from './gen/fops.gen.ts';

export interface FopDoc {
  /** What it does, as a sentence. */
  readonly what: string;
  /** When it comes: what an application did, or who else asks. */
  readonly when: string;
  /** What success says, and what the kernel does with it. */
  readonly reply: string;
  /** Arguments whose meaning is not the usual one of `argDocs`. */
  readonly args?: Readonly<Record<string, string>>;
}

/** Arguments and parts of replies that mean the same everywhere. */
const argDocs: Readonly<Record<string, string>> = {
  loc: 'the object, by inode, and where it is known by parent and name',
  oldloc: 'the name that is there',
  newloc: 'the name that is to be; its inode is unset when nothing has that name',
  fd: 'the open file or directory',
  fd_in: 'the open file that is read',
  fd_out: 'the open file that is written',
  off_in: 'where reading starts, in bytes',
  off_out: 'where writing starts, in bytes',
  xdata: 'extra keys that translators send each other; may be missing',
  dict: 'extended attributes, name to value',
  name: "the extended attribute's name; none asks for all of them",
  mode: 'type and permission bits, as in stat(2), the umask already taken off',
  umask: "the caller's umask, for a storage with default ACLs",
  rdev: 'the device number, for block and character devices',
  flags: 'flags of the system call',
  size: 'at most so many bytes',
  offset: 'where it starts, in bytes',
  len: 'how many bytes',
  mask: 'the access wanted: 4 read, 2 write, 1 execute; 0 asks whether it exists',
  vector: 'the data',
  buf: 'attributes of the object, after the fop',
  stbuf: 'attributes of the file',
  inode: 'the inode that the name leads to',
  preparent: 'attributes of the directory before',
  postparent: 'attributes of the directory after',
  prebuf: 'attributes before',
  postbuf: 'attributes after',
  statpre: 'attributes before',
  statpost: 'attributes after',
  cmd: 'what to do: 5 F_GETLK, 6 F_SETLK, 7 F_SETLKW',
  flock: 'type, range in bytes (len 0: to the end), owner and process of the lock',
  volume: 'the domain of the lock: locks of different domains do not meet',
  basename: 'the name in the directory; none is the whole directory',
  entries: 'names with inode number, type and the offset to go on after each',
  datasync: 'not 0: just the data and what is needed to read it, as fdatasync(2)',
  optype: 'how stored and given values are combined: 0 add 32-bit, 1 add 64-bit, 4 get and set',
  locklist: 'the locks held on the file',
  lease: 'command, type and id of the lease',
};

const XATTR_FLAGS = '1 XATTR_CREATE: fail with EEXIST; 2 XATTR_REPLACE: fail with ENODATA';
const OPEN_FLAGS = 'flags of open(2), such as O_RDWR or O_APPEND';
const VALID =
  'which fields of stbuf count: 1 mode, 2 uid, 4 gid, 16 atime, 32 mtime, 64 ctime; ' +
  '128 and 256 set atime and mtime to the present';
const MADE = 'The kernel links the inode under the name and caches buf for a while.';
const OK = 'Nothing but that it is done.';
const CHANGED = 'Attributes before and after; the kernel takes size and times from the latter.';

export const fopDocs: Readonly<Record<FopName, FopDoc>> = {
  stat: {
    what: 'Attributes of an object.',
    when: 'stat(2) and its kin, when what the kernel has cached is too old.',
    reply: 'buf is what stat(2) returns, and the kernel caches it for the attribute timeout.',
  },
  readlink: {
    what: 'The target of a symbolic link.',
    when: 'readlink(2), and every path that leads through the link.',
    reply: 'op_ret is the length of path in bytes.',
    args: { path: 'the target, as it is stored' },
  },
  mknod: {
    what: 'Makes a file that is not opened: regular, device, FIFO or socket.',
    when: 'mknod(2), mkfifo(3), bind(2) of a local socket.',
    reply: MADE,
  },
  mkdir: { what: 'Makes a directory.', when: 'mkdir(2).', reply: MADE },
  unlink: {
    what: 'Takes a name of a file away; the file goes with its last name and last open fd.',
    when: 'unlink(2).',
    reply: 'Attributes of the directory; the kernel forgets the name.',
    args: { xflag: 'GlusterFS-internal; 0 from a mount' },
  },
  rmdir: {
    what: 'Takes an empty directory away; ENOTEMPTY for one that is not.',
    when: 'rmdir(2).',
    reply: 'Attributes of the directory above; the kernel forgets the name.',
    args: { flags: 'not 0: with all it contains; 0 from a mount' },
  },
  symlink: {
    what: 'Makes a symbolic link.',
    when: 'symlink(2).',
    reply: MADE,
    args: { linkpath: 'the target, as it is to be stored' },
  },
  rename: {
    what: 'Gives an object another name, in one step; what had that name goes.',
    when: 'rename(2); the flags of renameat2(2) come in xdata.',
    reply: 'Attributes of the object and of both directories, before and after.',
    args: {
      preoldparent: 'attributes of the directory it leaves, before',
      postoldparent: 'the same, after',
      prenewparent: 'attributes of the directory it comes to, before',
      postnewparent: 'the same, after',
    },
  },
  link: { what: 'Gives a file one more name.', when: 'link(2).', reply: MADE },
  truncate: {
    what: 'Sets the size of a file, by name.',
    when: 'truncate(2).',
    reply: CHANGED,
    args: { offset: 'the new size, in bytes' },
  },
  open: {
    what: 'Opens a file.',
    when: 'open(2) of a file that is there; O_TRUNC is left to ftruncate.',
    reply: 'fd, as it came. From then on reads and writes carry it, until `release`.',
    args: { flags: OPEN_FLAGS },
  },
  readv: {
    what: 'Reads data.',
    when: 'read(2), pread(2), mmap(2), execve(2); the kernel asks for pages, and ahead.',
    reply:
      'op_ret is the number of bytes in vector. Fewer than size means that the file ends there, ' +
      'and the kernel shows the rest as zeros or as the end.',
    args: { flags: 'flags that the file was opened with' },
  },
  writev: {
    what: 'Writes data.',
    when:
      'write(2), pwrite(2), and pages of mmap(2) that were written; xdata may say that the ' +
      'program in the file loses its privileges by that.',
    reply: `op_ret is the number of bytes written: less than given is a short write. ${CHANGED}`,
    args: {
      flags:
        'flags that the file was opened with, and O_DSYNC or O_SYNC when this write has to be on ' +
        'the disk before it is answered',
    },
  },
  statfs: {
    what: 'How large and how full the storage is.',
    when: 'statfs(2), statvfs(3), df.',
    reply: 'buf is what statvfs(3) returns.',
    args: { buf: 'block sizes and numbers of blocks and files' },
  },
  flush: {
    what: 'A descriptor was closed; others may still be open.',
    when: 'every close(2), also at the end of a process.',
    reply: 'An error is what close(2) returns.',
  },
  fsync: {
    what: 'Brings what was written to stable storage.',
    when: 'fsync(2), fdatasync(2), O_SYNC.',
    reply: CHANGED,
  },
  setxattr: {
    what: 'Sets extended attributes.',
    when: 'setxattr(2).',
    reply: OK,
    args: { flags: XATTR_FLAGS },
  },
  getxattr: {
    what: 'Extended attributes: one, or all.',
    when: 'getxattr(2), listxattr(2); ENODATA says that there is none of that name.',
    reply: 'dict has the value under the name, or all names with their values.',
  },
  removexattr: {
    what: 'Removes an extended attribute; ENODATA when there is none of that name.',
    when: 'removexattr(2).',
    reply: OK,
    args: { name: "the attribute's name" },
  },
  opendir: {
    what: 'Opens a directory.',
    when: 'opendir(3).',
    reply: 'fd, as it came, until `releasedir`.',
  },
  fsyncdir: {
    what: 'Brings names of a directory to stable storage.',
    when: 'fsync(2) of a directory; syncfs(2) comes as that of the root, and says so in xdata.',
    reply: OK,
  },
  access: {
    what: 'Whether the caller may do something with an object.',
    when: 'access(2), chdir(2).',
    reply: `${OK} EACCES is the usual refusal.`,
  },
  create: {
    what: 'Makes a file and opens it, in one step.',
    when: 'open(2) with O_CREAT of a name that the kernel does not know.',
    reply: `fd, as it came. ${MADE} EEXIST when O_EXCL was asked for.`,
    args: { flags: OPEN_FLAGS, mode: 'permission bits, the umask already taken off' },
  },
  ftruncate: {
    what: 'Sets the size of an open file.',
    when: 'ftruncate(2), and open(2) with O_TRUNC, after open.',
    reply: CHANGED,
    args: { offset: 'the new size, in bytes' },
  },
  fstat: {
    what: 'Attributes of an open file.',
    when: 'fstat(2), when what the kernel has cached is too old.',
    reply: 'buf is what fstat(2) returns.',
  },
  lk: {
    what:
      'Sets, removes or tests a lock of an application. With glossa.flock in xdata it is one of ' +
      'flock(2), apart from record locks.',
    when: 'fcntl(2) locks and flock(2).',
    reply:
      'flock: for F_GETLK a lock in the way, or type unlock when there is none. EAGAIN when it is ' +
      'held and cmd would not wait; EDEADLK when it would wait for ever.',
  },
  lookup: {
    what: 'Finds an object by its name in a directory, or asks whether one is still there.',
    when: 'every path of every system call, for each part that the kernel does not know.',
    reply:
      'inode and buf, whose ia_gfid and ia_type say what it is; the kernel caches name and ' +
      'attributes for their timeouts. ENOENT says that there is nothing.',
    args: {
      loc: 'name in parent; without a name, the inode itself by its gfid',
      postparent: 'attributes of the directory',
    },
  },
  readdir: {
    what: 'Names of a directory.',
    when: 'readdir(3).',
    reply: 'op_ret is the number of entries; 0 is the end of the directory.',
    args: { offset: 'where to go on: the offset of the last entry before; 0 is the start' },
  },
  inodelk: {
    what: "Locks a range of an inode, among translators; applications' locks are apart.",
    when: 'other translators (replication, healing).',
    reply: `${OK} EAGAIN when it is held and cmd would not wait.`,
  },
  finodelk: {
    what: 'As inodelk, of an open file.',
    when: 'other translators.',
    reply: `${OK} EAGAIN when it is held and cmd would not wait.`,
  },
  entrylk: {
    what: 'Locks a name of a directory, among translators.',
    when: 'other translators (replication, healing).',
    reply: `${OK} EAGAIN when it is held and cmd would not wait.`,
    args: { cmd: '0 lock, 1 unlock, 2 lock without waiting', type: '0 shared, 1 exclusive' },
  },
  fentrylk: {
    what: 'As entrylk, of an open directory.',
    when: 'other translators.',
    reply: `${OK} EAGAIN when it is held and cmd would not wait.`,
    args: { cmd: '0 lock, 1 unlock, 2 lock without waiting', type: '0 shared, 1 exclusive' },
  },
  xattrop: {
    what: 'Changes numbers in extended attributes, in one step (arrays, big-endian).',
    when: 'other translators (counters of replication and quota).',
    reply: 'dict has the values after the change; before it, for get and set.',
  },
  fxattrop: {
    what: 'As xattrop, of an open file.',
    when: 'other translators.',
    reply: 'dict has the values after the change; before it, for get and set.',
  },
  fgetxattr: {
    what: 'As getxattr, of an open file.',
    when: 'fgetxattr(2), flistxattr(2); lsattr(1), for an attribute of its own.',
    reply: 'dict has the value under the name, or all names with their values.',
  },
  fsetxattr: {
    what: 'As setxattr, of an open file.',
    when: 'fsetxattr(2); chattr(1), for an attribute of its own.',
    reply: OK,
    args: { flags: XATTR_FLAGS },
  },
  rchecksum: {
    what: 'Checksums of a range of a file.',
    when: 'other translators (healing).',
    reply: 'A rolling checksum and a strong one of the same bytes.',
    args: { weak: 'the rolling checksum', strong: 'the strong checksum' },
  },
  setattr: {
    what: 'Changes mode, owner or times. The size is set by truncate.',
    when: 'chmod(2), chown(2), utimensat(2).',
    reply: CHANGED,
    args: { stbuf: 'the new values', valid: VALID },
  },
  fsetattr: {
    what: 'As setattr, of an open file.',
    when: 'fchmod(2), fchown(2), futimens(3).',
    reply: CHANGED,
    args: { stbuf: 'the new values', valid: VALID },
  },
  readdirp: {
    what: 'Names of a directory, with inode and attributes of each.',
    when: 'readdir(3), when the kernel expects a stat of each name to follow (ls -l).',
    reply:
      'op_ret is the number of entries; 0 is the end. An entry with inode and stat saves its ' +
      'lookup.',
    args: { offset: 'where to go on: the offset of the last entry before; 0 is the start' },
  },
  getspec: {
    what: 'The text of a volfile.',
    when: 'clients of a server, never a mount.',
    reply: 'op_ret is the length of spec.',
    args: { key: 'which volfile', spec: 'its text', flags: '0' },
  },
  fremovexattr: {
    what: 'As removexattr, of an open file.',
    when: 'fremovexattr(2).',
    reply: OK,
    args: { name: "the attribute's name" },
  },
  fallocate: {
    what: 'Makes sure that there is room for a range.',
    when: 'fallocate(2), posix_fallocate(3).',
    reply: CHANGED,
    args: {
      mode:
        '1 FALLOC_FL_KEEP_SIZE leaves the size as it is, 0 may grow it; 17 also makes zeros; ' +
        'any other is EOPNOTSUPP to who does not know it',
    },
  },
  discard: {
    what: 'Makes a hole: the range reads as zeros, and its room is free.',
    when: 'fallocate(2) with FALLOC_FL_PUNCH_HOLE.',
    reply: CHANGED,
  },
  zerofill: {
    what: 'Writes zeros over a range.',
    when: 'fallocate(2) with FALLOC_FL_ZERO_RANGE, and other programs of the same graph.',
    reply: CHANGED,
  },
  ipc: {
    what: 'A message between translators.',
    when: 'other translators.',
    reply: OK,
    args: { op: 'for whom: 0 changelog, 1 ctr, 2 upcall' },
  },
  seek: {
    what: 'Finds where the next data or the next hole begins.',
    when: 'lseek(2) with SEEK_DATA or SEEK_HOLE; ENXIO at or behind the end.',
    reply: 'offset is the place found, in bytes.',
    args: { what: '0 data, 1 hole' },
  },
  lease: {
    what: 'Takes, asks for or returns a lease.',
    when: 'other programs of the same graph.',
    reply: 'lease says what is held.',
  },
  getactivelk: {
    what: 'All record locks of a file.',
    when: 'other translators, before they move it.',
    reply: 'locklist has them.',
  },
  setactivelk: {
    what: 'Gives a file record locks that it had elsewhere.',
    when: 'other translators, after they moved it.',
    reply: OK,
  },
  put: {
    what: 'Makes a file with data and extended attributes, in one step.',
    when: 'other programs of the same graph.',
    reply: MADE,
    args: { offset: 'where the data begin in the file', flags: OPEN_FLAGS },
  },
  icreate: {
    what: 'Makes a file without a name; loc has the directory it belongs to, and no name.',
    when: 'open(2) with O_TMPFILE; open follows, and a link may give it a name.',
    reply: 'The inode and its attributes.',
    args: { mode: 'permission bits, the umask already taken off' },
  },
  namelink: {
    what: 'Gives an inode without a name its name.',
    when: 'other translators.',
    reply: 'Attributes of the directory.',
  },
  copy_file_range: {
    what: 'Copies from one open file to another inside the storage.',
    when: 'copy_file_range(2), cp.',
    reply: 'op_ret is the number of bytes copied.',
    args: {
      stbuf: 'attributes of the file that was read',
      prebuf_dst: 'attributes of the file that was written, before',
      postbuf_dst: 'the same, after',
      flags: '0',
    },
  },
};

/** What argument or part `name` of a fop means. */
export const argDoc = (fop: FopName, name: string): string =>
  fopDocs[fop].args?.[name] ?? argDocs[name] ?? '';
