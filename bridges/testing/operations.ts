/**
 * What a test can do with a graph by paths: operations named as Python's `os` and Node's `fs` have
 * them, each made of the requests that a mount would make for it. Arguments and results are as in
 * `values.ts`; a directory listing is a list of names.
 */

import type { Driver, Found, Reply } from '../../runtime/api/driver.ts';
import { listNames, readAll, writeAll } from '../../runtime/api/files.ts';
import { moveEntry } from '../../runtime/core/apply-reply.ts';
import { Dict } from '../../runtime/core/dict.ts';
import type { Fd } from '../../runtime/core/fd.ts';
import { findFop, SET_ATTR } from '../../runtime/core/fops.ts';
import { type FopName, fopNames } from '../../runtime/core/gen/fops.gen.ts';
import { IA_IFLNK, Iatt } from '../../runtime/core/iatt.ts';
import type { Inode } from '../../runtime/core/inode.ts';
import { Loc } from '../../runtime/core/loc.ts';
import {
  O_CREAT,
  O_EXCL,
  O_RDONLY,
  O_RDWR,
  O_TRUNC,
  O_WRONLY,
} from '../../runtime/core/open-flags.ts';
import { timeoutsOf } from '../../runtime/core/timeouts.ts';
import { MessageError } from '../host/crossing/message.ts';
import { argumentsFrom, bytesAs, bytesOf, named, type Plain, plain } from './values.ts';

/** fcntl.h of Linux. */

type Operation = (driver: Driver, args: readonly Plain[]) => Promise<Plain>;

const iatt = (buf: unknown): Plain => plain('iatt', buf);

/** Bytes come as `["bytes", text]`, a text as itself. */
function dataOf(value: Plain | undefined): Uint8Array {
  if (Array.isArray(value)) return bytesOf(String(value[1]));
  return new TextEncoder().encode(String(value ?? ''));
}

const text = (value: Plain | undefined): string => {
  if (typeof value === 'string') return value;
  throw new MessageError(`a path or a name must be a string, not ${JSON.stringify(value)}`);
};
const number = (value: Plain | undefined, otherwise: number): number =>
  typeof value === 'number' ? value : otherwise;

/** Makes a file, and leaves it open. */
async function create(driver: Driver, path: string, flags: number, mode: number): Promise<Fd> {
  const place = await driver.place(path);
  const loc = driver.newLoc(place);
  const fd = driver.newFd(loc.inode!, flags);
  try {
    const xdata = driver.gfidRequest();
    const { values } = await driver.expect('create', loc, flags, mode, 0o022, fd, xdata);
    driver.keep(place, values[1] as Inode | null, values[2] as Iatt | null);
    return fd;
  } catch (error) {
    fd.release();
    throw error;
  }
}

async function openInode(driver: Driver, inode: Inode, flags: number): Promise<Fd> {
  const fd = driver.newFd(inode, flags);
  try {
    await driver.expect('open', new Loc(inode), flags, fd, null);
    return fd;
  } catch (error) {
    fd.release();
    throw error;
  }
}

/** As open(2). */
async function openPath(driver: Driver, path: string, flags: number, mode: number): Promise<Fd> {
  if ((flags & O_CREAT) !== 0) {
    const found = (flags & O_EXCL) !== 0 ? undefined : await driver.seek(path);
    if (found === undefined) return create(driver, path, flags, mode);
    return openFound(driver, found, flags);
  }
  return openFound(driver, await driver.find(path), flags);
}

async function openFound(driver: Driver, { inode }: Found, flags: number): Promise<Fd> {
  // The kernel truncates on its own, and then opens.
  if ((flags & O_TRUNC) !== 0) await driver.expect('truncate', new Loc(inode), 0, null);
  return openInode(driver, inode, flags & ~(O_CREAT | O_EXCL | O_TRUNC));
}

/** flush(2) is what close(2) is to a file system. */
async function close(driver: Driver, fd: Fd): Promise<void> {
  try {
    await driver.expect('flush', fd, null);
  } finally {
    fd.release();
  }
}

/** Does something with a file that is open for as long. */
async function using<R>(driver: Driver, fd: Fd, what: (fd: Fd) => Promise<R>): Promise<R> {
  let result: R;
  try {
    result = await what(fd);
  } catch (error) {
    fd.release();
    throw error;
  }
  await close(driver, fd);
  return result;
}

async function setattr(
  driver: Driver,
  path: string,
  valid: number,
  fields: Partial<Iatt>,
): Promise<Plain> {
  const { inode } = await driver.find(path);
  const { values } = await driver.expect(
    'setattr',
    new Loc(inode),
    Object.assign(new Iatt(), fields),
    valid,
    null,
  );
  return iatt(values[1]);
}

