/** Holds the state of a distribute volume: children, options, and the child of each inode. Fops read and update it. */
import { Dict } from '../../../runtime/core/dict.ts';
import { InitError } from '../../../runtime/core/errors.ts';
import type { Gfid } from '../../../runtime/core/gfid.ts';
import { GfidRequests } from '../../../runtime/core/gfid-requests.ts';
import type { Inode } from '../../../runtime/core/inode.ts';
import type { Fd, Loc } from '../../../runtime/core/operands.ts';
import { GFID_REQ } from '../../../runtime/core/xdata.ts';
import type { Dump, Xlator } from '../../../runtime/core/xlator.ts';
import { ListingRecord } from './fops/listing-record.ts';
import { FreeSpace } from './free-space.ts';
import { type Layout, NO_COMMIT_HASH, sortByStart } from './layout/layout.ts';
import { LINKTO_XATTR_BYTES } from './linkto.ts';
import { ListedDirectories } from './listed-directories.ts';
import { NameHash } from './name-hash.ts';
import { Notices } from './notices.ts';
import type { Settings } from './options.ts';

/**
 * A directory's state, stored in its inode's context; a directory exists on every child. The context of a file
 * holds its child's index, or a `Move`.
 */
export interface Directory {
  readonly layout: Layout;
  /** The metadata server (MDS): its attributes are used if children differ; NO_CHILD while unknown. */
  readonly mds: number;
}

/**
 * A file that a rebalance moves, or moved while it was open; stored in place of its child's index.
 * An fd that was opened before the move is opened on the target at its next fop.
 */
export class Move {
  /** The child that holds the file while it is copied. */
  readonly source: number;
  /** The child that holds it afterwards. */
  readonly target: number;
  /** Whether the copy is complete, so that the target holds the file. */
  isComplete: boolean;

  constructor(source: number, target: number, isComplete: boolean) {
    this.source = source;
    this.target = target;
    this.isComplete = isComplete;
  }

  /** The child that serves the file now. */
  get child(): number {
    return this.isComplete ? this.target : this.source;
  }
}

/** The index that stands for no child, or for an unknown one. */
export const NO_CHILD = -1;

/** Names of the xattrs in which children store distribute's metadata. */
export interface XattrNames {
  readonly layout: string;
  readonly mds: string;
  readonly linkto: string;
  readonly commitHash: string;
}

/**
 * Adds requests for the xattrs of directories and linktos to a lookup's xdata. The numbers are the expected sizes
 * in bytes. Each request costs the brick a read from disk.
 */
function addXattrRequests(dict: Dict, names: XattrNames): Dict {
  return dict.set(names.linkto, LINKTO_XATTR_BYTES).set(names.layout, 16).set(names.mds, 4);
}

/** The state of a volume: `priv` of its translator. */
export class Distribute {
  readonly xl: Xlator<Distribute>;
  readonly xattrNames: XattrNames;
  /** Names of the children by index. */
  readonly childNames: readonly string[];
  /** The indexes of the children. Everywhere in this volume, a `child` is such an index. */
  readonly children: readonly number[];
  readonly freeSpace: FreeSpace;
  readonly notices: Notices;
  settings: Settings;
  nameHash: NameHash;
  /** Children that are being emptied (decommissioned). */
  decommissionedChildren: ReadonlySet<number> = new Set();
  /** The volume's commit hash. In a directory with the same hash, each name is on the child of its own hash. */
  commitHash: number;
  /** Incremented whenever a child connects or disconnects. */
  generation = 0;
  private readonly listingRecords = new WeakMap<Fd, ListingRecord>();
  /** Directories whose listing contained a possible linkto. */
  readonly directoriesWithLinktos = new WeakSet<Inode>();
  /** Bytes of the first child's entries in the last listing of a directory; infinite if they filled the reply. */
  readonly childListingBytes = new WeakMap<Inode, number>();
  readonly listedDirectories = new ListedDirectories();
  /** The child that holds a directory's locks, once it was ever locked. */
  private readonly lockChildren = new WeakMap<Inode, number>();
  /** Children that have reported whether they are up. */
  private readonly reportedChildren = new Set<number>();
  /** The children's indexes by name. */
  private readonly childIndexes: ReadonlyMap<string, number>;
  /** The xdata of lookups of directories and files for callers without xdata; shared, so never changed. */
  private readonly directoryXdata: Dict;
  private readonly fileXdata: Dict;
  /** The gfids that this client proposes for files without one. */
  readonly gfidRequests: GfidRequests;

