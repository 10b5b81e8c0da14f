/**
 * The fops on directories. An entry's offset is its serial number in the directory, so that changes during
 * a listing neither repeat nor hide other entries.
 */
import { nameLength } from '../../../core/bytes.ts';
import type { Dict } from '../../../core/dict.ts';
import { EINVAL, ENOENT, ENOTDIR } from '../../../core/errno.ts';
import type { Fd } from '../../../core/fd.ts';
import { fail, unwind } from '../../../core/gen/fops.gen.ts';
import { type Dirent, direntplusSize, direntSize, direntType } from '../../../core/iatt.ts';
import type { Fops } from '../../../core/xlator.ts';
import {
  type DirectoryEntry,
  type Disk,
  type MemoryXlator,
  nodeOf,
  type OpenNode,
  openAs,
  openOf,
} from './node.ts';
import { lookupKeys } from './xattr.ts';

const OFF_SELF = 1;
const OFF_PARENT = 2;

/** Yields the entries after `offset`, starting with `.` and `..`. */
function* entriesAfter(opened: OpenNode, offset: number): Generator<[string, DirectoryEntry]> {
  const { node } = opened;
  if (node.nlink === 0) return;
  if (offset < OFF_SELF) yield ['.', { node, off: OFF_SELF }];
  if (offset < OFF_PARENT) yield ['..', { node: node.parent ?? node, off: OFF_PARENT }];
  const { ahead } = opened;
  opened.ahead = null;
  if (opened.cursor === null || opened.cursorOff !== offset) {
    opened.cursor = node.entries!.entries();
  } else if (ahead !== null && node.entries!.get(ahead[0]) === ahead[1]) yield ahead;
  // A Map's iterator survives changes of the Map.
  for (;;) {
    const next = opened.cursor.next();
    if (next.done) break;
    if (next.value[1].off > offset) yield next.value;
  }
  opened.cursor = null;
}

interface Format {
  /** Returns the bytes of `size` that an entry takes. */
  charge(nameBytes: number): number;
  /** For readdirp: entries have attributes, an inode, and the values of `keys`. */
  readonly plus: boolean;
  readonly keys: Dict | null;
}

interface Page {
  readonly entries: Dirent[];
  /** ENOENT after the last entry, as GlusterFS's bricks mark it; otherwise 0. */
  readonly end: number;
}

/** Returns one reply's entries, or EINVAL if the next entry does not fit into `size`. */
function list(fd: Fd, opened: OpenNode, size: number, offset: number, how: Format): Page | number {
  const entries: Dirent[] = [];
  let left = size;
  opened.node.atime = opened.disk.now();
  for (const found of entriesAfter(opened, offset)) {
    left -= how.charge(nameLength(found[0]));
    if (left < 0) {
      opened.ahead = found;
      break;
    }
    entries.push(direntOf(fd, found, how));
  }
  opened.cursorOff = entries.at(-1)?.off ?? offset;
  if (left >= 0) return { entries, end: ENOENT };
  return entries.length === 0 ? EINVAL : { entries, end: 0 };
}

function direntOf(fd: Fd, [name, { node, off }]: [string, DirectoryEntry], how: Format): Dirent {
  const isDots = name === '.' || name === '..';
  return {
    name,
    off,
    type: direntType(node.type),
    gfid: node.gfid,
    stat: how.plus ? node.iatt() : null,
    dict: how.plus ? lookupKeys(node, how.keys) : null,
    inode: how.plus && !isDots ? fd.inode.table.newInode() : null,
  };
}

function directoryOf(xl: MemoryXlator, fd: Fd): OpenNode | number {
  const opened = openOf(xl, fd);
  if (typeof opened === 'number') return opened;
  return opened.node.isDir ? opened : ENOTDIR;
}

const NAMES: Format = { charge: direntSize, plus: false, keys: null };

export const dirFops: Fops<Disk> = {
  opendir(frame, xl, loc, fd, _xdata) {
    const node = nodeOf(xl, loc);
    if (typeof node === 'number') return fail.opendir(frame, node);
    if (!node.isDir) return fail.opendir(frame, ENOTDIR);
    openAs(xl, fd, node);
    unwind.opendir(frame, 0, 0, fd, null);
  },

  readdir(frame, xl, fd, size, offset, _xdata) {
    const opened = directoryOf(xl, fd);
    if (typeof opened === 'number') return fail.readdir(frame, opened);
    const listed = list(fd, opened, size, offset, NAMES);
    if (typeof listed === 'number') return fail.readdir(frame, listed);
    unwind.readdir(frame, listed.entries.length, listed.end, listed.entries, null);
  },

  readdirp(frame, xl, fd, size, offset, xdata) {
    const opened = directoryOf(xl, fd);
    if (typeof opened === 'number') return fail.readdirp(frame, opened);
    const how = { charge: direntplusSize, plus: true, keys: xdata };
    const listed = list(fd, opened, size, offset, how);
    if (typeof listed === 'number') return fail.readdirp(frame, listed);
    unwind.readdirp(frame, listed.entries.length, listed.end, listed.entries, null);
  },

  fsyncdir(frame, xl, fd, _datasync, _xdata) {
    const opened = directoryOf(xl, fd);
    if (typeof opened === 'number') return fail.fsyncdir(frame, opened);
    unwind.fsyncdir(frame, 0, 0, null);
  },
};
