/**
 * Offers file operations by path over a graph, like fs/promises. Each winds the requests that a
 * mount would, and throws FopError with Linux's errno.
 *
 * With `asKernel`, a symbolic link at the end of a path is followed where system calls follow it,
 * and a name is looked up before it is made. Without, the caller has done both, or wants neither.
 */
import { Dict } from '../core/dict.ts';
import { EBUSY, EEXIST, EINVAL, EISDIR, ENOENT, ENOTDIR, ENOTEMPTY } from '../core/errno.ts';
import { IA_IFDIR, IA_IFLNK, type Iatt, type Statvfs } from '../core/iatt.ts';
import { Loc } from '../core/loc.ts';
import { O_CREAT, O_EXCL, O_RDONLY, O_TRUNC, O_WRONLY } from '../core/open-flags.ts';
import { RENAME_FLAGS } from '../core/xdata.ts';
import type { Driver } from './driver.ts';
import {
  closeAfter,
  FileObjectSteps,
  modeChange,
  ownerChange,
  releaseOnFailure,
  timeChange,
} from './file-object.ts';
import { readEntries } from './open-directory.ts';
import { OpenFile } from './open-file.ts';
import { makePromised } from './promised.ts';
import { FopError, type Reply, type Requests } from './requests.ts';
import type { Steps } from './steps.ts';
import type { FoundFile, PathEnd, Place } from './walk.ts';

export interface FilesSettings {
  readonly asKernel?: boolean;
  /** Subtracted from the mode of new files; by default 0. */
  readonly umask?: number;
}

/** The position of a write. Without either, the data replaces the file's content. */
export interface WritePosition {
  readonly offset?: number;
  readonly append?: boolean;
}

const isDir = ({ buf }: FoundFile): boolean => buf.iaType === IA_IFDIR;

function refuse(errno: number, path: string): never {
  throw new FopError(errno, path);
}

/** Whether a symbolic link at the end of a path is followed. */
export type LastNameMode = 'follow' | 'look';

export type Files = InstanceType<typeof Files>;

export class FilesSteps {
  readonly driver: Driver;
  private readonly asKernel: boolean;
  private readonly umask: number;
  private readonly last: LastNameMode;

  constructor(driver: Driver, { asKernel = false, umask = 0 }: FilesSettings = {}) {
    this.driver = driver;
    this.asKernel = asKernel;
    this.umask = umask;
    this.last = asKernel ? 'follow' : 'look';
  }

  private get requests(): Requests {
    return this.driver.requests;
  }

  /** Finds the file of a path. */
  *find(path: string, last: LastNameMode = this.last): Steps<FoundFile> {
    return yield* this.requests.find(path, last);
  }

  /** The same; a symbolic link at the end of the path is not followed. */
  *lookup(path: string): Steps<FoundFile> {
    return yield* this.requests.find(path);
  }

  /** The same; undefined if the file does not exist. */
  *seek(path: string, last: LastNameMode = this.last): Steps<FoundFile | undefined> {
    return yield* this.requests.seek(path, last);
  }

  /** The object of a path. */
  *object(path: string, last: LastNameMode = this.last): Steps<FileObjectSteps> {
    return new FileObjectSteps(this.driver, (yield* this.find(path, last)).inode);
  }

  /** The attributes that the fop stat returns. */
  *stat(path: string): Steps<Iatt> {
    return yield* (yield* this.object(path)).stat();
  }

  /** The names in a directory, sorted. */
  *list(path: string): Steps<string[]> {
    const found = yield* this.find(path);
    if (!isDir(found)) refuse(ENOTDIR, path);
    return (yield* readEntries(this.requests, found.inode)).map(({ name }) => name).sort();
  }

  *readlink(path: string): Steps<string> {
    const { inode, buf } = yield* this.lookup(path);
    if (buf.iaType !== IA_IFLNK) refuse(EINVAL, `${path} is no symbolic link`);
    return yield* this.requests.readlink(inode);
  }

  *access(path: string, mask = 0): Steps<void> {
    yield* (yield* this.object(path)).access(mask);
  }

  /** Without a path, statfs of the root without a lookup. */
  *statfs(path?: string): Steps<Statvfs> {
    const { driver } = this;
    if (path === undefined) return yield* new FileObjectSteps(driver, driver.root).statfs();
    return yield* (yield* this.object(path)).statfs();
  }

  // -- names ---------------------------------------------------------------------------------

