/**
 * Lists a directory that was made here. The lookup before makes bricks tell this client of names that others create from
 * then on (GlusterFS `xlators/features/upcall/src/upcall.c`, up_lookup_cbk), so that no name can be missed.
 */
import { ENOENT } from '../../../core/errno.ts';
import { closeFd } from '../../../core/fd-table.ts';
import { type Frame, Stack } from '../../../core/frame.ts';
import { wind } from '../../../core/gen/fops.gen.ts';
import type { Inode } from '../../../core/inode.ts';
import { Fd, Loc } from '../../../core/operands.ts';
import type { Cbk, Xlator } from '../../../core/xlator.ts';
import { findAllBelow } from '../shared/stack-checks.ts';

/** Bytes of a listing's reply. */
const REPLY_SIZE = 65_536;
/** A directory with more names when it is listed was filled at once; it is not new any more. */
const NAMES_MAX = 1000;

/** A listing under way, in `Frame.local`. */
interface Listing {
  readonly inode: Inode;
  readonly fd: Fd;
  readonly names: string[];
  readonly end: (names: readonly string[] | null) => void;
}

/** Lists the names in a directory. Calls `end` once with them, or with null on failure. */
export function listNames(xl: Xlator<unknown>, inode: Inode, end: Listing['end']): void {
  if ([...findAllBelow(xl)].some(({ up }) => !up)) {
    // The names on a brick that is away are not known.
    end(null);
    return;
  }
  const frame = xl.begin(new Stack(0, 0, 0, 'READDIR'));
  const fd = new Fd(inode, 0, 0, true);
  frame.local = { inode, fd, names: [], end } satisfies Listing;
  wind.lookup(frame, 0, lookupCbk, xl.children[0]!, new Loc(inode), null);
}

const lookupCbk: Cbk<'lookup', unknown> = (frame, _cookie, xl, opRet) => {
  const { inode, fd } = frame.local as Listing;
  if (opRet < 0) endListing(xl, frame, false);
  else wind.opendir(frame, 0, opendirCbk, xl.children[0]!, new Loc(inode), fd, null);
};

const opendirCbk: Cbk<'opendir', unknown> = (frame, _cookie, xl, opRet) => {
  if (opRet < 0) endListing(xl, frame, false);
  else windReaddir(xl, frame, 0);
};

const windReaddir = (xl: Xlator<unknown>, frame: Frame, offset: number): void =>
  wind.readdir(
    ...([frame, 0, readdirCbk, xl.children[0]!] as const),
    ...([(frame.local as Listing).fd, REPLY_SIZE, offset, null] as const),
  );

const readdirCbk: Cbk<'readdir', unknown> = (frame, _cookie, xl, opRet, opErrno, entries) => {
  const { names } = frame.local as Listing;
  if (opRet <= 0 || entries === null) return endListing(xl, frame, opRet === 0);
  for (const { name } of entries) names.push(name);
  if (names.length > NAMES_MAX) endListing(xl, frame, false);
  else if (opErrno === ENOENT) endListing(xl, frame, true);
  else windReaddir(xl, frame, entries.at(-1)!.off);
};

function endListing(xl: Xlator<unknown>, frame: Frame, isComplete: boolean): void {
  const { fd, names, end } = frame.local as Listing;
  xl.end(frame.root);
  closeFd(fd);
  end(isComplete ? names : null);
}
