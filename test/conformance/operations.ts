/**
 * The system calls of random scripts: their weights and arguments. The executor defines their
 * meaning; `differences.ts` lists the omitted ones with reasons.
 */
import fc, { type Arbitrary } from 'fast-check';
import * as a from './arbitraries.ts';
import type { Command, Script } from './script.ts';

const { constant, constantFrom, oneof, tuple } = fc;

const exactly = (value: string): Arbitrary<string> => constant(value);
const anyOf = (...values: string[]): Arbitrary<string> => constantFrom(...values);
/** Chooses mostly the first value. */
const usuallyFirst = (usual: string, ...others: string[]): Arbitrary<string> =>
  oneof({ weight: 6, arbitrary: constant(usual) }, { weight: 2, arbitrary: anyOf(...others) });

type Argument = Arbitrary<string> | Arbitrary<string[]>;
type Row = readonly [weight: number, op: string, ...args: Argument[]];

const NOFOLLOW = usuallyFirst('0', 'AT_SYMLINK_NOFOLLOW', 'AT_EMPTY_PATH');

// biome-ignore format: one operation, one line
const rows: readonly Row[] = [
  [12, 'open', a.slot, a.pathAt, a.createFlags, a.permissions],
  [9, 'open', a.slot, a.pathAt, a.openFlags, a.permissions],
  [3, 'open', a.slot, a.pathAt, anyOf('O_RDONLY|O_DIRECTORY', 'O_RDWR|O_DIRECT|O_CREAT', 'O_PATH', 'O_PATH|O_NOFOLLOW'), a.permissions],
  [2, 'open', a.slot, anyOf('.', 'd', 'd/e'), anyOf('O_RDWR|O_TMPFILE', 'O_WRONLY|O_TMPFILE|O_EXCL', 'O_RDONLY|O_TMPFILE'), a.permissions],
  [2, 'openat2', a.slot, a.pathAt, a.strictFlags, a.resolve],
  [1, 'handle', a.slot, a.pathAt, usuallyFirst('0', 'AT_SYMLINK_FOLLOW', 'AT_EMPTY_PATH', '0x800'), anyOf('O_RDWR', 'O_RDONLY', 'O_PATH', 'O_RDONLY|O_DIRECTORY', 'O_WRONLY|O_TRUNC')],
  [3, 'close', a.slot],
  [2, 'dup', a.slot, a.slot],
  [6, 'read', a.slot, a.length],
  [6, 'pread', a.slot, a.length, a.offset],
  [2, 'readv', a.slot, a.length, a.length],
  [2, 'preadv', a.slot, a.length, a.length, a.offset],
  [2, 'preadv2', a.slot, a.length, a.length, a.offset, anyOf('0', 'RWF_HIPRI', 'RWF_DSYNC', 'RWF_APPEND', '0x40000000')],
  [9, 'write', a.slot, a.seed, a.length],
  [8, 'pwrite', a.slot, a.seed, a.length, a.offset],
  [2, 'writev', a.slot, a.seed, a.length, a.length],
  [2, 'pwritev', a.slot, a.seed, a.length, a.length, a.offset],
  [3, 'pwritev2', a.slot, a.seed, a.length, a.length, a.offset, usuallyFirst('RWF_APPEND', '0', 'RWF_DSYNC', 'RWF_SYNC', 'RWF_APPEND|RWF_DSYNC', 'RWF_HIPRI', '0x40000000')],
  [3, 'lseek', a.slot, a.offset, usuallyFirst('SEEK_SET', 'SEEK_CUR', 'SEEK_END', '9')],
  [3, 'lseek', a.slot, a.offset, anyOf('SEEK_DATA', 'SEEK_HOLE')],
  [3, 'truncate', a.path, a.size],
  [4, 'ftruncate', a.slot, a.size],
  [3, 'fallocate', a.slot, anyOf('0', 'FALLOC_FL_KEEP_SIZE', 'FALLOC_FL_PUNCH_HOLE|FALLOC_FL_KEEP_SIZE', 'FALLOC_FL_ZERO_RANGE', 'FALLOC_FL_ZERO_RANGE|FALLOC_FL_KEEP_SIZE', 'FALLOC_FL_PUNCH_HOLE'), a.offset, a.spaceLength],
  [3, 'copy_file_range', a.slot, a.offset, a.slot, a.offset, a.length],
  [1, 'sendfile', a.slot, a.slot, a.offset, a.length],
  [2, 'splice', a.slot, a.offset, a.slot, a.offset, a.length],
  [2, 'posix_fadvise', a.slot, a.offset, a.spaceLength, usuallyFirst('POSIX_FADV_DONTNEED', 'POSIX_FADV_WILLNEED', 'POSIX_FADV_RANDOM', 'POSIX_FADV_SEQUENTIAL', 'POSIX_FADV_NORMAL', 'POSIX_FADV_NOREUSE', '99')],
  [1, 'readahead', a.slot, a.offset, a.length],
  [1, 'sync_file_range', a.slot, a.offset, a.spaceLength, anyOf('SYNC_FILE_RANGE_WRITE', 'SYNC_FILE_RANGE_WAIT_BEFORE|SYNC_FILE_RANGE_WRITE|SYNC_FILE_RANGE_WAIT_AFTER', '0', '8')],
  [1, 'poll', a.slot, anyOf('POLLIN|POLLOUT', 'POLLIN|POLLPRI', 'POLLRDNORM|POLLWRBAND', '0')],
  [0.5, 'select', a.slot],
  [1, 'fsync', a.slot],
  [1, 'fdatasync', a.slot],
  [0.2, 'syncfs', a.slot],
  [5, 'fstat', a.slot],
  [2, 'flist', a.slot],
  [3, 'flock', a.slot, anyOf('LOCK_SH', 'LOCK_EX', 'LOCK_UN')],
  [1, 'setfl', a.slot, anyOf('0', 'O_APPEND')],
  [1, 'getfl', a.slot],
  [3, 'setlk', a.slot, a.lock],
  [2, 'getlk', a.slot, a.lock],
  [2, 'ofd_setlk', a.slot, a.lock],
  [1, 'ofd_getlk', a.slot, a.lock],
  [3, 'mmap', a.slot, anyOf('PROT_READ', 'PROT_READ|PROT_WRITE', 'PROT_WRITE'), anyOf('MAP_SHARED', 'MAP_PRIVATE'), anyOf('0', '4096', '65536'), anyOf('1', '100', '4096', '5000', '70000'), a.seed],
  [1, 'map', anyOf('0', '1'), a.slot, anyOf('0', '4096'), anyOf('100', '4096', '8192')],
  [1, 'peek', anyOf('0', '1')],
  [0.5, 'unmap', anyOf('0', '1')],
  [9, 'mkdir', a.pathAt, a.permissions],
  [4, 'rmdir', a.pathAt],
  [7, 'unlink', a.pathAt],
  [10, 'rename', a.pathAt, a.pathAt, usuallyFirst('0', 'RENAME_NOREPLACE', 'RENAME_EXCHANGE', 'RENAME_WHITEOUT', '7')],
  [6, 'link', a.pathAt, a.pathAt, usuallyFirst('0', 'AT_SYMLINK_FOLLOW', 'AT_EMPTY_PATH')],
  [1, 'flink', a.slot, a.pathAt],
  [6, 'symlink', a.target, a.pathAt],
  [3, 'readlink', a.pathAt, usuallyFirst('4096', '1', '3', '0')],
  [4, 'mknod', a.pathAt, tuple(anyOf('S_IFREG', 'S_IFIFO', 'S_IFSOCK', 'S_IFCHR', 'S_IFBLK', '0'), a.permissions).map((x) => x.join('|')), anyOf('0', '259', '66305')],
  [1, 'bind', a.path],
  [1, 'crowd', anyOf('.', 'd', 'd/e', 'a')],
  [5, 'list', a.pathAt],
  [3, 'same', a.pathAt, a.pathAt],
  [1, 'chdir', a.path],
  [0.5, 'chdir', exactly('/')],
  [0.5, 'fchdir', a.slot],
  [1, 'getcwd'],
  [1, 'umask', anyOf('022', '0', '077', '027')],
  [9, 'stat', a.pathAt, NOFOLLOW],
  [2, 'statx', a.pathAt, NOFOLLOW, a.statxMask],
  [1, 'statx', a.pathAt, anyOf('AT_STATX_FORCE_SYNC', 'AT_STATX_DONT_SYNC', 'AT_STATX_FORCE_SYNC|AT_STATX_DONT_SYNC', 'AT_NO_AUTOMOUNT'), a.statxMask],
  [6, 'chmod', a.pathAt, a.permissions],
  [3, 'fchmod', a.slot, a.permissions],
  [5, 'chown', a.pathAt, a.owner, a.owner, NOFOLLOW],
  [2, 'fchown', a.slot, a.owner, a.owner],
  [5, 'utimensat', a.pathAt, a.times, NOFOLLOW],
  [2, 'futimens', a.slot, a.times],
  [4, 'access', a.pathAt, anyOf('F_OK', 'R_OK', 'W_OK', 'X_OK', 'R_OK|W_OK', 'R_OK|W_OK|X_OK', '8'), usuallyFirst('0', 'AT_EACCESS', 'AT_SYMLINK_NOFOLLOW')],
  [0.5, 'statfs', a.path],
  [4, 'setxattr', a.path, a.xattrName, a.xattrValue, usuallyFirst('0', 'XATTR_CREATE', 'XATTR_REPLACE')],
  [1, 'lsetxattr', a.path, a.xattrName, a.xattrValue, usuallyFirst('0', 'XATTR_CREATE', 'XATTR_REPLACE')],
  [2, 'fsetxattr', a.slot, a.xattrName, a.xattrValue, usuallyFirst('0', 'XATTR_CREATE', 'XATTR_REPLACE')],
  [3, 'getxattr', a.path, a.xattrName, a.xattrRoom],
  [1, 'lgetxattr', a.path, a.xattrName, a.xattrRoom],
  [1, 'fgetxattr', a.slot, a.xattrName, a.xattrRoom],
  [2, 'listxattr', a.path, a.xattrRoom],
  [1, 'llistxattr', a.path, a.xattrRoom],
  [1, 'flistxattr', a.slot, a.xattrRoom],
  [2, 'removexattr', a.path, a.xattrName],
  [1, 'lremovexattr', a.path, a.xattrName],
  [1, 'fremovexattr', a.slot, a.xattrName],
  [3, 'setxattr', a.path, a.aclName, a.aclValue, exactly('0')],
  [1, 'fsetxattr', a.slot, a.aclName, a.aclValue, exactly('0')],
  [2, 'getxattr', a.path, a.aclName, exactly('-1')],
  [1, 'removexattr', a.path, a.aclName],
  [3, 'inotify', a.path, usuallyFirst('IN_ALL_EVENTS', 'IN_CREATE|IN_DELETE|IN_MOVE', 'IN_MODIFY|IN_MASK_ADD', 'IN_ALL_EVENTS|IN_DONT_FOLLOW', 'IN_ALL_EVENTS|IN_ONLYDIR', '0')],
  [4, 'events'],
  [2, 'setflags', a.slot, anyOf('FS_NODUMP_FL', '0', 'FS_NOATIME_FL', 'FS_SYNC_FL', 'FS_DIRSYNC_FL', 'FS_TOPDIR_FL', 'FS_PROJINHERIT_FL', 'FS_COMPR_FL', 'FS_NOCOW_FL')],
  [2, 'getflags', a.slot],
  [2, 'ioctl', a.slot, anyOf('FIONREAD', 'FS_IOC_FSGETXATTR'), exactly('0')],
  [1, 'ioctl', a.slot, exactly('FS_IOC_FSSETXATTR'), anyOf('FS_XFLAG_NODUMP', '0', 'FS_XFLAG_NOATIME', 'FS_XFLAG_SYNC', 'FS_XFLAG_PROJINHERIT', 'FS_XFLAG_EXTSIZE')],
  [1, 'ioctl', a.slot, anyOf('FIONBIO', 'FIOASYNC', 'FIOCLEX', 'TCGETS', 'TIOCGWINSZ', 'BLKGETSIZE64', '0x12345678', '0xc0045801'), exactly('1')],
];

