/**
 * performance/readdir-ahead: reads the next entries of a directory before the client asks for them.
 *
 * Source: GlusterFS 10 `xlators/performance/readdir-ahead/src/`; README.md lists the differences.
 */
import { tail, unwind, wind } from '../../../core/gen/fops.gen.ts';
import type { Dirent } from '../../../core/iatt.ts';
import {
  type Cbk,
  canListUnopened,
  type Fop,
  type Fops,
  type Xlator,
} from '../../../core/xlator.ts';
import { defineCache } from '../shared/cache-translator.ts';
import {
  attributeChangingFops,
  dataChangingFops,
  makeFileFopTaps,
  makeNameFopTaps,
  xattrChangingFops,
} from '../shared/change-taps.ts';
import type { InodeState } from '../shared/inode-cache.ts';
import { options } from './options.ts';
import { Listing, type ListRequest, ReaddirAhead } from './readdir-ahead.ts';

type ReaddirAheadXlator = Xlator<ReaddirAhead>;

/** Opens a directory, and begins to read ahead: at once if the volumes below allow it, else in the callback. */
const opendir: Fop<'opendir', ReaddirAhead> = (frame, xl, loc, fd, xdata) => {
  const listing = new Listing(fd!, frame.root);
  frame.local = listing;
  wind.opendir(frame, 0, opendirCbk, xl.children[0]!, loc, fd, xdata);
  if (listing.isOpening && xl.below.every(canListUnopened)) xl.priv.windReaddirp(listing);
};

const opendirCbk: Cbk<'opendir', ReaddirAhead> = (frame, _c, xl, opRet, opErrno, fd, xdata) => {
  const listing = frame.local as Listing;
  listing.isOpening = false;
  if (opRet < 0) xl.priv.bypass(listing);
  else {
    listing.fd.ctxSet(xl, listing);
    xl.priv.requestEntries(listing);
  }
  unwind.opendir(frame, opRet, opErrno, fd, xdata);
};

/** Passes a request with xdata to the volume below: the entries read ahead were requested without it. */
const readdirp: Fop<'readdirp', ReaddirAhead> = (frame, xl, fd, size, offset, xdata) => {
  const listing = fd.ctxGet(xl) as Listing | undefined;
  if (listing === undefined || listing.isBypassed || xdata !== null) {
    return tail.readdirp(frame, xl.children[0]!, fd, size, offset, xdata);
  }
  handleRequest(xl, listing, {
    frame,
    size,
    offset,
    hasAttributes: true,
    wasHeld: false,
    hasRequestedEntries: false,
  });
};

/** Lists names as `readdirp` does, without attributes. */
const readdir: Fop<'readdir', ReaddirAhead> = (frame, xl, fd, size, offset, xdata) => {
  const listing = fd.ctxGet(xl) as Listing | undefined;
  if (listing === undefined || listing.isBypassed || xdata !== null) {
    return tail.readdir(frame, xl.children[0]!, fd, size, offset, xdata);
  }
  handleRequest(xl, listing, {
    frame,
    size,
    offset,
    hasAttributes: false,
    wasHeld: false,
    hasRequestedEntries: false,
  });
};

/**
 * Handles a client's readdir or readdirp. A request for the next entries, or from the start again, is answered by
 * entries read ahead. Any other request makes the listing pass all requests from now on.
 */
function handleRequest(xl: ReaddirAheadXlator, listing: Listing, request: ListRequest): void {
  const { priv } = xl;
  const isRestart = request.offset === 0 && listing.clientOffset !== 0;
  // Of two concurrent requests it is unknown which comes first.
  const isOutOfOrder =
    listing.waitingRequest !== null || (request.offset !== listing.clientOffset && !isRestart);
  if (isRestart && !isOutOfOrder) priv.restart(listing, 0);
  if (isOutOfOrder) bypassAndWind(xl, listing, request);
  else if (listing.isRequesting && !priv.hasEnough(listing, request.size))
    priv.holdRequest(listing, request);
  else replyOrWait(xl, request, listing);
}