  /** @throws {InitError} if two children are the same volume, or an option is invalid */
  constructor(xl: Xlator<Distribute>, settings: Settings) {
    this.xl = xl;
    this.childNames = xl.childNames;
    this.children = this.childNames.map((_, child) => child);
    this.childIndexes = new Map(this.childNames.map((name, child) => [name, child]));
    if (this.childIndexes.size < this.childNames.length) {
      throw new InitError('a volume is among the subvolumes twice: files would be listed twice');
    }
    const name = settings['xattr-name'];
    this.xattrNames = {
      layout: name,
      mds: `${name}.mds`,
      linkto: `${name}.linkto`,
      commitHash: `${name}.commithash`,
    };
    this.directoryXdata = addXattrRequests(new Dict(), this.xattrNames);
    this.fileXdata = new Dict().set(this.xattrNames.linkto, LINKTO_XATTR_BYTES);
    this.settings = settings;
    this.nameHash = new NameHash(settings['rsync-hash-regex'], settings['extra-hash-regex']);
    this.commitHash = settings['commit-hash'] ?? 0;
    this.gfidRequests = new GfidRequests(xl.context);
    this.freeSpace = new FreeSpace(this);
    this.notices = new Notices(this);
    this.decommissionedChildren = this.readDecommissioned(settings);
  }

  /** Applies changed options. @throws {InitError} for invalid options, before any change */
  configure(settings: Settings): void {
    const nameHash = new NameHash(settings['rsync-hash-regex'], settings['extra-hash-regex']);
    this.decommissionedChildren = this.readDecommissioned(settings);
    this.nameHash = nameHash;
    this.settings = settings;
  }

  private readDecommissioned(settings: Settings): ReadonlySet<number> {
    const option = settings['decommissioned-bricks'] ?? '';
    const names = option.split(/[,\s]+/).filter((name) => name !== '');
    return new Set(
      names.map((name) => {
        const child = this.childIndexes.get(name);
        if (child !== undefined) return child;
        throw new InitError(
          `option decommissioned-bricks: '${name}' is not a subvolume of this volume`,
        );
      }),
    );
  }

  /** Finds a child's index by its name; NO_CHILD for an unknown name. */
  findChildByName(name: string): number {
    return this.childIndexes.get(name) ?? NO_CHILD;
  }

  isUp(child: number): boolean {
    return this.xl.below[child]!.up;
  }

  get upChildren(): number[] {
    return this.children.filter((child) => this.isUp(child));
  }

  /** Chooses the child for requests about a directory that one child can serve. */
  chooseReader({ mds }: Directory): number {
    if (mds !== NO_CHILD && this.isUp(mds)) return mds;
    return this.upChildren[0] ?? 0;
  }

  /**
   * Finds the child that holds a directory's locks: that of the lowest range, as in GlusterFS's clients.
   * It stays the same after the first lock, even if ranges change.
   */
  findLockChild(inode: Inode, { layout }: Directory): number {
    const lockChild = this.lockChildren.get(inode);
    if (lockChild !== undefined) return lockChild;
    const [firstChild = 0] = sortByStart(layout.pieces);
    this.lockChildren.set(inode, firstChild);
    return firstChild;
  }

  /** The first child that is up; NO_CHILD if all are down. It lists directories whose own child is unknown or down. */
  get firstUpChild(): number {
    return this.children.findIndex((child) => this.isUp(child));
  }

  /** Records that a child came up or went down. */
  recordChildChange(child: number): void {
    this.reportedChildren.add(child);
    this.generation += 1;
  }

  /**
   * Whether the volume is up. It comes up once every child has reported, and stays up while one child is up.
   * Files on children that are down are unavailable.
   */
  get isServing(): boolean {
    const { upChildren } = this;
    if (this.settings['assert-no-child-down'] && upChildren.length < this.children.length)
      return false;
    return (
      upChildren.length > 0 && (this.reportedChildren.size === this.children.length || this.xl.up)
    );
  }

  /** The reason why the volume is not up yet, for messages; null if every child has reported. */
  get unreportedReason(): string | null {
    const unreported = this.childNames.filter((_, child) => !this.reportedChildren.has(child));
    return unreported.length === 0 ? null : `no report yet from ${unreported.join(', ')}`;
  }

  /** Describes the volume for statedumps. */
  dump(): Dump {
    const state = this.childNames.map((name, child) => [
      `subvolume-${name}`,
      this.isUp(child) ? 'up' : 'down',
    ]);
    return { 'commit-hash': this.commitHash, ...Object.fromEntries(state) };
  }

  /** Finds the child that holds a file; NO_CHILD for directories and unknown inodes. */
  findFileChild(inode: Inode): number {
    const state = inode.ctxGet(this.xl);
    if (typeof state === 'number') return state;
    return state instanceof Move ? state.child : NO_CHILD;
  }

