/**
 * Lists the children one after the other. A file is listed by the child that has it, never by that of its linkto; a
 * directory by the child of its name's hash.
 *
 * A rebalance may move files during a listing. A file that moves to a child listed later is omitted there
 * (`ListingRecord`); GlusterFS returns it twice. A file that moves to a child listed before would be missed: a
 * directory with misplaced files is listed a second time, for names that were not returned.
 * Source: GlusterFS `dht-common.c` (dht_opendir, dht_readdirp_cbk).
 */
import { Dict } from '../../../../runtime/core/dict.ts';
import {
  EBADF,
  EBADFD,
  ENOENT,
  ENOTCONN,
  EOVERFLOW,
  ESTALE,
} from '../../../../runtime/core/errno.ts';
import type { Fd } from '../../../../runtime/core/fd.ts';
import type { Frame } from '../../../../runtime/core/frame.ts';
import { unwind, wind } from '../../../../runtime/core/gen/fops.gen.ts';
import { type Dirent, direntType, IA_IFDIR } from '../../../../runtime/core/iatt.ts';
import type { Inode } from '../../../../runtime/core/inode.ts';
import { Loc } from '../../../../runtime/core/loc.ts';
import type { Cbk, Fop, Fops, Xlator } from '../../../../runtime/core/xlator.ts';
import { chooseErrno } from '../directory-view.ts';
import { type Distribute, NO_CHILD } from '../distribute.ts';
import {
  isLinkto,
  isMigrating,
  LINKTO_XATTR_BYTES,
  mayBeLinkto,
  mayBeMigrating,
  removeMigrationBits,
} from '../linkto.ts';
import { makeFailure, runTask } from '../task.ts';
import {
  joinOffset,
  type ListingRecord,
  readChildOffset,
  readOffsetChild,
} from './listing-record.ts';

const DT_DIR = direntType(IA_IFDIR);

/** Errors of a child that is down, or lacks the directory. */
const ABSENT_ERRNOS: ReadonlySet<number> = new Set([ENOTCONN, ENOENT, ESTALE]);
/** Errors of a child without an open fd: it was down when the directory was opened, or later. */
const NOT_OPEN_ERRNOS: ReadonlySet<number> = new Set([EBADF, EBADFD]);

/** The state of one readdir or readdirp request, in its frame's `local`. */
interface ListingRequest {
  readonly fd: Fd;
  readonly record: ListingRecord;
  readonly size: number;
  /** Whether to reply as readdirp, else as readdir. */
  readonly isReaddirp: boolean;
  /** Whether the request starts at the beginning. */
  readonly startsAtBeginning: boolean;
  /** The number of children listed before the present one, in both rounds. */
  position: number;
  /** The xdata for the children; requests the linkto xattr once `requestLinktos` was called. */
  xdata: Dict | null;
  requestsLinktos: boolean;
  /** The offset of the last request to the child. */
  offset: number;
  /** Whether a request must be sent to a child. */
  mustWind: boolean;
  /** Whether the loop of `windToChild` is running. */
  isWinding: boolean;
  /** The child on which the directory was just opened; NO_CHILD for none. */
  openedChild: number;
  /** Whether a child has the directory. */
  hasDirectory: boolean;
  /** The errno of the first listed child without the directory; 0 if no such child was listed. */
  errno: number;
}

/** Opens the directory on all children; it succeeds if any child opens it. */
const opendir: Fop<'opendir', Distribute> = (frame, xl, loc, fd, xdata) => {
  const volume = xl.priv;
  runTask(frame, xl, 'opendir', function* (task) {
    const replies = yield* task.windEach(volume.children, 'opendir', () => [loc, fd, xdata]);
    const success = replies.find(({ opRet }) => opRet >= 0);
    return success ?? makeFailure('opendir', chooseErrno(replies));
  });
};

