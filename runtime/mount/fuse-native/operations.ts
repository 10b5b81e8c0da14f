/**
 * libfuse's operations on paths, as requests into a graph: one row per operation.
 *
 * What this way cannot express is said here once. It does not know who calls, so every request is
 * this process's own, and the kernel checks permissions; a create comes without its flags; names
 * are text; times are milliseconds; and there are no locks, no ranges (fallocate, lseek,
 * copy_file_range), no flags of rename, and no interruption.
 */

import { type Driver, FopError, type Reply } from '../../api/driver.ts';
import { isAcl } from '../../core/acl.ts';
import { moveEntry } from '../../core/apply-reply.ts';
import { encodeName } from '../../core/bytes.ts';
import { Dict } from '../../core/dict.ts';
import { EBADF, EIO, ENODATA, EOPNOTSUPP, EPERM, EROFS } from '../../core/errno.ts';
import type { Fd } from '../../core/fd.ts';
import { SET_ATTR } from '../../core/fops.ts';
import { inoLo } from '../../core/gfid.ts';
import { type Dirent, Iatt, type Statvfs } from '../../core/iatt.ts';
import type { Inode } from '../../core/inode.ts';
import { PATH_MAX } from '../../core/limits.ts';
import { Loc } from '../../core/loc.ts';
import { O_CREAT, O_RDWR } from '../../core/open-flags.ts';
import type { Done, Operations, Stat, StatFs } from './addon.ts';

const LISTING_SIZE = 65_536;
/** uid or gid "as it is". */
const UNCHANGED = 0xffffffff;

export interface Front {
  readonly driver: Driver;
  readonly readOnly: boolean;
  /** Whether there are ACLs. */
  readonly acl: boolean;
  /** Something that is no fop's failure: logged, and EIO for the caller. */
  unexpected(error: unknown): void;
}

/** Gives the caller what comes of it. */
function answer<T>(front: Front, done: Done<T>, work: Promise<T>): void {
  work.then(
    (result) => done(0, result),
    (error) => done(-errnoOf(front, error)),
  );
}

/** The same where the result is a number of bytes. */
function answerCount(front: Front, done: Done, work: Promise<number>): void {
  work.then(done, (error) => done(-errnoOf(front, error)));
}

function errnoOf(front: Front, error: unknown): number {
  if (error instanceof FopError) return error.errno;
  front.unexpected(error);
  return EIO;
}

export function operationsOf(front: Front): Operations {
  const { driver } = front;
  const to = <T>(done: Done<T>, work: () => Promise<T>): void => answer(front, done, work());
  const change = (done: Done, work: () => Promise<unknown>): void =>
    answer(
      front,
      done,
      (front.readOnly ? refused() : work()).then(() => undefined),
    );

  return {
    access: (path, mask, done) =>
      to(done, async () => {
        await on(driver, path, (loc) => driver.expect('access', loc, mask, null));
      }),
    statfs: (path, done) => to(done, () => statfs(driver, path)),
    getattr: (path, done) => to(done, () => getattr(driver, path)),
    readdir: (path, done) => to(done, () => list(driver, path)),
    readlink: (path, done) => to(done, () => readlink(driver, path)),

    truncate: (path, size, done) =>
      change(done, () => on(driver, path, (loc) => driver.expect('truncate', loc, size, null))),
    ftruncate: (_path, fd, size, done) =>
      change(done, () => driver.expect('ftruncate', fileOf(front, fd), size, null)),
    utimens: (path, atime, mtime, done) => change(done, () => utimens(driver, path, atime, mtime)),
    chown: (path, uid, gid, done) => change(done, () => chown(driver, path, uid, gid)),
    chmod: (path, mode, done) =>
      change(done, () => setattr(driver, path, SET_ATTR.MODE, { iaProt: mode & 0o7777 })),

    mknod: (path, mode, dev, done) =>
      change(done, () =>
        make(driver, path, (loc, xdata) => driver.expect('mknod', loc, mode, dev, 0, xdata)),
      ),
    mkdir: (path, mode, done) =>
      change(done, () =>
        make(driver, path, (loc, xdata) => driver.expect('mkdir', loc, mode, 0, xdata)),
      ),
    symlink: (target, path, done) =>
      change(done, () =>
        make(driver, path, (loc, xdata) => driver.expect('symlink', target, loc, 0, xdata)),
      ),
    link: (from, path, done) => change(done, () => link(driver, from, path)),
    unlink: (path, done) => change(done, () => remove(driver, path, 'unlink')),
    rmdir: (path, done) => change(done, () => remove(driver, path, 'rmdir')),
    rename: (from, path, done) => change(done, () => rename(driver, from, path)),

    setxattr: (path, name, value, _position, flags, done) =>
      change(done, async () => {
        expectAttribute(front, name);
        const dict = new Dict().set(name, new Uint8Array(value), 'bin');
        return on(driver, path, (loc) => driver.expect('setxattr', loc, dict, flags, null));
      }),
    getxattr: (path, name, _position, done) => to(done, () => getxattr(front, path, name)),
    listxattr: (path, done) => to(done, () => listxattr(front, path)),
    removexattr: (path, name, done) =>
      change(done, async () => {
        expectAttribute(front, name);
        return on(driver, path, (loc) => driver.expect('removexattr', loc, name, null));
      }),

    open: (path, flags, done) => to(done, () => open(front, path, flags)),
    create: (path, mode, done) =>
      to(done, () => (front.readOnly ? refused() : create(front, path, mode))),
    read: (_path, fd, into, size, offset, done) =>
      answerCount(front, done, read(front, fd, into, size, offset)),
    write: (_path, fd, from, size, offset, done) =>
      answerCount(front, done, write(front, fd, from, size, offset)),
    flush: (_path, fd, done) =>
      to(done, async () => void (await driver.expect('flush', fileOf(front, fd), null))),
    fsync: (_path, datasync, fd, done) =>
      to(done, async () => void (await driver.expect('fsync', fileOf(front, fd), datasync, null))),
    release(_path, fd, done) {
      driver.client.fds.release(fd);
      done(0);
    },
  };
}

