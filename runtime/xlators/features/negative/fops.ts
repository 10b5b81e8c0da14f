/**
 * A cache of absent names, as requests and events meet it: a name that is known to be absent fails
 * here; any other lookup goes down, and when ENOENT comes back the name is remembered; whatever makes a
 * name forgets it. What must not go wrong is in `absent.ts`.
 */

import type { Dict } from '../../../core/dict.ts';
import { type Entry, entryFops } from '../../../core/entry-hooks.ts';
import { ENOENT } from '../../../core/errno.ts';
import type { EventName } from '../../../core/events.ts';
import type { Frame } from '../../../core/frame.ts';
import { fail, tail, unwind, wind } from '../../../core/gen/fops.gen.ts';
import type { Inode } from '../../../core/inode.ts';
import type { Loc } from '../../../core/loc.ts';
import { DEBUG } from '../../../core/log.ts';
import { withTimeouts } from '../../../core/timeouts.ts';
import { isUpcall } from '../../../core/upcall.ts';
import type { Cbk, Fop, Fops, Xlator } from '../../../core/xlator.ts';
import type { Absent } from './absent.ts';

const lookup: Fop<'lookup', Absent> = (frame, xl, loc, xdata) => {
  const { parent, name } = loc;
  if (parent === null || name === null || name === '.' || name === '..') {
    tail.lookup(frame, xl.children[0]!, loc, xdata);
  } else if (xl.priv.has(parent, name) && !isKnown(loc)) {
    xl.priv.hits += 1;
    if (xl.log.enabled(DEBUG)) tell(xl, 'HIT', parent, name);
    absent(frame, xl, loc, null);
  } else {
    xl.priv.misses += 1;
    if (xl.log.enabled(DEBUG)) tell(xl, 'MISS', parent, name);
    frame.local = loc;
    wind.lookup(frame, xl.priv.clock, lookupCbk, xl.children[0]!, loc, xdata);
  }
};

/** For who watches the cache at work (`--debug`). */
function tell({ log }: Xlator<Absent>, what: 'HIT' | 'MISS', parent: Inode, name: string): void {
  log.debug(what, { pairs: { path: `${parent.path.replace(/\/$/, '')}/${name}` } });
}

/** "There is no such name", for as long as the kernel may cache it. */
function absent(frame: Frame, xl: Xlator<Absent>, loc: Loc, xdata: Dict | null): void {
  const kernelTimeouts = xl.priv.kernelTimeouts(loc.parent!, loc.name!);
  if (kernelTimeouts === null) fail.lookup(frame, ENOENT);
  else unwind.lookup(frame, -1, ENOENT, null, null, withTimeouts(kernelTimeouts, xdata), null);
}

/** Somebody has seen the inode under this name, in a directory's listing for example. */
const isKnown = ({ inode }: Loc): boolean => inode?.linked === true;

const lookupCbk: Cbk<'lookup', Absent> = (
  frame,
  asked,
  xl,
  opRet,
  opErrno,
  inode,
  buf,
  xdata,
  postparent,
) => {
  const loc = frame.local as Loc;
  const parent = loc.parent!;
  const name = loc.name!;
  if (opRet >= 0) {
    if (xl.priv.has(parent, name)) xl.priv.exists(parent, name, frame.root.client);
  } else if (opErrno === ENOENT && xl.priv.learn(parent, name, asked)) {
    return absent(frame, xl, loc, xdata);
  }
  unwind.lookup(frame, opRet, opErrno, inode, buf, xdata, postparent);
};

function before(xl: Xlator<Absent>, entry: Entry): void {
  const { created, client } = entry;
  if (created !== null) xl.priv.creating(created.parent!, created.name!, client);
  entry.note = xl.priv.clock;
}

/** Its reply. A name that may have been made is forgotten even when the fop failed. */
function after(xl: Xlator<Absent>, entry: Entry, opRet: number): void {
  const { created, removed, note } = entry;
  if (created !== null) xl.priv.created(created.parent!, created.name!);
  else if (removed !== null && opRet >= 0) {
    xl.priv.learn(removed.parent!, removed.name!, note);
    xl.priv.clear(removed.inode?.ctxGet(xl));
  }
}

/** After these, what lies below may be other than it was. */
const changes: ReadonlySet<EventName> = new Set<EventName>([
  'CHILD_UP',
  'CHILD_DOWN',
  'CHILD_CONNECTING',
  'SOME_DESCENDENT_UP',
  'SOME_DESCENDENT_DOWN',
  'PARENT_DOWN',
]);

/** Somebody below says what has changed there. */
function onUpcall(absent: Absent, data: unknown): void {
  if (!isUpcall(data) || data.what === 'every-entry') absent.clearAll();
  else if (data.what === 'entry') absent.changed(data.parent, data.name);
}

/** An event passes. */
export function notified(absent: Absent, event: EventName, data: unknown): void {
  if (changes.has(event)) absent.clearAll();
  else if (event === 'UPCALL') onUpcall(absent, data);
}

export const fops: Fops<Absent> = { lookup, ...entryFops({ before, after }) };
