/** Defines the operations of a volume that read and change attributes, with the names of `fs/promises`. */
import { EISDIR, ENOENT, ENOTDIR } from '../core/errno.ts';
import { IA_IFDIR, IA_IFLNK, type Iatt } from '../core/iatt.ts';
import {
  type PathLike,
  readOptions,
  readStatOptions,
  readXattrFlags,
  toBytes,
  toId,
  toInteger,
  toMilliseconds,
  toMode,
  toPath,
} from './arguments.ts';
import { toFileError, withErrorContext } from './file-error.ts';
import { FileObject } from './file-object.ts';
import { FopError } from './fop-error.ts';
import type { LinkMode } from './resolve-path.ts';
import { makeModeArgs, makeOwnerArgs } from './setattr-arguments.ts';
import { BigIntStats, StatFs, Stats } from './stats.ts';
import type { Steps } from './steps.ts';
import { type TreeDirectory, visitTree } from './tree.ts';
import { type Options, VolumeContext } from './volume-context.ts';

/** Errnos for which `throwIfNoEntry` makes a stat return undefined. */
const ABSENT_ERRNOS: ReadonlySet<number> = new Set([ENOENT, ENOTDIR]);

/** Seconds since 1970, or a Date, as Node takes them. */
type Time = number | string | Date;

/**
 * The operations on attributes, as steps; `VolumeNameSteps` adds those on names. Those without a comment are as in
 * Node, or as the system calls of the same name.
 */
export class VolumeAttributeSteps extends VolumeContext {
  // -- attributes ----------------------------------------------------------------------------

  /** Returns the attributes; for an absent file undefined with `{ throwIfNoEntry: false }`. */
  *stat(path: PathLike, options?: Options): Steps<Stats | BigIntStats | undefined> {
    return yield* this.findAttributes('stat', path, options, 'follow');
  }

  *lstat(path: PathLike, options?: Options): Steps<Stats | BigIntStats | undefined> {
    return yield* this.findAttributes('lstat', path, options, 'nofollow');
  }

  private *findAttributes(
    syscall: string,
    path: PathLike,
    options: Options | undefined,
    linkMode: LinkMode,
  ): Steps<Stats | BigIntStats | undefined> {
    const pathText = toPath(path);
    const { bigint: isBig, throwIfNoEntry } = readStatOptions(options);
    let buf: Iatt;
    try {
      ({ buf } = yield* this.driver.find(pathText, linkMode));
    } catch (error) {
      const isAbsent = error instanceof FopError && ABSENT_ERRNOS.has(error.errno);
      if (isAbsent && throwIfNoEntry === false) return undefined;
      throw toFileError(error, syscall, pathText);
    }
    return isBig === true
      ? new BigIntStats(buf, this.client.deviceNumber)
      : new Stats(buf, this.client.deviceNumber);
  }

  *exists(path: PathLike): Steps<boolean> {
    const pathText = toPath(path);
    try {
      yield* this.files.find(pathText);
      return true;
    } catch (error) {
      if (error instanceof FopError) return false;
      throw error;
    }
  }

  *access(path: PathLike, mode?: number): Steps<void> {
    const pathText = toPath(path);
    const mask = toInteger(mode ?? 0, 'mode', 0, 7);
    // F_OK: a lookup tells whether the file exists.
    if (mask === 0) yield* withErrorContext('access', pathText, this.files.find(pathText));
    else yield* withErrorContext('access', pathText, this.files.access(pathText, mask));
  }

  /** Sets the mode; with `{ recursive: true }` also of all files below, without following symbolic links there. */
  *chmod(path: PathLike, mode: number | string, options?: Options): Steps<void> {
    const pathText = toPath(path);
    const modeBits = toMode(mode);
    yield* withErrorContext('chmod', pathText, this.files.chmod(pathText, modeBits));
    if (readOptions(options).recursive === true) {
      yield* this.changeTree('chmod', pathText, (object) =>
        object.setattr(...makeModeArgs(modeBits)),
      );
    }
  }

  /** Changes the owners, with the options of `chmod`; an id of -1 leaves one as it is. */
  *chown(path: PathLike, uid: number, gid: number, options?: Options): Steps<void> {
    const pathText = toPath(path);
    const ids = [toId(uid, 'uid'), toId(gid, 'gid')] as const;
    yield* withErrorContext('chown', pathText, this.files.chown(pathText, ...ids));
    if (readOptions(options).recursive === true) {
      yield* this.changeTree('chown', pathText, (object) =>
        object.setattr(...makeOwnerArgs(...ids)),
      );
    }
  }

  *lchown(path: PathLike, uid: number, gid: number): Steps<void> {
    const pathText = toPath(path);
    const ids = [toId(uid, 'uid'), toId(gid, 'gid')] as const;
    yield* withErrorContext('lchown', pathText, this.files.chown(pathText, ...ids, 'nofollow'));
  }

  /** Changes all files below a directory; does nothing if the path leads to another file. */
  private *changeTree(
    syscall: string,
    path: string,
    change: (object: FileObject['steps']) => Steps<unknown>,
  ): Steps<void> {
    const { inode, buf } = yield* withErrorContext(syscall, path, this.files.find(path));
    if (buf.iaType !== IA_IFDIR) return;
    const { driver } = this;
    const changeFile = (file: TreeDirectory): Steps<unknown> =>
      withErrorContext(syscall, file.path, change(new FileObject(driver, file.inode).steps));
    yield* visitTree(
      this.driver,
      { inode, path },
      {
        *visit(file) {
          // A chmod of a symbolic link would change its target.
          if (file.buf.iaType !== IA_IFLNK || syscall !== 'chmod') yield* changeFile(file);
        },
        *leave(directory) {
          if (directory.inode !== inode) yield* changeFile(directory);
        },
      },
    );
  }