const refused = (): Promise<never> => Promise.reject(new FopError(EROFS, 'mounted read-only'));

/** Does something with what a path leads to. */
async function on<T>(driver: Driver, path: string, what: (loc: Loc) => Promise<T>): Promise<T> {
  const { inode } = await driver.find(path);
  return what(new Loc(inode));
}

function fileOf({ driver }: Front, fd: number): Fd {
  const file = driver.client.fds.get(fd);
  if (file === undefined) throw new FopError(EBADF, `fd ${fd}`);
  return file;
}

const TWO_32 = 0x1_0000_0000;
const ms = (sec: number, nsec: number): number => sec * 1000 + Math.floor(nsec / 1e6);

async function getattr(driver: Driver, path: string): Promise<Stat> {
  const { buf } = await driver.find(path);
  const minor = buf.iaRdev % TWO_32;
  const major = Math.floor(buf.iaRdev / TWO_32);
  return {
    mode: buf.mode,
    uid: buf.iaUid,
    gid: buf.iaGid,
    size: buf.iaSize,
    dev: 0,
    nlink: buf.iaNlink,
    ino: inoLo(buf.iaGfid),
    rdev: ((minor & 0xff) | (major << 8) | ((minor & ~0xff) << 12)) >>> 0,
    blksize: buf.iaBlksize,
    blocks: buf.iaBlocks,
    atime: ms(buf.iaAtime, buf.iaAtimeNsec),
    mtime: ms(buf.iaMtime, buf.iaMtimeNsec),
    ctime: ms(buf.iaCtime, buf.iaCtimeNsec),
  };
}

async function statfs(driver: Driver, path: string): Promise<StatFs> {
  const { values } = await on(driver, path, (loc) => driver.expect('statfs', loc, null));
  const buf = values[0] as Statvfs | null;
  if (buf === null) throw new FopError(EIO, `statfs of ${path}: the reply has nothing in it`);
  return buf;
}

/** Names of a directory; libfuse adds none, not even "." and "..". */
async function list(driver: Driver, path: string): Promise<string[]> {
  const { inode } = await driver.find(path);
  const fd = driver.newFd(inode, 0, true);
  try {
    await driver.expect('opendir', new Loc(inode), fd, null);
    const names: string[] = [];
    for (let off = 0; ; ) {
      const { values } = await driver.expect('readdir', fd, LISTING_SIZE, off, null);
      const entries = (values[0] as readonly Dirent[] | null) ?? [];
      if (entries.length === 0) return names;
      for (const { name } of entries) names.push(name);
      off = entries.at(-1)!.off;
    }
  } finally {
    fd.release();
  }
}

async function readlink(driver: Driver, path: string): Promise<string> {
  const { values } = await on(driver, path, (loc) =>
    driver.expect('readlink', loc, PATH_MAX, null),
  );
  return (values[0] as string | null) ?? '';
}

function setattr(
  driver: Driver,
  path: string,
  valid: number,
  fields: Partial<Iatt>,
): Promise<Reply> {
  const stbuf = Object.assign(new Iatt(), fields);
  return on(driver, path, (loc) => driver.expect('setattr', loc, stbuf, valid, null));
}

function utimens(driver: Driver, path: string, atime: number, mtime: number): Promise<Reply> {
  const seconds = (time: number): number => Math.floor(time / 1000);
  const nanoseconds = (time: number): number => (time - seconds(time) * 1000) * 1e6;
  return setattr(driver, path, SET_ATTR.ATIME | SET_ATTR.MTIME, {
    iaAtime: seconds(atime),
    iaAtimeNsec: nanoseconds(atime),
    iaMtime: seconds(mtime),
    iaMtimeNsec: nanoseconds(mtime),
  });
}

