/** Defines the operations on the connection, on open files and directories, and on files by gfid (`operation.ts`). */

import { EINVAL } from '../../core/errno.ts';
import { F_GETLK, F_RDLCK, F_SETLK, F_SETLKW, F_UNLCK, F_WRLCK } from '../../core/lock.ts';
import { O_RDONLY, O_WRONLY } from '../../core/open-flags.ts';
import type { HeldLock } from '../file-handle.ts';
import { FopError } from '../fop-error.ts';
import { toMachine } from '../fs-constants.ts';
import { makeModeArgs, makeOwnerArgs } from '../setattr-arguments.ts';
import type { Steps } from '../steps.ts';
import {
  defineImmediateOperation,
  defineLongOperation,
  defineOperation,
  hasFlag,
  OPERATION_FLAGS,
  type OperationContext,
} from './operation.ts';
import { makeUtimensArgs } from './times.ts';
import type { LockValue } from './values.ts';

/** The most bytes of data in one message. */
export const DATA_MAX = 1024 * 1024;

/** `whence` of lseek(2). */
const SEEK_DATA = 3;
const SEEK_HOLE = 4;

/** Finds data or a hole, as lseek(2) does. */
function* seek(
  context: OperationContext,
  handle: number,
  position: number,
  whence: number,
): Steps<number> {
  const file = context.findFile(handle);
  if (whence === SEEK_DATA) return yield* file.seekData(position);
  if (whence === SEEK_HOLE) return yield* file.seekHole(position);
  throw new FopError(EINVAL, `whence ${whence}`);
}

/** The result where no lock is held. */
const NO_LOCK: LockValue = { type: F_UNLCK, start: 0, length: 0, pid: 0, owner: '' };

const describeLock = ({ type, ...lock }: HeldLock): LockValue => ({
  type: type === 'read' ? F_RDLCK : F_WRLCK,
  ...lock,
});

/** Takes, releases or tests a record lock, as fcntl(2) does. @returns the lock taken, the one in the way, or NO_LOCK */
function* lock(
  context: OperationContext,
  handle: number,
  command: number,
  lockType: number,
  start: number,
  length: number,
): Steps<LockValue> {
  const file = context.findFile(handle);
  const typeName = ({ [F_RDLCK]: 'read', [F_WRLCK]: 'write' } as const)[lockType];
  const isKnownCommand = command === F_GETLK || command === F_SETLK || command === F_SETLKW;
  if (!isKnownCommand || lockType > F_UNLCK)
    throw new FopError(EINVAL, `lock ${command} of type ${lockType}`);
  if (typeName === undefined) {
    if (command === F_GETLK) throw new FopError(EINVAL, 'F_GETLK of no type');
    yield* file.unlock({ start, length });
    return NO_LOCK;
  }
  if (command === F_GETLK) {
    const held = yield* file.getLock({ type: typeName, start, length });
    return held === null ? NO_LOCK : describeLock(held);
  }
  yield* file.lock({ type: typeName, start, length, wait: command === F_SETLKW });
  return { ...NO_LOCK, type: lockType, start, length };
}

export const connectionOperations = {
  identity: defineImmediateOperation(
    1,
    'uid:u32 gid:u32 umask:u32 groups:data lock_owner:data',
    'u32',
    'Registers an identity, and returns its number. 0xffffffff as `uid` or `gid` and an empty `lock_owner` are those of identity 0; `groups` are u32 numbers.',
    (context, uid, gid, umask, groups, lockOwner) =>
      context.addIdentity({ uid, gid, umask, groups, lockOwner }),
  ),
  cancel: defineImmediateOperation(
    2,
    'request:u32',
    'none',
    'Ends a request of this connection, which then fails with EINTR unless it has ended.',
    (context, request) => context.cancel(request),
  ),
  reload: defineOperation(3, '', 'none', 'Makes the server read its volfile again.', (context) =>
    context.reload(),
  ),
  volume_id: defineOperation(
    4,
    '',
    'data',
    'Returns the 16 bytes of the id that a server of volfiles has given the volume; ENODATA if none has.',
    (context) => context.findVolumeId(),
  ),
  set_log: defineImmediateOperation(
    5,
    'level:u32 file:name',
    'none',
    'Sends the log of the server to another file; an empty name ends the log. `level` is the number of its least serious level, 0 (NONE) to 9 (TRACE).',
    (context, level, file) => context.setLog(level, file),
  ),
};

