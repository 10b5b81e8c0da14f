/** Copies files and trees, as Node's `fs.copyFile` and `fs.cp` do, within a volume or from one volume to another. */
import {
  EDQUOT,
  EEXIST,
  EINVAL,
  EISDIR,
  ENOSPC,
  ENOSYS,
  ENOTCONN,
  ENOTDIR,
  EROFS,
} from '../core/errno.ts';
import { ROOT_GFID } from '../core/gfid.ts';
import { IA_IFDIR, IA_IFLNK, IA_IFREG, type Iatt } from '../core/iatt.ts';
import type { Inode } from '../core/inode.ts';
import { O_CREAT, O_EXCL, O_RDONLY, O_WRONLY } from '../core/open-flags.ts';
import { type AttributeTarget, copyOwnerAndMode, copyTimes } from './copy-attributes.ts';
import { type CopySide, copyData, type PieceObserver } from './copy-data.ts';
import { FileError, withErrorContext } from './file-error.ts';
import { FileObjectSteps } from './file-object.ts';
import { trimSlashes } from './files.ts';
import { FopError } from './fop-error.ts';
import { closeAfter, type OpenFile } from './open-file.ts';
import { type LinkMode, normalizePath } from './resolve-path.ts';
import { awaitPromise, type Steps } from './steps.ts';
import { visitTree } from './tree.ts';
import type { VolumeContext } from './volume-context.ts';
import { makeWholeFile } from './whole-file.ts';

/** Flags of Node's `fs.copyFile`: fail if the target exists; share the data with it, or fail. */
const COPYFILE_EXCL = 1;
const COPYFILE_FICLONE_FORCE = 4;

/** Permissions of a copy whose mode is not preserved. */
const PERMISSION_BITS = 0o777;

/** A file that was looked up. */
interface ExistingFile {
  readonly inode: Inode;
  readonly buf: Iatt;
}

/** Creates or overwrites a file, so that readers may see a part of it. With `isNew`, the file must not exist. */
function* writeInPlace(
  { files }: VolumeContext,
  source: CopySide,
  { path: name, isNew, mode }: { readonly path: string; readonly isNew: boolean; mode: number },
  fill: (to: OpenFile['steps']) => Steps<void>,
): Steps<void> {
  const to = yield* files.open(name, O_WRONLY | O_CREAT | (isNew ? O_EXCL : 0), mode);
  // The open above does not truncate, because the file may be the source itself.
  if (to.fd.inode === source.file.fd.inode) {
    to.fd.release();
    return;
  }
  yield* closeAfter(to, function* (open) {
    if (!isNew) yield* open.truncate();
    yield* fill(open);
  });
}

/** Copies the data of one file, as `fs.copyFile` does. @param mode COPYFILE_* @throws {FileError} */
export function* copyFile(
  volume: VolumeContext,
  from: string,
  to: string,
  mode: number,
): Steps<void> {
  // No storage can be told to share the data (reflink).
  if ((mode & COPYFILE_FICLONE_FORCE) !== 0) throw new FileError(ENOSYS, 'copyfile', from, to);
  const isNew = (mode & COPYFILE_EXCL) !== 0;
  function* copy(): Steps<void> {
    const { inode, buf } = yield* volume.files.find(from);
    if (buf.iaType === IA_IFDIR) {
      // Errors in the path of the target come first.
      yield* volume.driver.resolve(to, 'nolookup');
      throw new FopError(EISDIR, to);
    }
    const file = yield* new FileObjectSteps(volume.driver, inode).open(O_RDONLY);
    const source = { file: file.steps, path: from };
    try {
      const target = { path: to, isNew, mode: buf.iaProt };
      yield* writeInPlace(volume, source, target, (open) =>
        copyData(source, { file: open, path: to }, buf),
      );
    } finally {
      file.fd.release();
    }
  }
  yield* withErrorContext('copyfile', from, copy(), to);
}

/** The operations of `VolumeSteps` that a copy needs. */
interface CopyVolume extends VolumeContext {
  exists(path: string): Steps<boolean>;
  realpath(path: string): Steps<string | Uint8Array>;
  mkdir(path: string, options: { readonly recursive: boolean }): Steps<unknown>;
}

/** The volumes of a copy; both are the same for a copy within one volume. */
export interface CopyVolumes {
  readonly from: CopyVolume;
  readonly to: CopyVolume;
}

