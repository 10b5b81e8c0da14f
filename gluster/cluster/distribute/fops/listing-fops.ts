/**
 * Lists the children in their order. A file is listed by the child that has it, never by that of its linkto; a
 * directory by the child of its name's hash.
 *
 * A reply has entries of as many children as fit, so the next children are listed at the same time as the present one.
 * A child's reply with its last entries carries ENOENT: it is not listed again. GlusterFS's client lists one child at a
 * time, and requests each child's end. `listing-record.ts` has the names that were returned: a rebalance may move
 * files meanwhile.
 * Source: GlusterFS `dht-common.c` (dht_opendir, dht_readdirp_cbk).
 */
import { nameLength } from '../../../../runtime/core/bytes.ts';
import { Dict } from '../../../../runtime/core/dict.ts';
import {
  EBADF,
  EBADFD,
  EINVAL,
  ENOENT,
  ENOTCONN,
  EOVERFLOW,
  ESTALE,
} from '../../../../runtime/core/errno.ts';
import type { Frame } from '../../../../runtime/core/frame.ts';
import { unwind, wind } from '../../../../runtime/core/gen/fops.gen.ts';
import {
  computeDirentplusSize,
  computeDirentSize,
  type Dirent,
  direntType,
  IA_IFDIR,
} from '../../../../runtime/core/iatt.ts';
import type { Inode } from '../../../../runtime/core/inode.ts';
import { type Fd, Loc } from '../../../../runtime/core/operands.ts';
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
  isOfSecondRound,
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

/** The most children that are listed at the same time. */
const SIMULTANEOUS_MAX = 8;
/** A reply with less room than this has no entries of another child: a child may take less for too little room. */
const ROOM_MIN_BYTES = 4096;

/** A child's reply to readdirp, or to the opendir before it. */
interface ChildReply {
  readonly opRet: number;
  readonly opErrno: number;
  readonly entries: readonly Dirent[] | null;
  readonly xdata: Dict | null;
}

/** The state of one readdir or readdirp request, in its frame's `local`. */
interface ListingRequest {
  readonly fd: Fd;
  readonly record: ListingRecord;
  /** Whether to reply as readdirp, else as readdir. */
  readonly isReaddirp: boolean;
  /** Whether the request starts at the beginning. */
  readonly startsAtBeginning: boolean;
  /** The number of children listed before the present one, in both rounds. */
  position: number;
  /** The offset after which the present child is listed. */
  offset: number;
  /** The entries of the reply, and the bytes that are left for more. */
  readonly entries: Dirent[];
  bytesLeft: number;
  /** The xdata for the children; requests the linkto xattr once `requestLinktos` was called. */
  xdata: Dict | null;
  requestsLinktos: boolean;
  /** The children's replies by position; a later child's waits for those before. */
  readonly replies: Map<number, ChildReply>;
  outstandingCount: number;
  /** Positions of replies to requests for the linkto xattr. */
  readonly linktoPositions: Set<number>;
  /** Positions of children on which the directory was opened for this request. */
  readonly openedPositions: Set<number>;
  /** Whether the loop of `continueListing` is running. */
  isContinuing: boolean;
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
  const { position, isChildDone } = record.seek(offset, readOffsetChild(offset, childCount));
  if (isOfSecondRound(offset) && !record.isComplete) {
    // Another open has returned all names of the first round, and the record of them is gone.
    if (isReaddirp) unwind.readdirp(frame, 0, 0, [], null);
    else unwind.readdir(frame, 0, 0, [], null);
    return;
  }
  const listing: ListingRequest = {
    fd,
    record,
    isReaddirp,
    startsAtBeginning: offset === 0,
    position,
    offset: readChildOffset(offset, childCount),
    entries: [],
    bytesLeft: size,
    xdata,
    requestsLinktos: false,
    replies: new Map(),
    outstandingCount: 0,
    linktoPositions: new Set(),
    openedPositions: new Set(),
    isContinuing: false,
    hasDirectory: offset !== 0,
    errno: 0,
  };
  frame.local = listing;
  if (volume.directoriesWithLinktos.has(fd.inode))
    requestLinktos(listing, volume.xattrNames.linkto);
  const isAtEnd = isChildDone && !hasNextChild(volume, listing);
  if (isChildDone) moveToNextChild(listing);
  if (isAtEnd) unwindListing(frame, 0, 0, [], null);
  else continueListing(frame, xl);
}

/**
 * Requests the linkto attribute. A request for any attribute makes a brick read all attributes of each file, which
 * can double the cost of a listing. So it is sent only where a mode indicates possible linktos.
 */
function requestLinktos(listing: ListingRequest, key: string): void {
  listing.xdata = (listing.xdata?.copy() ?? new Dict()).set(key, LINKTO_XATTR_BYTES);
  listing.requestsLinktos = true;
}

