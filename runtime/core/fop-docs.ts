/**
 * Describes every fop, for the stubs of each language, the reference page and the playground.
 *
 * Facts: POSIX and Linux man pages of the system calls; GlusterFS `xlator.h`, `glusterfs3.x`,
 * `fuse-bridge.c` (which request of the kernel becomes which fop, and what it makes of the reply).
 */
import type { FopName } from './gen/fops.gen.ts';

/** The description of a fop. */
export interface FopDoc {
  /** The effect, as a sentence. */
  readonly summary: string;
  /** The system calls or translators that cause it. */
  readonly when: string;
  /** The reply to a success, and the kernel's use of it. */
  readonly reply: string;
  /** Arguments with another meaning than in `argDocs`. */
  readonly args?: Readonly<Record<string, string>>;
}

/** Arguments and parts of replies with the same meaning in all fops. */
const argDocs: Readonly<Record<string, string>> = {
  loc: 'the object, by inode, and by parent and name if they are known',
  oldloc: 'the existing name',
  newloc: 'the new name; its inode is unset when no object has that name',
  fd: 'the open file or directory',
  fd_in: 'the open source file',
  fd_out: 'the open target file',
  off_in: 'offset in the source, in bytes',
  off_out: 'offset in the target, in bytes',
  xdata: 'extra keys between translators; may be missing',
  dict: 'extended attributes, name to value',
  name: "the extended attribute's name; none asks for all of them",
  mode: 'type and permission bits, as in stat(2), after the umask',
  umask: "the caller's umask, for a storage with default ACLs",
  rdev: 'the device number, for block and character devices',
  flags: 'flags of the system call',
  size: 'maximum number of bytes',
  offset: 'start, in bytes',
  len: 'number of bytes',
  mask: 'the requested access: 4 read, 2 write, 1 execute; 0 asks for existence',
  vector: 'the data',
  buf: 'attributes of the object, after the fop',
  stbuf: 'attributes of the file',
  inode: 'the inode of the name',
  preparent: 'attributes of the directory before',
  postparent: 'attributes of the directory after',
  prebuf: 'attributes before',
  postbuf: 'attributes after',
  statpre: 'attributes before',
  statpost: 'attributes after',
  cmd: 'the command: 5 F_GETLK, 6 F_SETLK, 7 F_SETLKW',
  flock: 'type, range in bytes (len 0: to the end), owner and process of the lock',
  volume: 'the domain of the lock: locks of different domains do not conflict',
  basename: 'the name in the directory; none is the whole directory',
  entries: 'names with inode number, type and the offset to continue after each',
  datasync: 'not 0: only the data and the metadata needed to read it, as fdatasync(2)',
  optype: 'the operation on stored and given values: 0 add 32-bit, 1 add 64-bit, 4 get and set',
  locklist: 'the locks held on the file',
  lease: 'command, type and id of the lease',
};

const XATTR_FLAGS = '1 XATTR_CREATE: fail with EEXIST; 2 XATTR_REPLACE: fail with ENODATA';
const LISTING_OFFSET =
  'where to continue: the offset of the last listed entry, which is valid in each open; 0 is the start';
const OPEN_FLAGS = 'flags of open(2), such as O_RDWR or O_APPEND';
const VALID_BITS =
  'the valid fields of stbuf: 1 mode, 2 uid, 4 gid, 16 atime, 32 mtime, 64 ctime; ' +
  '128 and 256 set atime and mtime to the present';
const CREATION_REPLY = 'The kernel links the inode under the name and caches buf for a while.';
const SUCCESS_ONLY = 'Success only.';
const ATTRIBUTES_REPLY =
  'Attributes before and after; the kernel takes size and times from those after.';