/** Serves readdir and readdirp. Sends readdirp in both cases: names alone do not identify linktos. */
function startListing(
  frame: Frame,
  xl: Xlator<Distribute>,
  fd: Fd,
  size: number,
  offset: number,
  xdata: Dict | null,
  isReaddirp: boolean,
): void {
  const volume = xl.priv;
  const childCount = volume.children.length;
  const record = volume.getListingRecord(fd);
  const position = record.seek(offset, readOffsetChild(offset, childCount));
  const listing: ListingRequest = {
    fd,
    record,
    size,
    xdata,
    isReaddirp,
    startsAtBeginning: offset === 0,
    position,
    offset: 0,
    errno: 0,
    mustWind: false,
    isWinding: false,
    hasDirectory: false,
    requestsLinktos: false,
    openedChild: NO_CHILD,
  };
  frame.local = listing;
  if (volume.directoriesWithLinktos.has(fd.inode))
    requestLinktos(listing, volume.xattrNames.linkto);
  windToChild(frame, xl, position, readChildOffset(offset, childCount));
}

/**
 * Requests the linkto attribute. A request for any attribute makes a brick read all attributes of each file, which
 * can double the cost of a listing. So it is sent only where a mode indicates possible linktos.
 */
function requestLinktos(listing: ListingRequest, key: string): void {
  listing.xdata = (listing.xdata?.copy() ?? new Dict()).set(key, LINKTO_XATTR_BYTES);
  listing.requestsLinktos = true;
}

/** Sends the request to a child. A loop avoids recursion, as children may reply before `wind` returns. */
function windToChild(frame: Frame, xl: Xlator<Distribute>, position: number, offset: number): void {
  const listing = frame.local as ListingRequest;
  listing.position = position;
  listing.offset = offset;
  listing.mustWind = true;
  if (listing.isWinding) return;
  listing.isWinding = true;
  while (listing.mustWind) {
    listing.mustWind = false;
    const { fd, size, xdata } = listing;
    const child = listing.position % xl.priv.children.length;
    wind.readdirp(frame, child, readdirpCbk, xl.children[child]!, fd, size, listing.offset, xdata);
  }
  listing.isWinding = false;
}

/** Continues a listing after the attempt to open the directory on the child. */
const opendirCbk: Cbk<'opendir', Distribute> = (frame, child, xl, opRet, opErrno, _fd, xdata) => {
  if (opRet >= 0) windToChild(frame, xl, (frame.local as ListingRequest).position, 0);
  else readdirpCbk(frame, child, xl, opRet, opErrno, null, xdata);
};

const readdirpCbk: Cbk<'readdirp', Distribute> = (
  frame,
  child,
  xl,
  opRet,
  opErrno,
  entries,
  xdata,
) => {
  const volume = xl.priv;
  const listing = frame.local as ListingRequest;
  if (
    opRet < 0 &&
    NOT_OPEN_ERRNOS.has(opErrno) &&
    listing.offset === 0 &&
    listing.openedChild !== child
  ) {
    listing.openedChild = child;
    const { fd } = listing;
    const loc = new Loc(fd.inode);
    return wind.opendir(frame, child, opendirCbk, xl.children[child]!, loc, fd, null);
  }
  const isAbsent = opRet < 0 && (ABSENT_ERRNOS.has(opErrno) || NOT_OPEN_ERRNOS.has(opErrno));
  if (opRet < 0 && !isAbsent) return unwindListing(frame, opRet, opErrno, null, xdata);
  if (isAbsent) listing.errno ||= opErrno;
  else listing.hasDirectory = true;
  if (isAbsent || entries === null || entries.length === 0) {
    // A child without the directory lists nothing; if no child has it, the listing fails.
    if (hasNextChild(volume, listing)) return windToChild(frame, xl, listing.position + 1, 0);
    const isNowhere = listing.startsAtBeginning && !listing.hasDirectory;
    const absentErrno = isNowhere ? listing.errno : 0;
    const errno = volume.upChildren.length === 0 ? ENOTCONN : absentErrno;
    return unwindListing(frame, errno === 0 ? 0 : -1, errno, [], xdata);
  }
  if (!listing.requestsLinktos && entries.some(mayBeLinktoOrMigrating)) {
    volume.directoriesWithLinktos.add(listing.fd.inode);
    requestLinktos(listing, volume.xattrNames.linkto);
    return windToChild(frame, xl, listing.position, listing.offset);
  }
  const { position, record } = listing;
  const returnedEntries: Dirent[] = [];
  for (const entry of entries) {
    record.needsSecondRound ||= mayMove(volume, listing.fd.inode, child, entry);
    if (!isListedHere(volume, listing.fd, child, entry)) continue;
    if (record.isDuplicate(entry.name, position)) {
      record.needsSecondRound = true;
      continue;
    }
    const off = joinOffset(child, entry.off, volume.children.length);
    if (off === undefined) return unwindListing(frame, -1, EOVERFLOW, null, null);
    record.add(entry.name, position, off);
    returnedEntries.push(makeDirent(volume, child, entry, off, listing.isReaddirp));
  }
  if (returnedEntries.length === 0) return windToChild(frame, xl, position, entries.at(-1)!.off);
  // The reply with the last entries of the last child carries ENOENT, as a single brick's does.
  const isEnd = opErrno === ENOENT && !hasNextChild(volume, listing);
  unwindListing(frame, returnedEntries.length, isEnd ? ENOENT : 0, returnedEntries, xdata);
};

