/**
 * Handles the fops of storage/memory on directories. An entry's offset is its serial number in the directory, so
 * that changes during a listing neither repeat nor hide other entries.
 */
import { nameLength } from '../../../core/bytes.ts';
import type { Dict } from '../../../core/dict.ts';
import { EINVAL, ENOENT, ENOTDIR } from '../../../core/errno.ts';
import { fail, unwind } from '../../../core/gen/fops.gen.ts';
import {
  computeDirentplusSize,
  computeDirentSize,
  type Dirent,
  direntType,
} from '../../../core/iatt.ts';
import type { Fd } from '../../../core/operands.ts';
import type { Fops } from '../../../core/xlator.ts';
import {
  addOpenNode,
  type DirectoryEntry,
  findNode,
  findOrAddOpenNode,
  type MemoryVolume,
  type MemoryXlator,
  type OpenNode,
} from './memory-nodes.ts';
import { readRequestedXattrs } from './xattr.ts';

/** Offsets of `.` and `..`. */
const OFF_SELF = 1;
const OFF_PARENT = 2;

/** Yields the entries after `offset`, starting with `.` and `..`; none of a removed directory. */
function* listEntriesAfter(
  openNode: OpenNode,
  offset: number,
): Generator<[string, DirectoryEntry]> {
  const { node, unsentEntry } = openNode;
  openNode.unsentEntry = null;
  if (openNode.cursorOff !== offset) openNode.cursor = null;
  if (node.nlink === 0) return;
  if (offset < OFF_SELF) yield ['.', { node, off: OFF_SELF }];
  if (offset < OFF_PARENT) yield ['..', { node: node.parent ?? node, off: OFF_PARENT }];
  if (openNode.cursor === null) {
    openNode.cursor = node.entries!.entries();
  } else if (unsentEntry !== null && node.entries!.get(unsentEntry[0]) === unsentEntry[1])
    yield unsentEntry;
  // A Map's iterator stays valid when the Map changes.
  for (;;) {
    const next = openNode.cursor.next();
    if (next.done) break;
    if (next.value[1].off > offset) yield next.value;
  }
  openNode.cursor = null;
}

/** The differences between readdir and readdirp. */
interface ListingFormat {
  /** Returns the bytes of the reply that an entry takes. */
  computeEntryBytes(nameBytes: number): number;
  /** True for readdirp: entries have attributes, an inode, and the extended attributes that `keys` requests. */
  readonly hasAttributes: boolean;
  readonly keys: Dict | null;
}

/** The entries of one reply. */
interface ListingPage {
  readonly entries: Dirent[];
  /** ENOENT after the last entry, as GlusterFS's bricks mark it; otherwise 0. */
  readonly errno: number;
}

/** Lists the entries of one reply of at most `size` bytes; EINVAL if the next entry does not fit. */
function listEntries(
  fd: Fd,
  openNode: OpenNode,
  size: number,
  offset: number,
  format: ListingFormat,
): ListingPage | number {
  const entries: Dirent[] = [];
  let bytesLeft = size;
  openNode.node.atime = openNode.volume.makeTimestamp();
  for (const entry of listEntriesAfter(openNode, offset)) {
    bytesLeft -= format.computeEntryBytes(nameLength(entry[0]));
    if (bytesLeft < 0) {
      openNode.unsentEntry = entry;
      break;
    }
    entries.push(makeDirent(fd, entry, format));
  }
  openNode.cursorOff = entries.at(-1)?.off ?? offset;
  if (bytesLeft >= 0) return { entries, errno: ENOENT };
  return entries.length === 0 ? EINVAL : { entries, errno: 0 };
}

/** Makes the reply's entry for an entry of the directory. */
function makeDirent(
  fd: Fd,
  [name, { node, off }]: [string, DirectoryEntry],
  format: ListingFormat,
): Dirent {
  // `.` and `..` get no inode: a client knows their inodes by other names.
  const isDotEntry = name === '.' || name === '..';
  return {
    name,
    off,
    type: direntType(node.type),
    gfid: node.gfid,
    stat: format.hasAttributes ? node.makeIatt() : null,
    dict: format.hasAttributes ? readRequestedXattrs(node, format.keys) : null,
    inode: format.hasAttributes && !isDotEntry ? fd.inode.table.newInode() : null,
  };
}

/** Returns the context of an fd that is open on a directory, or the errno. */
function findOpenDirectory(xl: MemoryXlator, fd: Fd): OpenNode | number {
  const openNode = findOrAddOpenNode(xl, fd);
  if (typeof openNode === 'number') return openNode;
  return openNode.node.isDir ? openNode : ENOTDIR;
}

/** The format of readdir. */
const NAMES_ONLY: ListingFormat = {
  computeEntryBytes: computeDirentSize,
  hasAttributes: false,
  keys: null,
};

export const dirFops: Fops<MemoryVolume> = {
  opendir(frame, xl, loc, fd, _xdata) {
    const node = findNode(xl, loc);
    if (typeof node === 'number') return fail.opendir(frame, node);
    if (!node.isDir) return fail.opendir(frame, ENOTDIR);
    // A listing may have opened it before.
    if (fd.ctxGet(xl) === undefined) addOpenNode(xl, fd, node);
    unwind.opendir(frame, 0, 0, fd, null);
  },

  readdir(frame, xl, fd, size, offset, _xdata) {
    const openNode = findOpenDirectory(xl, fd);
    if (typeof openNode === 'number') return fail.readdir(frame, openNode);
    const page = listEntries(fd, openNode, size, offset, NAMES_ONLY);
    if (typeof page === 'number') return fail.readdir(frame, page);
    unwind.readdir(frame, page.entries.length, page.errno, page.entries, null);
  },

  readdirp(frame, xl, fd, size, offset, xdata) {
    const openNode = findOpenDirectory(xl, fd);
    if (typeof openNode === 'number') return fail.readdirp(frame, openNode);
    const format = { computeEntryBytes: computeDirentplusSize, hasAttributes: true, keys: xdata };
    const page = listEntries(fd, openNode, size, offset, format);
    if (typeof page === 'number') return fail.readdirp(frame, page);
    unwind.readdirp(frame, page.entries.length, page.errno, page.entries, null);
  },

  fsyncdir(frame, xl, fd, _datasync, _xdata) {
    const openNode = findOpenDirectory(xl, fd);
    if (typeof openNode === 'number') return fail.fsyncdir(frame, openNode);
    unwind.fsyncdir(frame, 0, 0, null);
  },
};
