/** Copies files and trees within a volume. */
import { EEXIST, EINVAL, EISDIR, ENOSYS, ENOTDIR, EOPNOTSUPP, EXDEV } from '../core/errno.ts';
import { IA_IFDIR, IA_IFLNK, IA_IFREG, type Iatt } from '../core/iatt.ts';
import { O_CREAT, O_EXCL, O_RDONLY, O_WRONLY } from '../core/open-flags.ts';
import { FileError, withErrorContext } from './file-error.ts';
import { closeAfter, FileObjectSteps } from './file-object.ts';
import { trimSlashes } from './files.ts';
import { FopError } from './fop-error.ts';
import type { OpenFile } from './open-file.ts';
import type { FoundFile } from './resolve-path.ts';
import { awaitPromise, type Steps } from './steps.ts';
import { type TreeFile, visitTree } from './tree.ts';
import type { VolumeNameSteps } from './volume-name-steps.ts';

const COPYFILE_EXCL = 1;
const COPYFILE_FICLONE_FORCE = 4;

/** Bytes of one request to copy. */
const COPY_RANGE_BYTES = 64 * 1024 * 1024;
/** Bytes that are read and written at a time, where the storage does not copy. */
const COPY_BUFFER_BYTES = 1024 * 1024;

/** Errnos of a storage without copy_file_range: the data is then read and written. */
const UNSUPPORTED_ERRNOS: ReadonlySet<number> = new Set([EINVAL, ENOSYS, EOPNOTSUPP, EXDEV]);

/** Copies the data of one open file to another. @throws {FopError} */
function* copyData(from: OpenFile['steps'], to: OpenFile['steps']): Steps<void> {
  let position = 0;
  try {
    for (;;) {
      const count = yield* from.copyTo(to.fd, position, position, COPY_RANGE_BYTES);
      if (count === 0) return;
      position += count;
    }
  } catch (error) {
    if (!(error instanceof FopError && UNSUPPORTED_ERRNOS.has(error.errno))) throw error;
  }
  const buffer = new Uint8Array(COPY_BUFFER_BYTES);
  for (;;) {
    const count = yield* from.readInto(buffer, position);
    if (count > 0) yield* to.write(buffer.subarray(0, count), position);
    position += count;
    if (count < buffer.length) return;
  }
}

/** Copies a file, which the caller has looked up, to a path. @throws {FopError} */
function* copyFileTo(
  { driver, files }: VolumeNameSteps,
  source: { readonly inode: FoundFile['inode']; readonly buf: Iatt },
  target: string,
  isNew: boolean,
): Steps<void> {
  const { inode, buf } = source;
  if (buf.iaType === IA_IFDIR) {
    yield* driver.resolve(target, 'nolookup');
    throw new FopError(EISDIR, target);
  }
  const from = yield* new FileObjectSteps(driver, inode).open(O_RDONLY);
  try {
    const flags = O_WRONLY | O_CREAT | (isNew ? O_EXCL : 0);
    const to = yield* files.open(target, flags, buf.iaProt);
    // Truncated only now: the file may be the source itself.
    if (to.fd.inode === inode) {
      to.fd.release();
      return;
    }
    yield* closeAfter(to, function* (open) {
      if (!isNew) yield* open.truncate();
      yield* copyData(from.steps, open);
    });
  } finally {
    from.fd.release();
  }
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
    const source = yield* volume.files.find(from);
    yield* copyFileTo(volume, source, to, isNew);
  }
  yield* withErrorContext('copyfile', from, copy(), to);
}

type CpOptions = Readonly<Record<string, unknown>>;

/** An error of `cp` that no system call reports. */
function throwCopyError(code: string, errno: number, text: string, path: string): never {
  const error = new FileError(errno, 'cp', path);
  error.message = `${text}: cp '${path}'`;
  throw Object.assign(error, { code });
}

/** One copy of a tree, with the options of Node's `fs.cp`. */
class TreeCopy {
  private readonly volume: VolumeNameSteps;
  private readonly options: CpOptions;

