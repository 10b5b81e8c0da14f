/** The operations on files by path; `operation.ts` explains a row. */

import type { Iatt } from '../../core/iatt.ts';
import { modeChange, ownerChange } from '../file-object.ts';
import type { LinkMode } from '../resolve-path.ts';
import type { Steps } from '../steps.ts';
import type { VolumeSteps } from '../volume-steps.ts';
import { FLAGS, has, longRow, row } from './operation.ts';
import { timesChange } from './times.ts';

const linkModeOf = (flags: number): LinkMode =>
  has(flags, FLAGS.NOFOLLOW) ? 'nofollow' : 'follow';
const isRecursive = (flags: number): boolean => has(flags, FLAGS.RECURSIVE);

function* setattr(
  { files }: VolumeSteps,
  path: string,
  flags: number,
  change: readonly [number, Partial<Iatt>],
): Steps<void> {
  yield* (yield* files.object(path, linkModeOf(flags))).setattr(...change);
}

export const attributeOperations = {
  stat: row(10, 'path:name', 'stat', 'Returns attributes.', ({ volume }, path) =>
    volume.files.find(path),
  ),
  lstat: row(
    11,
    'path:name',
    'stat',
    'Returns attributes, of a symbolic link its own.',
    ({ volume }, path) => volume.files.find(path, 'nofollow'),
  ),
  access: row(
    12,
    'mode:u32 path:name',
    'none',
    'Checks permissions, as access(2).',
    ({ volume }, mode, path) => volume.access(path, mode),
  ),
  statvfs: row(13, 'path:name', 'statvfs', 'Returns size and free space.', ({ volume }, path) =>
    volume.files.statfs(path),
  ),
  readlink: row(
    14,
    'path:name',
    'name',
    'Returns the target of a symbolic link.',
    ({ volume }, path) => volume.files.readlink(path),
  ),
  realpath: row(
    15,
    'path:name',
    'name',
    'Returns the path without symbolic links, `.` and `..`.',
    ({ volume }, path) => volume.realpath(path) as Steps<string>,
  ),
  chmod: longRow(
    16,
    'mode:u32 flags:u32 path:name',
    'none',
    'Sets the permissions. NOFOLLOW, RECURSIVE.',
    ({ volume }, mode, flags, path) =>
      isRecursive(flags)
        ? volume.chmod(path, mode, { recursive: true })
        : setattr(volume, path, flags, modeChange(mode)),
  ),
  chown: longRow(
    17,
    'uid:u32 gid:u32 flags:u32 path:name',
    'none',
    'Sets the owners; 0xffffffff leaves one as it is. NOFOLLOW, RECURSIVE.',
    ({ volume }, uid, gid, flags, path) =>
      isRecursive(flags)
        ? volume.chown(path, uid, gid, { recursive: true })
        : setattr(volume, path, flags, ownerChange(uid, gid)),
  ),
  utimens: row(
    18,
    'atime:i64 mtime:i64 atime_nsec:u32 mtime_nsec:u32 flags:u32 path:name',
    'none',
    'Sets the times. Nanoseconds of UTIME_NOW (0x3fffffff) set the current time, of UTIME_OMIT (0x3ffffffe) none. NOFOLLOW.',
    ({ volume }, atime, mtime, atimeNsec, mtimeNsec, flags, path) =>
      setattr(volume, path, flags, timesChange(volume, atime, mtime, atimeNsec, mtimeNsec)),
  ),
  truncate: row(
    19,
    'size:size path:name',
    'none',
    'Sets the size of a file.',
    ({ volume }, size, path) => volume.truncate(path, size),
  ),
  getxattr: row(
    20,
    'flags:u32 path:name xattr:name',
    'data',
    'Returns the value of an extended attribute. NOFOLLOW.',
    ({ volume }, flags, path, xattr) => volume.files.getxattr(path, xattr, linkModeOf(flags)),
  ),
  listxattr: row(
    21,
    'flags:u32 path:name',
    'names',
    'Returns the names of extended attributes. NOFOLLOW.',
    ({ volume }, flags, path) => volume.files.listxattr(path, linkModeOf(flags)),
  ),
  setxattr: row(
    22,
    'mode:u32 flags:u32 path:name xattr:name value:data',
    'none',
    'Sets an extended attribute; `mode` is 1 if it must be new (XATTR_CREATE), 2 if it must exist (XATTR_REPLACE). NOFOLLOW.',
    ({ volume }, mode, flags, path, xattr, value) =>
      volume.files.setxattr(path, xattr, value, mode, linkModeOf(flags)),
  ),
  removexattr: row(
    23,
    'flags:u32 path:name xattr:name',
    'none',
    'Removes an extended attribute. NOFOLLOW.',
    ({ volume }, flags, path, xattr) => volume.files.removexattr(path, xattr, linkModeOf(flags)),
  ),
};

export const nameOperations = {
  mkdir: row(
    30,
    'mode:u32 flags:u32 path:name',
    'none',
    'Makes a directory; with RECURSIVE also those above, and an existing one is no error.',
    ({ volume }, mode, flags, path) => volume.mkdir(path, { mode, recursive: isRecursive(flags) }),
  ),
  mknod: row(
    31,
    'mode:u32 rdev:u32 path:name',
    'none',
    'Makes a file of the type in `mode`; `rdev` is the number of a device.',
    ({ volume }, mode, rdev, path) => volume.mknod(path, mode, rdev),
  ),
  symlink: row(
    32,
    'target:name path:name',
    'none',
    'Makes a symbolic link at `path`.',
    ({ volume }, target, path) => volume.symlink(target, path),
  ),
  link: row(
    33,
    'source:name path:name',
    'none',
    'Makes a further name of a file.',
    ({ volume }, source, path) => volume.link(source, path),
  ),
  unlink: row(34, 'path:name', 'none', 'Removes a file.', ({ volume }, path) =>
    volume.files.unlink(path),
  ),
  rmdir: row(35, 'path:name', 'none', 'Removes an empty directory.', ({ volume }, path) =>
    volume.files.rmdir(path),
  ),
  rename: row(
    36,
    'flags:u32 source:name target:name',
    'none',
    'Renames a file; the flags are those of renameat2(2).',
    ({ volume }, flags, source, target) => volume.files.rename(source, target, flags),
  ),
  rm: longRow(
    37,
    'flags:u32 path:name',
    'none',
    'Removes a file, and with RECURSIVE a tree, many files at a time. FORCE.',
    ({ volume }, flags, path) =>
      volume.rm(path, { recursive: isRecursive(flags), force: has(flags, FLAGS.FORCE) }),
  ),
  copy_file: longRow(
    38,
    'flags:u32 source:name target:name',
    'none',
    'Copies the content of a file within the volume. EXCLUSIVE.',
    ({ volume }, flags, source, target) =>
      volume.copyFile(source, target, has(flags, FLAGS.EXCLUSIVE) ? 1 : 0),
  ),
  copy_tree: longRow(
    39,
    'flags:u32 source:name target:name',
    'none',
    'Copies a tree within the volume, many files at a time, with times and permissions. FORCE, SYMLINKS.',
    ({ volume }, flags, source, target) => {
      const symlinks = has(flags, FLAGS.SYMLINKS);
      if (!has(flags, FLAGS.FORCE)) return volume.copytree(source, target, { symlinks });
      return volume.cp(source, target, {
        ...{ recursive: true, force: true, dereference: !symlinks },
        ...{ verbatimSymlinks: true, preserveTimestamps: true },
      });
    },
  ),
};