/** Makes integers of the weights in `rows`. */
const SCALE = 10;

/** Chooses one of these calls by its weight. */
const chooseCall = (some: readonly Row[]) =>
  oneof(
    ...some.map(([weight, op, ...args]) => ({
      weight: weight * SCALE,
      arbitrary: tuple(...(args as Arbitrary<string | string[]>[])).map((values) => ({
        op,
        args: values.flat(),
      })),
    })),
  );

/** The operations on the data of open files. */
const DATA =
  /^(p?(read|write)v?2?|lseek|f?truncate|fallocate|copy_file_range|sendfile|splice|posix_fadvise|readahead|fstat|mmap|map|peek)$/;
/** Operations on names, and queries of them. */
const NAMES =
  /^(open|openat2|handle|close|mkdir|rmdir|unlink|rename|link|flink|symlink|mknod|crowd|f?list|same|f?chdir|getcwd|f?stat|inotify|events)$/;
const findRows = (names: RegExp): readonly Row[] => rows.filter(([, op]) => names.test(op));

/** The process of a command: mostly root's first, or the first user's. */
const worker = oneof(
  { weight: 5, arbitrary: constant(0) },
  { weight: 4, arbitrary: constant(1) },
  { weight: 2, arbitrary: constantFrom(2, 3) },
);

