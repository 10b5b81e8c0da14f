/**
 * Files by paths, as the programs of the shell see them: each call makes the requests that a mount
 * would make for it. Symbolic links are followed where a program follows them.
 */
import { type Driver, FopError, type Found, type Reply } from '../../../../runtime/api/driver.ts';
import { listNames, readAll, writeAll } from '../../../../runtime/api/files.ts';
import { moveEntry } from '../../../../runtime/core/apply-reply.ts';
import type { Dict } from '../../../../runtime/core/dict.ts';
import { EEXIST, EISDIR, ELOOP, ENOENT, ENOTDIR } from '../../../../runtime/core/errno.ts';
import type { Fd } from '../../../../runtime/core/fd.ts';
import { SET_ATTR } from '../../../../runtime/core/fops.ts';
import { IA_IFDIR, IA_IFLNK, Iatt } from '../../../../runtime/core/iatt.ts';
import type { Inode } from '../../../../runtime/core/inode.ts';
import { Loc } from '../../../../runtime/core/loc.ts';
import { O_RDONLY, O_WRONLY } from '../../../../runtime/core/open-flags.ts';

/** fcntl.h of Linux. */
const UMASK = 0o022;
const LINK_SIZE = 4096;
/** Symbolic links on the way to a file: Linux's own limit. */
const LINKS_MAX = 40;

export interface Located extends Found {
  /** Without links on the way, from the root. */
  readonly path: string;
}

const namesIn = (path: string): string[] =>
  path.split('/').filter((name) => name !== '' && name !== '.');

export class Files {
  private readonly driver: Driver;

  constructor(driver: Driver) {
    this.driver = driver;
  }

  /** What a path leads to. @throws {FopError} */
  async find(path: string, follow = true): Promise<Located> {
    const left = namesIn(path);
    const gone: string[] = [];
    let links = 0;
    for (;;) {
      const name = left.shift();
      if (name === '..') gone.pop();
      else if (name !== undefined) gone.push(name);
      const at = `/${gone.join('/')}`;
      const isLast = left.length === 0;
      // The root and what `..` leads to are known: only the last name is asked for.
      if (name === '..' && !isLast) continue;
      const type = isLast ? undefined : this.knownType(gone);
      const found = type === undefined ? await this.driver.find(at) : undefined;
      const isLink = (found?.buf.iaType ?? type) === IA_IFLNK;
      if (isLink && (!isLast || follow)) {
        links += 1;
        if (links > LINKS_MAX) throw new FopError(ELOOP, path);
        const target = await this.readlink(at);
        gone.pop();
        if (target.startsWith('/')) gone.length = 0;
        left.unshift(...namesIn(target));
      } else if (isLast) {
        const isFolder = found!.buf.iaType === IA_IFDIR;
        if (path.endsWith('/') && !isFolder) throw new FopError(ENOTDIR, path);
        return { ...found!, path: at };
      } else if ((found?.buf.iaType ?? type) !== IA_IFDIR) throw new FopError(ENOTDIR, path);
    }
  }

  /** The same; undefined when there is nothing. @throws {FopError} when it cannot be told */
  async seek(path: string, follow = true): Promise<Located | undefined> {
    try {
      return await this.find(path, follow);
    } catch (error) {
      if (error instanceof FopError && error.errno === ENOENT) return undefined;
      throw error;
    }
  }

  /** A path whose folders lead over no link. @throws {FopError} */
  private async place(path: string): Promise<string> {
    const names = namesIn(path);
    const name = names.pop();
    if (name === undefined || name === '..') throw new FopError(EEXIST, path);
    const folder = names.length === 0 ? '/' : (await this.folder(names)).path;
    return folder === '/' ? `/${name}` : `${folder}/${name}`;
  }

  /** Folders that are known are not looked up again. */
  private async folder(names: readonly string[]): Promise<{ readonly path: string }> {
    const types = names.map((_, at) => this.knownType(names.slice(0, at + 1)));
    const isKnown = !names.includes('..') && types.every((type) => type === IA_IFDIR);
    if (isKnown) return { path: `/${names.join('/')}` };
    const found = await this.find(names.join('/'));
    if (found.buf.iaType !== IA_IFDIR) throw new FopError(ENOTDIR, found.path);
    return found;
  }

  private knownType(names: readonly string[]): number | undefined {
    const { inodes } = this.driver.graph;
    let at: Inode | undefined = inodes.root;
    for (const name of names) {
      at = inodes.grep(at, name);
      if (at === undefined) return undefined;
    }
    return at.iaType;
  }

  async readlink(path: string): Promise<string> {
    const { inode } = await this.driver.find(path);
    const { values } = await this.driver.expect('readlink', new Loc(inode), LINK_SIZE, null);
    return (values[0] as string | null) ?? '';
  }

  /** The names in a folder, sorted, without `.` and `..`. */
  async list(path: string): Promise<string[]> {
    const { inode } = await this.find(path);
    return listNames(this.driver, inode);
  }

  async read(path: string): Promise<Uint8Array> {
    const { inode, buf } = await this.find(path);
    if (buf.iaType === IA_IFDIR) throw new FopError(EISDIR, path);
    let bytes: Uint8Array = new Uint8Array(0);
    await this.using(inode, O_RDONLY, async (fd) => {
      bytes = await readAll(this.driver, fd, buf.iaSize);
    });
    return bytes;
  }

