/**
 * Implements the fops and events of a cache of absent names, for features/negative and performance/nl-cache. A lookup
 * of a name in the cache fails here; any other is wound, and its ENOENT is recorded. Fops that create a name drop it.
 * `absent-names.ts` has the rules.
 */
import { type Dict, withTimeouts } from '../../../core/dict.ts';
import { type Entry, entryFops } from '../../../core/entry-hooks.ts';
import { ENOENT } from '../../../core/errno.ts';
import type { EventName } from '../../../core/events.ts';
import { findFop } from '../../../core/fops.ts';
import type { Frame } from '../../../core/frame.ts';
import { fail, tail, unwind, wind } from '../../../core/gen/fops.gen.ts';
import type { Inode } from '../../../core/inode.ts';
import { DEBUG } from '../../../core/log.ts';
import type { Loc } from '../../../core/operands.ts';
import { isUpcall } from '../../../core/upcall.ts';
import type { Cbk, Fop, Fops, Xlator } from '../../../core/xlator.ts';
import type { AbsentNames } from './absent-names.ts';

/** Fails a lookup of a name in the cache; winds any other. The cookie is the cache's clock. */
const lookup: Fop<'lookup', AbsentNames> = (frame, xl, loc, xdata) => {
  const { parent, name } = loc;
  if (parent === null || name === null || name === '.' || name === '..') {
    tail.lookup(frame, xl.children[0]!, loc, xdata);
  } else if (xl.priv.has(parent, name) && !isKnown(loc)) {
    xl.priv.hits += 1;
    if (xl.log.enabled(DEBUG)) logLookup(xl, 'HIT', parent, name);
    unwindAbsent(frame, xl, loc, null);
  } else {
    xl.priv.misses += 1;
    if (xl.log.enabled(DEBUG)) logLookup(xl, 'MISS', parent, name);
    frame.local = loc;
    wind.lookup(frame, xl.priv.clock, lookupCbk, xl.children[0]!, loc, xdata);
  }
};

/** Logs a hit or miss with its path, for `--debug`. The path of the root is '/'. */
function logLookup(
  { log }: Xlator<AbsentNames>,
  result: 'HIT' | 'MISS',
  parent: Inode,
  name: string,
): void {
  log.debug(result, { pairs: { path: `${parent.path.replace(/\/$/, '')}/${name}` } });
}

/** Replies ENOENT, with the time for which the kernel may cache it. */
function unwindAbsent(frame: Frame, xl: Xlator<AbsentNames>, loc: Loc, xdata: Dict | null): void {
  const kernelTimeouts = xl.priv.findKernelTimeouts(loc.parent!, loc.name!);
  if (kernelTimeouts === null) fail.lookup(frame, ENOENT);
  else unwind.lookup(frame, -1, ENOENT, null, null, withTimeouts(kernelTimeouts, xdata), null);
}

/** Whether an earlier request has found the inode by this name, a listing for example. */
const isKnown = ({ inode }: Loc): boolean => inode?.linked === true;

const lookupCbk: Cbk<'lookup', AbsentNames> = (
  frame,
  clockAtWind,
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
    if (xl.priv.has(parent, name)) xl.priv.dropExisting(parent, name, frame.root.client);
  } else if (opErrno === ENOENT && xl.priv.add(parent, name, clockAtWind)) {
    return unwindAbsent(frame, xl, loc, xdata);
  }
  unwind.lookup(frame, opRet, opErrno, inode, buf, xdata, postparent);
};

/** Handles a fop that creates or removes a name, on its way down. `entry.note` is for `noteReply`. */
function noteRequest(xl: Xlator<AbsentNames>, entry: Entry): void {
  const { created, client } = entry;
  if (created !== null) xl.priv.beginCreation(created.parent!, created.name!, client);
  entry.note = xl.priv.clock;
}

const MKDIR = findFop('mkdir')!.number;

/** Handles that fop's reply. A name that may have been created is dropped even if the fop failed. */
function noteReply(xl: Xlator<AbsentNames>, entry: Entry, opRet: number): void {
  const { created, removed, note } = entry;
  if (created !== null) {
    xl.priv.endCreation(created.parent!, created.name!);
    if (entry.fop === MKDIR && opRet >= 0) xl.priv.noteMade(created.inode!);
  } else if (removed !== null && opRet >= 0) {
    xl.priv.add(removed.parent!, removed.name!, note);
    xl.priv.dropDirectory(removed.inode?.ctxGet(xl));
  }
}

/** Events after which the storage below may have changed. */
const clearingEvents: ReadonlySet<EventName> = new Set<EventName>([
  'CHILD_UP',
  'CHILD_DOWN',
  'CHILD_CONNECTING',
  'SOME_DESCENDENT_UP',
  'SOME_DESCENDENT_DOWN',
  'PARENT_DOWN',
]);

/** Handles a report of a change from below. */
function handleUpcall(absentNames: AbsentNames, data: unknown): void {
  if (!isUpcall(data) || data.kind === 'every-entry') absentNames.dropAll();
  else if (data.kind === 'entry') absentNames.noteChange(data.parent, data.name);
}

/** Handles an event from below. */
export function handleEvent(absentNames: AbsentNames, event: EventName, data: unknown): void {
  if (clearingEvents.has(event)) absentNames.dropAll();
  else if (event === 'UPCALL') handleUpcall(absentNames, data);
}

export const fops: Fops<AbsentNames> = {
  lookup,
  ...entryFops({ before: noteRequest, after: noteReply }),
};
