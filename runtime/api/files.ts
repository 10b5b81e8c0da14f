/**
 * Offers file operations by path over a graph, like fs/promises. Each winds the same fops as a mount,
 * and throws FopError with Linux's errno.
 *
 * With `asKernel`, a symbolic link at the end of a path is followed where system calls follow it,
 * and a name is looked up before it is made. Without `asKernel` neither is done: for libfuse, whose
 * kernel has done both, and for tests of single fops.
 */
import { Dict } from '../core/dict.ts';
import { EBUSY, EEXIST, EINVAL, EISDIR, ENOENT, ENOTDIR, ENOTEMPTY } from '../core/errno.ts';
import { IA_IFDIR, IA_IFLNK, type Iatt, type Statvfs } from '../core/iatt.ts';
import {
  O_CREAT,
  O_DIRECTORY,
  O_EXCL,
  O_NOFOLLOW,
  O_RDONLY,
  O_TRUNC,
  O_WRONLY,
} from '../core/open-flags.ts';
import { Loc } from '../core/operands.ts';
import { RENAME_FLAGS } from '../core/xdata.ts';
import type { DriverSteps, Reply } from './driver-steps.ts';
import { FileObjectSteps } from './file-object.ts';
import { throwFopError } from './fop-error.ts';
import { readEntries } from './open-directory.ts';
import { closeAfter, OpenFile, releaseOnFailure } from './open-file.ts';
import { makePromiseFacade } from './promise-facade.ts';
import type { EntryName, FoundFile, LinkMode, ResolvedPath } from './resolve-path.ts';
import { makeModeArgs, makeOwnerArgs, makeTimeArgs } from './setattr-arguments.ts';
import type { Steps } from './steps.ts';

/** The settings of the operations by path. */
export interface FilesSettings {
  /** Whether names are resolved as the kernel does (see above); by default false. */
  readonly asKernel?: boolean;
  /** Permission bits that new files do not get; by default 0. */
  readonly umask?: number;
}

/** The position of a write. If neither field is set, the data replaces the file's content. */
export interface WritePosition {
  readonly offset?: number;
  readonly append?: boolean;
}

const isDirectoryFile = ({ buf }: FoundFile): boolean => buf.iaType === IA_IFDIR;

export type Files = InstanceType<typeof Files>;

/** The operations by path, as steps. Those without a comment are system calls. @throws {FopError} */
export class FilesSteps {
  readonly driver: DriverSteps;
  private readonly asKernel: boolean;
  private readonly umask: number;
  private readonly linkMode: LinkMode;

  constructor(driver: DriverSteps, { asKernel = false, umask = 0 }: FilesSettings = {}) {
    this.driver = driver;
    this.asKernel = asKernel;
    this.umask = umask;
    this.linkMode = asKernel ? 'follow' : 'nofollow';
  }

  /** Finds the file of a path. */
  *find(path: string, linkMode: LinkMode = this.linkMode): Steps<FoundFile> {
    return yield* this.driver.find(path, linkMode);
  }

  /** Does as `find`, but never follows a symbolic link at the end of the path. */
  *lookup(path: string): Steps<FoundFile> {
    return yield* this.driver.find(path);
  }

  /** Does as `find`, but returns undefined if the file does not exist. */
  *findIfExists(path: string, linkMode: LinkMode = this.linkMode): Steps<FoundFile | undefined> {
    return yield* this.driver.findIfExists(path, linkMode);
  }

  /** Returns the file of a path as an object, for operations by inode. */
  *findObject(path: string, linkMode: LinkMode = this.linkMode): Steps<FileObjectSteps> {
    return new FileObjectSteps(this.driver, (yield* this.find(path, linkMode)).inode);
  }

  /** Returns the attributes of the fop stat. */
  *stat(path: string): Steps<Iatt> {
    return yield* (yield* this.findObject(path)).stat();
  }

