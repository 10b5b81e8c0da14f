/**
 * Offers file operations by path over a graph, like fs/promises. Each winds the requests that a
 * mount would, and throws FopError with Linux's errno.
 *
 * With `asKernel`, a symbolic link at the end of a path is followed where system calls follow it,
 * and a name is looked up before it is made. Without, the caller has done both, or wants neither.
 */
import { encodeName } from '../core/bytes.ts';
import { Dict } from '../core/dict.ts';
import {
  EBUSY,
  EEXIST,
  EINVAL,
  EIO,
  EISDIR,
  ELOOP,
  ENODATA,
  ENOENT,
  ENOTDIR,
  ENOTEMPTY,
} from '../core/errno.ts';
import { SET_ATTR } from '../core/fops.ts';
import { IA_IFDIR, IA_IFLNK, Iatt, type Statvfs } from '../core/iatt.ts';
import { Loc } from '../core/loc.ts';
import { O_CREAT, O_EXCL, O_RDONLY, O_TRUNC, O_WRONLY } from '../core/open-flags.ts';
import { type Driver, FopError, type Reply } from './driver.ts';
import { listEntries } from './listing.ts';
import { OpenFile } from './open-file.ts';
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

export class Files {
  readonly driver: Driver;
  private readonly asKernel: boolean;
  private readonly umask: number;
  private readonly last: 'follow' | 'look';

  constructor(driver: Driver, { asKernel = false, umask = 0 }: FilesSettings = {}) {
    this.driver = driver;
    this.asKernel = asKernel;
    this.umask = umask;
    this.last = asKernel ? 'follow' : 'look';
  }

  /** Finds the file of a path. */
  find(path: string): Promise<FoundFile> {
    return this.driver.find(path, this.last);
  }

  /** The same; a symbolic link at the end of the path is not followed. */
  lookup(path: string): Promise<FoundFile> {
    return this.driver.find(path);
  }

  /** The same; undefined if the file does not exist. */
  seek(path: string, last: 'follow' | 'look' = this.last): Promise<FoundFile | undefined> {
    return this.driver.seek(path, last);
  }

  /** The attributes that the fop stat returns. */
  async stat(path: string): Promise<Iatt> {
    const { values } = await this.on(path, (loc) => this.driver.expect('stat', loc, null));
    return values[0] as Iatt;
  }

  /** The names in a directory, sorted. */
  async list(path: string): Promise<string[]> {
    const found = await this.find(path);
    if (!isDir(found)) refuse(ENOTDIR, path);
    return (await listEntries(this.driver, found.inode)).map(({ name }) => name).sort();
  }

  async readlink(path: string): Promise<string> {
    const { inode, buf } = await this.lookup(path);
    if (buf.iaType !== IA_IFLNK) refuse(EINVAL, `${path} is no symbolic link`);
    return this.driver.readlink(inode);
  }

  async access(path: string, mask = 0): Promise<void> {
    await this.on(path, (loc) => this.driver.expect('access', loc, mask, null));
  }

  /** Without a path, statfs of the root without a lookup. */
  async statfs(path?: string): Promise<Statvfs> {
    const { driver } = this;
    const inode = path === undefined ? driver.root : (await this.find(path)).inode;
    const { values } = await driver.expect('statfs', new Loc(inode), null);
    return (values[0] as Statvfs | null) ?? refuse(EIO, 'statfs: the reply is empty');
  }

  // -- names ---------------------------------------------------------------------------------

  mkdir(path: string, mode = 0o777): Promise<Iatt> {
    const { driver, umask } = this;
    return this.make(path, true, (loc, xdata) =>
      driver.expect('mkdir', loc, mode & ~umask, umask, xdata),
    );
  }

  /** @param mode includes the type of the file */
  mknod(path: string, mode: number, rdev = 0): Promise<Iatt> {
    const { driver, umask } = this;
    return this.make(path, false, (loc, xdata) =>
      driver.expect('mknod', loc, mode & ~umask, rdev, umask, xdata),
    );
  }

  symlink(target: string, path: string): Promise<Iatt> {
    const { driver, umask } = this;
    return this.make(path, false, (loc, xdata) =>
      driver.expect('symlink', target, loc, umask, xdata),
    );
  }

  async link(from: string, to: string): Promise<Iatt> {
    const { inode } = await this.lookup(from);
    const { parent, name } = await this.newPlace(to, false);
    const newloc = new Loc(inode, parent, name);
    const { values } = await this.driver.expect('link', new Loc(inode), newloc, null);
    return values[1] as Iatt;
  }