/** The options of Node's `fs.cp`, and more. */
export interface CopySettings {
  readonly recursive?: boolean;
  readonly dereference?: boolean;
  readonly verbatimSymlinks?: boolean;
  readonly preserveTimestamps?: boolean;
  readonly force?: boolean;
  readonly errorOnExist?: boolean;
  filter?(from: string, to: string): unknown;
  /** Whether a copy gets its source's owner (if the caller is root), whole mode and times. */
  readonly preserve?: boolean;
  /** Whether a copy appears under its name only when it is complete. */
  readonly isWhole?: boolean;
  /** Return the texts of paths for errors. */
  formatSource?(path: string): string;
  formatTarget?(path: string): string;
  /** Called before the first request for a file. If it throws, the copy ends. */
  onFile?(path: string): void;
  /** Called with the number of bytes just copied. If it throws, the copy ends. */
  onPiece?: PieceObserver;
  /** Called when a file is done. */
  onDone?(): void;
  /** Called with the error of one file; the others are copied. Without it, the first error ends the copy. */
  onFailure?(error: unknown): void;
}

/** Errnos with which all further files would fail, too. */
const FATAL_ERRNOS: ReadonlySet<number> = new Set([EDQUOT, ENOSPC, ENOTCONN, EROFS]);

/** Throws an error that `cp` itself finds, with Node's code. */
function throwCopyError(code: string, errno: number, text: string, path: string): never {
  const error = new FileError(errno, 'cp', path);
  error.message = `${text}: cp '${path}'`;
  throw Object.assign(error, { code, reason: text });
}

/** Copies one file or tree, with the settings of `cp`. */
class TreeCopy {
  private readonly from: CopyVolume;
  private readonly to: CopyVolume;
  private readonly settings: CopySettings;
  /** Directories that this copy has made and still fills: their names are free, so they need no lookup. */
  private readonly newDirectories = new Set<string>();
  /** The target of the whole copy. A slash at its end follows a symbolic link. */
  private topTarget = '';

  constructor({ from, to }: CopyVolumes, settings: CopySettings) {
    this.from = from;
    this.to = to;
    this.settings = settings;
  }

  private formatSource(path: string): string {
    return this.settings.formatSource?.(path) ?? path;
  }

  private formatTarget(path: string): string {
    return this.settings.formatTarget?.(path) ?? path;
  }

  private withSourceContext<R>(syscall: string, path: string, steps: Steps<R>): Steps<R> {
    return withErrorContext(syscall, this.formatSource(path), steps);
  }

  private withTargetContext<R>(syscall: string, path: string, steps: Steps<R>): Steps<R> {
    return withErrorContext(syscall, this.formatTarget(path), steps);
  }

  /** Replaces the path in the error of a listing by its text for errors (`formatSource`). */
  private replaceErrorPath(error: unknown): unknown {
    if (!(error instanceof FileError) || error.path === undefined) return error;
    return new FileError(-error.errno, error.syscall, this.formatSource(error.path));
  }

  /** Runs steps for one file. A failure goes to `onFailure`, or ends the copy. @returns whether they succeeded */
  private *runForFile(steps: Steps<void>): Steps<boolean> {
    const { onFailure } = this.settings;
    try {
      yield* steps;
      return true;
    } catch (error) {
      if (onFailure === undefined || !(error instanceof FileError)) throw error;
      if (FATAL_ERRNOS.has(-error.errno)) throw error;
      onFailure(error);
      return false;
    }
  }

  // -- trees -----------------------------------------------------------------------------------

  private *passesFilter(from: string, to: string): Steps<boolean> {
    const { filter } = this.settings;
    if (typeof filter !== 'function') return true;
    return Boolean(yield* awaitPromise(Promise.resolve(filter(from, to))));
  }

  /** Whether a symbolic link at the place of a copy is followed. The rename of a whole file replaces the link. */
  private get targetLinkMode(): LinkMode {
    const { dereference, isWhole } = this.settings;
    return dereference === true && isWhole !== true ? 'follow' : 'nofollow';
  }

  /** Checks the target of a directory. @throws {FileError} if it is of another type */
  private checkIsDirectory(target: ExistingFile, path: string): void {
    if (target.buf.iaType === IA_IFDIR) return;
    const text = 'a directory cannot replace a file';
    throwCopyError('ERR_FS_CP_DIR_TO_NON_DIR', EISDIR, text, this.formatTarget(path));
  }

