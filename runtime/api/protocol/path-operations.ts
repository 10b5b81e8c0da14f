/** Defines the operations on files by path (`operation.ts`). */

import type { Iatt } from '../../core/iatt.ts';
import type { LinkMode } from '../resolve-path.ts';
import { makeModeArgs, makeOwnerArgs, makeUtimensArgs } from '../setattr-arguments.ts';
import type { Steps } from '../steps.ts';
import type { VolumeSteps } from '../volume-steps.ts';
import { defineLongOperation, defineOperation } from './operation.ts';
import { hasFlag, OPERATION_FLAGS } from './values.ts';

const toLinkMode = (flags: number): LinkMode =>
  hasFlag(flags, OPERATION_FLAGS.NOFOLLOW) ? 'nofollow' : 'follow';
const isRecursive = (flags: number): boolean => hasFlag(flags, OPERATION_FLAGS.RECURSIVE);

/** Sets attributes of the file of a path. @param change the arguments `valid` and `stbuf` */
function* setattr(
  { files }: VolumeSteps,
  path: string,
  flags: number,
  change: readonly [number, Partial<Iatt>],
): Steps<void> {
  yield* (yield* files.findObject(path, toLinkMode(flags))).setattr(...change);
}

export const attributeOperations = {
  stat: defineOperation('10 path:name -> stat', 'Returns attributes.', ({ volume }, path) =>
    volume.files.find(path),
  ),
  lstat: defineOperation(
    '11 path:name -> stat',
    'Returns attributes, of a symbolic link its own.',
    ({ volume }, path) => volume.files.find(path, 'nofollow'),
  ),
  access: defineOperation(
    '12 mode:u32 path:name -> none',
    'Checks permissions, as access(2).',
    ({ volume }, mode, path) => volume.access(path, mode),
  ),
  statvfs: defineOperation(
    '13 path:name -> statvfs',
    'Returns size and free space.',
    ({ volume }, path) => volume.files.statfs(path),
  ),
  readlink: defineOperation(
    '14 path:name -> name',
    'Returns the target of a symbolic link.',
    ({ volume }, path) => volume.files.readlink(path),
  ),
  realpath: defineOperation(
    '15 path:name -> name',
    'Returns the path without symbolic links, `.` and `..`.',
    ({ volume }, path) => volume.realpath(path) as Steps<string>,
  ),
  chmod: defineLongOperation(
    '16 mode:u32 flags:u32 path:name -> none',
    'Sets the permissions. NOFOLLOW, RECURSIVE.',
    ({ volume }, mode, flags, path) =>
      isRecursive(flags)
        ? volume.chmod(path, mode, { recursive: true })
        : setattr(volume, path, flags, makeModeArgs(mode)),
  ),
  chown: defineLongOperation(
    '17 uid:u32 gid:u32 flags:u32 path:name -> none',
    'Sets the owners; 0xffffffff leaves one as it is. NOFOLLOW, RECURSIVE.',
    ({ volume }, uid, gid, flags, path) =>
      isRecursive(flags)
        ? volume.chown(path, uid, gid, { recursive: true })
        : setattr(volume, path, flags, makeOwnerArgs(uid, gid)),
  ),
  utimens: defineOperation(
    '18 atime:i64 mtime:i64 atime_nsec:u32 mtime_nsec:u32 flags:u32 path:name -> none',
    'Sets the times. Nanoseconds of UTIME_NOW (0x3fffffff) set the current time, of UTIME_OMIT (0x3ffffffe) none. NOFOLLOW.',
    ({ volume }, atime, mtime, atimeNsec, mtimeNsec, flags, path) =>
      setattr(volume, path, flags, makeUtimensArgs(volume, atime, mtime, atimeNsec, mtimeNsec)),
  ),
  truncate: defineOperation(
    '19 size:size path:name -> none',
    'Sets the size of a file.',
    ({ volume }, size, path) => volume.truncate(path, size),
  ),
  getxattr: defineOperation(
    '20 flags:u32 path:name xattr:name -> data',
    'Returns the value of an extended attribute. NOFOLLOW.',
    ({ volume }, flags, path, xattr) => volume.files.getxattr(path, xattr, toLinkMode(flags)),
  ),
  listxattr: defineOperation(
    '21 flags:u32 path:name -> names',
    'Returns the names of extended attributes. NOFOLLOW.',
    ({ volume }, flags, path) => volume.files.listxattr(path, toLinkMode(flags)),
  ),
  setxattr: defineOperation(
    '22 mode:u32 flags:u32 path:name xattr:name value:data -> none',
    'Sets an extended attribute; `mode` is 1 if it must be new (XATTR_CREATE), 2 if it must exist (XATTR_REPLACE). NOFOLLOW.',
    ({ volume }, mode, flags, path, xattr, value) =>
      volume.files.setxattr(path, xattr, value, mode, toLinkMode(flags)),
  ),
  removexattr: defineOperation(
    '23 flags:u32 path:name xattr:name -> none',
    'Removes an extended attribute. NOFOLLOW.',
    ({ volume }, flags, path, xattr) => volume.files.removexattr(path, xattr, toLinkMode(flags)),
  ),
};

