/** Handles the fops of a file system by path on directories. */
import { nameLength } from '../core/bytes.ts';
import { Dict } from '../core/dict.ts';
import { EINVAL, ENOENT, ENOTDIR, ESTALE } from '../core/errno.ts';
import type { Frame } from '../core/frame.ts';
import { fail, unwind } from '../core/gen/fops.gen.ts';
import { NULL_GFID } from '../core/gfid.ts';
import { computeDirentplusSize, computeDirentSize, type Dirent, direntType } from '../core/iatt.ts';
import { isListingOffset } from '../core/listing-offset.ts';
import type { Fd } from '../core/operands.ts';
import { ATTRIBUTE_TIMEOUT, ENTRY_TIMEOUT } from '../core/xdata.ts';
import type { Fops } from '../core/xlator.ts';
import type { FilesVolume } from './files-volume.ts';
import type { Listing } from './listing.ts';
import { type Attributes, findType } from './methods.ts';
import { isHiddenName } from './name-fops.ts';
import type { Node } from './node.ts';

/** Offsets of `.` and `..`; those of other entries are larger. */
const OFF_SELF = 1;
const OFF_PARENT = 2;

/** The most names of a listing that is kept for the next one: most of its work is checks and order. */
const KEPT_NAMES_MAX = 10_000;

/** The context of an fd that is open on a directory. */
export class OpenDirectory {
  readonly node: Node;
  /** The entries since the listing began; null outside of a listing. */
  entries: Listing<Attributes> | null = null;
  /** The index at which the listing continues from `offset`. */
  index = 0;
  offset = 0;
  /** Nodes of listed entries that no client has used yet. */
  listed: Node[] = [];

  constructor(node: Node) {
    this.node = node;
  }
}