function moveToNextChild(listing: ListingRequest): void {
  listing.position += 1;
  listing.offset = 0;
}

/** Takes steps until the request waits for replies, or is unwound. Children may reply before `wind` returns. */
function continueListing(frame: Frame, xl: Xlator<Distribute>): void {
  const listing = frame.local as ListingRequest;
  if (listing.isContinuing) return;
  listing.isContinuing = true;
  let isUnwound = false;
  while (listing.outstandingCount === 0 && !isUnwound) {
    const reply = listing.replies.get(listing.position);
    if (reply === undefined) windToChildren(frame, xl, listing);
    else isUnwound = handleReply(frame, xl.priv, listing, reply);
  }
  listing.isContinuing = false;
}

/** Lists the present child, and the next ones if it is listed from its beginning. */
function windToChildren(frame: Frame, xl: Xlator<Distribute>, listing: ListingRequest): void {
  const { fd, position: first, offset, bytesLeft, xdata, replies } = listing;
  const last = offset === 0 ? findLastSimultaneous(xl.priv, listing) : first;
  const positions: number[] = [];
  for (let each = first; each <= last; each++) if (!replies.has(each)) positions.push(each);
  listing.outstandingCount = positions.length;
  for (const each of positions) {
    if (listing.requestsLinktos) listing.linktoPositions.add(each);
    const child = xl.children[each % xl.children.length]!;
    wind.readdirp(frame, each, readdirpCbk, child, fd, bytesLeft, offset, xdata);
  }
}

/**
 * Finds the position of the last child to list together with the present one, in the same round: so many that their
 * entries fill the reply, if they are as large as the first child's.
 */
function findLastSimultaneous(
  { children, childListingBytes }: Distribute,
  { fd, position, bytesLeft }: ListingRequest,
): number {
  const childBytes = childListingBytes.get(fd.inode) ?? 0;
  const count = Math.min(SIMULTANEOUS_MAX, Math.max(1, Math.ceil(bytesLeft / childBytes)));
  const lastOfRound = position - (position % children.length) + children.length - 1;
  return Math.min(lastOfRound, position + count - 1);
}

const readdirpCbk: Cbk<'readdirp', Distribute> = (
  frame,
  position,
  xl,
  opRet,
  opErrno,
  entries,
  xdata,
) => {
  const listing = frame.local as ListingRequest;
  const { fd, openedPositions } = listing;
  if (opRet < 0 && NOT_OPEN_ERRNOS.has(opErrno) && !openedPositions.has(position)) {
    openedPositions.add(position);
    const child = xl.children[position % xl.children.length]!;
    wind.opendir(frame, position, opendirCbk, child, new Loc(fd.inode), fd, null);
  } else addReply(frame, xl, position, { opRet, opErrno, entries, xdata });
};

/** Lists a child after the attempt to open the directory on it. */
const opendirCbk: Cbk<'opendir', Distribute> = (
  frame,
  position,
  xl,
  opRet,
  opErrno,
  _fd,
  xdata,
) => {
  if (opRet < 0) return addReply(frame, xl, position, { opRet, opErrno, entries: null, xdata });
  const listing = frame.local as ListingRequest;
  const offset = position === listing.position ? listing.offset : 0;
  const child = xl.children[position % xl.children.length]!;
  const { fd, bytesLeft, xdata: requestXdata } = listing;
  wind.readdirp(frame, position, readdirpCbk, child, fd, bytesLeft, offset, requestXdata);
};

function addReply(frame: Frame, xl: Xlator<Distribute>, position: number, reply: ChildReply): void {
  const listing = frame.local as ListingRequest;
  listing.replies.set(position, reply);
  listing.outstandingCount -= 1;
  continueListing(frame, xl);
}