/** What a new name is made by: its fop, the loc aside. */
async function make(
  driver: Driver,
  path: string,
  wind: (loc: Loc, xdata: Dict) => Promise<Reply>,
): Promise<Plain> {
  const place = await driver.place(path);
  const { values } = await wind(driver.newLoc(place), driver.gfidRequest());
  return iatt(driver.keep(place, values[0] as Inode | null, values[1] as Iatt | null).buf);
}

async function remove(driver: Driver, path: string, fop: 'unlink' | 'rmdir'): Promise<Plain> {
  const { parent, name, inode } = await driver.find(path);
  await driver.expect(fop, new Loc(inode, parent ?? null, name ?? null), 0, null);
  if (parent !== undefined) driver.graph.inodes.unlink(parent, name!);
  return null;
}

async function rename(driver: Driver, from: string, to: string): Promise<Plain> {
  const old = await driver.find(from);
  const place = await driver.place(to);
  const there = await driver.seek(to);
  const oldLoc = new Loc(old.inode, old.parent ?? null, old.name ?? null);
  const newLoc = new Loc(there?.inode ?? null, place.parent, place.name);
  await driver.expect('rename', oldLoc, newLoc, null);
  moveEntry(oldLoc, newLoc, null);
  return null;
}

const opened = ({ client }: Driver, id: Plain | undefined): Fd => {
  const fd = client.fds.get(number(id, -1));
  if (fd === undefined) throw new MessageError('the file is closed');
  return fd;
};

/** Any fop by its name; the reply's parts by their names, failures too. */
async function bare(driver: Driver, name: string, args: readonly Plain[]): Promise<Plain> {
  const row = findFop(name);
  if (row === undefined || !fopNames.includes(name as FopName)) {
    throw new MessageError(`${name} is no fop`);
  }
  if (args.length > row.args.length) {
    const takes = row.args.map((arg) => arg.name).join(', ');
    throw new MessageError(`${name} takes ${takes}: ${args.length} arguments are too many`);
  }
  const { inodes } = driver.graph;
  const { values, newFd } = argumentsFrom(row, args, {
    loc: (path) => driver.knownLoc(path),
    fd: (id) => driver.client.fds.get(id),
    table: inodes,
  });
  const loc = values.find((value) => value instanceof Loc) as Loc | undefined;
  if (newFd >= 0) {
    const flagsAt = row.args.findIndex((arg) => arg.name === 'flags');
    const flags = flagsAt < 0 ? O_RDONLY : (values[flagsAt] as number);
    values[newFd] = driver.newFd(loc!.inode!, flags, name === 'opendir');
  }
  const brings = row.reply.some(({ type }) => type === 'inode');
  const xdataAt = row.args.findIndex((arg) => arg.name === 'xdata');
  if (brings && values[xdataAt] === null) values[xdataAt] = driver.gfidRequest();
  const reply = await driver.windArgs(name as FopName, values);
  const fd = newFd < 0 ? null : (values[newFd] as Fd);
  if (fd !== null && reply.opRet >= 0) driver.client.fds.add(fd);
  else fd?.release();
  if (reply.opRet >= 0 && brings && loc?.parent) {
    const at = (type: string): unknown => reply.values[row.reply.findIndex((a) => a.type === type)];
    driver.keep(
      { parent: loc.parent, name: loc.name! },
      at('inode') as Inode | null,
      at('iatt') as Iatt | null,
    );
  }
  const { opRet, opErrno } = reply;
  const xdata = reply.values[row.reply.findIndex((arg) => arg.name === 'xdata')];
  // Without what is not said.
  const timeouts = JSON.parse(JSON.stringify(timeoutsOf((xdata as Dict | null) ?? null))) as Plain;
  return { opRet, opErrno, values: named(row.reply, reply.values), timeouts };
}