  /** @throws {FileError} with `errorOnExist` */
  private checkMayExist(path: string): void {
    if (this.settings.errorOnExist !== true) return;
    throwCopyError('ERR_FS_CP_EEXIST', EEXIST, 'the target exists', this.formatTarget(path));
  }

  /** Copies a file, link or tree. */
  *copy(from: string, to: string): Steps<void> {
    if (!(yield* this.passesFilter(from, to))) return;
    const linkMode = this.settings.dereference === true ? 'follow' : 'nofollow';
    const source = yield* this.withSourceContext('cp', from, this.from.files.find(from, linkMode));
    const find = this.to.files.findIfExists(to, this.targetLinkMode);
    const target = yield* this.withTargetContext('cp', to, find);
    if (target !== undefined && isSameFile(source, target)) {
      const text = 'source and target are the same file';
      throwCopyError('ERR_FS_CP_EINVAL', EINVAL, text, this.formatTarget(to));
    }
    const isDirectory = source.buf.iaType === IA_IFDIR;
    if (isDirectory && target !== undefined) this.checkIsDirectory(target, to);
    if (isDirectory && this.from.client === this.to.client) yield* this.checkNotInside(from, to);
    // Like cp(1), a copy by whole files makes no directories above the target.
    if (this.settings.isWhole !== true) yield* this.makeParents(to);
    if (!isDirectory) return yield* this.copyNonDirectory(source, from, to, target);
    if (this.settings.recursive !== true) {
      const text = 'a directory is copied with recursive only';
      throwCopyError('ERR_FS_EISDIR', EISDIR, text, this.formatSource(from));
    }
    this.topTarget = to;
    yield* this.copyDirectory(source, trimSlashes(from), trimSlashes(to));
  }

  /** Checks that a directory is not copied into itself. @throws {FileError} */
  private *checkNotInside(from: string, to: string): Steps<void> {
    const realSource = (yield* this.from.realpath(from)) as string;
    const checkNotBelow = (directory: string, path: string): void => {
      if (directory !== '/' && path !== directory && !path.startsWith(`${directory}/`)) return;
      const text = `${this.formatSource(from)} cannot be copied into itself`;
      throwCopyError('ERR_FS_CP_EINVAL', EINVAL, text, this.formatTarget(to));
    };
    checkNotBelow(normalizePath(from), normalizePath(to));
    // The target may be absent: its nearest directory that exists has a real path.
    for (let path = to; path !== ''; path = path.slice(0, path.lastIndexOf('/'))) {
      if ((yield* this.to.exists(path)) === false) continue;
      return checkNotBelow(realSource, (yield* this.to.realpath(path)) as string);
    }
  }

  private *makeParents(to: string): Steps<void> {
    const slashIndex = trimSlashes(to).lastIndexOf('/');
    if (slashIndex > 0) yield* this.to.mkdir(to.slice(0, slashIndex), { recursive: true });
  }

  /** Copies a directory with all entries that pass the filter. */
  private *copyDirectory(source: ExistingFile, from: string, to: string): Steps<void> {
    const [sourcePrefix, targetPrefix] = [toPathPrefix(from), toPathPrefix(to)];
    const findTarget = (path: string): string =>
      path === from ? to : `${targetPrefix}${path.slice(sourcePrefix.length)}`;
    const treeCopy = this;
    const { onFailure } = this.settings;
    yield* visitTree(
      this.from.driver,
      { inode: source.inode, path: from },
      {
        *enter({ inode, path, buf = source.buf }) {
          if (inode !== source.inode && !(yield* treeCopy.passesFilter(path, findTarget(path))))
            return false;
          return yield* treeCopy.runForFile(treeCopy.enterDirectory(buf, path, findTarget(path)));
        },
        *visit(file) {
          const target = findTarget(file.path);
          if (yield* treeCopy.passesFilter(file.path, target))
            yield* treeCopy.runForFile(treeCopy.copyEntry(file, file.path, target));
        },
        *leave({ path, buf = source.buf }) {
          yield* treeCopy.runForFile(treeCopy.finishDirectory(buf, findTarget(path)));
        },
        ...(onFailure && { fail: (error) => onFailure(treeCopy.replaceErrorPath(error)) }),
      },
    );
  }

  private *enterDirectory({ iaProt }: Iatt, from: string, to: string): Steps<void> {
    this.settings.onFile?.(from);
    yield* this.withTargetContext('mkdir', to, this.makeDirectory(to, iaProt));
  }

