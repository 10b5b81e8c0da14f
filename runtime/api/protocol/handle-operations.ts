/** The operations of the connection, on open files and directories, and on files by gfid; `operation.ts` explains a row. */

import { EINVAL } from '../../core/errno.ts';
import { F_GETLK, F_RDLCK, F_SETLK, F_SETLKW, F_UNLCK, F_WRLCK } from '../../core/lock.ts';
import { O_RDONLY, O_WRONLY } from '../../core/open-flags.ts';
import type { HeldLock } from '../file-handle.ts';
import { modeChange, ownerChange } from '../file-object.ts';
import { FopError } from '../fop-error.ts';
import type { Steps } from '../steps.ts';
import { FLAGS, has, immediateRow, longRow, type OperationContext, row } from './operation.ts';
import { timesChange } from './times.ts';
import type { LockValue } from './values.ts';

/** The most bytes of data in one message. */
export const DATA_MAX = 1024 * 1024;

const SEEK_DATA = 3;
const SEEK_HOLE = 4;

function* seek(
  context: OperationContext,
  handle: number,
  position: number,
  whence: number,
): Steps<number> {
  const file = context.file(handle);
  if (whence === SEEK_DATA) return yield* file.seekData(position);
  if (whence === SEEK_HOLE) return yield* file.seekHole(position);
  throw new FopError(EINVAL, `whence ${whence}`);
}

const NO_LOCK: LockValue = { type: F_UNLCK, start: 0, length: 0, pid: 0, owner: '' };

const describeLock = ({ type, ...lock }: HeldLock): LockValue => ({
  type: type === 'read' ? F_RDLCK : F_WRLCK,
  ...lock,
});

function* lock(
  context: OperationContext,
  handle: number,
  command: number,
  number: number,
  start: number,
  length: number,
): Steps<LockValue> {
  const file = context.file(handle);
  const type = ({ [F_RDLCK]: 'read', [F_WRLCK]: 'write' } as const)[number];
  const isKnown = command === F_GETLK || command === F_SETLK || command === F_SETLKW;
  if (!isKnown || number > F_UNLCK) throw new FopError(EINVAL, `lock ${command} of type ${number}`);
  if (type === undefined) {
    if (command === F_GETLK) throw new FopError(EINVAL, 'F_GETLK of no type');
    yield* file.unlock({ start, length });
    return NO_LOCK;
  }
  if (command === F_GETLK) {
    const held = yield* file.getLock({ type, start, length });
    return held === null ? NO_LOCK : describeLock(held);
  }
  yield* file.lock({ type, start, length, wait: command === F_SETLKW });
  return { ...NO_LOCK, type: number, start, length };
}

export const connectionOperations = {
  identity: immediateRow(
    1,
    'uid:u32 gid:u32 umask:u32 groups:data lock_owner:data',
    'u32',
    'Registers an identity, and returns its number. 0xffffffff as `uid` or `gid` and an empty `lock_owner` are those of identity 0; `groups` are u32 numbers.',
    (context, uid, gid, umask, groups, lockOwner) =>
      context.addIdentity({ uid, gid, umask, groups, lockOwner }),
  ),
  cancel: immediateRow(
    2,
    'request:u32',
    'none',
    'Ends a request of this connection, which then fails with EINTR unless it has ended.',
    (context, request) => context.cancel(request),
  ),
  reload: row(3, '', 'none', 'Makes the server read its volfile again.', (context) =>
    context.reload(),
  ),
  volume_id: row(
    4,
    '',
    'data',
    'Returns the 16 bytes of the id that a server of volfiles has given the volume; ENODATA if none has.',
    (context) => context.volumeId(),
  ),
  set_log: immediateRow(
    5,
    'level:u32 file:name',
    'none',
    'Sends the log of the server to another file; an empty name ends the log. `level` is the number of its least serious level, 0 (NONE) to 9 (TRACE).',
    (context, level, file) => context.setLog(level, file),
  ),
};

