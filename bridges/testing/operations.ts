/**
 * A test's operations on a graph by paths (`runtime/api/files.ts`), named as Python's `os` and
 * Node's `fs` have them. Arguments and results are as in `values.ts`; a directory listing is a list
 * of names.
 */
import type { Driver } from '../../runtime/api/driver.ts';
import type { Files } from '../../runtime/api/files.ts';
import { OpenFile } from '../../runtime/api/open-file.ts';
import type { Dict } from '../../runtime/core/dict.ts';
import type { Fd } from '../../runtime/core/fd.ts';
import { findFop } from '../../runtime/core/fops.ts';
import { type FopName, fopNames } from '../../runtime/core/gen/fops.gen.ts';
import { Loc } from '../../runtime/core/loc.ts';
import { O_RDONLY, O_RDWR } from '../../runtime/core/open-flags.ts';
import { timeoutsOf } from '../../runtime/core/timeouts.ts';
import { MessageError } from '../host/crossing/message.ts';
import { argumentsFrom, bytesAs, bytesOf, named, type Plain, plain } from './values.ts';

type Operation = (files: Files, args: readonly Plain[]) => Promise<Plain>;

const iatt = (buf: unknown): Plain => plain('iatt', buf);

/** Decodes data: `["bytes", text]`, or a text itself. */
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

const optional = (value: Plain | undefined): number | undefined =>
  typeof value === 'number' ? value : undefined;

const nothing = (done: Promise<void>): Promise<null> => done.then(() => null);

function opened({ driver }: Files, id: Plain | undefined): OpenFile {
  const fd = driver.client.fds.get(number(id, -1));
  if (fd === undefined) throw new MessageError('the file is closed');
  return new OpenFile(driver, fd);
}

/** Winds any fop by name; returns the reply's parts by name, failures too. */
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
  const reply = await driver.apply(name as FopName, values);
  const fd = newFd < 0 ? null : (values[newFd] as Fd);
  if (fd !== null && reply.opRet >= 0) driver.client.fds.add(fd);
  else fd?.release();
  const { opRet, opErrno } = reply;
  const xdata = reply.values[row.reply.findIndex((arg) => arg.name === 'xdata')];
  // Without undefined members.
  const timeouts = JSON.parse(JSON.stringify(timeoutsOf((xdata as Dict | null) ?? null))) as Plain;
  return { opRet, opErrno, values: named(row.reply, reply.values), timeouts };
}

export const operations: Readonly<Record<string, Operation>> = {
  fop: ({ driver }, [name, ...args]) => bare(driver, text(name), args),
  lookup: async (files, [path]) => iatt((await files.lookup(text(path))).buf),
  stat: async (files, [path]) => iatt(await files.stat(text(path))),
  exists: async (files, [path]) => (await files.seek(text(path))) !== undefined,
  listdir: (files, [path]) => files.list(text(path)),
  mkdir: async (files, [path, mode]) => iatt(await files.mkdir(text(path), number(mode, 0o755))),
  mknod: async (files, [path, mode, rdev]) =>
    iatt(await files.mknod(text(path), number(mode, 0o100644), number(rdev, 0))),
  symlink: async (files, [target, path]) => iatt(await files.symlink(text(target), text(path))),
  link: async (files, [from, to]) => iatt(await files.link(text(from), text(to))),
  unlink: (files, [path]) => nothing(files.unlink(text(path))),
  rmdir: (files, [path]) => nothing(files.rmdir(text(path))),
  rename: (files, [from, to]) => nothing(files.rename(text(from), text(to))),
  readlink: (files, [path]) => files.readlink(text(path)),
  read: async (files, [path, size, offset]) =>
    bytesAs(await files.readFile(text(path), optional(size), optional(offset))),
  /** Writes at an offset; without one, replaces the contents. */
  write: (files, [path, data, offset]) =>
    files.writeFile(text(path), dataOf(data), typeof offset === 'number' ? { offset } : {}),
  truncate: (files, [path, size]) => nothing(files.truncate(text(path), optional(size))),
  chmod: async (files, [path, mode]) => iatt(await files.chmod(text(path), number(mode, 0))),
  chown: async (files, [path, uid, gid]) =>
    iatt(await files.chown(text(path), number(uid, 0), number(gid, 0))),
  utime: async (files, [path, atime, mtime]) =>
    iatt(await files.utimes(text(path), number(atime, 0) * 1000, number(mtime, 0) * 1000)),
  access: (files, [path, mask]) => nothing(files.access(text(path), optional(mask))),
  statfs: async (files) => plain('statvfs', await files.statfs()),
  getxattr: async (files, [path, name]) => bytesAs(await files.getxattr(text(path), text(name))),
  listxattr: async (files, [path]) => (await files.listxattr(text(path))).sort(),
  setxattr: (files, [path, name, value, flags]) =>
    nothing(files.setxattr(text(path), text(name), dataOf(value), optional(flags))),
  removexattr: (files, [path, name]) => nothing(files.removexattr(text(path), text(name))),
  async open(files, [path, flags, mode]) {
    const { fd } = await files.open(text(path), number(flags, O_RDWR), number(mode, 0o644));
    files.driver.client.fds.add(fd);
    return ['fd', fd.id];
  },
  'file.read': async (files, [id, size, offset]) =>
    bytesAs(await opened(files, id).read(optional(size), optional(offset))),
  'file.write': async (files, [id, data, offset]) =>
    opened(files, id).write(dataOf(data), optional(offset)),
  'file.truncate': async (files, [id, size]) => nothing(opened(files, id).truncate(optional(size))),
  'file.stat': async (files, [id]) => iatt(await opened(files, id).stat()),
  'file.fsync': async (files, [id]) => nothing(opened(files, id).sync()),
  async 'file.close'(files, [id]) {
    const file = opened(files, id);
    files.driver.client.fds.remove(file.fd.id);
    return nothing(file.close());
  },
};
