/** Defines the operations on the connection, on open files and directories, and on files by gfid (`operation.ts`). */

import { EINVAL } from '../../core/errno.ts';
import { F_GETLK, F_RDLCK, F_SETLK, F_SETLKW, F_UNLCK, F_WRLCK } from '../../core/lock.ts';
import { O_RDONLY, O_WRONLY } from '../../core/open-flags.ts';
import { type FileHandleSteps, type HeldLock, useFile } from '../file-handle.ts';
import { FopError } from '../fop-error.ts';
import { toMachine } from '../fs-constants.ts';
import { makeModeArgs, makeOwnerArgs, makeUtimensArgs } from '../setattr-arguments.ts';
import { awaitPromise, type Steps } from '../steps.ts';
import {
  defineFileOperation,
  defineImmediateOperation,
  defineLongOperation,
  defineOperation,
} from './operation.ts';
import type { RequestContext } from './request-context.ts';
import { hasFlag, type LockValue, OPERATION_FLAGS } from './values.ts';

/** The most bytes of data in one message. */
export const DATA_MAX = 1024 * 1024;

/** `whence` of lseek(2). */
const SEEK_DATA = 3;
const SEEK_HOLE = 4;

/** Finds data or a hole, as lseek(2) does. */
function* seek(file: FileHandleSteps, position: number, whence: number): Steps<number> {
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
  context: RequestContext,
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
    '1 uid:u32 gid:u32 umask:u32 groups:data lock_owner:data -> u32',
    'Registers an identity, and returns its number. 0xffffffff as `uid` or `gid` and an empty `lock_owner` are those of identity 0; `groups` are u32 numbers.',
    (context, uid, gid, umask, groups, lockOwner) =>
      context.connection.addIdentity({ uid, gid, umask, groups, lockOwner }),
  ),
  cancel: defineImmediateOperation(
    '2 request:u32 -> none',
    'Ends a request of this connection, which then fails with EINTR unless it has ended.',
    (context, request) => context.connection.cancel(request),
  ),
  reload: defineOperation('3 -> none', 'Makes the server read its volfile again.', (context) =>
    awaitPromise(context.connection.reload()),
  ),
  volume_id: defineOperation(
    '4 -> data',
    'Returns the 16 bytes of the id that a server of volfiles has given the volume; ENODATA if none has.',
    (context) => awaitPromise(context.connection.findVolumeId()),
  ),
  set_log: defineImmediateOperation(
    '5 level:u32 file:name -> none',
    'Sends the log of the server to another file; an empty name ends the log. `level` is the number of its least serious level, 0 (NONE) to 9 (TRACE).',
    (context, level, file) => context.connection.setLog(level, file),
  ),
};