/** Makes the fops of directories. */
export function makeDirFops(volume: FilesVolume): Fops<unknown> {
  const findDirectory = (fd: Fd): OpenDirectory | number => {
    const open = fd.ctxGet(volume.xl) as OpenDirectory | undefined;
    if (open !== undefined) return open;
    const node = volume.findInodeNode(fd.inode);
    return typeof node === 'number' ? node : openDirectory(fd, node);
  };
  const openDirectory = (fd: Fd, node: Node): OpenDirectory | number => {
    if (!node.isDir) return ENOTDIR;
    const open = new OpenDirectory(node);
    node.openCount += 1;
    fd.ctxSet(volume.xl, open);
    return open;
  };

  /** Makes the reply's entry; one whose attributes the author has not listed has a name only. */
  const makeDirent = (
    open: OpenDirectory,
    fd: Fd,
    index: number,
    off: number,
    hasAttributes: boolean,
  ): Dirent => {
    const name = open.entries!.name(index);
    const attributes = open.entries!.attributes(index);
    if (!hasAttributes || attributes === null) {
      const known = open.node.findListed(open.entries!, index);
      const type = attributes === null ? known?.type : findType(attributes);
      return {
        name,
        off,
        type: type === undefined ? 0 : direntType(type),
        gfid: known?.gfid ?? NULL_GFID,
        stat: null,
        dict: null,
        inode: null,
      };
    }
    const node = volume.tree.provide(open.node, name, findType(attributes)!, attributes.ino);
    node.iatt = volume.makeIatt(node, attributes);
    if (!node.isKnown) open.listed.push(node);
    const inode = fd.inode.table.newInode();
    inode.ctxSet(volume.xl, node);
    const { timeout } = attributes;
    const dict = new Dict();
    if (timeout !== undefined && timeout !== null)
      for (const key of [ENTRY_TIMEOUT, ATTRIBUTE_TIMEOUT]) dict.set(key, timeout, 'double');
    const type = direntType(node.type);
    return { name, off, type, gfid: node.gfid, stat: node.iatt, dict, inode };
  };

  /** Makes the entry `.` or `..`. */
  const makeDotEntry = (name: '.' | '..', node: Node, hasAttributes: boolean): Dirent => ({
    name,
    off: name === '.' ? OFF_SELF : OFF_PARENT,
    type: direntType(node.type),
    gfid: node.gfid,
    stat: hasAttributes ? node.iatt : null,
    dict: null,
    inode: null,
  });

  /** Collects the entries of one reply, or returns EINVAL if the first does not fit. */
  const makePage = (
    open: OpenDirectory,
    fd: Fd,
    size: number,
    offset: number,
    hasAttributes: boolean,
  ): Dirent[] | number => {
    const computeBytes = hasAttributes ? computeDirentplusSize : computeDirentSize;
    const page: Dirent[] = [];
    let bytesLeft = size;
    const add = (entry: Dirent): boolean => {
      page.push(entry);
      open.offset = entry.off;
      return true;
    };
    const hasRoom = (name: string): boolean => {
      bytesLeft -= computeBytes(nameLength(name));
      return bytesLeft >= 0;
    };
    const { node } = open;
    if (offset < OFF_SELF && hasRoom('.')) add(makeDotEntry('.', node, hasAttributes));
    if (offset < OFF_PARENT && hasRoom('..')) add(makeDotEntry('..', node.parent, hasAttributes));
    const entries = open.entries!;
    const continues = offset > OFF_PARENT && offset === open.offset;
    let index = continues ? open.index : entries.findStart(offset);
    let previous = continues ? offset : 0;
    for (; bytesLeft >= 0 && index < entries.length; index++) {
      const name = entries.name(index);
      const off = entries.offset(index, previous);
      previous = off;
      if (off <= offset && !continues) continue;
      if (isHiddenName(name) && node.children.get(name)?.isRemovedAtClose) continue;
      if (!hasRoom(name)) break;
      add(makeDirent(open, fd, index, off, hasAttributes));
    }
    open.index = index;
    return page.length === 0 && bytesLeft < 0 ? EINVAL : page;
  };

  type Reply = (opRet: number, opErrno: number, entries: Dirent[] | null) => void;

  const list = (
    frame: Frame,
    fd: Fd,
    size: number,
    offset: number,
    hasAttributes: boolean,
    reply: Reply,
  ) => {
    const open = findDirectory(fd);
    if (typeof open === 'number') return reply(-1, open, null);
    if (!isListingOffset(offset)) return reply(-1, EINVAL, null);
    const sendPage = () => {
      const page = makePage(open, fd, size, offset, hasAttributes);
      if (typeof page === 'number') return reply(-1, page, null);
      const hasEnded = open.index >= open.entries!.length;
      // The end is a reply of its own or comes with the last entries, as the caller asks on.
      if (hasEnded && page.length === 0) open.entries = null;
      reply(page.length, hasEnded ? ENOENT : 0, page);
    };
    if (offset > 0 && open.entries !== null) return sendPage();
    const { path } = open.node;
    if (path === null) return reply(0, ENOENT, []);
    const begin = (): void =>
      volume.call(frame, 'list', path, { known: open.node.listing }, (errno, value) => {
        if (errno !== 0) return reply(-1, errno === ENOENT ? ESTALE : errno, null);
        open.entries = value as Listing<Attributes>;
        open.node.keepListing(open.entries.length <= KEPT_NAMES_MAX ? open.entries : null);
        open.offset = 0;
        sendPage();
      });
    if (!hasAttributes || open.node.iatt !== null) return begin();
    volume.statNode(frame, open.node, (errno) => (errno === 0 ? begin() : reply(-1, errno, null)));
  };

  return {
    opendir(frame, _xl, loc, fd, _xdata) {
      const node = volume.findNode(loc);
      if (typeof node === 'number') return fail.opendir(frame, node);
      const open = fd.ctxGet(volume.xl) === undefined ? openDirectory(fd, node) : 0;
      if (typeof open === 'number' && open !== 0) return fail.opendir(frame, open);
      unwind.opendir(frame, 0, 0, fd, null);
    },

    readdir(frame, _xl, fd, size, offset, _xdata) {
      list(frame, fd, size, offset, false, (opRet, opErrno, entries) => {
        if (opRet < 0) fail.readdir(frame, opErrno);
        else unwind.readdir(frame, opRet, opErrno, entries, null);
      });
    },

    readdirp(frame, _xl, fd, size, offset, _xdata) {
      list(frame, fd, size, offset, true, (opRet, opErrno, entries) => {
        if (opRet < 0) fail.readdirp(frame, opErrno);
        else unwind.readdirp(frame, opRet, opErrno, entries, null);
      });
    },

    fsyncdir(frame, _xl, _fd, _datasync, _xdata) {
      unwind.fsyncdir(frame, 0, 0, null);
    },
  };
}

/** Ends an open directory: drops the listed nodes that no client uses. */
export function releaseDirectory(volume: FilesVolume, fd: Fd, open: OpenDirectory): void {
  open.node.openCount -= 1;
  for (const node of open.listed) volume.releaseListed(fd.inode.table, node);
  volume.tree.prune(open.node);
}