/** Stops reading ahead in the listing, and passes a request to the volume below. */
function bypassAndWind(xl: ReaddirAheadXlator, listing: Listing, request: ListRequest): void {
  xl.priv.bypass(listing);
  windRequest(xl, request, listing);
}

/** Passes a request to the volume below. */
function windRequest(
  xl: ReaddirAheadXlator,
  { frame, size, offset, hasAttributes }: ListRequest,
  { fd }: Listing,
): void {
  xl.priv.misses += 1;
  const child = xl.children[0]!;
  if (hasAttributes) tail.readdirp(frame, child, fd, size, offset, null);
  else tail.readdir(frame, child, fd, size, offset, null);
}

/** Answers a request by entries read ahead or the end of the directory, lets it wait for entries, or winds it. */
function replyOrWait(xl: ReaddirAheadXlator, request: ListRequest, listing: Listing): void {
  const { priv } = xl;
  const entries = listing.isBypassed
    ? null
    : priv.takeEntries(listing, request.size, request.hasAttributes);
  if (listing.isBypassed) windRequest(xl, request, listing);
  else if (entries === null && listing.lastReply === null) waitForEntries(xl, request, listing);
  // A failed reading ahead is not the client's failure: the brick may have come back since.
  else if (entries === null && listing.lastReply!.opRet < 0) bypassAndWind(xl, listing, request);
  else unwindEntries(xl, request, listing, entries);
}

/**
 * Lets a request wait for entries. Bypasses the listing if the next entry is larger than the request, or if the request
 * has waited already and no entry came.
 */
function waitForEntries(xl: ReaddirAheadXlator, request: ListRequest, listing: Listing): void {
  const { priv } = xl;
  if (request.hasRequestedEntries || listing.batches.length > 0)
    bypassAndWind(xl, listing, request);
  else {
    request.hasRequestedEntries = true;
    priv.holdRequest(listing, request);
    priv.requestEntries(listing);
  }
}

/** Answers a request with entries, or if they are null with the listing's last reply; then reads ahead again. */
function unwindEntries(
  xl: ReaddirAheadXlator,
  request: ListRequest,
  listing: Listing,
  takenEntries: Dirent[] | null,
): void {
  const { priv } = xl;
  const { frame, hasAttributes } = request;
  if (request.wasHeld) priv.misses += 1;
  else priv.hits += 1;
  const { opRet, opErrno } =
    takenEntries === null ? listing.lastReply! : { opRet: takenEntries.length, opErrno: 0 };
  const entries = takenEntries ?? [];
  if (hasAttributes) unwind.readdirp(frame, opRet, opErrno, entries, null);
  else unwind.readdir(frame, opRet, opErrno, entries, null);
  if (listing.bytes <= priv.values['rda-low-wmark'] && !listing.fd.released)
    priv.requestEntries(listing);
}

/** Its own fops, and taps of those that change files or names, which outdate entries read ahead. */
const cacheFops: Fops<ReaddirAhead> = {
  ...{ opendir, readdirp, readdir },
  ...makeFileFopTaps<ReaddirAhead, InodeState>(dataChangingFops),
  ...makeFileFopTaps<ReaddirAhead, InodeState>(attributeChangingFops),
  ...makeFileFopTaps<ReaddirAhead, InodeState>(xattrChangingFops),
  ...makeNameFopTaps<ReaddirAhead, InodeState>(),
};

export default defineCache<ReaddirAhead, typeof options>({
  type: 'performance/readdir-ahead',
  description: 'Reads entries of directories before the client asks for them.',
  options,
  fops: () => cacheFops,
  makeCache: (xl, values) =>
    new ReaddirAhead(xl, values, (request, listing) => replyOrWait(xl, request, listing)),
  releasedir: (xl, _fd, listing) => xl.priv.bypass(listing as Listing),
});
