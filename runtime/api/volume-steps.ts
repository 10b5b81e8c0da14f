/** Defines the operations of a volume as steps, with the names and arguments of Node's `fs/promises`. */
import { EEXIST, EISDIR, ENOENT, ENOTDIR } from '../core/errno.ts';
import { type Gfid, isGfid } from '../core/gfid.ts';
import { IA_IFDIR, type Iatt } from '../core/iatt.ts';
import type { Inode } from '../core/inode.ts';
import { Loc } from '../core/operands.ts';
import {
  type PathLike,
  readBuffer,
  readEncoding,
  readOptions,
  readOptionsObject,
  readStatOptions,
  readXattrFlags,
  throwArgumentError,
  toBoolean,
  toBytes,
  toContent,
  toEncodedName,
  toId,
  toInteger,
  toMilliseconds,
  toMode,
  toOpenFlags,
  toPath,
} from './arguments.ts';
import { copyFile, copyTree } from './copy.ts';
import { Directory } from './directory.ts';
import { FileError, toFileError, withErrorContext } from './file-error.ts';
import { FileHandle, useFile } from './file-handle.ts';
import { FopError } from './fop-error.ts';
import { joinRealPath, type LinkMode } from './resolve-path.ts';
import { makeModeArgs, makeOwnerArgs } from './setattr-arguments.ts';
import { BigIntStats, type Dirent, StatFs, Stats } from './stats.ts';
import { runSync, type Steps } from './steps.ts';
import { type Options, VolumeContext } from './volume-context.ts';
import { VolumeObject } from './volume-object.ts';
import {
  changeTree,
  makeDirectories,
  makeUniqueDirectory,
  readDirectory,
  readTree,
  removePath,
  type TemporaryDirectory,
} from './volume-trees.ts';
import { RANDOM_LETTER_COUNT } from './whole-file.ts';

/** Errnos for which `throwIfNoEntry` makes a stat return undefined. */
const ABSENT_ERRNOS: ReadonlySet<number> = new Set([ENOENT, ENOTDIR]);

/** Seconds since 1970, or a Date, as Node takes them. */
type Time = number | string | Date;

/** Acts on the file of a path, and names operation and path in errors. The path is the first argument to be checked. */
function at<R>(syscall: string, path: PathLike, act: (path: string) => Steps<R>): Steps<R> {
  const pathText = toPath(path);
  return withErrorContext(syscall, pathText, act(pathText));
}

/** Acts on an extended attribute of the file of a path. */
const atXattr = <R>(
  syscall: string,
  path: PathLike,
  name: string,
  act: (...of: [file: string, xattr: string]) => Steps<R>,
): Steps<R> => at(syscall, path, (file) => act(file, toPath(name, 'name')));

/**
 * The operations of a volume. Those without a comment are as in Node, or as the system calls of the same name.
 * @throws {FileError}
 */