  constructor(volume: VolumeNameSteps, options: CpOptions) {
    this.volume = volume;
    this.options = options;
  }

  private *passesFilter(from: string, to: string): Steps<boolean> {
    const { filter } = this.options;
    if (typeof filter !== 'function') return true;
    return Boolean(yield* awaitPromise(Promise.resolve(filter(from, to))));
  }

  /** Copies a file, link or tree. */
  *copy(from: string, to: string): Steps<void> {
    if (!(yield* this.passesFilter(from, to))) return;
    const { files } = this.volume;
    const followsLinks = this.options.dereference === true;
    const source = yield* withErrorContext(
      'cp',
      from,
      files.find(from, followsLinks ? 'follow' : 'nofollow'),
    );
    const target = yield* withErrorContext(
      'cp',
      to,
      files.findIfExists(to, followsLinks ? 'follow' : 'nofollow'),
    );
    if (target?.inode === source.inode) {
      throwCopyError('ERR_FS_CP_EINVAL', EINVAL, 'source and target are the same file', to);
    }
    const isDirectory = source.buf.iaType === IA_IFDIR;
    if (isDirectory && target !== undefined && target.buf.iaType !== IA_IFDIR) {
      throwCopyError('ERR_FS_CP_DIR_TO_NON_DIR', EISDIR, 'a directory cannot replace a file', to);
    }
    if (isDirectory) yield* this.checkNotInside(from, to);
    yield* this.makeParents(to);
    if (!isDirectory) return yield* this.copyNonDirectory(source, from, to, target);
    if (this.options.recursive !== true) {
      throwCopyError('ERR_FS_EISDIR', EISDIR, 'a directory is copied with recursive only', from);
    }
    yield* this.copyDirectory(source, trimSlashes(from), trimSlashes(to));
  }

  /** @throws {FileError} if a directory would be copied into itself */
  private *checkNotInside(from: string, to: string): Steps<void> {
    const realFrom = (yield* this.volume.realpath(from)) as string;
    const checkNotBelow = (directory: string, path: string): void => {
      if (path !== directory && !path.startsWith(`${directory}/`)) return;
      throwCopyError('ERR_FS_CP_EINVAL', EINVAL, `${from} cannot be copied into itself`, to);
    };
    checkNotBelow(normalizePath(from), normalizePath(to));
    for (let parent = to; parent !== ''; parent = parent.slice(0, parent.lastIndexOf('/'))) {
      if ((yield* this.volume.exists(parent)) === false) continue;
      return checkNotBelow(realFrom, (yield* this.volume.realpath(parent)) as string);
    }
  }

  private *makeParents(to: string): Steps<void> {
    const slash = trimSlashes(to).lastIndexOf('/');
    if (slash > 0) yield* this.volume.mkdir(to.slice(0, slash), { recursive: true });
  }

  private *copyDirectory(source: FoundFile, from: string, to: string): Steps<void> {
    const { volume } = this;
    const findTarget = (path: string): string => `${to}${path.slice(from.length)}`;
    const copy = this;
    yield* visitTree(
      volume.driver,
      { inode: source.inode, path: from },
      {
        *enter({ inode, path }) {
          if (inode !== source.inode && !(yield* copy.passesFilter(path, findTarget(path))))
            return false;
          const stat = new FileObjectSteps(volume.driver, inode).stat();
          const { iaProt } = yield* withErrorContext('cp', path, stat);
          yield* withErrorContext(
            'mkdir',
            findTarget(path),
            copy.makeDirectory(findTarget(path), iaProt),
          );
          return true;
        },
        *visit(file) {
          const { path } = file;
          if (yield* copy.passesFilter(path, findTarget(path)))
            yield* copy.copyEntry(file, findTarget(path));
        },
        *leave({ inode, path }) {
          yield* copy.finishDirectory(inode, findTarget(path));
        },
      },
    );
  }

