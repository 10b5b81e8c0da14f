/** Copies files and trees within a volume, or from one volume to another. */
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
import { type Attributed, keepOwnerAndMode, keepTimes } from './copy-attributes.ts';
import { type CopyEnd, copyPieces, copyWithin, type PieceObserver } from './copy-data.ts';
import { FileError, withErrorContext } from './file-error.ts';
import { closeAfter, FileObjectSteps } from './file-object.ts';
import { trimSlashes } from './files.ts';
import { FopError } from './fop-error.ts';
import type { OpenFile } from './open-file.ts';
import { awaitPromise, type Steps } from './steps.ts';
import { visitTree } from './tree.ts';
import type { VolumeNameSteps } from './volume-name-steps.ts';
import { makeWholeFile } from './whole-file.ts';

const COPYFILE_EXCL = 1;
const COPYFILE_FICLONE_FORCE = 4;

/** Permissions of a copy whose mode is not preserved. */
const PERMISSIONS = 0o777;

/** A file that was found. */
interface Source {
  readonly inode: Inode;
  readonly buf: Iatt;
}

/** Copies the data of one open file to another, which is empty. @throws {FileError} */
function* copyData(from: CopyEnd, to: CopyEnd, buf: Iatt, onPiece?: PieceObserver): Steps<void> {
  const isOneStorage = from.file.fd.inode.table === to.file.fd.inode.table;
  if (isOneStorage && (yield* copyWithin(from, to))) onPiece?.(buf.iaSize);
  else yield* copyPieces(from, to, buf, onPiece);
}

/** Makes or replaces a file under its name, and fills it. @throws {FileError | FopError} */
function* placeInPlace(
  { files }: VolumeNameSteps,
  source: CopyEnd,
  { path: name, isNew, mode }: { readonly path: string; readonly isNew: boolean; mode: number },
  fill: (to: OpenFile['steps']) => Steps<void>,
): Steps<void> {
  const to = yield* files.open(name, O_WRONLY | O_CREAT | (isNew ? O_EXCL : 0), mode);
  // Truncated only now: the file may be the source itself.
  if (to.fd.inode === source.file.fd.inode) {
    to.fd.release();
    return;
  }
  yield* closeAfter(to, function* (open) {
    if (!isNew) yield* open.truncate();
    yield* fill(open);
  });
}

/** @param mode COPYFILE_* @throws {FileError} */
export function* copyFile(
  volume: VolumeNameSteps,
  from: string,
  to: string,
  mode: number,
): Steps<void> {
  // No storage of ours clones on demand.
  if ((mode & COPYFILE_FICLONE_FORCE) !== 0) throw new FileError(ENOSYS, 'copyfile', from, to);
  const isNew = (mode & COPYFILE_EXCL) !== 0;
  function* copy(): Steps<void> {
    const { inode, buf } = yield* volume.files.find(from);
    if (buf.iaType === IA_IFDIR) {
      yield* volume.driver.resolve(to, 'nolookup');
      throw new FopError(EISDIR, to);
    }
    const file = yield* new FileObjectSteps(volume.driver, inode).open(O_RDONLY);
    const source = { file: file.steps, path: from };
    try {
      const target = { path: to, isNew, mode: buf.iaProt };
      yield* placeInPlace(volume, source, target, (open) =>
        copyData(source, { file: open, path: to }, buf),
      );
    } finally {
      file.fd.release();
    }
  }
  yield* withErrorContext('copyfile', from, copy(), to);
}

/** The volumes of a copy; the same one twice for a copy within it. */
export interface CopyVolumes {
  readonly from: VolumeNameSteps;
  readonly to: VolumeNameSteps;
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
  /** Whether a copy has the owner (for root), all of the mode and the times of its source. */
  readonly preserve?: boolean;
  /** Whether a copy is seen under its name only when it is whole. */
  readonly isWhole?: boolean;
  /** Texts of paths for errors. */
  nameSource?(path: string): string;
  nameTarget?(path: string): string;
  /** Called before anything is sent for a file; an exception of it ends the copy. */
  onFile?(path: string): void;
  /** Called with the bytes that were copied. An exception of it ends the copy. */
  onPiece?: PieceObserver;
  /** Called when a file is done. */
  onDone?(): void;
  /** Called with the error of one file; the others are copied. Without it, the first error ends the copy. */
  onFailure?(error: unknown): void;
}

/** Errnos that all further files would have, too. */
const FATAL_ERRNOS: ReadonlySet<number> = new Set([EDQUOT, ENOSPC, ENOTCONN, EROFS]);