/** The descriptions by fop. */
export const fopDocs: Readonly<Record<FopName, FopDoc>> = {
  stat: {
    summary: 'Reads the attributes of an object.',
    when: "stat(2) and the like, when the kernel's cached attributes have expired.",
    reply: 'buf is the result of stat(2), and the kernel caches it for the attribute timeout.',
  },
  readlink: {
    summary: 'Reads the target of a symbolic link.',
    when: 'readlink(2), and every path that leads through the link.',
    reply: 'op_ret is the length of path in bytes.',
    args: { path: 'the stored target' },
  },
  mknod: {
    summary: 'Makes a regular file, device, FIFO or socket without opening it.',
    when: 'mknod(2), mkfifo(3), bind(2) of a local socket.',
    reply: CREATION_REPLY,
  },
  mkdir: { summary: 'Makes a directory.', when: 'mkdir(2).', reply: CREATION_REPLY },
  unlink: {
    summary: 'Removes a name of a file; the file is deleted with its last name and last open fd.',
    when: 'unlink(2).',
    reply: 'Attributes of the directory; the kernel forgets the name.',
    args: { xflag: 'GlusterFS-internal; 0 from a mount' },
  },
  rmdir: {
    summary: 'Removes an empty directory; ENOTEMPTY for any other.',
    when: 'rmdir(2).',
    reply: 'Attributes of the parent directory; the kernel forgets the name.',
    args: { flags: 'not 0: with its content; 0 from a mount' },
  },
  symlink: {
    summary: 'Makes a symbolic link.',
    when: 'symlink(2).',
    reply: CREATION_REPLY,
    args: { linkpath: 'the target to store' },
  },
  rename: {
    summary: 'Renames an object atomically, and replaces an object of the new name.',
    when: 'rename(2); the flags of renameat2(2) come in xdata.',
    reply: 'Attributes of the object and of both directories, before and after.',
    args: {
      preoldparent: 'attributes of the old directory before',
      postoldparent: 'attributes of the old directory after',
      prenewparent: 'attributes of the new directory before',
      postnewparent: 'attributes of the new directory after',
    },
  },
  link: { summary: 'Adds a name to a file.', when: 'link(2).', reply: CREATION_REPLY },
  truncate: {
    summary: 'Sets the size of a file, by name.',
    when: 'truncate(2).',
    reply: ATTRIBUTES_REPLY,
    args: { offset: 'the new size, in bytes' },
  },
  open: {
    summary: 'Opens a file.',
    when: 'open(2) of an existing file; ftruncate follows for O_TRUNC.',
    reply: 'fd, unchanged. Reads and writes then carry it, until `release`.',
    args: { flags: OPEN_FLAGS },
  },
  readv: {
    summary: 'Reads data.',
    when: 'read(2), pread(2), mmap(2), execve(2); the kernel reads whole pages, and ahead.',
    reply:
      'op_ret is the number of bytes in vector. Fewer than size means that the file ends there, ' +
      'and the kernel shows the rest as zeros or as the end.',
    args: { flags: 'flags of the open' },
  },
  writev: {
    summary: 'Writes data.',
    when:
      'write(2), pwrite(2), and written pages of mmap(2); with `glossa.kill-priv` in xdata the file ' +
      'loses set-user-id and the like.',
    reply: `op_ret is the number of bytes written: fewer than given is a short write. ${ATTRIBUTES_REPLY}`,
    args: {
      flags:
        'flags of the open, and O_DSYNC or O_SYNC if this write must be on the disk before the ' +
        'reply',
    },
  },
  statfs: {
    summary: 'Reads the size and the free space of the storage.',
    when: 'statfs(2), statvfs(3), df.',
    reply: 'buf is the result of statvfs(3).',
    args: { buf: 'block sizes and numbers of blocks and files' },
  },
  flush: {
    summary: 'Reports the close of one descriptor; others of the file may stay open.',
    when: 'every close(2), also at the end of a process.',
    reply: `${SUCCESS_ONLY} close(2) returns an error.`,
  },
  fsync: {
    summary: 'Flushes written data to stable storage.',
    when: 'fsync(2), fdatasync(2), O_SYNC.',
    reply: ATTRIBUTES_REPLY,
  },
  setxattr: {
    summary: 'Sets extended attributes.',
    when: 'setxattr(2).',
    reply: SUCCESS_ONLY,
    args: { flags: XATTR_FLAGS },
  },
  getxattr: {
    summary: 'Reads one or all extended attributes; ENODATA for an absent name.',
    when: 'getxattr(2), listxattr(2).',
    reply: 'dict has the value under the name, or all names with their values.',
  },
  removexattr: {
    summary: 'Removes an extended attribute; ENODATA for an absent name.',
    when: 'removexattr(2).',
    reply: SUCCESS_ONLY,
    args: { name: "the attribute's name" },
  },
  opendir: {
    summary: 'Opens a directory.',
    when: 'opendir(3).',
    reply: 'fd, unchanged; valid until `releasedir`.',
  },
  fsyncdir: {
    summary: 'Flushes the names of a directory to stable storage.',
    when: 'fsync(2) of a directory; syncfs(2), as that of the root with glossa.sync-volume in xdata.',
    reply: SUCCESS_ONLY,
  },
  access: {
    summary: "Checks the caller's rights to an object.",
    when: 'access(2), chdir(2).',
    reply: `${SUCCESS_ONLY} EACCES is the usual refusal.`,
  },
  create: {
    summary: 'Makes and opens a file atomically.',
    when: 'open(2) with O_CREAT of a name that the kernel does not know.',
    reply: `fd, unchanged. ${CREATION_REPLY} EEXIST with O_EXCL for an existing name.`,
    args: { flags: OPEN_FLAGS, mode: 'permission bits, after the umask' },
  },
  ftruncate: {
    summary: 'Sets the size of an open file.',
    when: 'ftruncate(2), and open(2) with O_TRUNC, after open.',
    reply: ATTRIBUTES_REPLY,
    args: { offset: 'the new size, in bytes' },
  },
  fstat: {
    summary: 'Reads the attributes of an open file.',
    when: "fstat(2), when the kernel's cached attributes have expired.",
    reply: 'buf is the result of fstat(2).',
  },
  lk: {
    summary:
      'Sets, removes or tests a lock of an application. With glossa.flock in xdata it is a lock of ' +
      'flock(2), independent of record locks.',
    when: 'fcntl(2) locks and flock(2).',
    reply:
      'flock: for F_GETLK the conflicting lock, or type unlock without one. EAGAIN for a conflict ' +
      'when cmd does not wait; EDEADLK when it would wait for ever.',
  },
  lookup: {
    summary: 'Finds an object by its name in a directory, or checks that it still exists.',
    when: 'every path of every system call, for each part that the kernel does not know.',
    reply:
      'inode and buf, whose ia_gfid and ia_type identify the object; the kernel caches name and ' +
      'attributes for their timeouts. ENOENT for an absent name.',
    args: {
      loc: 'name in parent; without a name, the inode itself by its gfid',
      postparent: 'attributes of the directory',
    },
  },
  readdir: {
    summary: 'Lists names of a directory.',
    when: 'readdir(3).',
    reply: 'op_ret is the number of entries; 0 is the end of the directory.',
    args: { offset: LISTING_OFFSET },
  },
  inodelk: {
    summary: "Locks a range of an inode among translators, independent of applications' locks.",
    when: 'other translators (replication, healing).',
    reply: `${SUCCESS_ONLY} EAGAIN for a conflict when cmd does not wait.`,
  },
  finodelk: {
    summary: 'As inodelk, of an open file.',
    when: 'other translators.',
    reply: `${SUCCESS_ONLY} EAGAIN for a conflict when cmd does not wait.`,
  },
  entrylk: {
    summary: 'Locks a name of a directory, among translators.',
    when: 'other translators (replication, healing).',
    reply: `${SUCCESS_ONLY} EAGAIN for a conflict when cmd does not wait.`,
    args: { cmd: '0 lock, 1 unlock, 2 lock without waiting', type: '0 shared, 1 exclusive' },
  },
  fentrylk: {
    summary: 'As entrylk, of an open directory.',
    when: 'other translators.',
    reply: `${SUCCESS_ONLY} EAGAIN for a conflict when cmd does not wait.`,
    args: { cmd: '0 lock, 1 unlock, 2 lock without waiting', type: '0 shared, 1 exclusive' },
  },
  xattrop: {
    summary: 'Changes numbers in extended attributes atomically (arrays, big-endian).',
    when: 'other translators (counters of replication and quota).',
    reply: 'dict has the values after the change; before it, for get and set.',
  },
  fxattrop: {
    summary: 'As xattrop, of an open file.',
    when: 'other translators.',
    reply: 'dict has the values after the change; before it, for get and set.',
  },
  fgetxattr: {
    summary: 'As getxattr, of an open file.',
    when: 'fgetxattr(2), flistxattr(2); lsattr(1), for an attribute of its own.',
    reply: 'dict has the value under the name, or all names with their values.',
  },
  fsetxattr: {
    summary: 'As setxattr, of an open file.',
    when: 'fsetxattr(2); chattr(1), for an attribute of its own.',
    reply: SUCCESS_ONLY,
    args: { flags: XATTR_FLAGS },
  },
  rchecksum: {
    summary: 'Computes checksums of a range of a file.',
    when: 'other translators (healing).',
    reply: 'A rolling checksum and a strong one of the same bytes.',
    args: { weak: 'the rolling checksum', strong: 'the strong checksum' },
  },
  setattr: {
    summary: 'Changes mode, owner or times. (truncate sets the size.)',
    when: 'chmod(2), chown(2), utimensat(2).',
    reply: ATTRIBUTES_REPLY,
    args: { stbuf: 'the new values', valid: VALID_BITS },
  },
  fsetattr: {
    summary: 'As setattr, of an open file.',
    when: 'fchmod(2), fchown(2), futimens(3).',
    reply: ATTRIBUTES_REPLY,
    args: { stbuf: 'the new values', valid: VALID_BITS },
  },
  readdirp: {
    summary: 'Lists names of a directory, with inode and attributes of each.',
    when: 'readdir(3), when the kernel expects a stat of each name to follow (ls -l).',
    reply:
      'op_ret is the number of entries; 0 is the end. An entry with inode and stat saves its ' +
      'lookup.',
    args: { offset: LISTING_OFFSET },
  },
  getspec: {
    summary: 'Reads the text of a volfile.',
    when: 'clients of a server, never a mount.',
    reply: 'op_ret is the length of spec.',
    args: { key: 'the name of the volfile', spec: 'its text', flags: '0' },
  },
  fremovexattr: {
    summary: 'As removexattr, of an open file.',
    when: 'fremovexattr(2).',
    reply: SUCCESS_ONLY,
    args: { name: "the attribute's name" },
  },
  fallocate: {
    summary: 'Allocates space for a range.',
    when: 'fallocate(2), posix_fallocate(3).',
    reply: ATTRIBUTES_REPLY,
    args: {
      mode:
        '1 FALLOC_FL_KEEP_SIZE keeps the size, 0 may grow it; 17 also writes zeros; a storage ' +
        'answers EOPNOTSUPP to modes that it does not support',
    },
  },
  discard: {
    summary: 'Makes a hole: the range reads as zeros, and its space is freed.',
    when: 'fallocate(2) with FALLOC_FL_PUNCH_HOLE.',
    reply: ATTRIBUTES_REPLY,
  },
  zerofill: {
    summary: 'Writes zeros over a range.',
    when: 'fallocate(2) with FALLOC_FL_ZERO_RANGE, and other programs of the same graph.',
    reply: ATTRIBUTES_REPLY,
  },
  ipc: {
    summary: 'Carries a message between translators.',
    when: 'other translators.',
    reply: SUCCESS_ONLY,
    args: { op: 'the receiver: 0 changelog, 1 ctr, 2 upcall' },
  },
  seek: {
    summary: 'Finds the next data or the next hole.',
    when: 'lseek(2) with SEEK_DATA or SEEK_HOLE; ENXIO at or behind the end.',
    reply: 'offset is its start, in bytes.',
    args: { what: '0 data, 1 hole' },
  },
  lease: {
    summary: 'Takes, queries or returns a lease.',
    when: 'other programs of the same graph.',
    reply: 'lease is the held lease.',
  },
  getactivelk: {
    summary: 'Reads all record locks of a file.',
    when: 'other translators, before they move it.',
    reply: 'locklist has the locks.',
  },
  setactivelk: {
    summary: 'Sets the record locks of a file that was moved.',
    when: 'other translators, after they moved it.',
    reply: SUCCESS_ONLY,
  },
  put: {
    summary: 'Makes a file with data and extended attributes atomically.',
    when: 'other programs of the same graph.',
    reply: CREATION_REPLY,
    args: { offset: 'offset of the data in the file', flags: OPEN_FLAGS },
  },
  icreate: {
    summary: 'Makes a file without a name; loc has its directory, and no name.',
    when: 'open(2) with O_TMPFILE; open follows, and a link may give it a name.',
    reply: 'The inode and its attributes.',
    args: { mode: 'permission bits, after the umask' },
  },
  namelink: {
    summary: 'Names an inode without a name.',
    when: 'other translators.',
    reply: 'Attributes of the directory.',
  },
  copy_file_range: {
    summary: 'Copies from one open file to another inside the storage.',
    when: 'copy_file_range(2), cp.',
    reply: 'op_ret is the number of bytes copied.',
    args: {
      stbuf: 'attributes of the source file',
      prebuf_dst: 'attributes of the target file before',
      postbuf_dst: 'attributes of the target file after',
      flags: '0',
    },
  },
};

/** Returns the meaning of an argument, or of a part of the reply. */
export const describeArgument = (fop: FopName, name: string): string =>
  fopDocs[fop].args?.[name] ?? argDocs[name] ?? '';
