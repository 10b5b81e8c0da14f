/**
 * Listings: those of the children, one after the other. What a linkto stands for is listed where the
 * file is, and a directory, which is everywhere, by the child that its name belongs to.
 *
 * A rebalance may move files meanwhile. A file that moves to a child listed later is dropped there
 * (`ListingRecord`; GlusterFS returns it twice). A file that moves to a child listed before would be missed. So
 * if files of the directory are not in their places, all children are listed a second time, for names not
 * returned so far.
 *
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
import { type Distribute, NOWHERE } from '../distribute.ts';
import { isLinkto, isMigrating, maybeLinkto, maybeMigrating, withoutMigration } from '../linkto.ts';
import { errnoOf } from '../sight.ts';
import { failure, runTask } from '../task.ts';
import { childOf, joinOffset, type ListingRecord, offsetIn } from './listing-record.ts';

const DT_DIR = direntType(IA_IFDIR);

/** A child that is away, or has lost the directory. */
const GONE: ReadonlySet<number> = new Set([ENOTCONN, ENOENT, ESTALE]);
/** One that was away when the directory was opened, or is since. */
const NOT_OPEN: ReadonlySet<number> = new Set([EBADF, EBADFD]);

/** A listing under way. */
interface Listing {
  readonly fd: Fd;
  readonly record: ListingRecord;
  readonly size: number;
  /** The reply of readdirp; otherwise that of readdir. */
  readonly plus: boolean;
  /** Whether it is asked for from its beginning. */
  readonly isWhole: boolean;
  /** Of the children, each of which is listed once or twice. */
  place: number;
  /** The keys that the children are asked for: in the end also the attribute of linktos. */
  xdata: Dict | null;
  asksForLinktos: boolean;
  /** What the child was asked for last. */
  offset: number;
  /** A child is to be asked, and the loop that asks is running. */
  isDue: boolean;
  isAsking: boolean;
  /** A child with which it was opened now. */
  opened: number;
  /** Whether a child has it, and why one has not. */
  isThere: boolean;
  errno: number;
}

const opendir: Fop<'opendir', Distribute> = (frame, xl, loc, fd, xdata) => {
  const volume = xl.priv;
  runTask(frame, xl, 'opendir', function* (task) {
    const answers = yield* task.each(volume.all, 'opendir', () => [loc, fd, xdata]);
    const opened = answers.find(({ opRet }) => opRet >= 0);
    return opened ?? failure('opendir', errnoOf(answers));
  });
};

/** Also for readdir: names alone do not say which are linktos. */
function list(
  frame: Frame,
  xl: Xlator<Distribute>,
  fd: Fd,
  size: number,
  offset: number,
  xdata: Dict | null,
  plus: boolean,
): void {
  const volume = xl.priv;
  const children = volume.all.length;
  const record = volume.listingOf(fd);
  const place = record.seek(offset, childOf(offset, children));
  const listing: Listing = {
    ...{ fd, record, size, xdata, plus, isWhole: offset === 0, place, offset: 0, errno: 0 },
    ...{ isDue: false, isAsking: false, isThere: false, asksForLinktos: false, opened: NOWHERE },
  };
  frame.local = listing;
  if (volume.withLinktos.has(fd.inode)) askForLinktos(listing, volume.keys.linkto);
  ask(frame, xl, place, offsetIn(offset, children));
}

/**
 * A brick that is asked for any attribute lists the names of all that each file has, which may take it
 * as long as all the rest. So it is asked only in directories where a mode says that there may be linktos.
 */
function askForLinktos(listing: Listing, key: string): void {
  listing.xdata = (listing.xdata?.copy() ?? new Dict()).set(key, 256);
  listing.asksForLinktos = true;
}

/** Children may reply before `wind` returns, and of many replies nothing may be left to return. */
function ask(frame: Frame, xl: Xlator<Distribute>, place: number, offset: number): void {
  const listing = frame.local as Listing;
  listing.place = place;
  listing.offset = offset;
  listing.isDue = true;
  if (listing.isAsking) return;
  listing.isAsking = true;
  while (listing.isDue) {
    listing.isDue = false;
    const { fd, size, xdata } = listing;
    const child = listing.place % xl.priv.all.length;
    wind.readdirp(frame, child, listedCbk, xl.children[child]!, fd, size, listing.offset, xdata);
  }
  listing.isAsking = false;
}

const openedCbk: Cbk<'opendir', Distribute> = (frame, child, xl, opRet, opErrno, _fd, xdata) => {
  if (opRet >= 0) ask(frame, xl, (frame.local as Listing).place, 0);
  else listedCbk(frame, child, xl, opRet, opErrno, null, xdata);
};

