/**
 * Listings: those of the children, one after the other. What a linkto stands for is listed where the
 * file is, and a directory, which is everywhere, by the child that its name belongs to.
 *
 * Source: GlusterFS `dht-common.c` (dht_opendir, dht_readdirp_cbk).
 */
import { Dict } from '../../../../core/dict.ts';
import { ENOTCONN, EOVERFLOW } from '../../../../core/errno.ts';
import type { Fd } from '../../../../core/fd.ts';
import { unwind, wind } from '../../../../core/fops.gen.ts';
import type { Frame } from '../../../../core/frame.ts';
import { type Dirent, direntType, IA_IFDIR } from '../../../../core/iatt.ts';
import type { Cbk, Fop, Fops, Xlator } from '../../../../core/xlator.ts';
import { type Distribute, NOWHERE } from '../distribute.ts';
import { isLinkto, isMigrating, withoutMigration } from '../linkto.ts';
import { childOf, joinOffset, offsetIn } from '../offsets.ts';
import { errnoOf } from '../sight.ts';
import { failure, runTask } from '../task.ts';

const DT_DIR = direntType(IA_IFDIR);

class Listing {
  readonly fd: Fd;
  readonly size: number;
  readonly keys: Dict;
  /** The reply of readdirp; otherwise that of readdir. */
  readonly plus: boolean;

  constructor(fd: Fd, size: number, keys: Dict, plus: boolean) {
    this.fd = fd;
    this.size = size;
    this.keys = keys;
    this.plus = plus;
  }
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
  const { all, keys } = xl.priv;
  const asked = (xdata?.copy() ?? new Dict()).set(keys.linkto, 256);
  frame.local = new Listing(fd, size, asked, plus);
  ask(frame, xl, childOf(offset, all.length), offsetIn(offset, all.length));
}

function ask(frame: Frame, xl: Xlator<Distribute>, child: number, offset: number): void {
  const { fd, size, keys } = frame.local as Listing;
  wind.readdirp(frame, child, listedCbk, xl.children[child]!, fd, size, offset, keys);
}

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
  const isAway = opRet < 0 && opErrno === ENOTCONN;
  if (opRet < 0 && !isAway) return answer(frame, opRet, opErrno, null, xdata);
  if (isAway || entries === null || entries.length === 0) {
    // A child that is away lists nothing; with nobody there, that is no listing.
    if (child + 1 < volume.all.length) return ask(frame, xl, child + 1, 0);
    const errno = volume.up.length === 0 ? ENOTCONN : 0;
    return answer(frame, errno === 0 ? 0 : -1, errno, [], xdata);
  }
  const listing = frame.local as Listing;
  const shown: Dirent[] = [];
  for (const entry of entries) {
    if (!isListed(volume, listing.fd, child, entry)) continue;
    const off = joinOffset(child, entry.off, volume.all.length);
    if (off === undefined) return answer(frame, -1, EOVERFLOW, null, null);
    shown.push(direntOf(volume, child, entry, off, listing.plus));
  }
  if (shown.length === 0) return ask(frame, xl, child, entries.at(-1)!.off);
  answer(frame, shown.length, 0, shown, xdata);
};

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