const chooseCommand = (some: readonly Row[]): Arbitrary<Command> =>
  tuple(worker, fc.integer({ min: 0, max: 3 }), chooseCall(some)).map(
    ([index, kind, { op, args }]) => ({ worker: index, watched: kind === 3, op, args }),
  );

const commandBy = (worker: number, op: string, ...args: string[]): Command => ({
  worker,
  watched: false,
  op,
  args,
});

/** The usual first operations of a script, which make files for the later ones. */
const beginnings: Script = [
  commandBy(0, 'mkdir', 'd', '0777'),
  commandBy(0, 'chmod', 'd', '0777'),
  commandBy(1, 'mkdir', 'd/e', '0755'),
  commandBy(0, 'open', '0', 'a', 'O_RDWR|O_CREAT', '0666'),
  commandBy(0, 'chmod', 'a', '0666'),
  commandBy(0, 'write', '0', '1', '10000'),
  commandBy(0, 'open', '1', 'd/b', 'O_RDWR|O_CREAT', '0644'),
  commandBy(0, 'open', '2', 'd', 'O_RDONLY|O_DIRECTORY', '0'),
  commandBy(1, 'open', '0', 'a', 'O_RDWR', '0'),
  commandBy(1, 'open', '1', 'd/c', 'O_RDWR|O_CREAT', '0640'),
  commandBy(1, 'write', '1', '2', '5000'),
  commandBy(1, 'open', '2', 'd/e', 'O_RDONLY|O_DIRECTORY', '0'),
  commandBy(2, 'open', '0', 'd/a', 'O_RDWR|O_CREAT', '0664'),
  commandBy(2, 'open', '1', 'a', 'O_RDWR', '0'),
  commandBy(2, 'mknod', 'd/e/a', 'S_IFREG|0644', '0'),
  commandBy(0, 'mknod', 'b', 'S_IFREG|0600', '0'),
  commandBy(3, 'open', '0', 'a', 'O_RDWR|O_APPEND', '0'),
  commandBy(3, 'open', '1', 'd/c', 'O_RDWR', '0'),
  commandBy(0, 'symlink', 'd', 'e'),
  commandBy(0, 'chown', 'd', '1001', '1001', '0'),
];

const chooseCommands = (some: readonly Row[], maxLength: number): Arbitrary<Command[]> =>
  fc.array(chooseCommand(some), { maxLength, size: 'max' });

export const script: Arbitrary<Script> = tuple(
  oneof(
    { weight: 3, arbitrary: constant(beginnings) },
    { weight: 1, arbitrary: fc.subarray([...beginnings]) },
  ),
  oneof(
    { weight: 6, arbitrary: chooseCommands(rows, 60) },
    { weight: 1, arbitrary: chooseCommands(findRows(DATA), 120) },
    { weight: 1, arbitrary: chooseCommands(findRows(NAMES), 120) },
  ),
).map(([first, rest]) => [...first, ...rest]);
