/** Holds the state of a distribute volume: its children, its options, and the child of each inode. */
import { Dict } from '../../../runtime/core/dict.ts';
import { InitError } from '../../../runtime/core/errors.ts';
import type { Fd } from '../../../runtime/core/fd.ts';
import type { Gfid } from '../../../runtime/core/gfid.ts';
import { GfidRequests } from '../../../runtime/core/gfid-requests.ts';
import type { Inode } from '../../../runtime/core/inode.ts';
import type { Loc } from '../../../runtime/core/loc.ts';
import { GFID_REQ } from '../../../runtime/core/xdata.ts';
import type { Dump, Xlator } from '../../../runtime/core/xlator.ts';
import { ListingRecord } from './fops/listing-record.ts';
import { NameHash } from './hash.ts';
import { byStart, type Layout, NO_COMMIT_HASH } from './layout/layout.ts';
import { Notices } from './notices.ts';
import type { Settings } from './options.ts';
import { Space } from './space.ts';

/** A directory, which every child has; stored with its inode. For a file the child's index is stored. */
export interface Directory {
  readonly layout: Layout;
  /** The child whose attributes count where they differ; -1 while unknown. */
  readonly mds: number;
}

/**
 * A file that a rebalance moves, or moved while it was open; stored in place of its child's index.
 * The next fop on an earlier open file also opens it on the other child.
 */
export class Move {
  /** The child that holds the file while it is copied. */
  readonly source: number;
  /** The child that holds it afterwards. */
  readonly target: number;
  isOver: boolean;

  constructor(source: number, target: number, isOver: boolean) {
    this.source = source;
    this.target = target;
    this.isOver = isOver;
  }

  get child(): number {
    return this.isOver ? this.target : this.source;
  }
}

/** The index for no child, or an unknown one. */
export const NOWHERE = -1;

/** Names of the extended attributes. */
export interface Keys {
  readonly layout: string;
  readonly mds: string;
  readonly linkto: string;
  readonly commitHash: string;
}

/** Requests the attributes of directories and linktos; each costs the brick a read from disk. */
function addKeys(dict: Dict, keys: Keys): Dict {
  return dict.set(keys.linkto, 256).set(keys.layout, 16).set(keys.mds, 4);
}

export class Distribute {
  readonly xl: Xlator<Distribute>;
  readonly keys: Keys;
  /** Names of the children by index. */
  readonly names: readonly string[];
  readonly all: readonly number[];
  readonly space: Space;
  readonly notices: Notices;
  settings: Settings;
  hash: NameHash;
  /** Children that are being emptied (decommissioned). */
  decommissioned: ReadonlySet<number> = new Set();
  /** The volume's commit hash; in directories with the same hash, all names are on their own child. */
  commitHash: number;
  /** Incremented whenever a child connects or disconnects. */
  generation = 0;
  private readonly listings = new WeakMap<Fd, ListingRecord>();
  /** Directories whose listing contained a possible linkto. */
  readonly withLinktos = new WeakSet<Inode>();
  /** The child that holds a directory's locks, once it was ever locked. */
  private readonly lockers = new WeakMap<Inode, number>();
  /** Children that have reported whether they are up. */
  private readonly reported = new Set<number>();
  private readonly indexes: ReadonlyMap<string, number>;
  private readonly linked: Dict;
  private readonly ofFiles: Dict;
  readonly gfids: GfidRequests;

  /** @throws {InitError} */
  constructor(xl: Xlator<Distribute>, settings: Settings) {
    this.xl = xl;
    this.names = xl.childNames;
    this.all = this.names.map((_, at) => at);
    this.indexes = new Map(this.names.map((name, at) => [name, at]));
    if (this.indexes.size < this.names.length) {
      throw new InitError('a volume is among the subvolumes twice: files would be listed twice');
    }
    const name = settings['xattr-name'];
    this.keys = {
      layout: name,
      mds: `${name}.mds`,
      linkto: `${name}.linkto`,
      commitHash: `${name}.commithash`,
    };
    this.linked = addKeys(new Dict(), this.keys);
    this.ofFiles = new Dict().set(this.keys.linkto, 256);
    this.settings = settings;
    this.hash = new NameHash(settings['rsync-hash-regex'], settings['extra-hash-regex']);
    this.commitHash = settings['commit-hash'] ?? 0;
    this.gfids = new GfidRequests(xl.context);
    this.space = new Space(this);
    this.notices = new Notices(this);
    this.decommissioned = this.leavingOf(settings);
  }

  /** @throws {InitError} for invalid options; nothing has changed then */
  configure(settings: Settings): void {
    const hash = new NameHash(settings['rsync-hash-regex'], settings['extra-hash-regex']);
    this.decommissioned = this.leavingOf(settings);
    this.hash = hash;
    this.settings = settings;
  }

  private leavingOf(settings: Settings): ReadonlySet<number> {
    const given = settings['decommissioned-bricks'] ?? '';
    const names = given.split(/[,\s]+/).filter((name) => name !== '');
    return new Set(
      names.map((name) => {
        const at = this.indexes.get(name);
        if (at !== undefined) return at;
        throw new InitError(
          `option decommissioned-bricks: '${name}' is not a subvolume of this volume`,
        );
      }),
    );
  }

  indexOf(name: string): number {
    return this.indexes.get(name) ?? NOWHERE;
  }

  isUp(child: number): boolean {
    return this.xl.below[child]!.up;
  }

  get up(): number[] {
    return this.all.filter((child) => this.isUp(child));
  }

  /** The child that serves requests about a directory where one suffices. */
  homeOf({ mds }: Directory): number {
    if (mds !== NOWHERE && this.isUp(mds)) return mds;
    return this.up[0] ?? 0;
  }