  *mkdir(path: string, mode = 0o777): Steps<Iatt> {
    const { requests, umask } = this;
    return yield* this.makeName(path, true, (loc, xdata) =>
      requests.expect('mkdir', loc, mode & ~umask, umask, xdata),
    );
  }

  /** @param mode includes the type of the file */
  *mknod(path: string, mode: number, rdev = 0): Steps<Iatt> {
    const { requests, umask } = this;
    return yield* this.makeName(path, false, (loc, xdata) =>
      requests.expect('mknod', loc, mode & ~umask, rdev, umask, xdata),
    );
  }

  *symlink(target: string, path: string): Steps<Iatt> {
    const { requests, umask } = this;
    return yield* this.makeName(path, false, (loc, xdata) =>
      requests.expect('symlink', target, loc, umask, xdata),
    );
  }

  *link(from: string, to: string): Steps<Iatt> {
    const { inode } = yield* this.lookup(from);
    const { parent, name } = yield* this.findNewPlace(to, false);
    const newloc = new Loc(inode, parent, name);
    const { values } = yield* this.requests.expect('link', new Loc(inode), newloc, null);
    return values[1] as Iatt;
  }

  *unlink(path: string): Steps<void> {
    const found = yield* this.lookup(trimSlashes(path));
    if (isDir(found)) refuse(EISDIR, path);
    if (path.endsWith('/')) refuse(ENOTDIR, path);
    yield* this.requests.expect('unlink', makeLoc(found), 0, null);
  }

  *rmdir(path: string): Steps<void> {
    const { found, place } = yield* this.requests.walk(trimSlashes(path), 'look');
    if (found === undefined) refuse(ENOENT, path);
    if (place === null) refuse(chooseUnnamedErrno(path), path);
    if (!isDir(found)) refuse(ENOTDIR, path);
    yield* this.requests.expect('rmdir', makeLoc(found), 0, null);
  }

  /** @param flags those of renameat2(2): RENAME_NOREPLACE, RENAME_EXCHANGE */
  *rename(from: string, to: string, flags = 0): Steps<void> {
    // The kernel reports a wrong directory on the way of either path before an absent file.
    for (const path of this.asKernel ? [from, to] : []) yield* this.requests.walk(path, 'leave');
    const old = yield* this.lookup(trimSlashes(from));
    const { place, found } = yield* this.requests.walk(trimSlashes(to), 'look');
    if (old.name === undefined || place === null) refuse(EBUSY, `${from} to ${to}`);
    const needsDirectory = from.endsWith('/') || to.endsWith('/');
    if (needsDirectory && !isDir(old)) refuse(ENOTDIR, to);
    const newloc = new Loc(found?.inode ?? null, place.parent, place.name);
    const xdata = flags === 0 ? null : new Dict().set(RENAME_FLAGS, flags, 'int');
    yield* this.requests.expect('rename', makeLoc(old), newloc, xdata);
  }

  /** Makes a name by a fop whose reply begins with inode and attributes. */
  private *makeName(
    path: string,
    isDirectory: boolean,
    wind: (loc: Loc, xdata: Dict) => Steps<Reply>,
  ): Steps<Iatt> {
    const place = yield* this.findNewPlace(path, isDirectory);
    const { values } = yield* wind(this.requests.newLoc(place), this.requests.gfidRequest());
    return values[1] as Iatt;
  }

  private *findNewPlace(path: string, isDirectory: boolean): Steps<Place> {
    // A link of the name is not followed, even where a slash follows.
    const end = yield* this.requests.walk(trimSlashes(path), this.asKernel ? 'look' : 'leave');
    if (end.place === null || end.found !== undefined) refuse(EEXIST, path);
    if (path.endsWith('/') && !isDirectory) refuse(ENOENT, path);
    return end.place;
  }

  // -- attributes ----------------------------------------------------------------------------

  *chmod(path: string, mode: number): Steps<Iatt> {
    return yield* (yield* this.object(path)).setattr(...modeChange(mode));
  }

  /** An id of -1, or an omitted one, is not changed. */
  *chown(path: string, uid = -1, gid = -1, last = this.last): Steps<Iatt> {
    return yield* (yield* this.object(path, last)).setattr(...ownerChange(uid, gid));
  }

  /** Times are in milliseconds; an omitted one becomes the current time of the graph. */
  *utimes(path: string, atimeMs?: number, mtimeMs?: number, last = this.last): Steps<Iatt> {
    const now = this.driver.graph.context.sink.now();
    const object = yield* this.object(path, last);
    return yield* object.setattr(...timeChange(now, atimeMs, mtimeMs));
  }