/** An error of `cp` that no system call reports. */
function throwCopyError(code: string, errno: number, text: string, path: string): never {
  const error = new FileError(errno, 'cp', path);
  error.message = `${text}: cp '${path}'`;
  throw Object.assign(error, { code, reason: text });
}

/** One copy of a tree. */
class TreeCopy {
  private readonly from: VolumeNameSteps;
  private readonly to: VolumeNameSteps;
  private readonly settings: CopySettings;
  /** Directories that this copy has made, and that it is filling: no name in them needs a lookup. */
  private readonly newDirectories = new Set<string>();

  constructor({ from, to }: CopyVolumes, settings: CopySettings) {
    this.from = from;
    this.to = to;
    this.settings = settings;
  }

  // -- errors ----------------------------------------------------------------------------------

  private nameSource(path: string): string {
    return this.settings.nameSource?.(path) ?? path;
  }

  private nameTarget(path: string): string {
    return this.settings.nameTarget?.(path) ?? path;
  }

  private onSource<R>(syscall: string, path: string, steps: Steps<R>): Steps<R> {
    return withErrorContext(syscall, this.nameSource(path), steps);
  }

  private onTarget<R>(syscall: string, path: string, steps: Steps<R>): Steps<R> {
    return withErrorContext(syscall, this.nameTarget(path), steps);
  }

  /** An error of a listing, which has the plain path. */
  private nameError(error: unknown): unknown {
    if (!(error instanceof FileError) || error.path === undefined) return error;
    return new FileError(-error.errno, error.syscall, this.nameSource(error.path));
  }