  /** Sets the times: seconds since 1970, or Dates. An omitted one becomes the current time of the graph. */
  *utimes(path: PathLike, atime?: Time, mtime?: Time): Steps<void> {
    yield* this.setTimes('utime', path, atime, mtime, 'follow');
  }

  *lutimes(path: PathLike, atime?: Time, mtime?: Time): Steps<void> {
    yield* this.setTimes('lutime', path, atime, mtime, 'nofollow');
  }

  private *setTimes(
    syscall: string,
    path: PathLike,
    atime: Time | undefined,
    mtime: Time | undefined,
    linkMode: LinkMode,
  ): Steps<void> {
    const pathText = toPath(path);
    const times = [
      atime === undefined ? undefined : toMilliseconds(atime, 'atime'),
      mtime === undefined ? undefined : toMilliseconds(mtime, 'mtime'),
    ] as const;
    yield* withErrorContext(syscall, pathText, this.files.utimes(pathText, ...times, linkMode));
  }

  *truncate(path: PathLike, length?: number): Steps<void> {
    const pathText = toPath(path);
    const size = toInteger(length === undefined ? 0 : length, 'len');
    yield* withErrorContext('truncate', pathText, this.truncateFile(pathText, size));
  }

  private *truncateFile(path: string, size: number): Steps<void> {
    const object = yield* this.files.findObject(path);
    if (object.inode.iaType === IA_IFDIR) throw new FopError(EISDIR, path);
    yield* object.truncate(size);
  }

  /** Returns space and inodes of the volume. */
  *statfs(path: PathLike = '/', options?: Options): Steps<StatFs> {
    const pathText = toPath(path);
    const { bigint: isBig } = readOptions(options);
    const statvfs = yield* withErrorContext('statfs', pathText, this.files.statfs(pathText));
    return new StatFs(statvfs, isBig === true);
  }

  /** Whether two paths lead to the same file. */
  *samefile(path: PathLike, other: PathLike): Steps<boolean> {
    const [pathText, otherPathText] = [toPath(path), toPath(other, 'other')];
    const { inode } = yield* withErrorContext('stat', pathText, this.files.find(pathText));
    const { inode: otherInode } = yield* withErrorContext(
      'stat',
      otherPathText,
      this.files.find(otherPathText),
    );
    return inode === otherInode;
  }

  // -- extended attributes -------------------------------------------------------------------

  *getxattr(path: PathLike, name: string): Steps<Uint8Array> {
    return yield* this.useXattr('getxattr', path, name, (file, xattr) =>
      this.files.getxattr(file, xattr),
    );
  }

  *lgetxattr(path: PathLike, name: string): Steps<Uint8Array> {
    return yield* this.useXattr('lgetxattr', path, name, (file, xattr) =>
      this.files.getxattr(file, xattr, 'nofollow'),
    );
  }

  *listxattr(path: PathLike): Steps<string[]> {
    const pathText = toPath(path);
    return yield* withErrorContext('listxattr', pathText, this.files.listxattr(pathText));
  }

  *llistxattr(path: PathLike): Steps<string[]> {
    const pathText = toPath(path);
    return yield* withErrorContext(
      'llistxattr',
      pathText,
      this.files.listxattr(pathText, 'nofollow'),
    );
  }

  /** Sets an attribute. With `{ flag: 'create' }` it must be new; with `'replace'` it must exist. */
  *setxattr(path: PathLike, name: string, value: unknown, options?: Options): Steps<void> {
    const [bytes, flags] = readXattrArguments(value, options);
    yield* this.useXattr('setxattr', path, name, (file, xattr) =>
      this.files.setxattr(file, xattr, bytes, flags),
    );
  }

  *lsetxattr(path: PathLike, name: string, value: unknown, options?: Options): Steps<void> {
    const [bytes, flags] = readXattrArguments(value, options);
    yield* this.useXattr('lsetxattr', path, name, (file, xattr) =>
      this.files.setxattr(file, xattr, bytes, flags, 'nofollow'),
    );
  }

  *removexattr(path: PathLike, name: string): Steps<void> {
    yield* this.useXattr('removexattr', path, name, (file, xattr) =>
      this.files.removexattr(file, xattr),
    );
  }

  *lremovexattr(path: PathLike, name: string): Steps<void> {
    yield* this.useXattr('lremovexattr', path, name, (file, xattr) =>
      this.files.removexattr(file, xattr, 'nofollow'),
    );
  }

  /** Acts on an extended attribute, and names operation and path in errors. */
  private *useXattr<R>(
    syscall: string,
    path: PathLike,
    name: string,
    act: (file: string, xattr: string) => Steps<R>,
  ): Steps<R> {
    const pathText = toPath(path);
    return yield* withErrorContext(syscall, pathText, act(pathText, toPath(name, 'name')));
  }
}

const readXattrArguments = (value: unknown, options: Options | undefined): [Uint8Array, number] => [
  toBytes(value),
  readXattrFlags(options),
];