const listedCbk: Cbk<'readdirp', Distribute> = (
  frame,
  child,
  xl,
  opRet,
  opErrno,
  entries,
  xdata,
) => {
  const volume = xl.priv;
  const listing = frame.local as Listing;
  if (opRet < 0 && NOT_OPEN.has(opErrno) && listing.offset === 0 && listing.opened !== child) {
    listing.opened = child;
    const { fd } = listing;
    const loc = new Loc(fd.inode);
    return wind.opendir(frame, child, openedCbk, xl.children[child]!, loc, fd, null);
  }
  const isGone = opRet < 0 && (GONE.has(opErrno) || NOT_OPEN.has(opErrno));
  if (opRet < 0 && !isGone) return answer(frame, opRet, opErrno, null, xdata);
  if (isGone) listing.errno ||= opErrno;
  else listing.isThere = true;
  if (isGone || entries === null || entries.length === 0) {
    // A child without the directory lists nothing; where nobody has it, that is no listing.
    if (hasNext(volume, listing)) return ask(frame, xl, listing.place + 1, 0);
    const isNowhere = listing.isWhole && !listing.isThere;
    const lost = isNowhere ? listing.errno : 0;
    const errno = volume.up.length === 0 ? ENOTCONN : lost;
    return answer(frame, errno === 0 ? 0 : -1, errno, [], xdata);
  }
  if (!listing.asksForLinktos && entries.some(mayBeSpecial)) {
    volume.withLinktos.add(listing.fd.inode);
    askForLinktos(listing, volume.keys.linkto);
    return ask(frame, xl, listing.place, listing.offset);
  }
  const { place, record } = listing;
  const shown: Dirent[] = [];
  for (const entry of entries) {
    record.isUnsettled ||= mayMove(volume, listing.fd.inode, child, entry);
    if (!isListed(volume, listing.fd, child, entry)) continue;
    if (record.has(entry.name, place)) {
      record.isUnsettled = true;
      continue;
    }
    const off = joinOffset(child, entry.off, volume.all.length);
    if (off === undefined) return answer(frame, -1, EOVERFLOW, null, null);
    record.add(entry.name, place, off);
    shown.push(direntOf(volume, child, entry, off, listing.plus));
  }
  if (shown.length === 0) return ask(frame, xl, place, entries.at(-1)!.off);
  // The last entries of the last child come with ENOENT, as of a folder that is on one brick alone.
  const isEnd = opErrno === ENOENT && !hasNext(volume, listing);
  answer(frame, shown.length, isEnd ? ENOENT : 0, shown, xdata);
};

/** A linkto, or a file that is being copied, or one of an application with the same mode. */
const mayBeSpecial = ({ stat }: Dirent): boolean =>
  stat !== null && (maybeLinkto(stat) || maybeMigrating(stat));

/** Whether there is more to list than this child. */
function hasNext({ all }: Distribute, { place, record }: Listing): boolean {
  const isLast = (place + 1) % all.length === 0;
  return !isLast || (place + 1 === all.length && record.isUnsettled);
}

/** Whether a file may be elsewhere before the listing is over: it is not in its place, or is being moved. */
const mayMove = (volume: Distribute, inode: Inode, child: number, entry: Dirent): boolean =>
  entry.type !== DT_DIR &&
  volume.all.length > 1 &&
  (mayBeSpecial(entry) ||
    volume.directory(inode)?.layout.search(volume.hash.of(entry.name)) !== child);

/** Whether this is the child that lists it. */
function isListed(volume: Distribute, fd: Fd, child: number, entry: Dirent): boolean {
  const { name, type, stat, dict } = entry;
  if (stat !== null && isLinkto(stat, dict, volume.keys.linkto)) return false;
  if (type !== DT_DIR) return true;
  const isFirst = child === volume.firstUp;
  if (volume.settings['readdir-optimize']) return isFirst;
  const hashed = volume.directory(fd.inode)?.layout.search(volume.hash.of(name)) ?? NOWHERE;
  return hashed === NOWHERE || !volume.isUp(hashed) ? isFirst : hashed === child;
}

function direntOf(
  volume: Distribute,
  child: number,
  entry: Dirent,
  off: number,
  plus: boolean,
): Dirent {
  const { name, type, gfid, stat, dict, inode } = entry;
  if (!plus) return { name, off, type, gfid, stat: null, dict: null, inode: null };
  // Of a directory one child does not know all: it is to be looked up.
  if (type === DT_DIR && name !== '.' && name !== '..') {
    return { name, off, type, gfid, stat: null, dict, inode: null };
  }
  if (stat !== null && inode !== null) volume.keep(inode, stat.iaGfid, child);
  const isCopied = stat !== null && isMigrating(stat, dict, volume.keys.linkto);
  const shown = isCopied ? withoutMigration(stat) : stat;
  return { name, off, type, gfid, stat: shown, dict, inode };
}

function answer(
  frame: Frame,
  opRet: number,
  opErrno: number,
  entries: readonly Dirent[] | null,
  xdata: Dict | null,
): void {
  const { plus } = frame.local as Listing;
  if (plus) unwind.readdirp(frame, opRet, opErrno, entries, xdata);
  else unwind.readdir(frame, opRet, opErrno, entries, xdata);
}

export const listingFops: Fops<Distribute> = {
  opendir,
  readdir: (frame, xl, fd, size, offset, xdata) => list(frame, xl, fd, size, offset, xdata, false),
  readdirp: (frame, xl, fd, size, offset, xdata) => list(frame, xl, fd, size, offset, xdata, true),
};
