/** Removes names, and keeps the inode usable for clients that still use it. */
import type { Dict } from '../../../core/dict.ts';
import { EEXIST, ENOTEMPTY } from '../../../core/errno.ts';
import type { Frame } from '../../../core/frame.ts';
import { IA_IFREG, type Iatt } from '../../../core/iatt.ts';
import type { InodeTable } from '../../../core/inode.ts';
import type { Loc } from '../../../core/loc.ts';
import type { Path } from '../../../sys/call.ts';
import * as libc from '../../../sys/libc.ts';
import { unlinkRefusal } from './creation-requests.ts';
import type { EntryPlace } from './gfid-handles.ts';
import { type Handle, statAt } from './handles.ts';
import { EMPTY, NAME } from './paths.ts';
import {
  dirIatt,
  iattOfHandle,
  identify,
  type PosixXlator,
  parentOf,
  putEntry,
} from './resolve.ts';
import type { Store } from './store.ts';

/**
 * Returns the handle of a name's inode before its removal, open if the inode is in use; null if there is nothing
 * to keep. With gfid handles it is always open, since the last name takes the gfid handle with it.
 */
export function victimAt(store: Store, dir: Handle, path: Path, table: InodeTable): Handle | null {
  if (statAt(store, dir.fd, path) !== 0) return null;
  const handle = store.handles.findSame(store.st);
  if (handle !== undefined && handle.fd >= 0) return handle;
  const inode = handle === undefined ? undefined : table.find(handle.gfid);
  const isUsed = inode !== undefined && (inode.nlookup > 0 || inode.fdCount > 0);
  if (!isUsed && store.links === null) return handle ?? null;
  const victim = identify(store, dir, path, null);
  return typeof victim === 'number' ? (handle ?? null) : victim;
}

/**
 * Whether the name to remove is the only one, by `store.st`. With gfid handles the links are read again
 * afterwards, as another name may be added meanwhile.
 */
const isLastName = (store: Store, victim: Handle | null): boolean =>
  store.links === null && victim !== null && store.st.nlink <= 1;

/** Handles the loss of a name: after the last one, only open files keep the inode. */
export function nameGone(
  store: Store,
  handle: Handle | null,
  place: EntryPlace,
  table: InodeTable,
  wasLast = false,
): void {
  if (handle === null) return;
  const isOpen = handle.fd >= 0;
  const isSeen = isOpen && !handle.isDir && (wasLast || statAt(store, handle.fd, EMPTY) === 0);
  if (isSeen && !wasLast && store.st.nlink > (handle.kept ? 1 : 0)) {
    store.strike(handle, place);
    return;
  }
  store.dropGfidHandle(handle);
  handle.unnamed = true;
  const inode = table.find(handle.gfid);
  if (!isOpen || inode === undefined) store.handles.drop(handle);
  else if (isSeen && inode.fdCount === 0) leave(store, handle);
}

/**
 * Closes the handle of a removed file that is not open, so that its space is freed before the kernel forgets it.
 * Its last attributes, from `store.st`, stay readable.
 */
function leave(store: Store, handle: Handle): void {
  if (handle.type !== IA_IFREG || handle.files !== null) return;
  const last = iattOfHandle(store, handle);
  last.iaNlink = 0;
  store.handles.leave(handle, last);
}

export interface RemovalReply {
  readonly preparent: Iatt | null;
  readonly postparent: Iatt | null;
}

/**
 * Removes a name; returns the parent's attributes before and after, or the errno.
 * @param isWhole whether a directory is removed with all its entries
 */
export function remove(
  xl: PosixXlator,
  frame: Frame,
  loc: Loc,
  flags: number,
  xdata: Dict | null = null,
  isWhole = false,
): RemovalReply | number {
  const store = xl.priv;
  const dir = parentOf(xl, loc);
  if (typeof dir === 'number') return dir;
  const preparent = dirIatt(frame, store, dir);
  const fault = putEntry(store, dir, loc, NAME) || unlinkRefusal(xl, dir, NAME, xdata);
  if (fault !== 0) return fault;
  const { table } = loc.parent!;
  const victim = victimAt(store, dir, NAME, table);
  const wasLast = isLastName(store, victim);
  const place = { parent: dir.gfid, name: NAME };
  const isLast = victim !== null && store.dropHandleOfLastName(victim);
  let result = libc.unlinkat(dir.fd, NAME, flags);
  if (result === -EEXIST) result = -ENOTEMPTY;
  const isFull = result === -ENOTEMPTY && isWhole && victim !== null;
  if (isFull && store.landfill !== null) result = store.landfill.take(dir, NAME, victim.gfid);
  if (result < 0) {
    if (isLast) store.keep(victim, victim.fd, place, true);
    return -result;
  }
  if (victim !== null && victim.fd >= 0) store.mdata.set(frame, 'unlink', victim);
  store.mdata.setParent(frame, 'unlink', dir);
  nameGone(store, victim, place, table, wasLast);
  // Clients must not create entries in a directory in the landfill.
  if (isFull) store.handles.drop(victim);
  return { preparent, postparent: dirIatt(frame, store, dir) };
}
