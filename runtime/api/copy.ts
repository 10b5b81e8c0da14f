/** Copies files and trees within a volume. */
import { EEXIST, EINVAL, EISDIR, ENOSYS, ENOTDIR, EOPNOTSUPP, EXDEV } from '../core/errno.ts';
import { IA_IFDIR, IA_IFLNK, IA_IFREG, type Iatt } from '../core/iatt.ts';
import { O_CREAT, O_EXCL, O_RDONLY, O_WRONLY } from '../core/open-flags.ts';
import { FileError, withErrorContext } from './file-error.ts';
import { closeAfter, FileObjectSteps } from './file-object.ts';
import { trimSlashes } from './files.ts';
import type { OpenFile } from './open-file.ts';
import { FopError } from './requests.ts';
import { awaitPromise, type Steps } from './steps.ts';
import { type TreeFile, visitTree } from './tree.ts';
import type { VolumeNames } from './volume-names.ts';
import type { FoundFile } from './walk.ts';

const COPYFILE_EXCL = 1;
const COPYFILE_FICLONE_FORCE = 4;

/** Bytes of one request to copy. */
const COPY_SIZE = 64 * 1024 * 1024;
const PIECE = 1024 * 1024;

/** Errnos of a storage that does not copy by itself. */
const COPIES_NOT: ReadonlySet<number> = new Set([EINVAL, ENOSYS, EOPNOTSUPP, EXDEV]);

/** Copies the data of one open file to another. @throws {FopError} */
function* copyData(from: OpenFile['steps'], to: OpenFile['steps']): Steps<void> {
  let at = 0;
  try {
    for (;;) {
      const count = yield* from.copyTo(to.fd, at, at, COPY_SIZE);
      if (count === 0) return;
      at += count;
    }
  } catch (error) {
    if (!(error instanceof FopError && COPIES_NOT.has(error.errno))) throw error;
  }
  const buffer = new Uint8Array(PIECE);
  for (;;) {
    const count = yield* from.readInto(buffer, at);
    if (count > 0) yield* to.write(buffer.subarray(0, count), at);
    at += count;
    if (count < buffer.length) return;
  }
}