export const fileOperations = {
  open: defineOperation(
    50,
    'flags:u32 mode:u32 path:name',
    'u32',
    'Opens a file, and returns its handle. The flags are those of open(2) on x86-64; a directory fails with EISDIR.',
    function* (context, flags, mode, path) {
      return context.addHandle(yield* context.volume.open(path, toMachine(flags), mode));
    },
  ),
  open_object: defineOperation(
    51,
    'flags:u32 gfid:gfid',
    'u32',
    'Opens a file by its gfid; flags as for `open`.',
    function* (context, flags, gfid) {
      return context.addHandle(yield* context.volume.openByGfid(gfid, toMachine(flags)));
    },
  ),
  close: defineOperation(
    52,
    'handle:u32',
    'none',
    'Flushes and closes a file or directory.',
    (context, handle) => context.close(handle),
  ),
  read: defineOperation(
    53,
    'handle:u32 position:size size:size',
    'data',
    'Reads at a position; fewer bytes than `size` at the end of the file.',
    (context, handle, position, size) =>
      context.findFile(handle).readAt(position, Math.min(size, DATA_MAX)),
  ),
  write: defineOperation(
    54,
    'handle:u32 position:size data:data',
    'size',
    'Writes all of the data, with O_APPEND at the end of the file. Returns the position after it.',
    (context, handle, position, data) => context.findFile(handle).writeAt(position, data),
  ),
  read_file: defineOperation(
    55,
    'size:size path:name',
    'data',
    'Opens a file, reads it from its beginning, and closes it. If the result has `size` bytes, there may be more.',
    function* ({ volume }, size, path) {
      const handle = yield* volume.open(path, O_RDONLY);
      return yield* volume.useFile(handle, (file) => file.readAt(0, Math.min(size, DATA_MAX)));
    },
  ),
  write_file: defineOperation(
    56,
    'flags:u32 mode:u32 path:name data:data',
    'none',
    'Opens a file with these flags, as `open`, writes the data, and closes it.',
    ({ volume }, flags, mode, path, data) =>
      volume.writeFile(path, data, { flag: toMachine(flags), mode }),
  ),
  fstat: defineOperation(57, 'handle:u32', 'stat', 'Returns attributes.', (context, handle) =>
    context.findFile(handle).readAttributes(),
  ),
  ftruncate: defineOperation(
    58,
    'handle:u32 size:size',
    'none',
    'Sets the size of a file.',
    (context, handle, size) => context.findFile(handle).truncate(size),
  ),
  fsync: defineOperation(
    59,
    'handle:u32 flags:u32',
    'none',
    'Waits until all written data is stored. DATA_ONLY.',
    (context, handle, flags) =>
      hasFlag(flags, OPERATION_FLAGS.DATA_ONLY)
        ? context.findFile(handle).datasync()
        : context.findFile(handle).sync(),
  ),
  fchmod: defineOperation(
    60,
    'handle:u32 mode:u32',
    'none',
    'Sets the permissions.',
    (context, handle, mode) => context.findFile(handle).setattr('fchmod', ...makeModeArgs(mode)),
  ),
  fchown: defineOperation(
    61,
    'handle:u32 uid:u32 gid:u32',
    'none',
    'Sets the owners; 0xffffffff leaves one as it is.',
    (context, handle, uid, gid) =>
      context.findFile(handle).setattr('fchown', ...makeOwnerArgs(uid, gid)),
  ),
  futimens: defineOperation(
    62,
    'handle:u32 atime:i64 mtime:i64 atime_nsec:u32 mtime_nsec:u32',
    'none',
    'Sets the times, as `utimens`.',
    (context, handle, ...times) =>
      context.findFile(handle).setattr('futimens', ...makeUtimensArgs(context.volume, ...times)),
  ),
  fgetxattr: defineOperation(
    63,
    'handle:u32 xattr:name',
    'data',
    'Returns the value of an extended attribute.',
    (context, handle, xattr) => context.findFile(handle).getxattr(xattr),
  ),
  flistxattr: defineOperation(
    64,
    'handle:u32',
    'names',
    'Returns the names of extended attributes.',
    (context, handle) => context.findFile(handle).listxattr(),
  ),
  fsetxattr: defineOperation(
    65,
    'handle:u32 mode:u32 xattr:name value:data',
    'none',
    'Sets an extended attribute; `mode` as for `setxattr`.',
    (context, handle, mode, xattr, value) => context.findFile(handle).setxattr(xattr, value, mode),
  ),
  fremovexattr: defineOperation(
    66,
    'handle:u32 xattr:name',
    'none',
    'Removes an extended attribute.',
    (context, handle, xattr) => context.findFile(handle).removexattr(xattr),
  ),
  fallocate: defineOperation(
    67,
    'handle:u32 mode:u32 position:size size:size',
    'none',
    'Reserves space; `mode` is 1 if the size of the file stays (FALLOC_FL_KEEP_SIZE), else 0.',
    (context, handle, mode, position, size) =>
      context.findFile(handle).fallocate(position, size, { keepSize: mode === 1 }),
  ),
  discard: defineOperation(
    68,
    'handle:u32 position:size size:size',
    'none',
    'Makes a hole.',
    (context, handle, position, size) => context.findFile(handle).discard(position, size),
  ),
  zerofill: defineOperation(
    69,
    'handle:u32 position:size size:size',
    'none',
    'Fills a range with zeros.',
    (context, handle, position, size) => context.findFile(handle).zerofill(position, size),
  ),
  seek: defineOperation(
    70,
    'handle:u32 position:size whence:u32',
    'size',
    'Finds the next data (`whence` 3, SEEK_DATA) or hole (4, SEEK_HOLE).',
    seek,
  ),
  copy_range: defineLongOperation(
    71,
    'handle:u32 position:size target:u32 target_position:size size:size',
    'size',
    'Copies within the storage, as copy_file_range(2). Returns the number of bytes.',
    (context, handle, position, target, targetPosition, size) =>
      context.findFile(handle).copyTo(context.findFile(target), position, targetPosition, size),
  ),
  lock: defineLongOperation(
    72,
    'handle:u32 command:u32 type:u32 start:size length:size',
    'lock',
    'Takes or releases a record lock for the lock owner of the identity, or returns the one in the way. `command` is 5 (F_GETLK), 6 (F_SETLK) or 7 (F_SETLKW), `type` 0 (F_RDLCK), 1 (F_WRLCK) or 2 (F_UNLCK).',
    lock,
  ),
};