/** Whether an entry's mode is that of a linkto or of a file being copied; an application may set it too. */
const mayBeLinktoOrMigrating = ({ stat }: Dirent): boolean =>
  stat !== null && (mayBeLinkto(stat) || mayBeMigrating(stat));

/** Whether another child must be listed: in the first round each child, in the second only if files may have moved. */
function hasNextChild({ children }: Distribute, { position, record }: ListingRequest): boolean {
  const isLast = (position + 1) % children.length === 0;
  return !isLast || (position + 1 === children.length && record.needsSecondRound);
}

/** Whether a file may move before the listing ends: it is misplaced, or is being moved. */
const mayMove = (volume: Distribute, inode: Inode, child: number, entry: Dirent): boolean =>
  entry.type !== DT_DIR &&
  volume.children.length > 1 &&
  (mayBeLinktoOrMigrating(entry) ||
    volume.findDirectory(inode)?.layout.findChild(volume.nameHash.compute(entry.name)) !== child);

/** Whether this child is the one that lists the entry. */
function isListedHere(volume: Distribute, fd: Fd, child: number, entry: Dirent): boolean {
  const { name, type, stat, dict } = entry;
  if (stat !== null && isLinkto(stat, dict, volume.xattrNames.linkto)) return false;
  if (type !== DT_DIR) return true;
  const isFirst = child === volume.firstUpChild;
  if (volume.settings['readdir-optimize']) return isFirst;
  const hashedChild =
    volume.findDirectory(fd.inode)?.layout.findChild(volume.nameHash.compute(name)) ?? NO_CHILD;
  return hashedChild === NO_CHILD || !volume.isUp(hashedChild) ? isFirst : hashedChild === child;
}

/** Makes the entry to return. @param off its offset in the listing of all children */
function makeDirent(
  volume: Distribute,
  child: number,
  entry: Dirent,
  off: number,
  isReaddirp: boolean,
): Dirent {
  const { name, type, gfid, stat, dict, inode } = entry;
  if (!isReaddirp) return { name, off, type, gfid, stat: null, dict: null, inode: null };
  // One child does not know a directory's merged attributes: the caller must look it up.
  if (type === DT_DIR && name !== '.' && name !== '..') {
    return { name, off, type, gfid, stat: null, dict, inode: null };
  }
  if (stat !== null && inode !== null) volume.setLocation(inode, stat.iaGfid, child);
  const isBeingCopied = stat !== null && isMigrating(stat, dict, volume.xattrNames.linkto);
  const visibleStat = isBeingCopied ? removeMigrationBits(stat) : stat;
  return { name, off, type, gfid, stat: visibleStat, dict, inode };
}

function unwindListing(
  frame: Frame,
  opRet: number,
  opErrno: number,
  entries: readonly Dirent[] | null,
  xdata: Dict | null,
): void {
  const { isReaddirp } = frame.local as ListingRequest;
  if (isReaddirp) unwind.readdirp(frame, opRet, opErrno, entries, xdata);
  else unwind.readdir(frame, opRet, opErrno, entries, xdata);
}

export const listingFops: Fops<Distribute> = {
  opendir,
  readdir: (frame, xl, fd, size, offset, xdata) =>
    startListing(frame, xl, fd, size, offset, xdata, false),
  readdirp: (frame, xl, fd, size, offset, xdata) =>
    startListing(frame, xl, fd, size, offset, xdata, true),
};
