/** Names that go, and what becomes of those who still use the inode. */
import type { Dict } from '../../../core/dict.ts';
import { EEXIST, ENOTEMPTY } from '../../../core/errno.ts';
import type { Frame } from '../../../core/frame.ts';
import { IA_IFREG, type Iatt } from '../../../core/iatt.ts';
import type { InodeTable } from '../../../core/inode.ts';
import type { Loc } from '../../../core/loc.ts';
import type { Path } from '../../../sys/call.ts';
import * as libc from '../../../sys/libc.ts';
import { keptByConditions } from './born.ts';
import type { Brick } from './brick.ts';
import type { Place } from './gfid-handles.ts';
import { type Handle, look } from './handles.ts';
import { EMPTY, NAME } from './paths.ts';
import { around, iattOfHandle, identify, type PosixXlator, parentOf, putEntry } from './resolve.ts';

/**
 * The handle of what a name leads to, when it is known, open if anybody uses the inode: so that it
 * can be used without the name. Null when there is nothing to keep. Where inodes have gfid handles
 * it is always known and open: with the last name the gfid handle has to go.
 */
export function victimAt(brick: Brick, dir: Handle, path: Path, table: InodeTable): Handle | null {
  if (look(brick, dir.fd, path) !== 0) return null;
  const handle = brick.handles.findSame(brick.st);
  if (handle !== undefined && handle.fd >= 0) return handle;
  const inode = handle === undefined ? undefined : table.find(handle.gfid);
  const isUsed = inode !== undefined && (inode.nlookup > 0 || inode.fdCount > 0);
  if (!isUsed && brick.links === null) return handle ?? null;
  const victim = identify(brick, dir, path, null);
  return typeof victim === 'number' ? (handle ?? null) : victim;
}

/**
 * Whether the name that is about to go is the only one, `brick.st` describing the victim. Where there
 * are gfid handles it is looked again afterwards: another name may have come meanwhile.
 */
const isLastName = (brick: Brick, victim: Handle | null): boolean =>
  brick.links === null && victim !== null && brick.st.nlink <= 1;

/** A name of this handle's inode is gone. With the last one, only those who use it keep it. */
export function nameGone(
  brick: Brick,
  handle: Handle | null,
  place: Place,
  table: InodeTable,
  wasLast = false,
): void {
  if (handle === null) return;
  const isOpen = handle.fd >= 0;
  const isSeen = isOpen && !handle.isDir && (wasLast || look(brick, handle.fd, EMPTY) === 0);
  if (isSeen && !wasLast && brick.st.nlink > (handle.kept ? 1 : 0)) {
    brick.strike(handle, place);
    return;
  }
  brick.unkeep(handle);
  handle.unnamed = true;
  const inode = table.find(handle.gfid);
  if (!isOpen || inode === undefined) brick.handles.drop(handle);
  else if (isSeen && inode.fdCount === 0) leave(brick, handle);
}

/**
 * A file is gone, and nobody has it open; `brick.st` describes it, perhaps with the name that it had.
 * Who holds it otherwise (O_PATH) can still see its attributes, and that is all: a closed descriptor
 * gives back what the file took, before the kernel says that it has forgotten it.
 */
function leave(brick: Brick, handle: Handle): void {
  if (handle.type !== IA_IFREG || handle.files !== null) return;
  const last = iattOfHandle(brick, handle);
  last.iaNlink = 0;
  brick.handles.leave(handle, last);
}

export interface Removed {
  readonly preparent: Iatt | null;
  readonly postparent: Iatt | null;
}

/**
 * Removes a name; the parent before and after, or the errno.
 * @param isWhole a directory goes with all that is in it
 */
export function remove(
  xl: PosixXlator,
  frame: Frame,
  loc: Loc,
  flags: number,
  xdata: Dict | null = null,
  isWhole = false,
): Removed | number {
  const brick = xl.priv;
  const dir = parentOf(xl, loc);
  if (typeof dir === 'number') return dir;
  const preparent = around(frame, brick, dir);
  const fault = putEntry(brick, dir, loc, NAME) || keptByConditions(xl, dir, NAME, xdata);
  if (fault !== 0) return fault;
  const { table } = loc.parent!;
  const victim = victimAt(brick, dir, NAME, table);
  const wasLast = isLastName(brick, victim);
  const place = { parent: dir.gfid, name: NAME };
  const isLast = victim !== null && brick.unkeepLast(victim);
  let result = libc.unlinkat(dir.fd, NAME, flags);
  if (result === -EEXIST) result = -ENOTEMPTY;
  const isFull = result === -ENOTEMPTY && isWhole && victim !== null;
  if (isFull && brick.landfill !== null) result = brick.landfill.take(dir, NAME, victim.gfid);
  if (result < 0) {
    if (isLast) brick.keep(victim, victim.fd, place, true);
    return -result;
  }
  if (victim !== null && victim.fd >= 0) brick.mdata.set(frame, 'unlink', victim);
  brick.mdata.setParent(frame, 'unlink', dir);
  nameGone(brick, victim, place, table, wasLast);
  // It is no directory without a name that its users keep: nothing is to be made in it.
  if (isFull) brick.handles.drop(victim);
  return { preparent, postparent: around(frame, brick, dir) };
}