export const directoryOperations = {
  opendir: defineOperation(
    80,
    'flags:u32 path:name',
    'listing',
    'Opens a directory, and lists its first entries. STATS.',
    (context, flags, path) => context.openDirectory(flags, path),
  ),
  readdir: defineOperation(
    81,
    'handle:u32',
    'listing',
    'Lists further entries.',
    (context, handle) => context.readDirectory(handle),
  ),
};

export const objectOperations = {
  stat_object: defineOperation(
    90,
    'gfid:gfid',
    'stat',
    'Returns the attributes of the file of a gfid.',
    function* ({ volume }, gfid) {
      return yield* (yield* volume.objectByGfid(gfid)).steps.file.stat();
    },
  ),
  read_object: defineOperation(
    91,
    'position:size size:size gfid:gfid',
    'data',
    'Reads the file of a gfid without a handle.',
    function* ({ volume }, position, size, gfid) {
      // Permissions are checked when a file is opened.
      const handle = yield* volume.openByGfid(gfid, O_RDONLY);
      return yield* volume.useFile(handle, (file) =>
        file.readAt(position, Math.min(size, DATA_MAX)),
      );
    },
  ),
  write_object: defineOperation(
    92,
    'position:size gfid:gfid data:data',
    'size',
    'Writes the file of a gfid without a handle. Returns the position after the data.',
    function* ({ volume }, position, gfid, data) {
      const handle = yield* volume.openByGfid(gfid, O_WRONLY);
      return yield* volume.useFile(handle, (file) => file.writeAt(position, data));
    },
  ),
};