  /** Finds the move of a file; null if no move is recorded. */
  findMove(inode: Inode): Move | null {
    const state = inode.ctxGet(this.xl);
    return state instanceof Move ? state : null;
  }

  /** Finds the state of a directory; null for files and unknown inodes. */
  findDirectory(inode: Inode): Directory | null {
    const state = inode.ctxGet(this.xl);
    return typeof state === 'object' && !(state instanceof Move) ? (state as Directory) : null;
  }

  /**
   * Records the location of a file or directory after a lookup.
   * @param gfid its gfid, by which the table's own inode is found if `inode` is a new one for the same file
   */
  setLocation(inode: Inode, gfid: Gfid, location: number | Directory): void {
    this.storeLocation(inode, location);
    if (inode.linked) return;
    const linkedInode = inode.table.find(gfid);
    if (linkedInode !== undefined) this.storeLocation(linkedInode, location);
  }

  /** Records that a rebalance moves a file, or has moved it. A file without fds needs no record of a past move. */
  setMove(inode: Inode, move: Move): void {
    inode.ctxSet(this.xl, inode.fdCount > 0 || !move.isComplete ? move : move.target);
  }

  /** Records that a move was cancelled: the file is where it was. */
  cancelMove(inode: Inode, move: Move): void {
    inode.ctxSet(this.xl, move.source);
  }

  private storeLocation(inode: Inode, location: number | Directory): void {
    const { xl } = this;
    // An open file that a lookup finds on another child was moved by a rebalance; its fds must follow.
    if (inode.fdCount > 0 && typeof location === 'number') {
      const previous = this.findFileChild(inode);
      if (previous === location) return;
      const isMoved = previous !== NO_CHILD;
      inode.ctxSet(xl, isMoved ? new Move(previous, location, true) : location);
      return;
    }
    inode.ctxSet(xl, location);
  }

  /** Finds or makes the record of the names that the listing of an open directory has returned. */
  getListingRecord(fd: Fd): ListingRecord {
    let record = this.listingRecords.get(fd);
    if (record === undefined) {
      record = new ListingRecord();
      this.listingRecords.set(fd, record);
    }
    return record;
  }

  /** Finds the child that a name belongs to by its hash; NO_CHILD without a layout. */
  findHashedChild({ parent, name }: Loc): number {
    if (parent === null || name === null) return NO_CHILD;
    const layout = this.findDirectory(parent)?.layout;
    return layout === undefined ? NO_CHILD : layout.findChild(this.nameHash.compute(name));
  }

  /** Whether a name that the child of its hash lacks, even as a linkto, may be on another child. */
  mayBeElsewhere(parent: Inode): boolean {
    if (this.childNames.length < 2) return false;
    const { settings } = this;
    const layout = this.findDirectory(parent)?.layout;
    if (layout === undefined) return true;
    if (settings['lookup-optimize']) {
      // NO_COMMIT_HASH: the pieces differ, or names may be misplaced.
      return layout.commitHash === NO_COMMIT_HASH || layout.commitHash !== this.commitHash;
    }
    return !OFF_VALUES.has(settings['lookup-unhashed']);
  }

  /**
   * Adds requests and a proposed gfid for the lookup of a possibly new name. Callers pass the reply to
   * `gfidRequests.noteReply`.
   */
  addNewNameRequests(xdata: Dict | null): Dict {
    const request = xdata?.has(GFID_REQ) ? xdata.copy() : this.gfidRequests.makeXdata(xdata);
    return request.set(this.xattrNames.linkto, LINKTO_XATTR_BYTES);
  }

  /** Adds requests for the lookup of a known file. */
  addFileRequests(xdata: Dict | null): Dict {
    return xdata === null
      ? this.fileXdata
      : xdata.copy().set(this.xattrNames.linkto, LINKTO_XATTR_BYTES);
  }

  /** Adds requests for the lookup of a name that may be a file's or a directory's. */
  addUnknownNameRequests(xdata: Dict | null): Dict {
    return addXattrRequests(this.addNewNameRequests(xdata), this.xattrNames);
  }

  /** Adds requests for the lookup of a directory, or of a file that has a gfid. */
  addDirectoryRequests(xdata: Dict | null): Dict {
    return xdata === null ? this.directoryXdata : addXattrRequests(xdata.copy(), this.xattrNames);
  }
}

/** Values of option lookup-unhashed that turn it off. */
const OFF_VALUES: ReadonlySet<string> = new Set(['no', 'disable', '0', 'off']);