  /** Runs steps for one file, whose failure does not end the copy if `onFailure` takes it. @returns whether they succeeded */
  private *attempt(steps: Steps<void>): Steps<boolean> {
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

  /** Copies a file, link or tree. */
  *copy(from: string, to: string): Steps<void> {
    if (!(yield* this.passesFilter(from, to))) return;
    const { dereference, isWhole } = this.settings;
    const end = dereference === true ? 'follow' : 'nofollow';
    // A link is replaced, not followed, by a whole file.
    const targetEnd = isWhole === true ? 'nofollow' : end;
    const source = yield* this.onSource('cp', from, this.from.files.find(from, end));
    const target = yield* this.onTarget('cp', to, this.to.files.findIfExists(to, targetEnd));
    if (target !== undefined && isSameFile(source, target)) {
      const text = 'source and target are the same file';
      throwCopyError('ERR_FS_CP_EINVAL', EINVAL, text, this.nameTarget(to));
    }
    const isDirectory = source.buf.iaType === IA_IFDIR;
    if (isDirectory && target !== undefined && target.buf.iaType !== IA_IFDIR) {
      const text = 'a directory cannot replace a file';
      throwCopyError('ERR_FS_CP_DIR_TO_NON_DIR', EISDIR, text, this.nameTarget(to));
    }
    if (isDirectory && this.from.client === this.to.client) yield* this.checkNotInside(from, to);
    // Without its directory, a whole file has no place, as with cp(1).
    if (this.settings.isWhole !== true) yield* this.makeParents(to);
    if (!isDirectory) return yield* this.copyNonDirectory(source, from, to, target);
    if (this.settings.recursive !== true) {
      const text = 'a directory is copied with recursive only';
      throwCopyError('ERR_FS_EISDIR', EISDIR, text, this.nameSource(from));
    }
    yield* this.copyDirectory(source, trimSlashes(from), trimSlashes(to));
  }

  /** @throws {FileError} if a directory would be copied into itself */
  private *checkNotInside(from: string, to: string): Steps<void> {
    const real = (yield* this.from.realpath(from)) as string;
    const checkNotBelow = (above: string, path: string): void => {
      if (above !== '/' && path !== above && !path.startsWith(`${above}/`)) return;
      const text = `${this.nameSource(from)} cannot be copied into itself`;
      throwCopyError('ERR_FS_CP_EINVAL', EINVAL, text, this.nameTarget(to));
    };
    checkNotBelow(normalizePath(from), normalizePath(to));
    for (let at = to; at !== ''; at = at.slice(0, at.lastIndexOf('/'))) {
      if ((yield* this.to.exists(at)) === false) continue;
      return checkNotBelow(real, (yield* this.to.realpath(at)) as string);
    }
  }

  private *makeParents(to: string): Steps<void> {
    const at = trimSlashes(to).lastIndexOf('/');
    if (at > 0) yield* this.to.mkdir(to.slice(0, at), { recursive: true });
  }

  private *copyDirectory(source: Source, from: string, to: string): Steps<void> {
    const [above, below] = [withoutSlash(from), withoutSlash(to)];
    const findTarget = (path: string): string =>
      path === from ? to : `${below}${path.slice(above.length)}`;
    const copy = this;
    const { onFailure } = this.settings;
    yield* visitTree(
      this.from.driver,
      { inode: source.inode, path: from },
      {
        *enter({ inode, path, buf = source.buf }) {
          if (inode !== source.inode && !(yield* copy.passesFilter(path, findTarget(path))))
            return false;
          return yield* copy.attempt(copy.enterDirectory(buf, path, findTarget(path)));
        },
        *visit(file) {
          const target = findTarget(file.path);
          if (yield* copy.passesFilter(file.path, target))
            yield* copy.attempt(copy.copyEntry(file, file.path, target));
        },
        *leave({ path, buf = source.buf }) {
          yield* copy.attempt(copy.finishDirectory(buf, findTarget(path)));
        },
        ...(onFailure && { fail: (error) => onFailure(copy.nameError(error)) }),
      },
    );
  }

  private *enterDirectory({ iaProt }: Iatt, from: string, to: string): Steps<void> {
    this.settings.onFile?.(from);
    yield* this.onTarget('mkdir', to, this.makeDirectory(to, iaProt));
  }

  private *makeDirectory(path: string, mode: number): Steps<void> {
    const { files } = this.to;
    try {
      // Writable until its files are there.
      yield* files.mkdir(path, mode | 0o700);
      this.newDirectories.add(path);
    } catch (error) {
      if (!(error instanceof FopError && error.errno === EEXIST)) throw error;
      if ((yield* files.find(path)).buf.iaType !== IA_IFDIR) throw new FopError(ENOTDIR, path);
    }
  }

  /** Sets mode and times of a directory whose files are there. */
  private *finishDirectory(buf: Iatt, to: string): Steps<void> {
    const isNew = this.newDirectories.delete(to);
    const { preserve = false, preserveTimestamps = false } = this.settings;
    if (isNew && !preserve && (buf.iaProt & 0o700) !== 0o700)
      yield* this.onTarget('chmod', to, this.to.files.chmod(to, buf.iaProt));
    if (preserve || preserveTimestamps) yield* this.keepPathAttributes(buf, to);
    this.settings.onDone?.();
  }

  private *copyEntry(file: Source, from: string, to: string): Steps<void> {
    const isFollowing = this.settings.dereference === true;
    if (file.buf.iaType === IA_IFLNK && isFollowing) return yield* this.copy(from, to);
    const isAbsent = this.newDirectories.has(to.slice(0, to.lastIndexOf('/')));
    const target = isAbsent
      ? undefined
      : yield* this.onTarget('cp', to, this.to.files.findIfExists(to, 'nofollow'));
    yield* this.copyNonDirectory(file, from, to, target);
  }

  // -- files -----------------------------------------------------------------------------------

  /** Copies a file that is no directory. */
  private *copyNonDirectory(
    source: Source,
    from: string,
    to: string,
    target: Source | undefined,
  ): Steps<void> {
    const { settings } = this;
    settings.onFile?.(from);
    if (target !== undefined) {
      if (target.buf.iaType === IA_IFDIR) {
        const text = 'a file cannot replace a directory';
        throwCopyError('ERR_FS_CP_NON_DIR_TO_DIR', ENOTDIR, text, this.nameTarget(to));
      }
      if (settings.force === false) {
        if (settings.errorOnExist !== true) return;
        throwCopyError('ERR_FS_CP_EEXIST', EEXIST, 'the target exists', this.nameTarget(to));
      }
    }
    if (source.buf.iaType === IA_IFLNK) yield* this.copyLink(source, from, to, target);
    else if (source.buf.iaType === IA_IFREG) yield* this.copyRegular(source, from, to, target);
    else {
      const text = 'only files, directories and links are copied';
      throwCopyError('ERR_FS_CP_FIFO_PIPE', EINVAL, text, this.nameSource(from));
    }
    settings.onDone?.();
  }

  private *copyRegular(
    { inode, buf }: Source,
    from: string,
    to: string,
    target: Source | undefined,
  ): Steps<void> {
    const { preserve = false, isWhole = false } = this.settings;
    const open = new FileObjectSteps(this.from.driver, inode).open(O_RDONLY);
    const file = yield* this.onSource('open', from, open);
    const source = { file: file.steps, path: this.nameSource(from) };
    const mode = isWhole && !preserve ? buf.iaProt & PERMISSIONS : buf.iaProt;
    const fill = (file: OpenFile['steps']): Steps<void> => this.fill(source, file, to, buf, target);
    try {
      if (isWhole) yield* this.onTarget('cp', to, this.placeCopy(to, target, mode, fill));
      else {
        if (target?.buf.iaType === IA_IFLNK)
          yield* this.onTarget('unlink', to, this.to.files.unlink(to));
        const place = { path: to, isNew: false, mode };
        yield* this.onTarget('cp', to, placeInPlace(this.to, source, place, fill));
      }
    } finally {
      file.fd.release();
    }
  }

  private placeCopy(
    to: string,
    target: Source | undefined,
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

  private *fill(
    source: CopyEnd,
    file: OpenFile['steps'],
    to: string,
    buf: Iatt,
    target: Source | undefined,
  ): Steps<void> {
    const { preserve = false, isWhole = false, onPiece } = this.settings;
    yield* copyData(source, { file, path: this.nameTarget(to) }, buf, onPiece);
    yield* this.keepAttributes(file, buf, to);
    // A file that takes the place of another has its mode and owner.
    if (isWhole && !preserve && target?.buf.iaType === IA_IFREG)
      yield* this.keepOwnerAndMode(file, target.buf, to);
  }

  private *copyLink(
    { inode, buf }: Source,
    from: string,
    to: string,
    target: Source | undefined,
  ): Steps<void> {
    const { from: source, to: volume, settings } = this;
    const link = yield* this.onSource('readlink', from, source.driver.readlink(inode));
    const isVerbatim = link.startsWith('/') || settings.verbatimSymlinks === true;
    const folder = from.slice(0, from.lastIndexOf('/'));
    const text = isVerbatim ? link : normalizePath(`${folder}/${link}`);
    function* make(path: string): Steps<Inode> {
      yield* volume.files.symlink(text, path);
      return (yield* volume.files.lookup(path)).inode;
    }
    if (settings.isWhole === true)
      yield* this.onTarget('symlink', to, makeWholeFile(volume, to, target?.inode, make));
    else {
      if (target !== undefined) yield* this.onTarget('unlink', to, volume.files.unlink(to));
      yield* this.onTarget('symlink', to, volume.files.symlink(text, to));
    }
    if (settings.preserve === true) yield* this.keepPathAttributes(buf, to);
  }

  // -- attributes ------------------------------------------------------------------------------

  private *keepPathAttributes(buf: Iatt, to: string): Steps<void> {
    const object = yield* this.onTarget('utime', to, this.to.files.object(to, 'nofollow'));
    yield* this.keepAttributes(object, buf, to);
  }

  /** Sets what is preserved of a source's attributes. */
  private *keepAttributes(target: Attributed, buf: Iatt, to: string): Steps<void> {
    const { preserve = false, preserveTimestamps = false } = this.settings;
    if (preserve) yield* this.keepOwnerAndMode(target, buf, to);
    if (preserve || preserveTimestamps) yield* this.onTarget('utime', to, keepTimes(target, buf));
  }

  private keepOwnerAndMode(target: Attributed, buf: Iatt, to: string): Steps<void> {
    return this.onTarget('chown', to, keepOwnerAndMode(target, buf, this.to.settings.caller));
  }
}

/** Whether two files are one. Roots of different volumes have the same gfid. */
const isSameFile = (source: Source, target: Source): boolean =>
  source.inode === target.inode ||
  (source.buf.iaGfid === target.buf.iaGfid && source.buf.iaGfid !== ROOT_GFID);

/** The beginning of paths in a directory. */
const withoutSlash = (path: string): string => (path === '/' ? '' : path);

/** A path without `.` and `..`. */
function normalizePath(path: string): string {
  const names: string[] = [];
  for (const name of path.split('/')) {
    if (name === '..') names.pop();
    else if (name !== '' && name !== '.') names.push(name);
  }
  return `/${names.join('/')}`;
}

/** Copies a file, or with `recursive` a tree, as Node's `fs.cp` does. @throws {FileError} */
export function* copyTree(
  volumes: CopyVolumes,
  from: string,
  to: string,
  settings: CopySettings,
): Steps<void> {
  yield* new TreeCopy(volumes, settings).copy(from, to);
}