function chown(driver: Driver, path: string, uid: number, gid: number): Promise<Reply> {
  const owner = uid >>> 0 === UNCHANGED ? 0 : SET_ATTR.UID;
  const group = gid >>> 0 === UNCHANGED ? 0 : SET_ATTR.GID;
  return setattr(driver, path, owner | group, { iaUid: uid >>> 0, iaGid: gid >>> 0 });
}

/** Makes a name by one fop, whose reply begins with inode and attributes. */
async function make(
  driver: Driver,
  path: string,
  wind: (loc: Loc, xdata: Dict) => Promise<Reply>,
): Promise<void> {
  const place = await driver.place(path);
  const { values } = await wind(driver.newLoc(place), driver.gfidRequest());
  driver.keep(place, values[0] as Inode | null, values[1] as Iatt | null);
}

async function link(driver: Driver, from: string, path: string): Promise<void> {
  const { inode } = await driver.find(from);
  const place = await driver.place(path);
  const newloc = new Loc(inode, place.parent, place.name);
  const { values } = await driver.expect('link', new Loc(inode), newloc, null);
  driver.keep(place, inode, values[1] as Iatt | null);
}

async function remove(driver: Driver, path: string, fop: 'unlink' | 'rmdir'): Promise<void> {
  const { parent, name, inode } = await driver.find(path);
  if (parent === undefined) throw new FopError(EPERM, 'the root cannot be removed');
  await driver.expect(fop, new Loc(inode, parent, name), 0, null);
  driver.graph.inodes.unlink(parent, name!);
}

async function rename(driver: Driver, from: string, path: string): Promise<void> {
  const old = await driver.find(from);
  const place = await driver.place(path);
  const there = await driver.seek(path);
  if (old.parent === undefined) throw new FopError(EPERM, 'the root cannot be moved');
  const oldloc = new Loc(old.inode, old.parent, old.name);
  const newloc = new Loc(there?.inode ?? null, place.parent, place.name);
  await driver.expect('rename', oldloc, newloc, null);
  moveEntry(oldloc, newloc, null);
}

const mayBe = ({ acl }: Front, name: string): boolean => acl || !isAcl(name);

/** @throws {FopError} for an attribute that there cannot be */
function expectAttribute(front: Front, name: string): void {
  if (!mayBe(front, name)) throw new FopError(EOPNOTSUPP, `${name}: mounted without ACLs`);
}

async function getxattr(front: Front, path: string, name: string): Promise<Buffer> {
  const { driver } = front;
  expectAttribute(front, name);
  const { values } = await on(driver, path, (loc) => driver.expect('getxattr', loc, name, null));
  const value = (values[0] as Dict | null)?.get(name);
  if (value === undefined) throw new FopError(ENODATA, `${name} of ${path}`);
  return Buffer.from(value instanceof Uint8Array ? value : encodeName(String(value)));
}

async function listxattr(front: Front, path: string): Promise<string[]> {
  const { driver } = front;
  const { values } = await on(driver, path, (loc) => driver.expect('getxattr', loc, null, null));
  const names = [...((values[0] as Dict | null)?.keys() ?? [])];
  return names.filter((name) => mayBe(front, name));
}

async function open(front: Front, path: string, flags: number): Promise<number> {
  const { driver } = front;
  const { inode } = await driver.find(path);
  const fd = driver.newFd(inode, flags);
  try {
    await driver.expect('open', new Loc(inode), flags, fd, null);
  } catch (error) {
    fd.release();
    throw error;
  }
  driver.client.fds.add(fd);
  return fd.id;
}

async function create(front: Front, path: string, mode: number): Promise<number> {
  const { driver } = front;
  const place = await driver.place(path);
  const loc = driver.newLoc(place);
  const flags = O_RDWR | O_CREAT;
  const fd = driver.newFd(loc.inode!, flags);
  try {
    const xdata = driver.gfidRequest();
    const { values } = await driver.expect('create', loc, flags, mode, 0, fd, xdata);
    fd.moveTo(driver.keep(place, values[1] as Inode | null, values[2] as Iatt | null).inode);
  } catch (error) {
    fd.release();
    throw error;
  }
  driver.client.fds.add(fd);
  return fd.id;
}

async function read(
  front: Front,
  fd: number,
  into: Buffer,
  size: number,
  offset: number,
): Promise<number> {
  const file = fileOf(front, fd);
  const { values } = await front.driver.expect('readv', file, size, offset, 0, null);
  const vector = (values[0] as Uint8Array | null) ?? new Uint8Array(0);
  const length = Math.min(vector.length, size);
  into.set(vector.subarray(0, length));
  return length;
}

async function write(
  front: Front,
  fd: number,
  from: Buffer,
  size: number,
  offset: number,
): Promise<number> {
  const file = fileOf(front, fd);
  // The memory is libfuse's, and only ours until it has its answer.
  const vector = new Uint8Array(from.subarray(0, size));
  const { opRet } = await front.driver.expect('writev', file, vector, offset, 0, null);
  return Math.min(opRet, size);
}
