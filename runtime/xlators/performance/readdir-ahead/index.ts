/**
 * performance/readdir-ahead: lists a folder ahead of who lists it.
 *
 * Source: GlusterFS 10 `xlators/performance/readdir-ahead/src/`; README.md says what differs.
 */
import type { Fd } from '../../../core/fd.ts';
import { tail, unwind, wind } from '../../../core/gen/fops.gen.ts';
import type { Dirent } from '../../../core/iatt.ts';
import type { Cbk, Fop, Fops, Xlator } from '../../../core/xlator.ts';
import { defineCache } from '../shared/cache-translator.ts';
import { attributeFops, dataFops, fileChanges, nameChanges } from '../shared/changes.ts';
import type { Kept } from '../shared/inode-cache.ts';
import { type Asker, Listing, ReaddirAhead } from './listing.ts';
import { options } from './options.ts';

type Ahead = Xlator<ReaddirAhead>;

const opendir: Fop<'opendir', ReaddirAhead> = (frame, xl, loc, fd, xdata) => {
  frame.local = fd;
  wind.opendir(frame, 0, opendirCbk, xl.children[0]!, loc, fd, xdata);
};

const opendirCbk: Cbk<'opendir', ReaddirAhead> = (frame, _c, xl, opRet, opErrno, fd, xdata) => {
  if (opRet >= 0) {
    const opened = frame.local as Fd;
    const listing = new Listing(opened, frame.root);
    opened.ctxSet(xl, listing);
    xl.priv.fill(listing);
  }
  unwind.opendir(frame, opRet, opErrno, fd, xdata);
};

const readdirp: Fop<'readdirp', ReaddirAhead> = (frame, xl, fd, size, offset, xdata) => {
  const listing = fd.ctxGet(xl) as Listing | undefined;
  if (listing === undefined || listing.isLeft || xdata !== null) {
    return tail.readdirp(frame, xl.children[0]!, fd, size, offset, xdata);
  }
  next(xl, listing, { frame, size, offset, plus: true, isLate: false, hasWaited: false });
};

const readdir: Fop<'readdir', ReaddirAhead> = (frame, xl, fd, size, offset, xdata) => {
  const listing = fd.ctxGet(xl) as Listing | undefined;
  if (listing === undefined || listing.isLeft || xdata !== null) {
    return tail.readdir(frame, xl.children[0]!, fd, size, offset, xdata);
  }
  next(xl, listing, { frame, size, offset, plus: false, isLate: false, hasWaited: false });
};

/** Somebody asks for the next entries; or begins anew; or jumps, and is not followed then. */
function next(xl: Ahead, listing: Listing, asker: Asker): void {
  const { priv } = xl;
  const beginsAnew = asker.offset === 0 && listing.position !== 0;
  // Two at a time have no order.
  const jumps = listing.waiting !== null || (asker.offset !== listing.position && !beginsAnew);
  if (beginsAnew && !jumps) priv.restart(listing, 0);
  if (jumps) leave(xl, listing, asker);
  else if (listing.isFilling && !priv.hasEnough(listing, asker.size)) priv.wait(listing, asker);
  else answer(xl, asker, listing);
}

function leave(xl: Ahead, listing: Listing, asker: Asker): void {
  xl.priv.leave(listing);
  down(xl, asker, listing);
}

function down(xl: Ahead, { frame, size, offset, plus }: Asker, { fd }: Listing): void {
  xl.priv.misses += 1;
  const child = xl.children[0]!;
  if (plus) tail.readdirp(frame, child, fd, size, offset, null);
  else tail.readdir(frame, child, fd, size, offset, null);
}

function answer(xl: Ahead, asker: Asker, listing: Listing): void {
  const { priv } = xl;
  const entries = listing.isLeft ? null : priv.take(listing, asker.size, asker.plus);
  if (listing.isLeft) down(xl, asker, listing);
  else if (entries === null && listing.last === null) wait(xl, asker, listing);
  else tell(xl, asker, listing, entries);
}

/** Nothing is here yet; or what is has got old, or does not fit. */
function wait(xl: Ahead, asker: Asker, listing: Listing): void {
  const { priv } = xl;
  if (asker.hasWaited || listing.batches.length > 0) leave(xl, listing, asker);
  else {
    asker.hasWaited = true;
    priv.wait(listing, asker);
    priv.fill(listing);
  }
}

function tell(xl: Ahead, asker: Asker, listing: Listing, found: Dirent[] | null): void {
  const { priv } = xl;
  const { frame, plus } = asker;
  if (asker.isLate) priv.misses += 1;
  else priv.hits += 1;
  const { opRet, opErrno } = found === null ? listing.last! : { opRet: found.length, opErrno: 0 };
  if (opRet < 0) priv.leave(listing);
  const entries = opRet < 0 ? null : (found ?? []);
  if (plus) unwind.readdirp(frame, opRet, opErrno, entries, null);
  else unwind.readdir(frame, opRet, opErrno, entries, null);
  if (listing.bytes <= priv.given['rda-low-wmark'] && !listing.fd.released) priv.fill(listing);
}

const all: Fops<ReaddirAhead> = {
  ...{ opendir, readdirp, readdir },
  ...fileChanges<ReaddirAhead, Kept>(dataFops),
  ...fileChanges<ReaddirAhead, Kept>(attributeFops),
  ...nameChanges<ReaddirAhead, Kept>(),
};

export default defineCache<ReaddirAhead, typeof options>({
  type: 'performance/readdir-ahead',
  description: 'Lists folders ahead of who lists them.',
  options,
  fops: () => all,
  make: (xl, given) => new ReaddirAhead(xl, given, (asker, listing) => answer(xl, asker, listing)),
  releasedir: (xl, _fd, listing) => xl.priv.leave(listing as Listing),
});
