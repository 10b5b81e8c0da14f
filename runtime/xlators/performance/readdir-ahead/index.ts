/**
 * performance/readdir-ahead: reads the next entries of a directory before the client asks for them.
 *
 * Source: GlusterFS 10 `xlators/performance/readdir-ahead/src/`; README.md lists the differences.
 */
import type { Fd } from '../../../core/fd.ts';
import { tail, unwind, wind } from '../../../core/gen/fops.gen.ts';
import type { Dirent } from '../../../core/iatt.ts';
import type { Cbk, Fop, Fops, Xlator } from '../../../core/xlator.ts';
import { defineCache } from '../shared/cache-translator.ts';
import { attributeFops, dataFops, fileChanges, nameChanges } from '../shared/changes.ts';
import type { InodeState } from '../shared/inode-cache.ts';
import { Listing, type ListRequest, ReaddirAhead } from './listing.ts';
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
  if (listing === undefined || listing.isBypassed || xdata !== null) {
    return tail.readdirp(frame, xl.children[0]!, fd, size, offset, xdata);
  }
  next(xl, listing, { frame, size, offset, plus: true, isLate: false, hasWaited: false });
};

const readdir: Fop<'readdir', ReaddirAhead> = (frame, xl, fd, size, offset, xdata) => {
  const listing = fd.ctxGet(xl) as Listing | undefined;
  if (listing === undefined || listing.isBypassed || xdata !== null) {
    return tail.readdir(frame, xl.children[0]!, fd, size, offset, xdata);
  }
  next(xl, listing, { frame, size, offset, plus: false, isLate: false, hasWaited: false });
};

/** Handles a request: for the next entries, from the start again, or (bypassed) from elsewhere. */
function next(xl: Ahead, listing: Listing, request: ListRequest): void {
  const { priv } = xl;
  const beginsAnew = request.offset === 0 && listing.position !== 0;
  // Two concurrent requests have no order.
  const jumps = listing.waiting !== null || (request.offset !== listing.position && !beginsAnew);
  if (beginsAnew && !jumps) priv.restart(listing, 0);
  if (jumps) bypass(xl, listing, request);
  else if (listing.isFilling && !priv.hasEnough(listing, request.size)) priv.wait(listing, request);
  else answer(xl, request, listing);
}

function bypass(xl: Ahead, listing: Listing, request: ListRequest): void {
  xl.priv.bypass(listing);
  windDown(xl, request, listing);
}

function windDown(xl: Ahead, { frame, size, offset, plus }: ListRequest, { fd }: Listing): void {
  xl.priv.misses += 1;
  const child = xl.children[0]!;
  if (plus) tail.readdirp(frame, child, fd, size, offset, null);
  else tail.readdir(frame, child, fd, size, offset, null);
}

function answer(xl: Ahead, request: ListRequest, listing: Listing): void {
  const { priv } = xl;
  const entries = listing.isBypassed ? null : priv.take(listing, request.size, request.plus);
  if (listing.isBypassed) windDown(xl, request, listing);
  else if (entries === null && listing.last === null) wait(xl, request, listing);
  else reply(xl, request, listing, entries);
}

/** Waits for entries; bypasses the listing if no entry fits, or waiting was in vain. */
function wait(xl: Ahead, request: ListRequest, listing: Listing): void {
  const { priv } = xl;
  if (request.hasWaited || listing.batches.length > 0) bypass(xl, listing, request);
  else {
    request.hasWaited = true;
    priv.wait(listing, request);
    priv.fill(listing);
  }
}

function reply(xl: Ahead, request: ListRequest, listing: Listing, found: Dirent[] | null): void {
  const { priv } = xl;
  const { frame, plus } = request;
  if (request.isLate) priv.misses += 1;
  else priv.hits += 1;
  const { opRet, opErrno } = found === null ? listing.last! : { opRet: found.length, opErrno: 0 };
  if (opRet < 0) priv.bypass(listing);
  const entries = opRet < 0 ? null : (found ?? []);
  if (plus) unwind.readdirp(frame, opRet, opErrno, entries, null);
  else unwind.readdir(frame, opRet, opErrno, entries, null);
  if (listing.bytes <= priv.values['rda-low-wmark'] && !listing.fd.released) priv.fill(listing);
}

const all: Fops<ReaddirAhead> = {
  ...{ opendir, readdirp, readdir },
  ...fileChanges<ReaddirAhead, InodeState>(dataFops),
  ...fileChanges<ReaddirAhead, InodeState>(attributeFops),
  ...nameChanges<ReaddirAhead, InodeState>(),
};

export default defineCache<ReaddirAhead, typeof options>({
  type: 'performance/readdir-ahead',
  description: 'Reads entries of directories before the client asks for them.',
  options,
  fops: () => all,
  make: (xl, values) =>
    new ReaddirAhead(xl, values, (request, listing) => answer(xl, request, listing)),
  releasedir: (xl, _fd, listing) => xl.priv.bypass(listing as Listing),
});