  async unlink(path: string): Promise<void> {
    const found = await this.lookup(path);
    if (isDir(found)) refuse(EISDIR, path);
    await this.driver.expect('unlink', locOf(found), 0, null);
  }

  async rmdir(path: string): Promise<void> {
    const { found, place } = await this.driver.walk(path, 'look');
    if (found === undefined) refuse(ENOENT, path);
    if (place === null) refuse(unnamedErrno(path), path);
    if (!isDir(found)) refuse(ENOTDIR, path);
    await this.driver.expect('rmdir', locOf(found), 0, null);
  }

  async rename(from: string, to: string): Promise<void> {
    const old = await this.lookup(from);
    const { place, found, isDirectory } = await this.driver.walk(to, 'look');
    if (old.name === undefined || place === null) refuse(EBUSY, `${from} to ${to}`);
    if (isDirectory && !isDir(old)) refuse(ENOTDIR, to);
    const newloc = new Loc(found?.inode ?? null, place.parent, place.name);
    await this.driver.expect('rename', locOf(old), newloc, null);
  }

  /** Makes a name by a fop whose reply begins with inode and attributes. */
  private async make(
    path: string,
    isDirectory: boolean,
    wind: (loc: Loc, xdata: Dict) => Promise<Reply>,
  ): Promise<Iatt> {
    const place = await this.newPlace(path, isDirectory);
    const { values } = await wind(this.driver.newLoc(place), this.driver.gfidRequest());
    return values[1] as Iatt;
  }

  private async newPlace(path: string, isDirectory: boolean): Promise<Place> {
    const end = await this.driver.walk(path, this.asKernel ? 'look' : 'leave');
    if (end.place === null || end.found !== undefined) refuse(EEXIST, path);
    if (end.isDirectory && !isDirectory) refuse(ENOENT, path);
    return end.place;
  }

  // -- attributes ----------------------------------------------------------------------------

  chmod(path: string, mode: number): Promise<Iatt> {
    return this.setattr(path, SET_ATTR.MODE, { iaProt: mode & 0o7777 });
  }

  /** An id of -1, or an omitted one, is not changed. */
  chown(path: string, uid = -1, gid = -1): Promise<Iatt> {
    const valid = (isId(uid) ? SET_ATTR.UID : 0) | (isId(gid) ? SET_ATTR.GID : 0);
    return this.setattr(path, valid, { iaUid: uid >>> 0, iaGid: gid >>> 0 });
  }

  /** Times are in milliseconds; an omitted one becomes the current time of the graph. */
  utimes(path: string, atimeMs?: number, mtimeMs?: number): Promise<Iatt> {
    const now = this.driver.graph.context.sink.now();
    const [atime, mtime] = [atimeMs ?? now, mtimeMs ?? now];
    const valid =
      (atimeMs === undefined ? SET_ATTR.ATIME_NOW : 0) |
      (mtimeMs === undefined ? SET_ATTR.MTIME_NOW : 0);
    return this.setattr(path, valid | SET_ATTR.ATIME | SET_ATTR.MTIME, {
      iaAtime: Math.floor(atime / 1000),
      iaAtimeNsec: nanoseconds(atime),
      iaMtime: Math.floor(mtime / 1000),
      iaMtimeNsec: nanoseconds(mtime),
    });
  }

  async truncate(path: string, size = 0): Promise<void> {
    await this.on(path, (loc) => this.driver.expect('truncate', loc, size, null));
  }

  private async setattr(path: string, valid: number, fields: Partial<Iatt>): Promise<Iatt> {
    const stbuf = Object.assign(new Iatt(), fields);
    const { values } = await this.on(path, (loc) =>
      this.driver.expect('setattr', loc, stbuf, valid, null),
    );
    return values[1] as Iatt;
  }

  async getxattr(path: string, name: string): Promise<Uint8Array> {
    const { values } = await this.on(path, (loc) =>
      this.driver.expect('getxattr', loc, name, null),
    );
    const value = (values[0] as Dict | null)?.get(name) ?? refuse(ENODATA, `${name} of ${path}`);
    return value instanceof Uint8Array ? value : encodeName(String(value));
  }

  async listxattr(path: string): Promise<string[]> {
    const { values } = await this.on(path, (loc) =>
      this.driver.expect('getxattr', loc, null, null),
    );
    return [...((values[0] as Dict | null)?.keys() ?? [])];
  }

  async setxattr(path: string, name: string, value: Uint8Array, flags = 0): Promise<void> {
    const dict = new Dict().set(name, value, 'bin');
    await this.on(path, (loc) => this.driver.expect('setxattr', loc, dict, flags, null));
  }

  async removexattr(path: string, name: string): Promise<void> {
    await this.on(path, (loc) => this.driver.expect('removexattr', loc, name, null));
  }

