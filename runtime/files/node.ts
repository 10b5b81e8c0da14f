/**
 * Holds the files and directories of a file system by path that clients know (`Node`), in a tree that follows renames.
 * A node's gfid is the hash of its path, so it is the same after a restart.
 */
import { encodeName } from '../core/bytes.ts';
import { type Gfid, gfidFromBytes, ROOT_GFID, setVersion4 } from '../core/gfid.ts';
import { IA_IFDIR, type Iatt } from '../core/iatt.ts';
import { computeMd5 } from '../xlators/storage/memory/md5.ts';
import type { Listing } from './listing.ts';
import type { Attributes } from './methods.ts';

/** A name of a node. */
interface NodeName {
  readonly parent: Node;
  readonly name: string;
}

/** A file or directory. */
export class Node {
  readonly gfid: Gfid;
  readonly type: number;
  /** The author's number of the file, if any. */
  readonly ino: number | undefined;
  /** Its names that are known, one for most; none once it was removed. */
  names: NodeName[] = [];
  /** The known entries of a directory. */
  readonly children: ReadonlyMap<string, Node> = new Map<string, Node>();
  /** The last listing of a directory that is not large. */
  listing: Listing<Attributes> | null = null;
  /** The nodes of its entries that were found since a change of either, by their index; null for those that are not known. */
  private listedNodes: (Node | null)[] = [];
  /** The last attributes. */
  iatt: Iatt | null = null;
  openCount = 0;
  /** Whether a client has used its inode, and has not forgotten it. */
  isKnown = false;
  /** Whether the tree holds it. */
  isHeld = false;
  /** Whether it was removed while it was open, and is only removed from the storage at the last close. */
  isRemovedAtClose = false;

  constructor(gfid: Gfid, type: number, ino?: number) {
    this.gfid = gfid;
    this.type = type;
    this.ino = ino;
  }

  get isDir(): boolean {
    return this.type === IA_IFDIR;
  }

  // The last path, with what it was made of.
  private lastPath: string | null = null;
  private lastName: NodeName | null = null;
  private lastFolder: string | null = null;

  /** The path; null once it was removed. */
  get path(): string | null {
    if (this.gfid === ROOT_GFID) return '/';
    const first = this.names[0];
    const folder = first === undefined ? null : first.parent.path;
    if (folder === null) return null;
    if (first !== this.lastName || folder !== this.lastFolder) {
      this.lastName = first!;
      this.lastFolder = folder;
      this.lastPath = joinPath(folder, first!.name);
    }
    return this.lastPath;
  }

  /** Sets or deletes a known entry. */
  setChild(name: string, node: Node | null) {
    const children = this.children as Map<string, Node>;
    if (node === null) children.delete(name);
    else children.set(name, node);
    this.listedNodes = [];
  }

  keepListing(listing: Listing<Attributes> | null) {
    if (listing === this.listing) return;
    this.listing = listing;
    this.listedNodes = [];
  }

  /** Finds the node of an entry of a listing; null if it is not known. */
  findListed(listing: Listing<Attributes>, index: number): Node | null {
    const listed = listing === this.listing ? this.listedNodes[index] : undefined;
    if (listed !== undefined) return listed;
    const node = this.children.get(listing.name(index)) ?? null;
    if (listing === this.listing) this.listedNodes[index] = node;
    return node;
  }

  /** The directory of its first name; the root is its own. */
  get parent(): Node {
    return this.names[0]?.parent ?? this;
  }

  /** Whether this directory is `other` or below it. */
  isWithin(other: Node): boolean {
    for (let node: Node = this; ; node = node.parent) {
      if (node === other) return true;
      if (node.parent === node) return false;
    }
  }
}

/** Joins a directory's path and a name. */
export const joinPath = (dir: string, name: string): string =>
  dir === '/' ? `/${name}` : `${dir}/${name}`;

const makeHashedGfid = (text: string): Gfid =>
  gfidFromBytes(setVersion4(computeMd5(encodeName(text))));

