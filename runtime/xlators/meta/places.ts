/** Places in the virtual tree, as inodes keep them; open files of it; and attributes. */
import { decodeName, encodeName } from '../../core/bytes.ts';
import type { Context } from '../../core/context.ts';
import type { Fd } from '../../core/fd.ts';
import { asVersion4, type Gfid, gfidFromBytes } from '../../core/gfid.ts';
import { IA_IFDIR, IA_IFLNK, IA_IFREG, Iatt } from '../../core/iatt.ts';
import type { Inode } from '../../core/inode.ts';
import { GFID_SIZE } from '../../core/limits.ts';
import type { Xlator } from '../../core/xlator.ts';
import { type Dir, type File, follow, type Node } from './nodes.ts';

/** A path in the tree; its root is of length 0. */
export interface Place {
  readonly path: readonly string[];
  readonly gfid: Gfid;
}

/** Bytes of a value that somebody writes. */
export const VALUE_MAX = 65_536;

export class Meta {
  readonly dirName: string;
  readonly tree: Dir;
  /** Who may look, besides root; undefined for nobody. */
  readonly owner: number | undefined;
  /** As `LogSink.now`: when it was made, which is the time of all that is in the tree. */
  readonly since: number;
  private readonly name: string;

  /** @param name the volume's */
  constructor(name: string, dirName: string, tree: Dir, { runFiles, sink }: Context) {
    this.name = name;
    this.dirName = dirName;
    this.tree = tree;
    this.owner = runFiles?.owner;
    this.since = sink.now();
  }

  /** The node of a place, if there still is one. */
  nodeAt({ path }: Place): Node | undefined {
    return follow(this.tree, path);
  }

  place(path: readonly string[]): Place {
    return { path, gfid: gfidFor([this.name, ...path].join('/')) };
  }

  /** The place of a name in another one; undefined when there is none. */
  below(place: Place, name: string): Place | undefined {
    const at = this.nodeAt(place);
    if (at?.kind !== 'dir' || at.find(name) === undefined) return undefined;
    return this.place([...place.path, name]);
  }
}

/** As FNV's, which are of 32 bits each: four together are as good as a random gfid. */
const PRIMES = [0x0100_0193, 0x85eb_ca6b, 0xc2b2_ae35, 0x27d4_eb2f] as const;

/** The same text has the same gfid always, so that nobody has to remember which. */
function gfidFor(text: string): Gfid {
  const bytes = new Uint8Array(GFID_SIZE);
  const view = new DataView(bytes.buffer);
  PRIMES.forEach((prime, part) => {
    let hash = 0x811c_9dc5;
    for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), prime);
    view.setUint32(part * 4, hash ^ (hash >>> 15));
  });
  return gfidFromBytes(asVersion4(bytes));
}

export type MetaXlator = Xlator<Meta>;

/** Where in the tree an inode is; undefined for one of the volumes below. */
export const placeOf = (xl: MetaXlator, inode: Inode | null): Place | undefined =>
  inode === null ? undefined : (inode.ctxGet(xl) as Place | undefined);

/** An open file, with its text as it was then; or a directory, with its names. */
export interface Opened {
  readonly place: Place;
  /** What it was then: its place may be another's by now, or nobody's. */
  readonly node: Dir | File;
  readonly bytes: Uint8Array;
  readonly names: readonly string[];
  /** What was written and is no whole value yet; null for nothing. */
  written: Uint8Array | null;
}

export const openedOf = (xl: MetaXlator, fd: Fd): Opened | undefined =>
  fd.ctxGet(xl) as Opened | undefined;

export const bytesOf = (file: File): Uint8Array => encodeName(file.read());

/** A value without the newline at its end. */
export function textOf(bytes: Uint8Array): string {
  const end = endsLine(bytes) ? bytes.length - 1 : bytes.length;
  return decodeName(bytes, 0, end);
}

export const endsLine = (bytes: Uint8Array): boolean => bytes[bytes.length - 1] === 0x0a;

const TYPES = { dir: IA_IFDIR, file: IA_IFREG, link: IA_IFLNK } as const;

export const typeOf = (node: Node): number => TYPES[node.kind];

function protOf(node: Node): number {
  if (node.kind === 'dir') return 0o500;
  if (node.kind === 'link') return 0o777;
  return node.write === undefined ? 0o400 : 0o600;
}

function sizeOf(node: Node): number {
  if (node.kind === 'dir') return 0;
  return (node.kind === 'file' ? bytesOf(node) : encodeName(node.target())).length;
}

/** @param size of the text that is being read; without, what it would be now */
export function attributesOf(xl: MetaXlator, place: Place, node: Node, size = sizeOf(node)): Iatt {
  const buf = new Iatt();
  const { since } = xl.priv;
  const seconds = Math.floor(since / 1000);
  const nanoseconds = Math.floor((since - seconds * 1000) * 1e6);
  buf.iaGfid = place.gfid;
  buf.iaType = typeOf(node);
  buf.iaProt = protOf(node);
  buf.iaNlink = node.kind === 'dir' ? 2 : 1;
  buf.iaUid = xl.priv.owner ?? 0;
  buf.iaSize = size;
  buf.iaBlksize = 4096;
  buf.iaAtime = buf.iaMtime = buf.iaCtime = seconds;
  buf.iaAtimeNsec = buf.iaMtimeNsec = buf.iaCtimeNsec = nanoseconds;
  return buf;
}