export const fileOperations = {
  open: defineOperation(
    '50 flags:u32 mode:u32 path:name -> u32',
    'Opens a file, and returns its handle. The flags are those of open(2) on x86-64; a directory fails with EISDIR.',
    function* (context, flags, mode, path) {
      return context.handles.add(yield* context.volume.open(path, toMachine(flags), mode));
    },
  ),
  open_object: defineOperation(
    '51 flags:u32 gfid:gfid -> u32',
    'Opens a file by its gfid; flags as for `open`.',
    function* (context, flags, gfid) {
      return context.handles.add(yield* context.volume.openByGfid(gfid, toMachine(flags)));
    },
  ),
  close: defineOperation(
    '52 handle:u32 -> none',
    'Flushes and closes a file or directory.',
    (context, handle) =>
      context.handles.close(handle, context.volume, (closing) => context.awaitPromise(closing)),
  ),
  read: defineFileOperation(
    '53 handle:u32 position:size size:size -> data',
    'Reads at a position; fewer bytes than `size` at the end of the file.',
    (file, position, size) => file.readAt(position, Math.min(size, DATA_MAX)),
  ),
  write: defineFileOperation(
    '54 handle:u32 position:size data:data -> size',
    'Writes all of the data, with O_APPEND at the end of the file. Returns the position after it.',
    (file, position, data) => file.writeAt(position, data),
  ),
  read_file: defineOperation(
    '55 size:size path:name -> data',
    'Opens a file, reads it from its beginning, and closes it. If the result has `size` bytes, there may be more.',
    function* ({ volume }, size, path) {
      const handle = yield* volume.open(path, O_RDONLY);
      return yield* useFile(handle, (file) => file.readAt(0, Math.min(size, DATA_MAX)));
    },
  ),
  write_file: defineOperation(
    '56 flags:u32 mode:u32 path:name data:data -> none',
    'Opens a file with these flags, as `open`, writes the data, and closes it.',
    ({ volume }, flags, mode, path, data) =>
      volume.writeFile(path, data, { flag: toMachine(flags), mode }),
  ),
  fstat: defineFileOperation('57 handle:u32 -> stat', 'Returns attributes.', (file) =>
    file.readAttributes(),
  ),
  ftruncate: defineFileOperation(
    '58 handle:u32 size:size -> none',
    'Sets the size of a file.',
    (file, size) => file.truncate(size),
  ),
  fsync: defineFileOperation(
    '59 handle:u32 flags:u32 -> none',
    'Waits until all written data is stored. DATA_ONLY.',
    (file, flags) => (hasFlag(flags, OPERATION_FLAGS.DATA_ONLY) ? file.datasync() : file.sync()),
  ),
  fchmod: defineFileOperation(
    '60 handle:u32 mode:u32 -> none',
    'Sets the permissions.',
    (file, mode) => file.setattr('fchmod', ...makeModeArgs(mode)),
  ),
  fchown: defineFileOperation(
    '61 handle:u32 uid:u32 gid:u32 -> none',
    'Sets the owners; 0xffffffff leaves one as it is.',
    (file, uid, gid) => file.setattr('fchown', ...makeOwnerArgs(uid, gid)),
  ),
  futimens: defineFileOperation(
    '62 handle:u32 atime:i64 mtime:i64 atime_nsec:u32 mtime_nsec:u32 -> none',
    'Sets the times, as `utimens`.',
    (file, ...times) => file.setattr('futimens', ...makeUtimensArgs(file.volume, ...times)),
  ),
  fgetxattr: defineFileOperation(
    '63 handle:u32 xattr:name -> data',
    'Returns the value of an extended attribute.',
    (file, xattr) => file.getxattr(xattr),
  ),
  flistxattr: defineFileOperation(
    '64 handle:u32 -> names',
    'Returns the names of extended attributes.',
    (file) => file.listxattr(),
  ),
  fsetxattr: defineFileOperation(
    '65 handle:u32 mode:u32 xattr:name value:data -> none',
    'Sets an extended attribute; `mode` as for `setxattr`.',
    (file, mode, xattr, value) => file.setxattr(xattr, value, mode),
  ),
  fremovexattr: defineFileOperation(
    '66 handle:u32 xattr:name -> none',
    'Removes an extended attribute.',
    (file, xattr) => file.removexattr(xattr),
  ),
  fallocate: defineFileOperation(
    '67 handle:u32 mode:u32 position:size size:size -> none',
    'Reserves space; `mode` is 1 if the size of the file stays (FALLOC_FL_KEEP_SIZE), else 0.',
    (file, mode, position, size) => file.fallocate(position, size, { keepSize: mode === 1 }),
  ),
  discard: defineFileOperation(
    '68 handle:u32 position:size size:size -> none',
    'Makes a hole.',
    (file, position, size) => file.discard(position, size),
  ),
  zerofill: defineFileOperation(
    '69 handle:u32 position:size size:size -> none',
    'Fills a range with zeros.',
    (file, position, size) => file.zerofill(position, size),
  ),
  seek: defineFileOperation(
    '70 handle:u32 position:size whence:u32 -> size',
    'Finds the next data (`whence` 3, SEEK_DATA) or hole (4, SEEK_HOLE).',
    seek,
  ),
  copy_range: defineLongOperation(
    '71 handle:u32 position:size target:u32 target_position:size size:size -> size',
    'Copies within the storage, as copy_file_range(2). Returns the number of bytes.',
    (context, handle, position, target, targetPosition, size) =>
      context.findFile(handle).copyTo(context.findFile(target), position, targetPosition, size),
  ),
  lock: defineLongOperation(
    '72 handle:u32 command:u32 type:u32 start:size length:size -> lock',
    'Takes or releases a record lock for the lock owner of the identity, or returns the one in the way. `command` is 5 (F_GETLK), 6 (F_SETLK) or 7 (F_SETLKW), `type` 0 (F_RDLCK), 1 (F_WRLCK) or 2 (F_UNLCK).',
    lock,
  ),
};

export const directoryOperations = {
  opendir: defineOperation(
    '80 flags:u32 path:name -> listing',
    'Opens a directory, and lists its first entries. STATS.',
    ({ handles, volume }, flags, path) =>
      handles.openDirectory(volume, path, hasFlag(flags, OPERATION_FLAGS.STATS)),
  ),
  readdir: defineOperation(
    '81 handle:u32 -> listing',
    'Lists further entries.',
    ({ handles }, handle) => handles.readDirectory(handle),
  ),
};

export const objectOperations = {
  stat_object: defineOperation(
    '90 gfid:gfid -> stat',
    'Returns the attributes of the file of a gfid.',
    function* ({ volume }, gfid) {
      return yield* (yield* volume.objectByGfid(gfid)).steps.file.stat();
    },
  ),
  read_object: defineOperation(
    '91 position:size size:size gfid:gfid -> data',
    'Reads the file of a gfid without a handle.',
    function* ({ volume }, position, size, gfid) {
      // Permissions are checked when a file is opened.
      const handle = yield* volume.openByGfid(gfid, O_RDONLY);
      return yield* useFile(handle, (file) => file.readAt(position, Math.min(size, DATA_MAX)));
    },
  ),
  write_object: defineOperation(
    '92 position:size gfid:gfid data:data -> size',
    'Writes the file of a gfid without a handle. Returns the position after the data.',
    function* ({ volume }, position, gfid, data) {
      const handle = yield* volume.openByGfid(gfid, O_WRONLY);
      return yield* useFile(handle, (file) => file.writeAt(position, data));
    },
  ),
};