export class VolumeSteps extends VolumeContext {
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
    const { files } = this;
    const check: Steps<unknown> = mask === 0 ? files.find(pathText) : files.access(pathText, mask);
    yield* withErrorContext('access', pathText, check);
  }

  /** Sets the mode; with `{ recursive: true }` also of all files below, without following symbolic links there. */
  *chmod(path: PathLike, mode: number | string, options?: Options): Steps<void> {
    const pathText = toPath(path);
    const modeBits = toMode(mode);
    yield* withErrorContext('chmod', pathText, this.files.chmod(pathText, modeBits));
    if (readOptions(options).recursive === true) {
      yield* changeTree(this, 'chmod', pathText, (object) =>
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
      yield* changeTree(this, 'chown', pathText, (object) =>
        object.setattr(...makeOwnerArgs(...ids)),
      );
    }
  }

  *lchown(path: PathLike, uid: number, gid: number): Steps<void> {
    yield* at('lchown', path, (file) =>
      this.files.chown(file, toId(uid, 'uid'), toId(gid, 'gid'), 'nofollow'),
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
    const toTime = (time: Time | undefined, name: string): number | undefined =>
      time === undefined ? undefined : toMilliseconds(time, name);
    yield* at(syscall, path, (file) =>
      this.files.utimes(file, toTime(atime, 'atime'), toTime(mtime, 'mtime'), linkMode),
    );
  }

  *truncate(path: PathLike, length?: number): Steps<void> {
    yield* at('truncate', path, (file) =>
      this.truncateFile(file, toInteger(length === undefined ? 0 : length, 'len')),
    );
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
    const { inode } = yield* at('stat', pathText, (file) => this.files.find(file));
    return inode === (yield* at('stat', otherPathText, (file) => this.files.find(file))).inode;
  }

  // -- extended attributes -------------------------------------------------------------------

  *getxattr(path: PathLike, name: string): Steps<Uint8Array> {
    return yield* atXattr('getxattr', path, name, (...of) => this.files.getxattr(...of));
  }

  *lgetxattr(path: PathLike, name: string): Steps<Uint8Array> {
    return yield* atXattr('lgetxattr', path, name, (...of) =>
      this.files.getxattr(...of, 'nofollow'),
    );
  }

  *listxattr(path: PathLike): Steps<string[]> {
    return yield* at('listxattr', path, (file) => this.files.listxattr(file));
  }

  *llistxattr(path: PathLike): Steps<string[]> {
    return yield* at('llistxattr', path, (file) => this.files.listxattr(file, 'nofollow'));
  }

  /** Sets an attribute. With `{ flag: 'create' }` it must be new; with `'replace'` it must exist. */
  *setxattr(path: PathLike, name: string, value: unknown, options?: Options): Steps<void> {
    const [bytes, flags] = [toBytes(value), readXattrFlags(options)];
    yield* atXattr('setxattr', path, name, (...of) => this.files.setxattr(...of, bytes, flags));
  }

  *lsetxattr(path: PathLike, name: string, value: unknown, options?: Options): Steps<void> {
    const [bytes, flags] = [toBytes(value), readXattrFlags(options)];
    yield* atXattr('lsetxattr', path, name, (...of) =>
      this.files.setxattr(...of, bytes, flags, 'nofollow'),
    );
  }

  *removexattr(path: PathLike, name: string): Steps<void> {
    yield* atXattr('removexattr', path, name, (...of) => this.files.removexattr(...of));
  }

  *lremovexattr(path: PathLike, name: string): Steps<void> {
    yield* atXattr('lremovexattr', path, name, (...of) =>
      this.files.removexattr(...of, 'nofollow'),
    );
  }

  // -- names ---------------------------------------------------------------------------------

  /** Makes a directory. @returns with `{ recursive: true }`, the path of the first directory made, if any */
  *mkdir(path: PathLike, options?: Options | number): Steps<string | undefined> {
    const pathText = toPath(path);
    const isMode = typeof options === 'number' || typeof options === 'string';
    const { mode, recursive } = isMode ? { mode: options, recursive: false } : readOptions(options);
    const modeBits = toMode(mode, 0o777);
    if (toBoolean(recursive, 'options.recursive'))
      return yield* withErrorContext('mkdir', pathText, makeDirectories(this, pathText, modeBits));
    yield* withErrorContext('mkdir', pathText, this.files.mkdir(pathText, modeBits));
    return undefined;
  }

  /** Makes a directory with six random characters after `prefix`. @returns its path */
  *mkdtemp(prefix: PathLike, options?: Options): Steps<string | Uint8Array> {
    const prefixText = toPath(prefix, 'prefix');
    // Errors name the path as mkdtemp(3) is called with it.
    const template = prefixText + 'X'.repeat(RANDOM_LETTER_COUNT);
    const encoding = readEncoding(options);
    const make = makeUniqueDirectory(this, prefixText);
    const path = yield* withErrorContext('mkdtemp', template, make);
    return toEncodedName(path, encoding);
  }

  /** Does as `mkdtemp`; `remove` of the result removes the directory, as does the end of a `using` block. */
  *mkdtempDisposable(prefix: PathLike, options?: Options): Steps<TemporaryDirectory> {
    const path = yield* this.mkdtemp(prefix, options);
    const makeRemovalSteps = (): Steps<void> => this.rm(path, { recursive: true, force: true });
    const remove = (): Promise<void> => this.run(makeRemovalSteps());
    return {
      path,
      remove,
      [Symbol.asyncDispose]: remove,
      [Symbol.dispose]: () => runSync(makeRemovalSteps()),
    };
  }

  /**
   * Makes a file, device or pipe.
   * @param mode includes the type of the file
   * @param rdev the number of a device: major * 2^32 + minor
   */
  *mknod(path: PathLike, mode: number, rdev?: number): Steps<void> {
    yield* at('mknod', path, (file) => {
      const device = toInteger(rdev ?? 0, 'rdev');
      return this.files.mknod(file, toMode(mode), device);
    });
  }

  /** Makes a symbolic link at `path`. @param _type is for Windows, and ignored as everywhere else */
  *symlink(target: PathLike, path: PathLike, _type?: unknown): Steps<void> {
    const [linkTarget, pathText] = [toPath(target, 'target'), toPath(path)];
    if (linkTarget === '') throw new FileError(ENOENT, 'symlink', linkTarget, pathText);
    const make = this.files.symlink(linkTarget, pathText);
    yield* withErrorContext('symlink', linkTarget, make, pathText);
  }

  *link(existing: PathLike, path: PathLike): Steps<void> {
    const [from, to] = [toPath(existing, 'existingPath'), toPath(path, 'newPath')];
    yield* withErrorContext('link', from, this.files.link(from, to), to);
  }

  *unlink(path: PathLike): Steps<void> {
    yield* at('unlink', path, (file) => this.files.unlink(file));
  }

  *rmdir(path: PathLike): Steps<void> {
    yield* at('rmdir', path, (file) => this.files.rmdir(file));
  }

  /** Renames a file. @param options `{ flag: 'noreplace' | 'exchange' }`, as renameat2(2) */
  *rename(from: PathLike, to: PathLike, options?: Options): Steps<void> {
    const [oldPath, newPath] = [toPath(from, 'oldPath'), toPath(to, 'newPath')];
    const { flag } = readOptions(options);
    // RENAME_NOREPLACE and RENAME_EXCHANGE.
    const flags = flag === undefined ? 0 : { noreplace: 1, exchange: 2 }[String(flag)];
    if (flags === undefined) {
      throwArgumentError('ERR_INVALID_ARG_VALUE', 'flag', "'noreplace' or 'exchange'", flag);
    }
    yield* withErrorContext('rename', oldPath, this.files.rename(oldPath, newPath, flags), newPath);
  }

  *readlink(path: PathLike, options?: Options): Steps<string | Uint8Array> {
    const [pathText, encoding] = [toPath(path), readEncoding(options)];
    const target = yield* withErrorContext('readlink', pathText, this.files.readlink(pathText));
    return toEncodedName(target, encoding);
  }

  /** Returns the path of the same file without symbolic links, `.` and `..`. */
  *realpath(path: PathLike, options?: Options): Steps<string | Uint8Array> {
    const [pathText, encoding] = [toPath(path), readEncoding(options)];
    const resolved = yield* at('realpath', path, (file) => this.driver.resolve(file, 'follow'));
    if (resolved.file === undefined) throw new FileError(ENOENT, 'realpath', pathText);
    return toEncodedName(joinRealPath(resolved), encoding);
  }

  /**
   * Removes a file; a directory only with `recursive`. With `force`, an absent path is no error. A symbolic link with a
   * slash behind it fails with ENOTDIR, as in rm(1); Node's promises then do nothing, and its `rmSync` may remove the
   * content of the directory that the link leads to.
   */
  *rm(path: PathLike, options?: Options): Steps<void> {
    const pathText = toPath(path);
    const switches = readOptionsObject(options);
    const recursive = toBoolean(switches.recursive, 'options.recursive');
    const force = toBoolean(switches.force, 'options.force');
    yield* removePath(this, pathText, recursive, force);
  }

  // -- directories ---------------------------------------------------------------------------

  *readdir(path: PathLike, options?: Options): Steps<(string | Uint8Array | Dirent)[]> {
    const pathText = toPath(path);
    const { withFileTypes = false, recursive = false } = readOptions(options);
    const encoding = readEncoding(options);
    const list = recursive === true ? readTree : readDirectory;
    return yield* list(this, pathText, withFileTypes === true, encoding);
  }

  /** Opens a directory, which is read page by page; with `recursive` those below it, too. */
  *opendir(path: PathLike, options?: Options): Steps<Directory> {
    const pathText = toPath(path);
    const recursive = readOptions(options).recursive === true;
    const settings = { encoding: readEncoding(options), recursive };
    const { inode } = yield* withErrorContext('opendir', pathText, this.findDirectory(pathText));
    const open = Directory.open(this, { inode, path: pathText }, settings);
    return yield* withErrorContext('opendir', pathText, open);
  }

  // -- data ----------------------------------------------------------------------------------

  *open(path: PathLike, flags?: unknown, mode?: unknown): Steps<FileHandle> {
    const pathText = toPath(path);
    const flagBits = toOpenFlags(flags);
    const open = FileHandle.open(this, pathText, flagBits, toMode(mode, 0o666));
    return yield* withErrorContext('open', pathText, open);
  }

  *readFile(file: PathLike | FileHandle, options?: Options): Steps<string | Uint8Array> {
    if (file instanceof FileHandle) return yield* file.steps.readFile(options);
    const { flag } = readOptions(options);
    // Refuses what it cannot use before the file is opened.
    readEncoding(options);
    readBuffer(options);
    const handle = yield* this.open(file, flag);
    return yield* useFile(handle, (openFile) => openFile.readFile(options));
  }

  /** Replaces the content of a file. @param data text, bytes, or an iterable of these */
  *writeFile(file: PathLike | FileHandle, data: unknown, options?: Options): Steps<void> {
    yield* this.writeAll(file, data, options, 'w');
  }

  *appendFile(file: PathLike | FileHandle, data: unknown, options?: Options): Steps<void> {
    yield* this.writeAll(file, data, options, 'a');
  }

  /** Writes to an open file, or to the file of a path, which is opened and closed. */
  private *writeAll(
    file: PathLike | FileHandle,
    data: unknown,
    options: Options | undefined,
    defaultFlag: string,
  ): Steps<void> {
    if (file instanceof FileHandle) return yield* file.steps.writeFile(data, options);
    const { flag, mode, flush } = readOptions(options);
    const content = toContent(data, options);
    const handle = yield* this.open(file, flag ?? defaultFlag, mode);
    yield* useFile(handle, function* (openFile) {
      yield* openFile.writeFile(content, options);
      if (flush === true) yield* openFile.sync();
    });
  }

  /** Copies data and mode of a file. @param mode COPYFILE_EXCL: the target must be absent */
  *copyFile(source: PathLike, target: PathLike, mode?: number): Steps<void> {
    const [from, to] = [toPath(source, 'src'), toPath(target, 'dest')];
    yield* copyFile(this, from, to, toInteger(mode ?? 0, 'mode', 0, 7));
  }

  /** Copies a file, or with `recursive` a tree, as Node's `fs.cp` does. */
  *cp(source: PathLike, target: PathLike, options?: Options): Steps<void> {
    const [from, to] = [toPath(source, 'src'), toPath(target, 'dest')];
    const switches = readOptionsObject(options);
    // `copyTree` does not check these; Node's `mode` has no effect here.
    toBoolean(switches.recursive, 'options.recursive');
    toInteger(switches.mode ?? 0, 'options.mode', 0, 7);
    yield* copyTree({ from: this, to: this }, from, to, switches);
  }

  /**
   * Copies a tree to a path that must be absent, as Python's `shutil.copytree`.
   * @param options with `symlinks`, symbolic links are copied as such; otherwise their targets are
   */
  *copytree(source: PathLike, target: PathLike, options?: Options): Steps<void> {
    const [from, to] = [toPath(source, 'src'), toPath(target, 'dest')];
    yield* withErrorContext('scandir', from, this.findDirectory(from));
    if ((yield* this.files.findIfExists(to, 'nofollow')) !== undefined) {
      throw new FileError(EEXIST, 'mkdir', to);
    }
    const dereference = readOptions(options).symlinks !== true;
    yield* copyTree({ from: this, to: this }, from, to, {
      recursive: true,
      dereference,
      verbatimSymlinks: true,
      preserveTimestamps: true,
    });
  }

  // -- handles -------------------------------------------------------------------------------

  /** Returns the file of a path as an object, which renames do not affect. */
  *object(path: PathLike): Steps<VolumeObject> {
    const pathText = toPath(path);
    const { inode } = yield* withErrorContext('lookup', pathText, this.files.find(pathText));
    return new VolumeObject(this, inode);
  }

  /** Finds the file of a gfid. @throws {FileError} ENOENT or ESTALE if the volume has no such file */
  *objectByGfid(gfid: Gfid): Steps<VolumeObject> {
    if (typeof gfid !== 'string' || !isGfid(gfid)) {
      throwArgumentError('ERR_INVALID_ARG_VALUE', 'gfid', 'a gfid', gfid);
    }
    const { inodes } = this.driver.graph;
    const knownInode = inodes.find(gfid);
    if (knownInode !== undefined) return new VolumeObject(this, knownInode);
    const loc = new Loc(inodes.newInode(), null, null, gfid);
    const reply = yield* withErrorContext('lookup', gfid, this.driver.expect('lookup', loc, null));
    return new VolumeObject(this, reply.values[0] as Inode);
  }

  /** Opens the file of a gfid; O_CREAT and O_EXCL are ignored. @throws {FileError} */
  *openByGfid(gfid: Gfid, flags: number): Steps<FileHandle> {
    return yield* (yield* this.objectByGfid(gfid)).steps.open(flags);
  }
}