export const nameOperations = {
  mkdir: defineOperation(
    '30 mode:u32 flags:u32 path:name -> none',
    'Makes a directory; with RECURSIVE also those above, and an existing one is no error.',
    ({ volume }, mode, flags, path) => volume.mkdir(path, { mode, recursive: isRecursive(flags) }),
  ),
  mknod: defineOperation(
    '31 mode:u32 rdev:u32 path:name -> none',
    'Makes a file of the type in `mode`; `rdev` is the number of a device.',
    ({ volume }, mode, rdev, path) => volume.mknod(path, mode, rdev),
  ),
  symlink: defineOperation(
    '32 target:name path:name -> none',
    'Makes a symbolic link at `path`.',
    ({ volume }, target, path) => volume.symlink(target, path),
  ),
  link: defineOperation(
    '33 source:name path:name -> none',
    'Makes a further name of a file.',
    ({ volume }, source, path) => volume.link(source, path),
  ),
  unlink: defineOperation('34 path:name -> none', 'Removes a file.', ({ volume }, path) =>
    volume.files.unlink(path),
  ),
  rmdir: defineOperation(
    '35 path:name -> none',
    'Removes an empty directory.',
    ({ volume }, path) => volume.files.rmdir(path),
  ),
  rename: defineOperation(
    '36 flags:u32 source:name target:name -> none',
    'Renames a file; the flags are those of renameat2(2).',
    ({ volume }, flags, source, target) => volume.files.rename(source, target, flags),
  ),
  rm: defineLongOperation(
    '37 flags:u32 path:name -> none',
    'Removes a file, and with RECURSIVE a tree, many files at a time. FORCE.',
    ({ volume }, flags, path) =>
      volume.rm(path, {
        recursive: isRecursive(flags),
        force: hasFlag(flags, OPERATION_FLAGS.FORCE),
      }),
  ),
  copy_file: defineLongOperation(
    '38 flags:u32 source:name target:name -> none',
    'Copies the content of a file within the volume. EXCLUSIVE.',
    ({ volume }, flags, source, target) =>
      // 1 is COPYFILE_EXCL.
      volume.copyFile(source, target, hasFlag(flags, OPERATION_FLAGS.EXCLUSIVE) ? 1 : 0),
  ),
  copy_tree: defineLongOperation(
    '39 flags:u32 source:name target:name -> none',
    'Copies a tree within the volume, many files at a time, with times and permissions. FORCE, SYMLINKS.',
    ({ volume }, flags, source, target) => {
      const symlinks = hasFlag(flags, OPERATION_FLAGS.SYMLINKS);
      if (!hasFlag(flags, OPERATION_FLAGS.FORCE))
        return volume.copytree(source, target, { symlinks });
      return volume.cp(source, target, {
        ...{ recursive: true, force: true, dereference: !symlinks },
        ...{ verbatimSymlinks: true, preserveTimestamps: true },
      });
    },
  ),
};