export const fileOperations = {
  open: row(
    50,
    'flags:u32 mode:u32 path:name',
    'u32',
    'Opens a file, and returns its handle. The flags are those of open(2) on x86-64; a directory fails with EISDIR.',
    function* (context, flags, mode, path) {
      return context.addFile(yield* context.volume.open(path, flags, mode));
    },
  ),
  open_object: row(
    51,
    'flags:u32 gfid:gfid',
    'u32',
    'Opens a file by its gfid.',
    function* (context, flags, gfid) {
      return context.addFile(yield* context.volume.openByGfid(gfid, flags));
    },
  ),
  close: row(
    52,
    'handle:u32',
    'none',
    'Flushes and closes a file or directory.',
    (context, handle) => context.close(handle),
  ),
  read: row(
    53,
    'handle:u32 position:size size:size',
    'data',
    'Reads at a position; fewer bytes than `size` at the end of the file.',
    (context, handle, position, size) =>
      context.file(handle).readAt(position, Math.min(size, DATA_MAX)),
  ),
  write: row(
    54,
    'handle:u32 position:size data:data',
    'size',
    'Writes all of the data, with O_APPEND at the end of the file. Returns the position after it.',
    (context, handle, position, data) => context.file(handle).writeAt(position, data),
  ),
  read_file: row(
    55,
    'size:size path:name',
    'data',
    'Opens a file, reads it from its beginning, and closes it. If the result has `size` bytes, there may be more.',
    function* ({ volume }, size, path) {
      const handle = yield* volume.open(path, O_RDONLY);
      return yield* volume.usingFile(handle, (file) => file.readAt(0, Math.min(size, DATA_MAX)));
    },
  ),
  write_file: row(
    56,
    'flags:u32 mode:u32 path:name data:data',
    'none',
    'Opens a file with these flags of open(2), writes the data, and closes it.',
    ({ volume }, flag, mode, path, data) => volume.writeFile(path, data, { flag, mode }),
  ),
  fstat: row(57, 'handle:u32', 'stat', 'Returns attributes.', (context, handle) =>
    context.file(handle).readAttributes(),
  ),
  ftruncate: row(
    58,
    'handle:u32 size:size',
    'none',
    'Sets the size of a file.',
    (context, handle, size) => context.file(handle).truncate(size),
  ),
  fsync: row(
    59,
    'handle:u32 flags:u32',
    'none',
    'Waits until all written data is stored. DATA_ONLY.',
    (context, handle, flags) =>
      has(flags, FLAGS.DATA_ONLY) ? context.file(handle).datasync() : context.file(handle).sync(),
  ),
  fchmod: row(60, 'handle:u32 mode:u32', 'none', 'Sets the permissions.', (context, handle, mode) =>
    context.file(handle).setattr('fchmod', ...modeChange(mode)),
  ),
  fchown: row(
    61,
    'handle:u32 uid:u32 gid:u32',
    'none',
    'Sets the owners; 0xffffffff leaves one as it is.',
    (context, handle, uid, gid) => context.file(handle).setattr('fchown', ...ownerChange(uid, gid)),
  ),
  futimens: row(
    62,
    'handle:u32 atime:i64 mtime:i64 atime_nsec:u32 mtime_nsec:u32',
    'none',
    'Sets the times, as `utimens`.',
    (context, handle, ...times) =>
      context.file(handle).setattr('futimens', ...timesChange(context.volume, ...times)),
  ),
  fgetxattr: row(
    63,
    'handle:u32 xattr:name',
    'data',
    'Returns the value of an extended attribute.',
    (context, handle, xattr) => context.file(handle).getxattr(xattr),
  ),
  flistxattr: row(
    64,
    'handle:u32',
    'names',
    'Returns the names of extended attributes.',
    (context, handle) => context.file(handle).listxattr(),
  ),
  fsetxattr: row(
    65,
    'handle:u32 mode:u32 xattr:name value:data',
    'none',
    'Sets an extended attribute; `mode` as for `setxattr`.',
    (context, handle, mode, xattr, value) => context.file(handle).setxattr(xattr, value, mode),
  ),
  fremovexattr: row(
    66,
    'handle:u32 xattr:name',
    'none',
    'Removes an extended attribute.',
    (context, handle, xattr) => context.file(handle).removexattr(xattr),
  ),
  fallocate: row(
    67,
    'handle:u32 mode:u32 position:size size:size',
    'none',
    'Reserves space; `mode` is 1 if the size of the file stays (FALLOC_FL_KEEP_SIZE), else 0.',
    (context, handle, mode, position, size) =>
      context.file(handle).fallocate(position, size, { keepSize: mode === 1 }),
  ),
  discard: row(
    68,
    'handle:u32 position:size size:size',
    'none',
    'Makes a hole.',
    (context, handle, position, size) => context.file(handle).discard(position, size),
  ),
  zerofill: row(
    69,
    'handle:u32 position:size size:size',
    'none',
    'Fills a range with zeros.',
    (context, handle, position, size) => context.file(handle).zerofill(position, size),
  ),
  seek: row(
    70,
    'handle:u32 position:size whence:u32',
    'size',
    'Finds the next data (`whence` 3, SEEK_DATA) or hole (4, SEEK_HOLE).',
    seek,
  ),
  copy_range: longRow(
    71,
    'handle:u32 position:size target:u32 target_position:size size:size',
    'size',
    'Copies within the storage, as copy_file_range(2). Returns the number of bytes.',
    (context, handle, position, target, targetPosition, size) =>
      context.file(handle).copyTo(context.file(target), position, targetPosition, size),
  ),
  lock: longRow(
    72,
    'handle:u32 command:u32 type:u32 start:size length:size',
    'lock',
    'Takes or releases a record lock for the lock owner of the identity, or returns the one in the way. `command` is 5 (F_GETLK), 6 (F_SETLK) or 7 (F_SETLKW), `type` 0 (F_RDLCK), 1 (F_WRLCK) or 2 (F_UNLCK).',
    lock,
  ),
};

export const directoryOperations = {
  opendir: row(
    80,
    'flags:u32 path:name',
    'listing',
    'Opens a directory, and lists its first entries. STATS.',
    (context, flags, path) => context.openDirectory(flags, path),
  ),
  readdir: row(81, 'handle:u32', 'listing', 'Lists further entries.', (context, handle) =>
    context.readDirectory(handle),
  ),
};

export const objectOperations = {
  stat_object: row(
    90,
    'gfid:gfid',
    'stat',
    'Returns the attributes of the file of a gfid.',
    function* ({ volume }, gfid) {
      return yield* (yield* volume.objectByGfid(gfid)).steps.file.stat();
    },
  ),
  read_object: row(
    91,
    'position:size size:size gfid:gfid',
    'data',
    'Reads the file of a gfid without a handle.',
    function* ({ volume }, position, size, gfid) {
      // Permissions are checked when a file is opened.
      const handle = yield* volume.openByGfid(gfid, O_RDONLY);
      return yield* volume.usingFile(handle, (file) =>
        file.readAt(position, Math.min(size, DATA_MAX)),
      );
    },
  ),
  write_object: row(
    92,
    'position:size gfid:gfid data:data',
    'size',
    'Writes the file of a gfid without a handle. Returns the position after the data.',
    function* ({ volume }, position, gfid, data) {
      const handle = yield* volume.openByGfid(gfid, O_WRONLY);
      return yield* volume.usingFile(handle, (file) => file.writeAt(position, data));
    },
  ),
};