  private *makeDirectory(path: string, mode: number): Steps<void> {
    const { files } = this.to;
    try {
      // The owner must be able to write until all files are in it; `finishDirectory` sets the mode.
      yield* files.mkdir(path, mode | 0o700);
      this.newDirectories.add(path);
    } catch (error) {
      if (!(error instanceof FopError && error.errno === EEXIST)) throw error;
      const isTop = path === trimSlashes(this.topTarget);
      const target = yield* files.findIfExists(isTop ? this.topTarget : path, this.targetLinkMode);
      if (target === undefined) throw error;
      this.checkIsDirectory(target, path);
      // As in Node from version 22 on; Node 20 copies into the directory.
      if (this.settings.force === false) this.checkMayExist(path);
    }
  }

  /** Sets mode and times of a directory, after all its files were copied. */
  private *finishDirectory(buf: Iatt, to: string): Steps<void> {
    const isNew = this.newDirectories.delete(to);
    const { preserve = false, preserveTimestamps = false } = this.settings;
    if (isNew && !preserve && (buf.iaProt & 0o700) !== 0o700)
      yield* this.withTargetContext('chmod', to, this.to.files.chmod(to, buf.iaProt));
    if (preserve || preserveTimestamps) yield* this.copyPathAttributes(buf, to);
    this.settings.onDone?.();
  }

  private *copyEntry(file: ExistingFile, from: string, to: string): Steps<void> {
    const isFollowing = this.settings.dereference === true;
    if (file.buf.iaType === IA_IFLNK && isFollowing) return yield* this.copy(from, to);
    const isTargetAbsent = this.newDirectories.has(to.slice(0, to.lastIndexOf('/')));
    const target = isTargetAbsent
      ? undefined
      : yield* this.withTargetContext('cp', to, this.to.files.findIfExists(to, 'nofollow'));
    yield* this.copyNonDirectory(file, from, to, target);
  }

  // -- files -----------------------------------------------------------------------------------

  /** Copies a regular file or a symbolic link; refuses any other type. */
  private *copyNonDirectory(
    source: ExistingFile,
    from: string,
    to: string,
    target: ExistingFile | undefined,
  ): Steps<void> {
    const { settings } = this;
    settings.onFile?.(from);
    if (target !== undefined) {
      if (target.buf.iaType === IA_IFDIR) {
        const text = 'a file cannot replace a directory';
        throwCopyError('ERR_FS_CP_NON_DIR_TO_DIR', ENOTDIR, text, this.formatTarget(to));
      }
      const ignoresForce = source.buf.iaType === IA_IFLNK && settings.isWhole !== true;
      if (settings.force === false && !ignoresForce) {
        this.checkMayExist(to);
        return;
      }
    }
    if (source.buf.iaType === IA_IFLNK) yield* this.copyLink(source, from, to, target);
    else if (source.buf.iaType === IA_IFREG) yield* this.copyRegular(source, from, to, target);
    else {
      const text = 'only files, directories and links are copied';
      throwCopyError('ERR_FS_CP_FIFO_PIPE', EINVAL, text, this.formatSource(from));
    }
    settings.onDone?.();
  }

  private *copyRegular(
    { inode, buf }: ExistingFile,
    from: string,
    to: string,
    target: ExistingFile | undefined,
  ): Steps<void> {
    const { preserve = false, isWhole = false } = this.settings;
    const openSteps = new FileObjectSteps(this.from.driver, inode).open(O_RDONLY);
    const file = yield* this.withSourceContext('open', from, openSteps);
    const source = { file: file.steps, path: this.formatSource(from) };
    const mode = isWhole && !preserve ? buf.iaProt & PERMISSION_BITS : buf.iaProt;
    const fill = (targetFile: OpenFile['steps']): Steps<void> =>
      this.fillTarget(source, targetFile, to, buf, target);
    try {
      if (isWhole)
        yield* this.withTargetContext('cp', to, this.writeWholeCopy(to, target, mode, fill));
      else {
        if (target?.buf.iaType === IA_IFLNK)
          yield* this.withTargetContext('unlink', to, this.to.files.unlink(to));
        const destination = { path: to, isNew: false, mode };
        yield* this.withTargetContext('cp', to, writeInPlace(this.to, source, destination, fill));
      }
    } finally {
      file.fd.release();
    }
  }