/** Copies a file that was found to a path. @throws {FopError} */
function* copyFound(
  { driver, files, requests }: VolumeNames,
  source: { readonly inode: FoundFile['inode']; readonly buf: Iatt },
  target: string,
  isNew: boolean,
): Steps<void> {
  const { inode, buf } = source;
  if (buf.iaType === IA_IFDIR) {
    yield* requests.walk(target, 'leave');
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
  volume: VolumeNames,
  from: string,
  to: string,
  mode: number,
): Steps<void> {
  // No storage of ours clones on demand.
  if ((mode & COPYFILE_FICLONE_FORCE) !== 0) throw new FileError(ENOSYS, 'copyfile', from, to);
  const isNew = (mode & COPYFILE_EXCL) !== 0;
  function* copy(): Steps<void> {
    const source = yield* volume.files.find(from);
    yield* copyFound(volume, source, to, isNew);
  }
  yield* withErrorContext('copyfile', from, copy(), to);
}

type CpOptions = Readonly<Record<string, unknown>>;

/** An error of `cp` that no system call reports. */
function refuseCopy(code: string, errno: number, text: string, path: string): never {
  const error = new FileError(errno, 'cp', path);
  error.message = `${text}: cp '${path}'`;
  throw Object.assign(error, { code });
}

/** One copy of a tree, with the options of Node's `fs.cp`. */
class TreeCopy {
  private readonly volume: VolumeNames;
  private readonly options: CpOptions;

  constructor(volume: VolumeNames, options: CpOptions) {
    this.volume = volume;
    this.options = options;
  }

  private *isChosen(from: string, to: string): Steps<boolean> {
    const { filter } = this.options;
    if (typeof filter !== 'function') return true;
    return Boolean(yield* awaitPromise(Promise.resolve(filter(from, to))));
  }

  /** Copies a file, link or tree. */
  *copy(from: string, to: string): Steps<void> {
    if (!(yield* this.isChosen(from, to))) return;
    const { files } = this.volume;
    const isFollowing = this.options.dereference === true;
    const source = yield* withErrorContext(
      'cp',
      from,
      files.find(from, isFollowing ? 'follow' : 'look'),
    );
    const target = yield* withErrorContext(
      'cp',
      to,
      files.seek(to, isFollowing ? 'follow' : 'look'),
    );
    if (target?.inode === source.inode) {
      refuseCopy('ERR_FS_CP_EINVAL', EINVAL, 'source and target are the same file', to);
    }
    const isDirectory = source.buf.iaType === IA_IFDIR;
    if (isDirectory && target !== undefined && target.buf.iaType !== IA_IFDIR) {
      refuseCopy('ERR_FS_CP_DIR_TO_NON_DIR', EISDIR, 'a directory cannot replace a file', to);
    }
    if (isDirectory) yield* this.refuseInside(from, to);
    yield* this.makeParents(to);
    if (!isDirectory) return yield* this.copyOne(source, from, to, target);
    if (this.options.recursive !== true) {
      refuseCopy('ERR_FS_EISDIR', EISDIR, 'a directory is copied with recursive only', from);
    }
    yield* this.copyDirectory(source, trimSlashes(from), trimSlashes(to));
  }

  /** @throws {FileError} if a directory would be copied into itself */
  private *refuseInside(from: string, to: string): Steps<void> {
    const real = (yield* this.volume.realpath(from)) as string;
    const refuseBelow = (above: string, path: string): void => {
      if (path !== above && !path.startsWith(`${above}/`)) return;
      refuseCopy('ERR_FS_CP_EINVAL', EINVAL, `${from} cannot be copied into itself`, to);
    };
    refuseBelow(normalizePath(from), normalizePath(to));
    for (let at = to; at !== ''; at = at.slice(0, at.lastIndexOf('/'))) {
      if ((yield* this.volume.exists(at)) === false) continue;
      return refuseBelow(real, (yield* this.volume.realpath(at)) as string);
    }
  }

  private *makeParents(to: string): Steps<void> {
    const at = trimSlashes(to).lastIndexOf('/');
    if (at > 0) yield* this.volume.mkdir(to.slice(0, at), { recursive: true });
  }

  private *copyDirectory(source: FoundFile, from: string, to: string): Steps<void> {
    const { volume } = this;
    const findTarget = (path: string): string => `${to}${path.slice(from.length)}`;
    const copy = this;
    yield* visitTree(
      volume.requests,
      { inode: source.inode, path: from },
      {
        *enter({ inode, path }) {
          if (inode !== source.inode && !(yield* copy.isChosen(path, findTarget(path))))
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
          if (yield* copy.isChosen(path, findTarget(path)))
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
    if (this.options.preserveTimestamps === true) yield* this.keepTimes(buf, path);
  }

  private *copyEntry(file: TreeFile, to: string): Steps<void> {
    const isFollowing = this.options.dereference === true;
    if (file.buf.iaType === IA_IFLNK && isFollowing) return yield* this.copy(file.path, to);
    const target = yield* withErrorContext('cp', to, this.volume.files.seek(to, 'look'));
    yield* this.copyOne(file, file.path, to, target);
  }

  /** Copies a file that is no directory. */
  private *copyOne(
    source: { readonly inode: FoundFile['inode']; readonly buf: Iatt },
    from: string,
    to: string,
    target: FoundFile | undefined,
  ): Steps<void> {
    const { volume, options } = this;
    if (target !== undefined) {
      if (target.buf.iaType === IA_IFDIR) {
        refuseCopy('ERR_FS_CP_NON_DIR_TO_DIR', ENOTDIR, 'a file cannot replace a directory', to);
      }
      if (options.force === false) {
        if (options.errorOnExist !== true) return;
        refuseCopy('ERR_FS_CP_EEXIST', EEXIST, 'the target exists', to);
      }
    }
    if (source.buf.iaType === IA_IFLNK) return yield* this.copyLink(source.inode, from, to, target);
    if (source.buf.iaType !== IA_IFREG) {
      refuseCopy(
        'ERR_FS_CP_FIFO_PIPE',
        EINVAL,
        'only files, directories and links are copied',
        from,
      );
    }
    if (target?.buf.iaType === IA_IFLNK)
      yield* withErrorContext('unlink', to, volume.files.unlink(to));
    yield* withErrorContext('cp', from, copyFound(volume, source, to, false), to);
    if (options.preserveTimestamps === true) yield* this.keepTimes(source.buf, to);
  }

  private *copyLink(
    inode: FoundFile['inode'],
    from: string,
    to: string,
    target: FoundFile | undefined,
  ): Steps<void> {
    const { volume, options } = this;
    const link = yield* withErrorContext('readlink', from, volume.requests.readlink(inode));
    const isAbsolute = link.startsWith('/') || options.verbatimSymlinks === true;
    const folder = from.slice(0, from.lastIndexOf('/'));
    if (target !== undefined) yield* withErrorContext('unlink', to, volume.files.unlink(to));
    yield* volume.symlink(isAbsolute ? link : normalizePath(`${folder}/${link}`), to);
  }

  private *keepTimes(buf: Iatt, to: string): Steps<void> {
    const [atime, mtime] = [
      buf.iaAtime * 1000 + buf.iaAtimeNsec / 1e6,
      buf.iaMtime * 1000 + buf.iaMtimeNsec / 1e6,
    ];
    yield* withErrorContext('utime', to, this.volume.files.utimes(to, atime, mtime, 'look'));
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
  volume: VolumeNames,
  from: string,
  to: string,
  options: CpOptions,
): Steps<void> {
  yield* new TreeCopy(volume, options).copy(from, to);
}
