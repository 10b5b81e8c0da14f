/** A name that becomes another, of the same folder or another one. */
import { EEXIST, ENOTEMPTY } from '../../../core/errno.ts';
import type { Frame } from '../../../core/frame.ts';
import type { Iatt } from '../../../core/iatt.ts';
import type { Loc } from '../../../core/loc.ts';
import { RENAME_EXCHANGE, RENAME_NOREPLACE, RENAME_WHITEOUT } from '../../../core/xdata.ts';
import type { Path } from '../../../sys/call.ts';
import * as libc from '../../../sys/libc.ts';
import type { Brick } from './brick.ts';
import type { Place } from './gfid-handles.ts';
import { type Handle, look } from './handles.ts';
import { EMPTY, NAME, NAME_2 } from './paths.ts';
import { nameGone, victimAt } from './removal.ts';
import {
  around,
  entryAt,
  iattOf,
  identify,
  type PosixXlator,
  parentOf,
  putEntry,
  secondParent,
} from './resolve.ts';

export interface Renamed {
  readonly buf: Iatt;
  /** Old parent before and after, new parent before and after. */
  readonly parents: readonly [Iatt | null, Iatt | null, Iatt | null, Iatt | null];
}

/** Moves a name: what to answer, or the errno. */
export function rename(
  xl: PosixXlator,
  frame: Frame,
  oldloc: Loc,
  newloc: Loc,
  flags: number,
): Renamed | number {
  const brick = xl.priv;
  const from = parentOf(xl, oldloc);
  if (typeof from === 'number') return from;
  const to = secondParent(xl, newloc);
  if (typeof to === 'number') return to;
  const fromBefore = around(frame, brick, from);
  const toBefore = around(frame, brick, to);
  const fault = putEntry(brick, from, oldloc, NAME) || putEntry(brick, to, newloc, NAME_2);
  if (fault !== 0) return fault;
  const { table } = oldloc.parent!;
  const places = [
    { parent: from.gfid, name: NAME },
    { parent: to.gfid, name: NAME_2 },
  ] as const;
  const replaces = (flags & (RENAME_NOREPLACE | RENAME_EXCHANGE)) === 0;
  const victim = replaces ? victimAt(brick, to, NAME_2, table) : null;
  const isLast = victim !== null && brick.unkeepLast(victim);
  // A whiteout is a file that is made, and the caller's.
  const makes = (flags & RENAME_WHITEOUT) !== 0;
  if (makes) brick.identity.become(frame.root, 0);
  const result = libc.renameat2(from.fd, NAME, to.fd, NAME_2, flags);
  if (makes) brick.identity.revert();
  // Two names of one file: it keeps both.
  const isSame = brick.links !== null && victim !== null && isAt(brick, victim, from, NAME);
  if (isLast && (result < 0 || isSame)) brick.keep(victim, victim.fd, places[1], true);
  if (result < 0) return result === -EEXIST && replaces ? ENOTEMPTY : -result;
  if (!isSame && victim !== null && victim.fd >= 0) brick.mdata.set(frame, 'rename', victim);
  if (!isSame) nameGone(brick, victim, places[1], table);
  if ((flags & RENAME_EXCHANGE) !== 0) followName(brick, from, places[0], places[1]);
  // Nobody may ever look the whiteout up, and listings of a brick give no gfids.
  if (makes) identify(brick, from, NAME, null);
  const moved = followName(brick, to, places[1], isSame ? null : places[0]);
  if (typeof moved === 'number') return moved;
  const { mdata } = brick;
  if (moved.fd >= 0) mdata.set(frame, 'rename', moved);
  mdata.setParent(frame, 'rename', from);
  mdata.setParent(frame, 'rename', to);
  const buf = iattOf(brick, moved.gfid, moved);
  if (moved.fd >= 0) mdata.show(buf, moved, moved.fd);
  const fromAfter = around(frame, brick, from);
  const toAfter = around(frame, brick, to);
  return { buf, parents: [fromBefore, fromAfter, toBefore, toAfter] };
}

const isAt = (brick: Brick, handle: Handle, dir: Handle, path: Path): boolean =>
  look(brick, dir.fd, path) === 0 && handle.is(brick.st);

/**
 * The handle of what was moved to a place from another, and all that says where it is with it; or
 * the errno. `brick.st` describes it.
 */
function followName(
  brick: Brick,
  dir: Handle,
  to: Place & { readonly name: Path },
  from: Place | null,
): Handle | number {
  const found = entryAt(brick, dir, to.name, null);
  if (typeof found === 'number') return found;
  if (from === null || (brick.links === null && !brick.mdata.areKept)) return found;
  const moved = found.fd < 0 ? identify(brick, dir, to.name, null) : found;
  if (typeof moved === 'number' || brick.links === null) return moved;
  if (moved.isDir) brick.keep(moved, moved.fd, to, false);
  brick.strike(moved, from);
  brick.note(moved, moved.fd, to);
  look(brick, moved.fd, EMPTY);
  return moved;
}