/** Handles the present child's reply. Returns whether the request was unwound. */
function handleReply(
  frame: Frame,
  volume: Distribute,
  listing: ListingRequest,
  { opRet, opErrno, entries: childEntries, xdata }: ChildReply,
): boolean {
  const { position, record, entries, replies } = listing;
  replies.delete(position);
  const isAbsent = opRet < 0 && (ABSENT_ERRNOS.has(opErrno) || NOT_OPEN_ERRNOS.has(opErrno));
  if (opRet < 0 && !isAbsent) {
    // The next request, for the entries after these, fails.
    if (entries.length > 0) unwindListing(frame, entries.length, 0, entries, null);
    else unwindListing(frame, opRet, opErrno, null, xdata);
    return true;
  }
  if (isAbsent) listing.errno ||= opErrno;
  else listing.hasDirectory = true;
  const listed = isAbsent ? [] : (childEntries ?? []);
  if (!listing.linktoPositions.has(position) && listed.some(mayBeLinktoOrMigrating)) {
    volume.directoriesWithLinktos.add(listing.fd.inode);
    if (!listing.requestsLinktos) requestLinktos(listing, volume.xattrNames.linkto);
    if (entries.length === 0 || listing.bytesLeft >= ROOM_MIN_BYTES) return false;
    // Too little room to list this child again: the next request begins with it.
    record.noteChildDone(position - 1);
    unwindListing(frame, entries.length, 0, entries, null);
    return true;
  }
  const isChildDone = listed.length === 0 || opErrno === ENOENT;
  const isFirst = listing.startsAtBeginning && position === 0 && listing.offset === 0;
  const bytesBefore = listing.bytesLeft;
  const errno = addEntries(volume, listing, listed);
  if (isFirst) {
    const isWhole = isChildDone && errno === 0;
    const bytes = isWhole ? bytesBefore - listing.bytesLeft : Number.POSITIVE_INFINITY;
    volume.childListingBytes.set(listing.fd.inode, bytes);
  }
  if (errno === EOVERFLOW) {
    unwindListing(frame, -1, EOVERFLOW, null, null);
    return true;
  }
  const isFull = errno !== 0;
  if (!isFull && !isChildDone && entries.length === 0) {
    listing.offset = listed.at(-1)!.off;
    return false;
  }
  if (!isFull && isChildDone) {
    if (!hasNextChild(volume, listing)) {
      unwindEnd(frame, volume, listing, xdata);
      return true;
    }
    moveToNextChild(listing);
    const hasRoom = listing.bytesLeft >= ROOM_MIN_BYTES || replies.has(listing.position);
    if (hasRoom || entries.length === 0) return false;
    record.noteChildDone(position);
  }
  unwindListing(frame, entries.length, 0, entries, xdata);
  return true;
}

/**
 * Adds a child's entries to the reply.
 * @returns 0; EINVAL if the reply has no room for an entry, or EOVERFLOW if an offset is too large for a number
 */
function addEntries(
  volume: Distribute,
  listing: ListingRequest,
  listed: readonly Dirent[],
): number {
  const { fd, record, position, isReaddirp, entries } = listing;
  const childCount = volume.children.length;
  const child = position % childCount;
  for (const entry of listed) {
    record.needsSecondRound ||= mayMove(volume, fd.inode, child, entry);
    if (!isListedHere(volume, fd, child, entry)) continue;
    if (record.isDuplicate(entry.name, position)) {
      record.needsSecondRound = true;
      continue;
    }
    const nameBytes = nameLength(entry.name);
    listing.bytesLeft -= isReaddirp
      ? computeDirentplusSize(nameBytes)
      : computeDirentSize(nameBytes);
    if (listing.bytesLeft < 0 && entries.length > 0) return EINVAL;
    const off = joinOffset(position, entry.off, childCount);
    if (off === undefined) return EOVERFLOW;
    record.add(entry.name, position, off);
    if (isNamedDirectory(entry)) volume.listedDirectories.add(fd.inode, entry.name, entry.gfid);
    entries.push(makeDirent(volume, child, entry, off, isReaddirp));
  }
  return 0;
}

/** Replies after the last child: ENOENT marks the last entries, as a single brick's reply does. */
function unwindEnd(
  frame: Frame,
  { upChildren }: Distribute,
  { record, position, entries, hasDirectory, errno }: ListingRequest,
  xdata: Dict | null,
): void {
  if (entries.length > 0) {
    record.noteChildDone(position);
    unwindListing(frame, entries.length, ENOENT, entries, xdata);
  } else {
    // A child without the directory lists nothing; if no child has it, the listing fails.
    const failure = upChildren.length === 0 ? ENOTCONN : hasDirectory ? 0 : errno;
    unwindListing(frame, failure === 0 ? 0 : -1, failure, [], xdata);
  }
}

/** Whether an entry's mode is that of a linkto or of a file being copied; an application may set it too. */
const mayBeLinktoOrMigrating = ({ stat }: Dirent): boolean =>
  stat !== null && (mayBeLinkto(stat) || mayBeMigrating(stat));

/** Whether another child must be listed: in the first round each child, in the second only if files may have moved. */
function hasNextChild({ children }: Distribute, { position, record }: ListingRequest): boolean {
  const isLast = (position + 1) % children.length === 0;
  const canRepeat = position + 1 === children.length && record.isComplete;
  return !isLast || (canRepeat && record.needsSecondRound);
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

/** Whether the entry is a directory other than `.` and `..`. */
const isNamedDirectory = ({ name, type }: Dirent): boolean =>
  type === DT_DIR && name !== '.' && name !== '..';

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
  if (isNamedDirectory(entry)) {
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