  private *makeDirectory(path: string, mode: number): Steps<void> {
    const { files } = this.volume;
    try {
      // Writable until its files are there.
      yield* files.mkdir(path, mode | 0o700);
    } catch (error) {
      if (!(error instanceof FopError && error.errno === EEXIST)) throw error;
      if ((yield* files.find(path)).buf.iaType !== IA_IFDIR) throw new FopError(ENOTDIR, path);
    }
  }

  /** Sets mode and times of a directory whose files are there. */
  private *finishDirectory(source: FoundFile['inode'], path: string): Steps<void> {
    const { driver, files } = this.volume;
    const stat = new FileObjectSteps(driver, source).stat();
    const buf = yield* withErrorContext('cp', path, stat);
    if ((buf.iaProt & 0o700) !== 0o700)
      yield* withErrorContext('chmod', path, files.chmod(path, buf.iaProt));
    if (this.options.preserveTimestamps === true) yield* this.copyTimes(buf, path);
  }

  private *copyEntry(file: TreeFile, to: string): Steps<void> {
    const followsLinks = this.options.dereference === true;
    if (file.buf.iaType === IA_IFLNK && followsLinks) return yield* this.copy(file.path, to);
    const target = yield* withErrorContext(
      'cp',
      to,
      this.volume.files.findIfExists(to, 'nofollow'),
    );
    yield* this.copyNonDirectory(file, file.path, to, target);
  }

  /** Copies a file that is no directory. */
  private *copyNonDirectory(
    source: { readonly inode: FoundFile['inode']; readonly buf: Iatt },
    from: string,
    to: string,
    target: FoundFile | undefined,
  ): Steps<void> {
    const { volume, options } = this;
    if (target !== undefined) {
      if (target.buf.iaType === IA_IFDIR) {
        throwCopyError(
          'ERR_FS_CP_NON_DIR_TO_DIR',
          ENOTDIR,
          'a file cannot replace a directory',
          to,
        );
      }
      if (options.force === false) {
        if (options.errorOnExist !== true) return;
        throwCopyError('ERR_FS_CP_EEXIST', EEXIST, 'the target exists', to);
      }
    }
    if (source.buf.iaType === IA_IFLNK) return yield* this.copyLink(source.inode, from, to, target);
    if (source.buf.iaType !== IA_IFREG) {
      throwCopyError(
        'ERR_FS_CP_FIFO_PIPE',
        EINVAL,
        'only files, directories and links are copied',
        from,
      );
    }
    if (target?.buf.iaType === IA_IFLNK)
      yield* withErrorContext('unlink', to, volume.files.unlink(to));
    yield* withErrorContext('cp', from, copyFileTo(volume, source, to, false), to);
    if (options.preserveTimestamps === true) yield* this.copyTimes(source.buf, to);
  }

  private *copyLink(
    inode: FoundFile['inode'],
    from: string,
    to: string,
    target: FoundFile | undefined,
  ): Steps<void> {
    const { volume, options } = this;
    const link = yield* withErrorContext('readlink', from, volume.driver.readlink(inode));
    const isAbsolute = link.startsWith('/') || options.verbatimSymlinks === true;
    const folder = from.slice(0, from.lastIndexOf('/'));
    if (target !== undefined) yield* withErrorContext('unlink', to, volume.files.unlink(to));
    yield* volume.symlink(isAbsolute ? link : normalizePath(`${folder}/${link}`), to);
  }

  private *copyTimes(buf: Iatt, to: string): Steps<void> {
    const [atime, mtime] = [
      buf.iaAtime * 1000 + buf.iaAtimeNsec / 1e6,
      buf.iaMtime * 1000 + buf.iaMtimeNsec / 1e6,
    ];
    yield* withErrorContext('utime', to, this.volume.files.utimes(to, atime, mtime, 'nofollow'));
  }
}

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
  volume: VolumeNameSteps,
  from: string,
  to: string,
  options: CpOptions,
): Steps<void> {
  yield* new TreeCopy(volume, options).copy(from, to);
}
