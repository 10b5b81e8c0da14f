/** Holds the state of a volume of `meta`: its tree, the paths that inodes have as context, and open nodes. */
import { decodeName, encodeName } from '../../core/bytes.ts';
import type { Context } from '../../core/context.ts';
import { type Gfid, gfidFromBytes, setVersion4 } from '../../core/gfid.ts';
import { IA_IFDIR, IA_IFLNK, IA_IFREG, Iatt } from '../../core/iatt.ts';
import type { Inode } from '../../core/inode.ts';
import { GFID_SIZE } from '../../core/limits.ts';
import type { Fd } from '../../core/operands.ts';
import type { Xlator } from '../../core/xlator.ts';
import { type Dir, type File, type Node, resolvePath } from './tree.ts';

/** A path in the tree, with its gfid; the root's path is empty. */
export interface TreePath {
  readonly path: readonly string[];
  readonly gfid: Gfid;
}

/** The most bytes of a written value. */
export const MAX_VALUE_BYTES = 65_536;

/** The state of one volume of `meta`. */
export class Meta {
  readonly dirName: string;
  readonly tree: Dir;
  /** The user who may read the tree besides root, if any. */
  readonly owner: number | undefined;
  /** Start time in milliseconds (`LogSink.now`), which all nodes show as their times. */
  readonly startedAtMs: number;
  private readonly name: string;

  /**
   * @param name of the volume
   * @param dirName name of the tree's directory in the root
   */
  constructor(name: string, dirName: string, tree: Dir, { runFiles, sink }: Context) {
    this.name = name;
    this.dirName = dirName;
    this.tree = tree;
    this.owner = runFiles?.ownerUid;
    this.startedAtMs = sink.now();
  }

  /** Resolves a path to its current node, if any. */
  findNode({ path }: TreePath): Node | undefined {
    return resolvePath(this.tree, path);
  }

  /** Makes a path with its gfid. */
  makePath(path: readonly string[]): TreePath {
    return { path, gfid: deriveGfid([this.name, ...path].join('/')) };
  }

  /** Returns the path of a name in a folder; undefined if it does not exist. */
  findChildPath(treePath: TreePath, name: string): TreePath | undefined {
    const dir = this.findNode(treePath);
    if (dir?.kind !== 'dir' || dir.find(name) === undefined) return undefined;
    return this.makePath([...treePath.path, name]);
  }
}

/** Multipliers (primes) of four FNV-like hashes of 32 bits, which together make a gfid. */
const HASH_MULTIPLIERS = [0x0100_0193, 0x85eb_ca6b, 0xc2b2_ae35, 0x27d4_eb2f] as const;

/** Start value of each hash (FNV's offset basis). */
const HASH_START = 0x811c_9dc5;

/** Derives a gfid from a path, so that gfids need not be stored. */
export function deriveGfid(text: string): Gfid {
  const bytes = new Uint8Array(GFID_SIZE);
  const view = new DataView(bytes.buffer);
  HASH_MULTIPLIERS.forEach((prime, part) => {
    let hash = HASH_START;
    for (let index = 0; index < text.length; index++)
      hash = Math.imul(hash ^ text.charCodeAt(index), prime);
    view.setUint32(part * 4, hash ^ (hash >>> 15));
  });
  return gfidFromBytes(setVersion4(bytes));
}

export type MetaXlator = Xlator<Meta>;

/** Returns an inode's path in the tree; undefined for an inode of the volumes below. */
export const findTreePath = (xl: MetaXlator, inode: Inode | null): TreePath | undefined =>
  inode === null ? undefined : (inode.ctxGet(xl) as TreePath | undefined);

/** The context of an fd: what the file's text (`bytes`) or the folder's `names` were when it was opened. */
export interface OpenNode {
  readonly treePath: TreePath;
  /** The node at the time of the open; its path may lead to another node later, or no longer exist. */
  readonly node: Dir | File;
  readonly bytes: Uint8Array;
  readonly names: readonly string[];
  /** Written bytes that are not a complete value yet; null after a complete value. */
  writtenBytes: Uint8Array | null;
}

/** Returns the context of an fd; undefined for an fd of the volumes below. */
export const findOpenNode = (xl: MetaXlator, fd: Fd): OpenNode | undefined =>
  fd.ctxGet(xl) as OpenNode | undefined;

/** Reads a file's present text, as bytes. */
export const readBytes = (file: File): Uint8Array => encodeName(file.read());

/** Decodes a value without its last newline. */
export function decodeValue(bytes: Uint8Array): string {
  const end = endsLine(bytes) ? bytes.length - 1 : bytes.length;
  return decodeName(bytes, 0, end);
}

/** Whether bytes end with a newline. */
export const endsLine = (bytes: Uint8Array): boolean => bytes[bytes.length - 1] === 0x0a;

const TYPE_BY_KIND = { dir: IA_IFDIR, file: IA_IFREG, link: IA_IFLNK } as const;

/** Returns the `IA_IF…` type of a node. */
export const getNodeType = (node: Node): number => TYPE_BY_KIND[node.kind];

/** Returns the permission bits of a node. */
function getNodeProt(node: Node): number {
  if (node.kind === 'dir') return 0o500;
  if (node.kind === 'link') return 0o777;
  return node.write === undefined ? 0o400 : 0o600;
}

function computeNodeSize(node: Node): number {
  if (node.kind === 'dir') return 0;
  return (node.kind === 'file' ? readBytes(node) : encodeName(node.readTarget())).length;
}

/** Makes a node's attributes. Without `size`, the length of an open file's text, they have the current size. */
export function makeAttributes(
  xl: MetaXlator,
  treePath: TreePath,
  node: Node,
  size = computeNodeSize(node),
): Iatt {
  const buf = new Iatt();
  const { startedAtMs } = xl.priv;
  const seconds = Math.floor(startedAtMs / 1000);
  const nanoseconds = Math.floor((startedAtMs - seconds * 1000) * 1e6);
  buf.iaGfid = treePath.gfid;
  buf.iaType = getNodeType(node);
  buf.iaProt = getNodeProt(node);
  buf.iaNlink = node.kind === 'dir' ? 2 : 1;
  buf.iaUid = xl.priv.owner ?? 0;
  buf.iaSize = size;
  buf.iaBlksize = 4096;
  buf.iaAtime = buf.iaMtime = buf.iaCtime = seconds;
  buf.iaAtimeNsec = buf.iaMtimeNsec = buf.iaCtimeNsec = nanoseconds;
  return buf;
}