  // -- data ----------------------------------------------------------------------------------

  /** Like open(2). */
  async open(path: string, flags = O_RDONLY, mode = 0o666): Promise<OpenFile> {
    if ((flags & O_CREAT) === 0) return this.openFound(path, await this.find(path), flags);
    const isNew = (flags & O_EXCL) !== 0;
    if (isNew && !this.asKernel) return this.create(path, flags, mode);
    const end = await this.driver.walk(path, isNew ? 'look' : this.last);
    if (end.found === undefined) return this.createAt(path, end, flags, mode);
    if (isNew) refuse(EEXIST, path);
    return this.openFound(path, end.found, flags);
  }

  /** Creates a file without a lookup before; opens an existing one, unless `flags` have O_EXCL. */
  async create(path: string, flags: number, mode = 0o666): Promise<OpenFile> {
    return this.createAt(path, await this.driver.walk(path, 'leave'), flags, mode);
  }

  private async createAt(
    path: string,
    { place, isDirectory }: PathEnd,
    flags: number,
    mode: number,
  ): Promise<OpenFile> {
    if (place === null || isDirectory) refuse(EISDIR, path);
    const { driver, umask } = this;
    const loc = driver.newLoc(place);
    const file = new OpenFile(driver, driver.newFd(loc.inode!, flags));
    const xdata = driver.gfidRequest();
    return this.opened(
      file,
      driver.expect('create', loc, flags, mode & ~umask, umask, file.fd, xdata),
    );
  }

  private async openFound(path: string, found: FoundFile, flags: number): Promise<OpenFile> {
    if (isDir(found)) refuse(EISDIR, path);
    if (found.buf.iaType === IA_IFLNK) refuse(ELOOP, path);
    const loc = new Loc(found.inode);
    const { driver } = this;
    if ((flags & O_TRUNC) !== 0) await driver.expect('truncate', loc, 0, null);
    const plain = flags & ~(O_CREAT | O_EXCL | O_TRUNC);
    const file = new OpenFile(driver, driver.newFd(found.inode, plain));
    return this.opened(file, driver.expect('open', loc, plain, file.fd, null));
  }

  private async opened(file: OpenFile, reply: Promise<Reply>): Promise<OpenFile> {
    try {
      await reply;
      return file;
    } catch (error) {
      file.fd.release();
      throw error;
    }
  }

  async readFile(path: string, size?: number, offset = 0): Promise<Uint8Array> {
    const found = await this.find(path);
    // The kernel reads no more than the size in the attributes.
    const most = this.asKernel ? Math.max(0, found.buf.iaSize - offset) : Number.MAX_SAFE_INTEGER;
    const file = await this.openFound(path, found, O_RDONLY);
    return this.using(file, () => file.read(Math.min(size ?? most, most), offset));
  }

  /** Writes all of the data. @returns its length */
  async writeFile(
    path: string,
    data: Uint8Array,
    { offset, append = false }: WritePosition = {},
  ): Promise<number> {
    const end = await this.driver.walk(path, this.last);
    const isPart = append || offset !== undefined;
    const flags = O_WRONLY | O_CREAT | (isPart ? 0 : O_TRUNC);
    const file =
      end.found === undefined
        ? await this.createAt(path, end, flags, 0o666)
        : await this.openFound(path, end.found, flags);
    const at = append ? (end.found?.buf.iaSize ?? 0) : (offset ?? 0);
    return this.using(file, () => file.write(data, at));
  }

  private async using<R>(file: OpenFile, what: (file: OpenFile) => Promise<R>): Promise<R> {
    let result: R;
    try {
      result = await what(file);
    } catch (error) {
      file.fd.release();
      throw error;
    }
    await file.close();
    return result;
  }

  /** Winds a fop on the file of a path. */
  private async on(path: string, wind: (loc: Loc) => Promise<Reply>): Promise<Reply> {
    return wind(new Loc((await this.find(path)).inode));
  }
}

const locOf = ({ inode, parent, name }: FoundFile): Loc =>
  new Loc(inode, parent ?? null, name ?? null);

/** The errno of rmdir(2) for a path that ends in no name: the root, `.`, `..`. */
function unnamedErrno(path: string): number {
  const last = path.split('/').findLast((name) => name !== '');
  if (last === undefined) return EBUSY;
  return last === '.' ? EINVAL : ENOTEMPTY;
}

const isId = (id: number): boolean => id >>> 0 !== 0xffffffff;

const nanoseconds = (ms: number): number => Math.round((ms - Math.floor(ms / 1000) * 1000) * 1e6);