export const operations: Readonly<Record<string, Operation>> = {
  fop: (driver, [name, ...args]) => bare(driver, text(name), args),
  lookup: async (driver, [path]) => iatt((await driver.find(text(path))).buf),
  async stat(driver, [path]) {
    const { inode } = await driver.find(text(path));
    return iatt((await driver.expect('stat', new Loc(inode), null)).values[0]);
  },
  exists: async (driver, [path]) => (await driver.seek(text(path))) !== undefined,
  listdir: async (driver, [path]) => listNames(driver, (await driver.find(text(path))).inode),
  mkdir: (driver, [path, mode]) =>
    make(driver, text(path), (loc, xdata) =>
      driver.expect('mkdir', loc, number(mode, 0o755), 0o022, xdata),
    ),
  mknod: (driver, [path, mode, rdev]) =>
    make(driver, text(path), (loc, xdata) =>
      driver.expect('mknod', loc, number(mode, 0o100644), number(rdev, 0), 0o022, xdata),
    ),
  symlink: (driver, [target, path]) =>
    make(driver, text(path), (loc, xdata) =>
      driver.expect('symlink', text(target), loc, 0o022, xdata),
    ),
  async link(driver, [from, to]) {
    const { inode } = await driver.find(text(from));
    const place = await driver.place(text(to));
    const newLoc = new Loc(inode, place.parent, place.name);
    const { values } = await driver.expect('link', new Loc(inode), newLoc, null);
    return iatt(driver.keep(place, values[0] as Inode | null, values[1] as Iatt | null).buf);
  },
  unlink: (driver, [path]) => remove(driver, text(path), 'unlink'),
  rmdir: (driver, [path]) => remove(driver, text(path), 'rmdir'),
  rename: (driver, [from, to]) => rename(driver, text(from), text(to)),
  async readlink(driver, [path]) {
    const { inode, buf } = await driver.find(text(path));
    if (buf.iaType !== IA_IFLNK) throw new MessageError(`${text(path)} is no symbolic link`);
    const { values } = await driver.expect('readlink', new Loc(inode), 4096, null);
    return values[0] as string;
  },
  async read(driver, [path, size, offset]) {
    const { inode } = await driver.find(text(path));
    const fd = await openInode(driver, inode, O_RDONLY);
    const most = number(size, Number.MAX_SAFE_INTEGER);
    return using(driver, fd, async () =>
      bytesAs(await readAll(driver, fd, most, number(offset, 0))),
    );
  },
  /** With an offset into what is there; without, it is all that is there then. */
  async write(driver, [path, data, offset]) {
    const flags = O_WRONLY | O_CREAT | (typeof offset === 'number' ? 0 : O_TRUNC);
    const fd = await openPath(driver, text(path), flags, 0o644);
    return using(driver, fd, () => writeAll(driver, fd, dataOf(data), number(offset, 0)));
  },
  async truncate(driver, [path, size]) {
    const { inode } = await driver.find(text(path));
    await driver.expect('truncate', new Loc(inode), number(size, 0), null);
    return null;
  },
  chmod: (driver, [path, mode]) =>
    setattr(driver, text(path), SET_ATTR.MODE, { iaProt: number(mode, 0) & 0o7777 }),
  chown: (driver, [path, uid, gid]) =>
    setattr(driver, text(path), SET_ATTR.UID | SET_ATTR.GID, {
      iaUid: number(uid, 0),
      iaGid: number(gid, 0),
    }),
  utime: (driver, [path, atime, mtime]) =>
    setattr(driver, text(path), SET_ATTR.ATIME | SET_ATTR.MTIME, {
      iaAtime: number(atime, 0),
      iaMtime: number(mtime, 0),
    }),
  async access(driver, [path, mask]) {
    const { inode } = await driver.find(text(path));
    await driver.expect('access', new Loc(inode), number(mask, 0), null);
    return null;
  },
  async statfs(driver) {
    const { values } = await driver.expect('statfs', new Loc(driver.root), null);
    return plain('statvfs', values[0]);
  },
  async getxattr(driver, [path, name]) {
    const { inode } = await driver.find(text(path));
    const { values } = await driver.expect('getxattr', new Loc(inode), text(name), null);
    const value = (values[0] as Dict | null)?.get(text(name));
    return bytesAs(value instanceof Uint8Array ? value : dataOf(String(value ?? '')));
  },
  async listxattr(driver, [path]) {
    const { inode } = await driver.find(text(path));
    const { values } = await driver.expect('getxattr', new Loc(inode), null, null);
    return [...((values[0] as Dict | null)?.keys() ?? [])].sort();
  },
  async setxattr(driver, [path, name, value, flags]) {
    const { inode } = await driver.find(text(path));
    const dict = new Dict().set(text(name), dataOf(value), 'bin');
    await driver.expect('setxattr', new Loc(inode), dict, number(flags, 0), null);
    return null;
  },
  async removexattr(driver, [path, name]) {
    const { inode } = await driver.find(text(path));
    await driver.expect('removexattr', new Loc(inode), text(name), null);
    return null;
  },
  async open(driver, [path, flags, mode]) {
    const fd = await openPath(driver, text(path), number(flags, O_RDWR), number(mode, 0o644));
    driver.client.fds.add(fd);
    return ['fd', fd.id];
  },
  'file.read': async (driver, [id, size, offset]) =>
    bytesAs(
      await readAll(
        driver,
        opened(driver, id),
        number(size, Number.MAX_SAFE_INTEGER),
        number(offset, 0),
      ),
    ),
  'file.write': (driver, [id, data, offset]) =>
    writeAll(driver, opened(driver, id), dataOf(data), number(offset, 0)),
  async 'file.truncate'(driver, [id, size]) {
    await driver.expect('ftruncate', opened(driver, id), number(size, 0), null);
    return null;
  },
  async 'file.stat'(driver, [id]) {
    return iatt((await driver.expect('fstat', opened(driver, id), null)).values[0]);
  },
  async 'file.fsync'(driver, [id]) {
    await driver.expect('fsync', opened(driver, id), 0, null);
    return null;
  },
  async 'file.close'(driver, [id]) {
    const fd = opened(driver, id);
    driver.client.fds.remove(fd.id);
    await close(driver, fd);
    return null;
  },
};
