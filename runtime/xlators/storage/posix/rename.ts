/** Renames an entry within a directory or to another, with its handle, recorded names and times. */
import { EEXIST, ENOTEMPTY } from '../../../core/errno.ts';
import type { Frame } from '../../../core/frame.ts';
import type { Iatt } from '../../../core/iatt.ts';
import type { Loc } from '../../../core/loc.ts';
import { RENAME_EXCHANGE, RENAME_NOREPLACE, RENAME_WHITEOUT } from '../../../core/xdata.ts';
import type { Path } from '../../../sys/call.ts';
import * as libc from '../../../sys/libc.ts';
import type { EntryPlace } from './gfid-handles.ts';
import { type Handle, statAt } from './handles.ts';
import { EMPTY, NAME, NAME_2 } from './paths.ts';
import { nameGone, victimAt } from './removal.ts';
import {
  dirIatt,
  entryAt,
  iattOf,
  identify,
  type PosixXlator,
  parentOf,
  putEntry,
  secondParent,
} from './resolve.ts';
import type { Store } from './store.ts';

export interface RenameReply {
  readonly buf: Iatt;
  /** Old parent before and after, new parent before and after. */
  readonly parents: readonly [Iatt | null, Iatt | null, Iatt | null, Iatt | null];
}

/** Renames an entry; returns the reply or the errno. */
export function rename(
  xl: PosixXlator,
  frame: Frame,
  oldloc: Loc,
  newloc: Loc,
  flags: number,
): RenameReply | number {
  const store = xl.priv;
  const from = parentOf(xl, oldloc);
  if (typeof from === 'number') return from;
  const to = secondParent(xl, newloc);
  if (typeof to === 'number') return to;
  const fromBefore = dirIatt(frame, store, from);
  const toBefore = dirIatt(frame, store, to);
  const fault = putEntry(store, from, oldloc, NAME) || putEntry(store, to, newloc, NAME_2);
  if (fault !== 0) return fault;
  const { table } = oldloc.parent!;
  const places = [
    { parent: from.gfid, name: NAME },
    { parent: to.gfid, name: NAME_2 },
  ] as const;
  const replaces = (flags & (RENAME_NOREPLACE | RENAME_EXCHANGE)) === 0;
  const victim = replaces ? victimAt(store, to, NAME_2, table) : null;
  const isLast = victim !== null && store.dropHandleOfLastName(victim);
  // A whiteout is a new file, owned by the caller.
  const makes = (flags & RENAME_WHITEOUT) !== 0;
  if (makes) store.identity.become(frame.root, 0);
  const result = libc.renameat2(from.fd, NAME, to.fd, NAME_2, flags);
  if (makes) store.identity.revert();
  // Two names of one file both stay.
  const isSame = store.links !== null && victim !== null && isAt(store, victim, from, NAME);
  if (isLast && (result < 0 || isSame)) store.keep(victim, victim.fd, places[1], true);
  if (result < 0) return result === -EEXIST && replaces ? ENOTEMPTY : -result;
  if (!isSame && victim !== null && victim.fd >= 0) store.mdata.set(frame, 'rename', victim);
  if (!isSame) nameGone(store, victim, places[1], table);
  if ((flags & RENAME_EXCHANGE) !== 0) followName(store, from, places[0], places[1]);
  // The whiteout gets its gfid now: it may never be looked up.
  if (makes) identify(store, from, NAME, null);
  const moved = followName(store, to, places[1], isSame ? null : places[0]);
  if (typeof moved === 'number') return moved;
  const { mdata } = store;
  if (moved.fd >= 0) mdata.set(frame, 'rename', moved);
  mdata.setParent(frame, 'rename', from);
  mdata.setParent(frame, 'rename', to);
  const buf = iattOf(store, moved.gfid, moved);
  if (moved.fd >= 0) mdata.show(buf, moved, moved.fd);
  const fromAfter = dirIatt(frame, store, from);
  const toAfter = dirIatt(frame, store, to);
  return { buf, parents: [fromBefore, fromAfter, toBefore, toAfter] };
}

const isAt = (store: Store, handle: Handle, dir: Handle, path: Path): boolean =>
  statAt(store, dir.fd, path) === 0 && handle.is(store.st);

/**
 * Updates the gfid handle and recorded names of a renamed inode; returns its handle, which `store.st`
 * describes, or the errno.
 */
function followName(
  store: Store,
  dir: Handle,
  to: EntryPlace & { readonly name: Path },
  from: EntryPlace | null,
): Handle | number {
  const found = entryAt(store, dir, to.name, null);
  if (typeof found === 'number') return found;
  if (from === null || (store.links === null && !store.mdata.areKept)) return found;
  const moved = found.fd < 0 ? identify(store, dir, to.name, null) : found;
  if (typeof moved === 'number' || store.links === null) return moved;
  if (moved.isDir) store.keep(moved, moved.fd, to, false);
  store.strike(moved, from);
  store.note(moved, moved.fd, to);
  statAt(store, moved.fd, EMPTY);
  return moved;
}