  /** Lists the names in a directory, sorted. */
  *list(path: string): Steps<string[]> {
    const directory = yield* this.find(path);
    if (!isDirectoryFile(directory)) throwFopError(ENOTDIR, path);
    return (yield* readEntries(this.driver, directory.inode)).map(({ name }) => name).sort();
  }

  *readlink(path: string): Steps<string> {
    const { inode, buf } = yield* this.lookup(path);
    if (buf.iaType !== IA_IFLNK) throwFopError(EINVAL, `${path} is no symbolic link`);
    return yield* this.driver.readlink(inode);
  }

  *access(path: string, mask = 0): Steps<void> {
    yield* (yield* this.findObject(path)).access(mask);
  }

  /** Returns the space of the storage. Without a path, the statfs is of the root and needs no lookup. */
  *statfs(path?: string): Steps<Statvfs> {
    const { driver } = this;
    if (path === undefined) return yield* new FileObjectSteps(driver, driver.root).statfs();
    return yield* (yield* this.findObject(path)).statfs();
  }

  // -- names ---------------------------------------------------------------------------------

  *mkdir(path: string, mode = 0o777): Steps<Iatt> {
    const { driver, umask } = this;
    return yield* this.makeName(path, true, (loc, xdata) =>
      driver.expect('mkdir', loc, mode & ~umask, umask, xdata),
    );
  }

  /** Makes a file, device or pipe. @param mode includes the type of the file */
  *mknod(path: string, mode: number, rdev = 0): Steps<Iatt> {
    const { driver, umask } = this;
    return yield* this.makeName(path, false, (loc, xdata) =>
      driver.expect('mknod', loc, mode & ~umask, rdev, umask, xdata),
    );
  }

  *symlink(target: string, path: string): Steps<Iatt> {
    const { driver, umask } = this;
    return yield* this.makeName(path, false, (loc, xdata) =>
      driver.expect('symlink', target, loc, umask, xdata),
    );
  }

  *link(from: string, to: string): Steps<Iatt> {
    const { inode } = yield* this.lookup(from);
    const { parent, name } = yield* this.findNewName(to, false);
    const newloc = new Loc(inode, parent, name);
    const { values } = yield* this.driver.expect('link', new Loc(inode), newloc, null);
    return values[1] as Iatt;
  }

  *unlink(path: string): Steps<void> {
    const file = yield* this.lookup(trimSlashes(path));
    if (isDirectoryFile(file)) throwFopError(EISDIR, path);
    if (path.endsWith('/')) throwFopError(ENOTDIR, path);
    yield* this.driver.expect('unlink', makeLoc(file), 0, null);
  }

  *rmdir(path: string): Steps<void> {
    const directory = yield* this.findDirectoryToRemove(path);
    yield* this.driver.expect('rmdir', makeLoc(directory), 0, null);
  }

  /** Finds the directory that rmdir(2) removes. A symbolic link is not followed, even with a slash behind it. */
  *findDirectoryToRemove(path: string): Steps<FoundFile> {
    const { file, entryName } = yield* this.driver.resolve(trimSlashes(path), 'nofollow');
    if (file === undefined) throwFopError(ENOENT, path);
    if (entryName === null) throwFopError(findRmdirErrno(path), path);
    if (!isDirectoryFile(file)) throwFopError(ENOTDIR, path);
    return file;
  }

  /** Renames as renameat2(2) does. @param flags RENAME_NOREPLACE, RENAME_EXCHANGE */
  *rename(from: string, to: string, flags = 0): Steps<void> {
    // Like the kernel, reports a missing directory of either path before an absent file.
    for (const path of this.asKernel ? [from, to] : [])
      yield* this.driver.resolve(path, 'nolookup');
    const source = yield* this.lookup(trimSlashes(from));
    const { entryName, file } = yield* this.driver.resolve(trimSlashes(to), 'nofollow');
    if (source.name === undefined || entryName === null) throwFopError(EBUSY, `${from} to ${to}`);
    const needsDirectory = from.endsWith('/') || to.endsWith('/');
    if (needsDirectory && !isDirectoryFile(source)) throwFopError(ENOTDIR, to);
    const newloc = new Loc(file?.inode ?? null, entryName.parent, entryName.name);
    const xdata = flags === 0 ? null : new Dict().set(RENAME_FLAGS, flags, 'int');
    yield* this.driver.expect('rename', makeLoc(source), newloc, xdata);
  }