/** The nodes of a volume. */
export class Tree {
  readonly root = new Node(ROOT_GFID, IA_IFDIR);
  private readonly nodesByGfid = new Map<Gfid, Node>([[ROOT_GFID, this.root]]);

  constructor() {
    this.root.isKnown = this.root.isHeld = true;
  }

  get size(): number {
    return this.nodesByGfid.size;
  }

  find(gfid: Gfid): Node | undefined {
    return this.nodesByGfid.get(gfid);
  }

  /** Finds the node of a path, if a client knows it. */
  findByPath(path: string): Node | undefined {
    let node: Node | undefined = this.root;
    for (const name of path.split('/')) if (name !== '') node = node?.children.get(name);
    return node;
  }

  /**
   * Finds or makes the node of a name that the storage has.
   * @param ino the author's number of the file, by which it is known under other names, too
   */
  provide(parent: Node, name: string, type: number, ino: number | undefined): Node {
    const existing = parent.children.get(name);
    if (existing?.type === type && (ino === undefined || existing.ino === ino)) return existing;
    const wanted = ino === undefined ? undefined : makeHashedGfid(`ino ${ino}`);
    if (existing !== undefined) this.removeName(parent, name);
    const same = wanted === undefined ? undefined : this.nodesByGfid.get(wanted);
    const node =
      same?.type === type ? same : new Node(wanted ?? this.makeGfid(parent, name), type, ino);
    this.addName(node, parent, name);
    return node;
  }

  /** Makes the gfid of a path, another one while a renamed file has it. */
  private makeGfid(parent: Node, name: string): Gfid {
    const path = joinPath(parent.path ?? '', name);
    let gfid = makeHashedGfid(path);
    for (let count = 1; this.nodesByGfid.has(gfid); count++)
      gfid = makeHashedGfid(`${path}\n${count}`);
    return gfid;
  }

  addName(node: Node, parent: Node, name: string) {
    node.names.unshift({ parent, name });
    this.hold(node);
    parent.setChild(name, node);
  }

  private hold(node: Node): void {
    node.isHeld = true;
    this.nodesByGfid.set(node.gfid, node);
  }

  /** Takes a node back that was dropped before a client used its inode; it has lost names that are others' by now. */
  restore(node: Node) {
    if (node.isHeld || node.names.length === 0) return;
    this.hold(node);
    node.names = node.names.filter(({ parent, name }) => {
      this.restore(parent);
      const isFree = !parent.children.has(name);
      if (isFree) parent.setChild(name, node);
      return isFree;
    });
    if (node.names.length === 0) this.drop(node);
  }

  private drop(node: Node): void {
    node.isHeld = false;
    if (this.nodesByGfid.get(node.gfid) === node) this.nodesByGfid.delete(node.gfid);
  }

  /** Removes a name, which the storage no longer has. */
  removeName(parent: Node, name: string) {
    const node = parent.children.get(name);
    if (node === undefined) return;
    parent.setChild(name, null);
    node.names = node.names.filter((each) => each.parent !== parent || each.name !== name);
    // The path may have a new file, whose gfid must not wait for the end of this one.
    if (node.names.length === 0) this.drop(node);
    this.prune(parent);
  }

  /** Moves a name to another, whose node is replaced. */
  moveName(parent: Node, name: string, newParent: Node, newName: string) {
    const node = parent.children.get(name);
    if (node === undefined) return;
    this.removeName(newParent, newName);
    this.addName(node, newParent, newName);
    this.removeName(parent, name);
  }

  /** Drops nodes that no client uses: this one, and then perhaps the directories above it. */
  prune(node: Node) {
    if (!node.isHeld || node.isKnown || node.openCount > 0 || node.children.size > 0) return;
    this.drop(node);
    for (const { parent, name } of node.names) {
      if (parent.children.get(name) === node) parent.setChild(name, null);
      this.prune(parent);
    }
  }
}
