/** Makes the fops on directories: those of the virtual tree, and the root, whose listing omits the tree. */
import { nameLength } from '../../core/bytes.ts';
import { EACCES, EINVAL, ENOENT, ENOTDIR } from '../../core/errno.ts';
import type { Frame } from '../../core/frame.ts';
import { fail, tail, unwind, wind } from '../../core/gen/fops.gen.ts';
import { computeInoHi, computeInoLo } from '../../core/gfid.ts';
import { computeDirentplusSize, type Dirent, direntType, IA_IFDIR } from '../../core/iatt.ts';
import { ROOT_ID } from '../../core/inode.ts';
import type { Fd } from '../../core/operands.ts';
import type { Cbk, Fop, Fops } from '../../core/xlator.ts';
import {
  deriveGfid,
  findOpenNode,
  findTreePath,
  getNodeType,
  type Meta,
  type MetaXlator,
  type OpenNode,
} from './state.ts';

/** Offsets of `.` and `..`; other offsets are larger. */
const DOT_OFFSETS: ReadonlyMap<string, number> = new Map([
  ['.', 1],
  ['..', 2],
]);

/** Derives an entry's offset from its name, so that it is valid in each open, and while names come and go. */
function deriveOffset(name: string): number {
  const hash = deriveGfid(name);
  return DOT_OFFSETS.get(name) ?? 3 + computeInoHi(hash) * 2 ** 10 + (computeInoLo(hash) >>> 22);
}

/** Sorts names by their offsets. */
const sortNames = (names: readonly string[]): string[] =>
  names.toSorted((a, b) => deriveOffset(a) - deriveOffset(b));

/**
 * Returns the entries after `offset`, as many as fit, without attributes: the kernel looks those up when a
 * program needs them.
 */
function listEntries(xl: MetaXlator, openNode: OpenNode, size: number, offset: number): Dirent[] {
  const { treePath, names } = openNode;
  const folder = xl.priv.findNode(treePath);
  const entries: Dirent[] = [];
  let remainingBytes = size;
  for (const name of names) {
    const off = deriveOffset(name);
    if (off <= offset) continue;
    remainingBytes -= computeDirentplusSize(nameLength(name));
    if (remainingBytes < 0) break;
    const isDots = DOT_OFFSETS.has(name);
    const node = folder?.kind === 'dir' ? folder.find(name) : undefined;
    if (node === undefined && !isDots) continue;
    const { gfid } = isDots ? treePath : xl.priv.makePath([...treePath.path, name]);
    const type = direntType(node === undefined ? IA_IFDIR : getNodeType(node));
    entries.push({ name, off, type, gfid, stat: null, dict: null, inode: null });
  }
  return entries;
}

/** A readdir of the root. It is wound again if all entries of its reply are hidden, as an empty reply means the end. */
interface RootListing {
  readonly fd: Fd;
  readonly size: number;
}

/** Whether an entry of the root is the tree, or has its name. */
const isHidden = (xl: MetaXlator, { name }: Dirent): boolean => name === xl.priv.dirName;

/** Makes readdir or readdirp: lists a directory of the tree, and hides the tree in the listing of the root. */
function makeListingFop(fop: 'readdir' | 'readdirp') {
  const filterCbk: Cbk<'readdir', Meta> = (frame, _c, xl, opRet, opErrno, entries, xdata) => {
    const visibleEntries = entries?.filter((entry) => !isHidden(xl, entry)) ?? null;
    if (visibleEntries === null || visibleEntries.length > 0 || entries!.length === 0) {
      unwind[fop](frame, visibleEntries?.length ?? opRet, opErrno, visibleEntries, xdata);
      return;
    }
    const { fd, size } = frame.local as RootListing;
    wind[fop](frame, 0, filterCbk, xl.children[0]!, fd, size, entries!.at(-1)!.off, null);
  };
  const readDirectory: Fop<'readdir', Meta> = (frame, xl, fd, size, offset, xdata) => {
    if (fd.inode.id === ROOT_ID) {
      frame.local = { fd, size } satisfies RootListing;
      wind[fop](frame, 0, filterCbk, xl.children[0]!, fd, size, offset, xdata);
      return;
    }
    const openNode = findTreePath(xl, fd.inode) && findOpenNode(xl, fd);
    if (openNode === undefined) {
      tail[fop](frame, xl.children[0]!, fd, size, offset, xdata);
      return;
    }
    const entries = listEntries(xl, openNode, size, offset);
    unwind[fop](frame, entries.length, 0, entries, null);
  };
  return readDirectory;
}

/** Makes the fops; `mayRead` tells whether a request's caller may read the tree. */
export const makeDirectoryFops = (
  mayRead: (frame: Frame, xl: MetaXlator) => boolean,
): Fops<Meta> => ({
  opendir(frame, xl, loc, fd, xdata) {
    const treePath = findTreePath(xl, loc.inode);
    if (treePath === undefined) return tail.opendir(frame, xl.children[0]!, loc, fd, xdata);
    if (fd === null) return fail.opendir(frame, EINVAL);
    if (!mayRead(frame, xl)) return fail.opendir(frame, EACCES);
    const node = xl.priv.findNode(treePath);
    if (node?.kind !== 'dir') return fail.opendir(frame, node === undefined ? ENOENT : ENOTDIR);
    const names = sortNames(['.', '..', ...node.listNames()]);
    const bytes = new Uint8Array(0);
    fd.ctxSet(xl, {
      treePath,
      node,
      bytes,
      names,
      writtenBytes: null,
    } satisfies OpenNode);
    unwind.opendir(frame, 0, 0, fd, null);
  },

  readdir: makeListingFop('readdir'),
  readdirp: makeListingFop('readdirp'),

  fsyncdir(frame, xl, fd, datasync, xdata) {
    if (findTreePath(xl, fd.inode) === undefined) {
      tail.fsyncdir(frame, xl.children[0]!, fd, datasync, xdata);
    } else unwind.fsyncdir(frame, 0, 0, null);
  },
});
