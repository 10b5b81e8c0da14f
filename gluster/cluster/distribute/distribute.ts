/** The state of a volume: its children, its options, and where each inode is. */
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

/** A directory, which every child has. Kept with its inode; of a file, that is its child's index. */
export interface Directory {
  readonly layout: Layout;
  /** The child whose attributes count where they differ; -1 while nobody knows. */
  readonly mds: number;
}

/**
 * A file that is being moved, or was while somebody had it open: in place of its child's index. Files
 * that were opened before are to be opened with the other child, too, at the next fop on each.
 */
export class Move {
  /** Where it is, as long as it is copied. */
  readonly source: number;
  /** Where it will be, and is once it is over. */
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

/** Nowhere, or nobody knows. */
export const NOWHERE = -1;

/** Names of the extended attributes. */
export interface Keys {
  readonly layout: string;
  readonly mds: string;
  readonly linkto: string;
  readonly commitHash: string;
}

/** What there is to know of a directory, and of files besides: each has to be read from a disk. */
function addKeys(dict: Dict, keys: Keys): Dict {
  return dict.set(keys.linkto, 256).set(keys.layout, 16).set(keys.mds, 4);
}

export class Distribute {
  readonly xl: Xlator<Distribute>;
  readonly keys: Keys;
  /** The children's, by index. */
  readonly names: readonly string[];
  readonly all: readonly number[];
  readonly space: Space;
  readonly notices: Notices;
  settings: Settings;
  hash: NameHash;
  /** Children that are being emptied. */
  leaving: ReadonlySet<number> = new Set();
  /** That of the volume; directories with the same have all names in their places. */
  commitHash: number;
  /** Counted up whenever a child comes or goes. */
  generation = 0;
  private readonly listings = new WeakMap<Fd, ListingRecord>();
  /** Directories of which a listing had what may be a linkto. */
  readonly withLinktos = new WeakSet<Inode>();
  /** The children that keep the locks of directories that were ever locked. */
  private readonly lockers = new WeakMap<Inode, number>();
  /** Those that have said whether they are up. */
  private readonly told = new Set<number>();
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
    this.leaving = this.leavingOf(settings);
  }

  /** @throws {InitError} for what cannot be; nothing has changed then */
  configure(settings: Settings): void {
    const hash = new NameHash(settings['rsync-hash-regex'], settings['extra-hash-regex']);
    this.leaving = this.leavingOf(settings);
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
        throw new InitError(`option decommissioned-bricks: '${name}' is no subvolume of this one`);
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

  /** The child that is asked about a directory where one is enough. */
  homeOf({ mds }: Directory): number {
    if (mds !== NOWHERE && this.isUp(mds)) return mds;
    return this.up[0] ?? 0;
  }

  /**
   * The child that keeps the locks of a directory: that of the lowest range, as GlusterFS's clients have
   * it. What it was for the first lock it is for all others, whatever becomes of the ranges.
   */
  lockerOf(inode: Inode, { layout }: Directory): number {
    const known = this.lockers.get(inode);
    if (known !== undefined) return known;
    const [first = 0] = byStart(layout.pieces);
    this.lockers.set(inode, first);
    return first;
  }

  /** Who lists what no other child does. NOWHERE while none is up. */
  get firstUp(): number {
    return this.all.findIndex((child) => this.isUp(child));
  }

  /** A child has come up, or gone down. */
  changed(child: number): void {
    this.told.add(child);
    this.generation += 1;
  }

  /**
   * Whether the volume is up: at first it waits to hear of every child, and then one is enough. What is
   * with the others cannot be had until they come.
   */
  get serves(): boolean {
    const { up } = this;
    if (this.settings['assert-no-child-down'] && up.length < this.all.length) return false;
    return up.length > 0 && (this.told.size === this.all.length || this.xl.up);
  }

  get waitsFor(): string | null {
    const silent = this.names.filter((_, child) => !this.told.has(child));
    return silent.length === 0 ? null : `it has not heard of ${silent.join(', ')}`;
  }

  dump(): Dump {
    const state = this.names.map((name, child) => [
      `subvolume-${name}`,
      this.isUp(child) ? 'up' : 'down',
    ]);
    return { 'commit-hash': this.commitHash, ...Object.fromEntries(state) };
  }

  /** The child that a file is with; NOWHERE for a directory, and for what nobody has looked up. */
  cached(inode: Inode): number {
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
   * Where something is that was found just now.
   * @param gfid its own. The inode may be a new one, for what is known already under another name
   */
  keep(inode: Inode, gfid: Gfid, where: number | Directory): void {
    this.set(inode, where);
    if (inode.linked) return;
    const known = inode.table.find(gfid);
    if (known !== undefined) this.set(known, where);
  }

  /** A file is being moved, or was. */
  moved(inode: Inode, move: Move): void {
    inode.ctxSet(this.xl, inode.fdCount > 0 || !move.isOver ? move : move.target);
  }

  /** A move was given up: the file is where it was. */
  stayed(inode: Inode, move: Move): void {
    inode.ctxSet(this.xl, move.source);
  }

  private set(inode: Inode, where: number | Directory): void {
    const { xl } = this;
    if (inode.fdCount > 0 && typeof where === 'number') {
      const before = this.cached(inode);
      if (before === where) return;
      const isMoved = before !== NOWHERE;
      inode.ctxSet(xl, isMoved ? new Move(before, where, true) : where);
      return;
    }
    inode.ctxSet(xl, where);
  }

  /** The record of names that the listing of an open directory has returned so far. */
  listingOf(fd: Fd): ListingRecord {
    let record = this.listings.get(fd);
    if (record === undefined) {
      record = new ListingRecord();
      this.listings.set(fd, record);
    }
    return record;
  }

  /** The child that a name belongs to by its hash; NOWHERE where its directory does not say. */
  hashed({ parent, name }: Loc): number {
    if (parent === null || name === null) return NOWHERE;
    const layout = this.directory(parent)?.layout;
    return layout === undefined ? NOWHERE : layout.search(this.hash.of(name));
  }

  /**
   * Whether a name may be with another child than the one that it belongs to, and which has no
   * linkto for it.
   */
  mayBeElsewhere(parent: Inode): boolean {
    if (this.names.length < 2) return false;
    const { settings } = this;
    const layout = this.directory(parent)?.layout;
    if (layout === undefined) return true;
    if (settings['lookup-optimize']) {
      // That of the directory alone says that pieces differ: there is no such hash of a volume.
      return layout.commitHash === NO_COMMIT_HASH || layout.commitHash !== this.commitHash;
    }
    return !OFF.has(settings['lookup-unhashed']);
  }

  /** What to ask for of a name that may be new. Once it is certain what has got its gfid, `gfids` is to know. */
  takeKeys(xdata: Dict | null): Dict {
    const keys = xdata?.has(GFID_REQ) ? xdata.copy() : this.gfids.add(xdata);
    return keys.set(this.keys.linkto, 256);
  }

  /** What to ask for of a file that is known. */
  fileKeys(xdata: Dict | null): Dict {
    return xdata === null ? this.ofFiles : xdata.copy().set(this.keys.linkto, 256);
  }

  /** What to ask for of a name that may be of a directory, too. */
  allKeys(xdata: Dict | null): Dict {
    return addKeys(this.takeKeys(xdata), this.keys);
  }

  /** What to ask for of a directory, or of what is known to have a gfid. */
  linkedKeys(xdata: Dict | null): Dict {
    return xdata === null ? this.linked : addKeys(xdata.copy(), this.keys);
  }
}

const OFF: ReadonlySet<string> = new Set(['no', 'disable', '0', 'off']);