  /** Makes a name by a fop whose reply begins with inode and attributes. Returns the attributes. */
  private *makeName(
    path: string,
    isDirectory: boolean,
    wind: (loc: Loc, xdata: Dict) => Steps<Reply>,
  ): Steps<Iatt> {
    const entryName = yield* this.findNewName(path, isDirectory);
    const { values } = yield* wind(this.driver.makeLoc(entryName), this.driver.makeGfidRequest());
    return values[1] as Iatt;
  }

  /** Finds the directory and the name of a path that must be absent. @throws {FopError} EEXIST */
  private *findNewName(path: string, isDirectory: boolean): Steps<EntryName> {
    // A symbolic link of that name is not followed, even if the path ends in a slash.
    const resolved = yield* this.driver.resolve(
      trimSlashes(path),
      this.asKernel ? 'nofollow' : 'nolookup',
    );
    if (resolved.entryName === null || resolved.file !== undefined) throwFopError(EEXIST, path);
    if (path.endsWith('/') && !isDirectory) throwFopError(ENOENT, path);
    return resolved.entryName;
  }

  // -- attributes ----------------------------------------------------------------------------

  *chmod(path: string, mode: number): Steps<Iatt> {
    return yield* (yield* this.findObject(path)).setattr(...makeModeArgs(mode));
  }

  /** Sets the owners. An id of -1, or an omitted one, is not changed. */
  *chown(path: string, uid = -1, gid = -1, linkMode = this.linkMode): Steps<Iatt> {
    return yield* (yield* this.findObject(path, linkMode)).setattr(...makeOwnerArgs(uid, gid));
  }

  /** Sets the times; an omitted one becomes the current time of the graph. */
  *utimes(path: string, atimeMs?: number, mtimeMs?: number, linkMode = this.linkMode): Steps<Iatt> {
    const now = this.driver.graph.context.sink.now();
    const findObject = yield* this.findObject(path, linkMode);
    return yield* findObject.setattr(...makeTimeArgs(now, atimeMs, mtimeMs));
  }

  *truncate(path: string, size = 0): Steps<void> {
    yield* (yield* this.findObject(path)).truncate(size);
  }

  *getxattr(path: string, name: string, linkMode = this.linkMode): Steps<Uint8Array> {
    return yield* (yield* this.findObject(path, linkMode)).getxattr(name);
  }

  *listxattr(path: string, linkMode = this.linkMode): Steps<string[]> {
    return yield* (yield* this.findObject(path, linkMode)).listxattr();
  }

  *setxattr(
    path: string,
    name: string,
    value: Uint8Array,
    flags = 0,
    linkMode = this.linkMode,
  ): Steps<void> {
    yield* (yield* this.findObject(path, linkMode)).setxattr(name, value, flags);
  }

  *removexattr(path: string, name: string, linkMode = this.linkMode): Steps<void> {
    yield* (yield* this.findObject(path, linkMode)).removexattr(name);
  }

  // -- data ----------------------------------------------------------------------------------

  /** Opens or creates a file, as open(2) does. */
  *open(path: string, flags = O_RDONLY, mode = 0o666): Steps<OpenFile> {
    const linkMode = (flags & O_NOFOLLOW) === 0 ? this.linkMode : 'nofollow';
    if ((flags & O_CREAT) === 0)
      return yield* this.openExisting(path, yield* this.find(path, linkMode), flags);
    if ((flags & O_DIRECTORY) !== 0) throwFopError(EINVAL, `${path}: O_CREAT and O_DIRECTORY`);
    const mustBeNew = (flags & O_EXCL) !== 0;
    if (mustBeNew && !this.asKernel) return yield* this.create(path, flags, mode);
    if (path.endsWith('/')) {
      yield* this.driver.resolve(trimSlashes(path), 'nolookup');
      throwFopError(EISDIR, path);
    }
    const resolved = yield* this.driver.resolve(path, mustBeNew ? 'nofollow' : linkMode);
    if (resolved.file === undefined) return yield* this.createAt(path, resolved, flags, mode);
    if (mustBeNew) throwFopError(EEXIST, path);
    return yield* this.openExisting(path, resolved.file, flags);
  }

