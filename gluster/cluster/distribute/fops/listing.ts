/**
 * Lists the children one after the other. A linkto is listed on the file's child, a directory by its name's child.
 *
 * A rebalance may move files meanwhile. A file that moves to a child listed later is dropped there (`ListingRecord`;
 * GlusterFS returns it twice). A file that moves to one listed before would be missed, so a directory with misplaced
 * files is listed a second time, for names not yet returned.
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
import { errnoOf } from '../directory-view.ts';
import { type Distribute, NOWHERE } from '../distribute.ts';
import { isLinkto, isMigrating, maybeLinkto, maybeMigrating, withoutMigration } from '../linkto.ts';
import { failure, runTask } from '../task.ts';
import { childOf, joinOffset, type ListingRecord, offsetIn } from './listing-record.ts';

const DT_DIR = direntType(IA_IFDIR);

/** Errors of a child that is away, or has lost the directory. */
const ABSENT: ReadonlySet<number> = new Set([ENOTCONN, ENOENT, ESTALE]);
/** Errors of a child that was away when the directory was opened, or since. */
const NOT_OPEN: ReadonlySet<number> = new Set([EBADF, EBADFD]);

/** The state of one readdir or readdirp request. */
interface Listing {
  readonly fd: Fd;
  readonly record: ListingRecord;
  readonly size: number;
  /** Whether to reply as readdirp, else as readdir. */
  readonly plus: boolean;
  /** Whether the request starts at the beginning. */
  readonly isWhole: boolean;
  /** The position in the sequence of children, each of which is listed once or twice. */
  place: number;
  /** The xdata for the children; includes the linkto attribute once needed. */
  xdata: Dict | null;
  asksForLinktos: boolean;
  /** The offset of the last request to the child. */
  offset: number;
  /** Whether a child must be asked, and whether the loop that asks is running. */
  isDue: boolean;
  isAsking: boolean;
  /** The child on which the directory was just opened. */
  opened: number;
  /** Whether a child has the directory, and the errno of one without it. */
  isThere: boolean;
  errno: number;
}

const opendir: Fop<'opendir', Distribute> = (frame, xl, loc, fd, xdata) => {
  const volume = xl.priv;
  runTask(frame, xl, 'opendir', function* (task) {
    const replies = yield* task.each(volume.all, 'opendir', () => [loc, fd, xdata]);
    const opened = replies.find(({ opRet }) => opRet >= 0);
    return opened ?? failure('opendir', errnoOf(replies));
  });
};

/** Lists by readdirp in both cases: names alone do not identify linktos. */
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
 * Requests the linkto attribute. A request for any attribute makes a brick read all attributes of each file, which
 * can double the cost of a listing. So it is sent only where a mode indicates possible linktos.
 */
function askForLinktos(listing: Listing, key: string): void {
  listing.xdata = (listing.xdata?.copy() ?? new Dict()).set(key, 256);
  listing.asksForLinktos = true;
}

/** Asks a child. A loop instead of recursion, as children may reply before `wind` returns. */
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
  const isGone = opRet < 0 && (ABSENT.has(opErrno) || NOT_OPEN.has(opErrno));
  if (opRet < 0 && !isGone) return answer(frame, opRet, opErrno, null, xdata);
  if (isGone) listing.errno ||= opErrno;
  else listing.isThere = true;
  if (isGone || entries === null || entries.length === 0) {
    // A child without the directory lists nothing; if no child has it, the listing fails.
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
  // The last entries of the last child carry ENOENT, as on a single brick.
  const isEnd = opErrno === ENOENT && !hasNext(volume, listing);
  answer(frame, shown.length, isEnd ? ENOENT : 0, shown, xdata);
};

/** Whether an entry is a linkto or a file being copied, or has the same mode by an application. */
const mayBeSpecial = ({ stat }: Dirent): boolean =>
  stat !== null && (maybeLinkto(stat) || maybeMigrating(stat));

/** Whether another child must be listed. */
function hasNext({ all }: Distribute, { place, record }: Listing): boolean {
  const isLast = (place + 1) % all.length === 0;
  return !isLast || (place + 1 === all.length && record.isUnsettled);
}

/** Whether a file may move before the listing ends: it is misplaced, or is being moved. */
const mayMove = (volume: Distribute, inode: Inode, child: number, entry: Dirent): boolean =>
  entry.type !== DT_DIR &&
  volume.all.length > 1 &&
  (mayBeSpecial(entry) ||
    volume.directory(inode)?.layout.search(volume.hash.of(entry.name)) !== child);

/** Whether this child is the one that lists the entry. */
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
  // One child does not know a directory's merged attributes: the caller must look it up.
  if (type === DT_DIR && name !== '.' && name !== '..') {
    return { name, off, type, gfid, stat: null, dict, inode: null };
  }
  if (stat !== null && inode !== null) volume.setLocation(inode, stat.iaGfid, child);
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
