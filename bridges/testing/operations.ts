/**
 * Defines a test's operations on a graph by paths (`runtime/api/files.ts`), named as Python's `os` and
 * Node's `fs` have them. Arguments and results are as in `values.ts`; a directory listing is a list
 * of names.
 */
import type { DriverSteps } from '../../runtime/api/driver-steps.ts';
import type { Files } from '../../runtime/api/files.ts';
import { readEntries } from '../../runtime/api/open-directory.ts';
import { OpenFile } from '../../runtime/api/open-file.ts';
import { runSteps } from '../../runtime/api/steps.ts';
import { type Dict, timeoutsOf } from '../../runtime/core/dict.ts';
import { findFop } from '../../runtime/core/fops.ts';
import { type FopName, fopNames } from '../../runtime/core/gen/fops.gen.ts';
import { O_RDONLY, O_RDWR } from '../../runtime/core/open-flags.ts';
import { type Fd, Loc } from '../../runtime/core/operands.ts';
import { MessageError } from '../host/crossing/message.ts';
import {
  decodeArguments,
  decodeBytes,
  encodeByName,
  encodeBytes,
  encodeValue,
  type Plain,
} from './values.ts';

type Operation = (files: Files, args: readonly Plain[]) => Promise<Plain>;

const encodeIatt = (buf: unknown): Plain => encodeValue('iatt', buf);

/** Decodes data: `["bytes", text]`, or a text itself. */
function decodeData(value: Plain | undefined): Uint8Array {
  if (Array.isArray(value)) return decodeBytes(String(value[1]));
  return new TextEncoder().encode(String(value ?? ''));
}

const readText = (value: Plain | undefined): string => {
  if (typeof value === 'string') return value;
  throw new MessageError(`a path or a name must be a string, not ${JSON.stringify(value)}`);
};
const readNumber = (value: Plain | undefined, defaultValue: number): number =>
  typeof value === 'number' ? value : defaultValue;

const readOptional = (value: Plain | undefined): number | undefined =>
  typeof value === 'number' ? value : undefined;

/** Replaces undefined, which JSON lacks. */
const toNull = (promise: Promise<void>): Promise<null> => promise.then(() => null);

function getOpenFile({ driver }: Files, id: Plain | undefined): OpenFile {
  const fd = driver.client.fds.get(readNumber(id, -1));
  if (fd === undefined) throw new MessageError('the file is closed');
  return new OpenFile(driver, fd);
}

/** Winds any fop by name; returns the reply's parts by name, also of a failed reply. */
async function windFop(driver: DriverSteps, name: string, args: readonly Plain[]): Promise<Plain> {
  const row = findFop(name);
  if (row === undefined || !fopNames.includes(name as FopName)) {
    throw new MessageError(`${name} is no fop`);
  }
  if (args.length > row.args.length) {
    const parameters = row.args.map((arg) => arg.name).join(', ');
    throw new MessageError(`${name} takes ${parameters}: ${args.length} arguments are too many`);
  }
  const { inodes } = driver.graph;
  const { values, newFdIndex } = decodeArguments(row, args, {
    loc: (path) => driver.makeKnownLoc(path),
    fd: (id) => driver.client.fds.get(id),
    table: inodes,
  });
  const loc = values.find((value) => value instanceof Loc) as Loc | undefined;
  if (newFdIndex >= 0) {
    const flagsIndex = row.args.findIndex((arg) => arg.name === 'flags');
    const flags = flagsIndex < 0 ? O_RDONLY : (values[flagsIndex] as number);
    values[newFdIndex] = driver.makeFd(loc!.inode!, flags, name === 'opendir');
  }
  const returnsInode = row.reply.some(({ type }) => type === 'inode');
  const xdataIndex = row.args.findIndex((arg) => arg.name === 'xdata');
  if (returnsInode && values[xdataIndex] === null) values[xdataIndex] = driver.makeGfidRequest();
  const reply = await runSteps(driver.apply(name as FopName, values));
  const fd = newFdIndex < 0 ? null : (values[newFdIndex] as Fd);
  if (fd !== null && reply.opRet >= 0) driver.client.fds.add(fd);
  else fd?.release();
  const { opRet, opErrno } = reply;
  const xdata = reply.values[row.reply.findIndex((arg) => arg.name === 'xdata')];
  // JSON drops undefined members.
  const timeouts = JSON.parse(JSON.stringify(timeoutsOf((xdata as Dict | null) ?? null))) as Plain;
  return { opRet, opErrno, values: encodeByName(row.reply, reply.values), timeouts };
}

/**
 * Lists the names in a directory by readdir and by readdirp. A mount uses both, so they must show the same names.
 * @throws {MessageError} if they differ
 */