  *truncate(path: string, size = 0): Steps<void> {
    yield* (yield* this.object(path)).truncate(size);
  }

  *getxattr(path: string, name: string, last = this.last): Steps<Uint8Array> {
    return yield* (yield* this.object(path, last)).getxattr(name);
  }

  *listxattr(path: string, last = this.last): Steps<string[]> {
    return yield* (yield* this.object(path, last)).listxattr();
  }

  *setxattr(
    path: string,
    name: string,
    value: Uint8Array,
    flags = 0,
    last = this.last,
  ): Steps<void> {
    yield* (yield* this.object(path, last)).setxattr(name, value, flags);
  }

  *removexattr(path: string, name: string, last = this.last): Steps<void> {
    yield* (yield* this.object(path, last)).removexattr(name);
  }

  // -- data ----------------------------------------------------------------------------------

  /** Like open(2). */
  *open(path: string, flags = O_RDONLY, mode = 0o666): Steps<OpenFile> {
    if ((flags & O_CREAT) === 0) return yield* this.openFound(path, yield* this.find(path), flags);
    const isNew = (flags & O_EXCL) !== 0;
    if (isNew && !this.asKernel) return yield* this.create(path, flags, mode);
    if (path.endsWith('/')) {
      yield* this.requests.walk(trimSlashes(path), 'leave');
      refuse(EISDIR, path);
    }
    const end = yield* this.requests.walk(path, isNew ? 'look' : this.last);
    if (end.found === undefined) return yield* this.createAt(path, end, flags, mode);
    if (isNew) refuse(EEXIST, path);
    return yield* this.openFound(path, end.found, flags);
  }

  /** Creates a file without a lookup before; opens an existing one, unless `flags` have O_EXCL. */
  *create(path: string, flags: number, mode = 0o666): Steps<OpenFile> {
    return yield* this.createAt(path, yield* this.requests.walk(path, 'leave'), flags, mode);
  }

  private *createAt(
    path: string,
    { place, isDirectory }: PathEnd,
    flags: number,
    mode: number,
  ): Steps<OpenFile> {
    if (place === null || isDirectory) refuse(EISDIR, path);
    const { driver, requests, umask } = this;
    const loc = requests.newLoc(place);
    const file = new OpenFile(driver, requests.newFd(loc.inode!, flags));
    const xdata = requests.gfidRequest();
    return yield* releaseOnFailure(
      file,
      requests.expect('create', loc, flags, mode & ~umask, umask, file.fd, xdata),
    );
  }

  private *openFound(path: string, found: FoundFile, flags: number): Steps<OpenFile> {
    if (isDir(found)) refuse(EISDIR, path);
    return yield* new FileObjectSteps(this.driver, found.inode).open(flags);
  }

  *readFile(path: string, size?: number, offset = 0): Steps<Uint8Array> {
    const found = yield* this.find(path);
    // The kernel reads no more than the size in the attributes.
    const most = this.asKernel ? Math.max(0, found.buf.iaSize - offset) : Number.MAX_SAFE_INTEGER;
    const file = yield* this.openFound(path, found, O_RDONLY);
    return yield* closeAfter(file, (open) => open.read(Math.min(size ?? most, most), offset));
  }

  /** Writes all of the data. @returns its length */
  *writeFile(
    path: string,
    data: Uint8Array,
    { offset, append = false }: WritePosition = {},
  ): Steps<number> {
    const end = yield* this.requests.walk(path, this.last);
    const isPart = append || offset !== undefined;
    const flags = O_WRONLY | O_CREAT | (isPart ? 0 : O_TRUNC);
    const file =
      end.found === undefined
        ? yield* this.createAt(path, end, flags, 0o666)
        : yield* this.openFound(path, end.found, flags);
    const at = append ? (end.found?.buf.iaSize ?? 0) : (offset ?? 0);
    return yield* closeAfter(file, (open) => open.write(data, at));
  }
}

/** File operations by path, for callers that wait for promises. */
export const Files = makePromised(FilesSteps);

/** A path without slashes at its end; `/` stays. */
export const trimSlashes = (path: string): string => path.replace(/(?<=.)\/+$/, '');

const makeLoc = ({ inode, parent, name }: FoundFile): Loc =>
  new Loc(inode, parent ?? null, name ?? null);

/** The errno of rmdir(2) for a path that ends in no name: the root, `.`, `..`. */
function chooseUnnamedErrno(path: string): number {
  const last = path.split('/').findLast((name) => name !== '');
  if (last === undefined) return EBUSY;
  return last === '.' ? EINVAL : ENOTEMPTY;
}