  /** Creates a file without a lookup before; opens an existing one, unless `flags` have O_EXCL. */
  *create(path: string, flags: number, mode = 0o666): Steps<OpenFile> {
    return yield* this.createAt(path, yield* this.driver.resolve(path, 'nolookup'), flags, mode);
  }

  /** Creates the file of a resolved path. */
  private *createAt(
    path: string,
    { entryName, mustBeDirectory }: ResolvedPath,
    flags: number,
    mode: number,
  ): Steps<OpenFile> {
    if (entryName === null || mustBeDirectory) throwFopError(EISDIR, path);
    const { driver, umask } = this;
    const loc = driver.makeLoc(entryName);
    const file = new OpenFile(driver, driver.makeFd(loc.inode!, flags));
    const xdata = driver.makeGfidRequest();
    return yield* releaseOnFailure(
      file,
      driver.expect('create', loc, flags, mode & ~umask, umask, file.fd, xdata),
    );
  }

  /** Opens a file that was looked up. @throws {FopError} EISDIR */
  private *openExisting(path: string, file: FoundFile, flags: number): Steps<OpenFile> {
    if (isDirectoryFile(file)) throwFopError(EISDIR, path);
    return yield* new FileObjectSteps(this.driver, file.inode).open(flags);
  }

  /** Reads at most `size` bytes from `offset`; by default to the end of the file. */
  *readFile(path: string, size?: number, offset = 0): Steps<Uint8Array> {
    const foundFile = yield* this.find(path);
    // The kernel reads no more than the size in the attributes.
    const maxSize = this.asKernel
      ? Math.max(0, foundFile.buf.iaSize - offset)
      : Number.MAX_SAFE_INTEGER;
    const file = yield* this.openExisting(path, foundFile, O_RDONLY);
    return yield* closeAfter(file, (openFile) =>
      openFile.read(Math.min(size ?? maxSize, maxSize), offset),
    );
  }

  /** Writes all of the data. @returns its length */
  *writeFile(
    path: string,
    data: Uint8Array,
    { offset, append = false }: WritePosition = {},
  ): Steps<number> {
    const resolved = yield* this.driver.resolve(path, this.linkMode);
    const isPart = append || offset !== undefined;
    const flags = O_WRONLY | O_CREAT | (isPart ? 0 : O_TRUNC);
    const file =
      resolved.file === undefined
        ? yield* this.createAt(path, resolved, flags, 0o666)
        : yield* this.openExisting(path, resolved.file, flags);
    const position = append ? (resolved.file?.buf.iaSize ?? 0) : (offset ?? 0);
    return yield* closeAfter(file, (openFile) => openFile.write(data, position));
  }
}

/** File operations by path, for callers that wait for promises. */
export const Files = makePromiseFacade(FilesSteps);

/** Removes slashes at the end of a path, except from `/`. */
export const trimSlashes = (path: string): string => path.replace(/(?<=.)\/+$/, '');

const makeLoc = ({ inode, parent, name }: FoundFile): Loc =>
  new Loc(inode, parent ?? null, name ?? null);

/** Finds the errno of rmdir(2) for a path that ends in no name: the root, `.`, `..`. */
function findRmdirErrno(path: string): number {
  const last = path.split('/').findLast((name) => name !== '');
  if (last === undefined) return EBUSY;
  return last === '.' ? EINVAL : ENOTEMPTY;
}