async function listBothWays(files: Files, path: string): Promise<Plain> {
  const names = await files.list(path);
  const { inode } = await runSteps(files.driver.find(path));
  const entries = await runSteps(readEntries(files.driver, inode, { withStats: true }));
  const others = entries.map(({ name }) => name).sort();
  const format = (list: readonly string[], than: readonly string[]): string =>
    list.filter((name) => !than.includes(name)).join(', ') || 'no other names';
  if (names.join('/') !== others.join('/')) {
    throw new MessageError(
      `${path} differs by readdir (${format(names, others)}) and by readdirp (${format(others, names)}): ` +
        'a mount lists by both',
    );
  }
  return names;
}

export const operations: Readonly<Record<string, Operation>> = {
  fop: ({ driver }, [name, ...args]) => windFop(driver, readText(name), args),
  lookup: async (files, [path]) => encodeIatt((await files.lookup(readText(path))).buf),
  stat: async (files, [path]) => encodeIatt(await files.stat(readText(path))),
  exists: async (files, [path]) => (await files.findIfExists(readText(path))) !== undefined,
  listdir: (files, [path]) => listBothWays(files, readText(path)),
  /** For a directory that changes meanwhile, where two listings may differ. */
  readdir: (files, [path]) => files.list(readText(path)),
  mkdir: async (files, [path, mode]) =>
    encodeIatt(await files.mkdir(readText(path), readNumber(mode, 0o755))),
  mknod: async (files, [path, mode, rdev]) =>
    encodeIatt(await files.mknod(readText(path), readNumber(mode, 0o100644), readNumber(rdev, 0))),
  symlink: async (files, [target, path]) =>
    encodeIatt(await files.symlink(readText(target), readText(path))),
  link: async (files, [from, to]) => encodeIatt(await files.link(readText(from), readText(to))),
  unlink: (files, [path]) => toNull(files.unlink(readText(path))),
  rmdir: (files, [path]) => toNull(files.rmdir(readText(path))),
  rename: (files, [from, to]) => toNull(files.rename(readText(from), readText(to))),
  readlink: (files, [path]) => files.readlink(readText(path)),
  read: async (files, [path, size, offset]) =>
    encodeBytes(await files.readFile(readText(path), readOptional(size), readOptional(offset))),
  /** Writes at an offset; without one, replaces the contents. */
  write: (files, [path, data, offset]) =>
    files.writeFile(readText(path), decodeData(data), typeof offset === 'number' ? { offset } : {}),
  truncate: (files, [path, size]) => toNull(files.truncate(readText(path), readOptional(size))),
  chmod: async (files, [path, mode]) =>
    encodeIatt(await files.chmod(readText(path), readNumber(mode, 0))),
  chown: async (files, [path, uid, gid]) =>
    encodeIatt(await files.chown(readText(path), readNumber(uid, 0), readNumber(gid, 0))),
  utime: async (files, [path, atime, mtime]) =>
    encodeIatt(
      await files.utimes(readText(path), readNumber(atime, 0) * 1000, readNumber(mtime, 0) * 1000),
    ),
  access: (files, [path, mask]) => toNull(files.access(readText(path), readOptional(mask))),
  statfs: async (files) => encodeValue('statvfs', await files.statfs()),
  getxattr: async (files, [path, name]) =>
    encodeBytes(await files.getxattr(readText(path), readText(name))),
  listxattr: async (files, [path]) => (await files.listxattr(readText(path))).sort(),
  setxattr: (files, [path, name, value, flags]) =>
    toNull(files.setxattr(readText(path), readText(name), decodeData(value), readOptional(flags))),
  removexattr: (files, [path, name]) => toNull(files.removexattr(readText(path), readText(name))),
  async open(files, [path, flags, mode]) {
    const { fd } = await files.open(
      readText(path),
      readNumber(flags, O_RDWR),
      readNumber(mode, 0o644),
    );
    files.driver.client.fds.add(fd);
    return ['fd', fd.id];
  },
  'file.read': async (files, [id, size, offset]) =>
    encodeBytes(await getOpenFile(files, id).read(readOptional(size), readOptional(offset))),
  'file.write': async (files, [id, data, offset]) =>
    getOpenFile(files, id).write(decodeData(data), readOptional(offset)),
  'file.truncate': async (files, [id, size]) =>
    toNull(getOpenFile(files, id).truncate(readOptional(size))),
  'file.stat': async (files, [id]) => encodeIatt(await getOpenFile(files, id).stat()),
  'file.fsync': async (files, [id]) => toNull(getOpenFile(files, id).sync()),
  async 'file.close'(files, [id]) {
    const file = getOpenFile(files, id);
    files.driver.client.fds.remove(file.fd.id);
    return toNull(file.close());
  },
};