  /**
   * The child that holds a directory's locks: that of the lowest range, as in GlusterFS's clients.
   * It stays the same after the first lock, however ranges change.
   */
  lockerOf(inode: Inode, { layout }: Directory): number {
    const known = this.lockers.get(inode);
    if (known !== undefined) return known;
    const [first = 0] = byStart(layout.pieces);
    this.lockers.set(inode, first);
    return first;
  }

  /** The first child that is up, which lists entries that no other child lists. NOWHERE while none is. */
  get firstUp(): number {
    return this.all.findIndex((child) => this.isUp(child));
  }

  /** Records that a child came up or went down. */
  childChanged(child: number): void {
    this.reported.add(child);
    this.generation += 1;
  }

  /**
   * Whether the volume is up: at first only once every child has reported, later as long as one is.
   * Files on the other children are unavailable until those return.
   */
  get serves(): boolean {
    const { up } = this;
    if (this.settings['assert-no-child-down'] && up.length < this.all.length) return false;
    return up.length > 0 && (this.reported.size === this.all.length || this.xl.up);
  }

  get waitsFor(): string | null {
    const silent = this.names.filter((_, child) => !this.reported.has(child));
    return silent.length === 0 ? null : `no report yet from ${silent.join(', ')}`;
  }

  dump(): Dump {
    const state = this.names.map((name, child) => [
      `subvolume-${name}`,
      this.isUp(child) ? 'up' : 'down',
    ]);
    return { 'commit-hash': this.commitHash, ...Object.fromEntries(state) };
  }

  /** The child that holds a file; NOWHERE for directories and unknown inodes. */
  childOf(inode: Inode): number {
    const kept = inode.ctxGet(this.xl);
    if (typeof kept === 'number') return kept;
    return kept instanceof Move ? kept.child : NOWHERE;
  }

  moveOf(inode: Inode): Move | null {
    const kept = inode.ctxGet(this.xl);
    return kept instanceof Move ? kept : null;
  }

  directory(inode: Inode): Directory | null {
    const kept = inode.ctxGet(this.xl);
    return typeof kept === 'object' && !(kept instanceof Move) ? (kept as Directory) : null;
  }

  /**
   * Records the location of a file or directory after a lookup.
   * @param gfid its gfid. The inode may be a new one for a file that the table already has under another name
   */
  setLocation(inode: Inode, gfid: Gfid, where: number | Directory): void {
    this.set(inode, where);
    if (inode.linked) return;
    const known = inode.table.find(gfid);
    if (known !== undefined) this.set(known, where);
  }

  /** Records that a file is being moved, or was. */
  setMove(inode: Inode, move: Move): void {
    inode.ctxSet(this.xl, inode.fdCount > 0 || !move.isOver ? move : move.target);
  }

  /** Records that a move was cancelled: the file is where it was. */
  cancelMove(inode: Inode, move: Move): void {
    inode.ctxSet(this.xl, move.source);
  }

  private set(inode: Inode, where: number | Directory): void {
    const { xl } = this;
    if (inode.fdCount > 0 && typeof where === 'number') {
      const before = this.childOf(inode);
      if (before === where) return;
      const isMoved = before !== NOWHERE;
      inode.ctxSet(xl, isMoved ? new Move(before, where, true) : where);
      return;
    }
    inode.ctxSet(xl, where);
  }

  /** The record of the names that the listing of an open directory has returned. */
  listingOf(fd: Fd): ListingRecord {
    let record = this.listings.get(fd);
    if (record === undefined) {
      record = new ListingRecord();
      this.listings.set(fd, record);
    }
    return record;
  }

  /** The child that a name belongs to by its hash; NOWHERE without a layout. */
  hashedChild({ parent, name }: Loc): number {
    if (parent === null || name === null) return NOWHERE;
    const layout = this.directory(parent)?.layout;
    return layout === undefined ? NOWHERE : layout.search(this.hash.of(name));
  }

  /** Whether a name may be on another child than its own without a linkto there. */
  mayBeElsewhere(parent: Inode): boolean {
    if (this.names.length < 2) return false;
    const { settings } = this;
    const layout = this.directory(parent)?.layout;
    if (layout === undefined) return true;
    if (settings['lookup-optimize']) {
      // The directory's hash marks differing pieces, which no volume's hash equals.
      return layout.commitHash === NO_COMMIT_HASH || layout.commitHash !== this.commitHash;
    }
    return !OFF_VALUES.has(settings['lookup-unhashed']);
  }

  /** Xdata for the lookup of a possibly new name. The caller reports the outcome to `gfids`. */
  newNameKeys(xdata: Dict | null): Dict {
    const keys = xdata?.has(GFID_REQ) ? xdata.copy() : this.gfids.add(xdata);
    return keys.set(this.keys.linkto, 256);
  }

  /** Xdata for the lookup of a known file. */
  fileKeys(xdata: Dict | null): Dict {
    return xdata === null ? this.ofFiles : xdata.copy().set(this.keys.linkto, 256);
  }

  /** Xdata for the lookup of a name that may be a directory's. */
  allKeys(xdata: Dict | null): Dict {
    return addKeys(this.newNameKeys(xdata), this.keys);
  }

  /** Xdata for the lookup of a directory, or of a file that has a gfid. */
  linkedKeys(xdata: Dict | null): Dict {
    return xdata === null ? this.linked : addKeys(xdata.copy(), this.keys);
  }
}

const OFF_VALUES: ReadonlySet<string> = new Set(['no', 'disable', '0', 'off']);