  /** What a file has from now on, or at its end. It is made when it is not there. */
  async write(path: string, data: Uint8Array, appends = false): Promise<void> {
    const found = await this.seek(path);
    if (found?.buf.iaType === IA_IFDIR) throw new FopError(EISDIR, path);
    const write = (at: number) => async (fd: Fd) => {
      await writeAll(this.driver, fd, data, at);
    };
    if (found === undefined) return this.create(path, write(0));
    const { inode, buf } = found;
    if (!appends) await this.driver.expect('truncate', new Loc(inode), 0, null);
    return this.using(inode, O_WRONLY, write(appends ? buf.iaSize : 0));
  }

  /** Makes a file, which is open for as long. */
  async create(path: string, what: (fd: Fd) => Promise<void> = async () => {}): Promise<void> {
    const { driver } = this;
    const place = await driver.place(await this.place(path));
    const loc = driver.newLoc(place);
    const fd = driver.newFd(loc.inode!, O_WRONLY);
    await this.open(fd, what, async () => {
      const mode = 0o666 & ~UMASK;
      const xdata = driver.gfidRequest();
      const { values } = await driver.expect('create', loc, O_WRONLY, mode, UMASK, fd, xdata);
      fd.moveTo(driver.keep(place, values[1] as Inode | null, values[2] as Iatt | null).inode);
    });
  }

  private using(inode: Inode, flags: number, what: (fd: Fd) => Promise<void>): Promise<void> {
    const fd = this.driver.newFd(inode, flags);
    return this.open(fd, what, async () => {
      await this.driver.expect('open', new Loc(inode), flags, fd, null);
    });
  }

  private async open(
    fd: Fd,
    what: (fd: Fd) => Promise<void>,
    begin: () => Promise<void>,
  ): Promise<void> {
    try {
      await begin();
      await what(fd);
      // What close(2) is to a file system.
      await this.driver.expect('flush', fd, null);
    } finally {
      fd.release();
    }
  }

  mkdir(path: string, mode: number): Promise<void> {
    return this.make(path, (loc, xdata) =>
      this.driver.expect('mkdir', loc, mode & ~UMASK, UMASK, xdata),
    );
  }

  symlink(target: string, path: string): Promise<void> {
    return this.make(path, (loc, xdata) =>
      this.driver.expect('symlink', target, loc, UMASK, xdata),
    );
  }

  private async make(path: string, wind: (loc: Loc, xdata: Dict) => Promise<Reply>): Promise<void> {
    // The kernel looks for the name before it makes one.
    if ((await this.seek(path, false)) !== undefined) throw new FopError(EEXIST, path);
    const place = await this.driver.place(await this.place(path));
    const { values } = await wind(this.driver.newLoc(place), this.driver.gfidRequest());
    this.driver.keep(place, values[0] as Inode | null, values[1] as Iatt | null);
  }

  async link(from: string, to: string): Promise<void> {
    const { inode } = await this.find(from, false);
    if ((await this.seek(to, false)) !== undefined) throw new FopError(EEXIST, to);
    const place = await this.driver.place(await this.place(to));
    const newLoc = new Loc(inode, place.parent, place.name);
    const { values } = await this.driver.expect('link', new Loc(inode), newLoc, null);
    this.driver.keep(place, values[0] as Inode | null, values[1] as Iatt | null);
  }

  async remove(path: string, fop: 'unlink' | 'rmdir'): Promise<void> {
    const { parent, name, inode, buf } = await this.find(path, false);
    const isFolder = buf.iaType === IA_IFDIR;
    if (isFolder !== (fop === 'rmdir')) throw new FopError(isFolder ? EISDIR : ENOTDIR, path);
    await this.driver.expect(fop, new Loc(inode, parent ?? null, name ?? null), 0, null);
    if (parent !== undefined) this.driver.graph.inodes.unlink(parent, name!);
  }

  async rename(from: string, to: string): Promise<void> {
    const { driver } = this;
    const old = await this.find(from, false);
    const there = await this.seek(to, false);
    const place = await driver.place(await this.place(to));
    const oldLoc = new Loc(old.inode, old.parent ?? null, old.name ?? null);
    const newLoc = new Loc(there?.inode ?? null, place.parent, place.name);
    await driver.expect('rename', oldLoc, newLoc, null);
    moveEntry(oldLoc, newLoc, null);
  }

  chmod(path: string, mode: number): Promise<void> {
    return this.setattr(path, SET_ATTR.MODE, { iaProt: mode & 0o7777 });
  }

  chown(path: string, uid: number | undefined, gid: number | undefined): Promise<void> {
    const valid = (uid === undefined ? 0 : SET_ATTR.UID) | (gid === undefined ? 0 : SET_ATTR.GID);
    return this.setattr(path, valid, { iaUid: uid ?? 0, iaGid: gid ?? 0 });
  }

  /** Sets the times of a file to now. */
  touch(path: string): Promise<void> {
    const { ATIME, ATIME_NOW, MTIME, MTIME_NOW } = SET_ATTR;
    const now = this.driver.graph.context.sink.now() / 1000;
    const times = { iaAtime: Math.floor(now), iaMtime: Math.floor(now) };
    return this.setattr(path, ATIME | ATIME_NOW | MTIME | MTIME_NOW, times);
  }

  private async setattr(path: string, valid: number, fields: Partial<Iatt>): Promise<void> {
    const { inode } = await this.find(path);
    const buf = Object.assign(new Iatt(), fields);
    await this.driver.expect('setattr', new Loc(inode), buf, valid, null);
  }
}