  /** Writes a copy under a temporary name, and renames it to its own. */
  private writeWholeCopy(
    to: string,
    target: ExistingFile | undefined,
    mode: number,
    fill: (to: OpenFile['steps']) => Steps<void>,
  ): Steps<void> {
    const { to: volume } = this;
    return makeWholeFile(volume, to, target?.inode, function* (temporary) {
      const file = yield* volume.files.create(temporary, O_WRONLY | O_CREAT | O_EXCL, mode);
      yield* closeAfter(file, fill);
      return file.fd.inode;
    });
  }

  /** Copies data and attributes into the open target `file`. @param target the file that the copy replaces */
  private *fillTarget(
    source: CopySide,
    file: OpenFile['steps'],
    to: string,
    buf: Iatt,
    target: ExistingFile | undefined,
  ): Steps<void> {
    const { preserve = false, isWhole = false, onPiece } = this.settings;
    yield* copyData(source, { file, path: this.formatTarget(to) }, buf, onPiece);
    yield* this.copyAttributes(file, buf, to);
    // A file that replaces another gets its mode and owner.
    if (isWhole && !preserve && target?.buf.iaType === IA_IFREG)
      yield* this.copyOwnerAndMode(file, target.buf, to);
  }

  /**
   * Copies a symbolic link; like Node, makes its target absolute unless `verbatimSymlinks`. Also like Node, with any
   * `force`, it replaces another link, and fails with EEXIST if another file has the name.
   */
  private *copyLink(
    { inode, buf }: ExistingFile,
    from: string,
    to: string,
    target: ExistingFile | undefined,
  ): Steps<void> {
    const { from: source, to: volume, settings } = this;
    const link = yield* this.withSourceContext('readlink', from, source.driver.readlink(inode));
    const isVerbatim = link.startsWith('/') || settings.verbatimSymlinks === true;
    const linkDirectory = from.slice(0, from.lastIndexOf('/'));
    const linkTarget = isVerbatim ? link : normalizePath(`${linkDirectory}/${link}`);
    function* makeLink(path: string): Steps<Inode> {
      yield* volume.files.symlink(linkTarget, path);
      return (yield* volume.files.lookup(path)).inode;
    }
    if (settings.isWhole === true) {
      const make = makeWholeFile(volume, to, target?.inode, makeLink);
      yield* this.withTargetContext('symlink', to, make);
    } else {
      if (target?.buf.iaType === IA_IFLNK)
        yield* this.withTargetContext('unlink', to, volume.files.unlink(to));
      yield* this.withTargetContext('symlink', to, volume.files.symlink(linkTarget, to));
    }
    if (settings.preserve === true) yield* this.copyPathAttributes(buf, to);
  }

  private *copyPathAttributes(buf: Iatt, to: string): Steps<void> {
    const find = this.to.files.findObject(to, 'nofollow');
    yield* this.copyAttributes(yield* this.withTargetContext('utime', to, find), buf, to);
  }

  /** Sets those of the source's attributes that are preserved. */
  private *copyAttributes(target: AttributeTarget, buf: Iatt, to: string): Steps<void> {
    const { preserve = false, preserveTimestamps = false } = this.settings;
    if (preserve) yield* this.copyOwnerAndMode(target, buf, to);
    if (preserve || preserveTimestamps)
      yield* this.withTargetContext('utime', to, copyTimes(target, buf));
  }

  private copyOwnerAndMode(target: AttributeTarget, buf: Iatt, to: string): Steps<void> {
    const { caller } = this.to.settings;
    return this.withTargetContext('chown', to, copyOwnerAndMode(target, buf, caller));
  }
}

/** Whether two files are one. Roots of different volumes have the same gfid. */
const isSameFile = (source: ExistingFile, target: ExistingFile): boolean =>
  source.inode === target.inode ||
  (source.buf.iaGfid === target.buf.iaGfid && source.buf.iaGfid !== ROOT_GFID);

/** Returns a directory's path as a prefix of the paths in it, without the slash. */
const toPathPrefix = (path: string): string => (path === '/' ? '' : path);

/** Copies a file, or with `recursive` a tree, as Node's `fs.cp` does. @throws {FileError} */
export function* copyTree(
  volumes: CopyVolumes,
  from: string,
  to: string,
  settings: CopySettings,
): Steps<void> {
  yield* new TreeCopy(volumes, settings).copy(from, to);
}
