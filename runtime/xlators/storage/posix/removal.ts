/** Removes names for unlink, rmdir and rename, keeps the inode usable for clients that have it open, and renames. */
import type { Dict } from '../../../core/dict.ts';
import { EEXIST, ENOTEMPTY } from '../../../core/errno.ts';
import type { Frame } from '../../../core/frame.ts';
import { IA_IFREG, type Iatt } from '../../../core/iatt.ts';
import type { InodeTable } from '../../../core/inode.ts';
import type { Loc } from '../../../core/operands.ts';
import { RENAME_EXCHANGE, RENAME_NOREPLACE, RENAME_WHITEOUT } from '../../../core/xdata.ts';
import type { Path } from '../../../sys/libc.ts';
import * as libc from '../../../sys/libc.ts';
import { checkUnlinkConditions } from './creation-requests.ts';
import type { NamedEntry } from './gfid-handles.ts';
import {
  findEntry,
  findParent,
  makeIatt,
  openEntryHandle,
  type PosixXlator,
  readDirIatt,
  writeEntryName,
} from './handle-search.ts';
import { type InodeHandle, statAt } from './handles.ts';
import { EMPTY_PATH, nameBuffer, secondNameBuffer } from './paths.ts';
import type { Store } from './store.ts';

/** The attributes of the renamed inode and of its parents. */
interface RenameReply {
  readonly buf: Iatt;
  /** The old parent's attributes before and after, then the new parent's before and after. */
  readonly parents: readonly [Iatt | null, Iatt | null, Iatt | null, Iatt | null];
}

/** Renames an entry; returns the reply or the errno. @param flags renameat2(2)'s */
export function rename(
  xl: PosixXlator,
  frame: Frame,
  oldloc: Loc,
  newloc: Loc,
  flags: number,
): RenameReply | number {
  const store = xl.priv;
  const oldDir = findParent(xl, oldloc);
  if (typeof oldDir === 'number') return oldDir;
  // `findParent` could close the descriptor of `oldDir`.
  const newDir = findParent(xl, newloc, true);
  if (typeof newDir === 'number') return newDir;
  const oldParentBefore = readDirIatt(frame, store, oldDir);
  const newParentBefore = readDirIatt(frame, store, newDir);
  const fault =
    writeEntryName(oldDir, oldloc, nameBuffer) || writeEntryName(newDir, newloc, secondNameBuffer);
  if (fault !== 0) return fault;
  const { table } = oldloc.parent!;
  const entries = [
    { parent: oldDir.gfid, name: nameBuffer },
    { parent: newDir.gfid, name: secondNameBuffer },
  ] as const;
  const isReplacing = (flags & (RENAME_NOREPLACE | RENAME_EXCHANGE)) === 0;
  const victim = isReplacing ? findVictim(store, newDir, secondNameBuffer, table) : null;
  // The gfid handle is dropped before the rename, so that a crash leaves no handle without a file. If the victim stays,
  // the handle is created again below.
  const hasDroppedHandle = victim !== null && store.dropHandleOfLastName(victim);
  // A whiteout is a new file in the old place, so it is created as the caller.
  const makesWhiteout = (flags & RENAME_WHITEOUT) !== 0;
  if (makesWhiteout) store.identity.switchTo(frame.root, 0);
  const result = libc.renameat2(oldDir.fd, nameBuffer, newDir.fd, secondNameBuffer, flags);
  if (makesWhiteout) store.identity.switchBack();
  // If both names are the same file's, the kernel leaves both.
  const isSameFile =
    store.gfidHandles !== null && victim !== null && isNameOf(store, victim, oldDir, nameBuffer);
  if (hasDroppedHandle && (result < 0 || isSameFile))
    store.createGfidHandle(victim, victim.fd, entries[1], true);
  // Some file systems return EEXIST for a directory that is not empty.
  if (result < 0) return result === -EEXIST && isReplacing ? ENOTEMPTY : -result;
  if (!isSameFile && victim !== null && victim.fd >= 0)
    store.mdata.setTimes(frame, 'rename', victim);
  if (!isSameFile) noteLostName(store, victim, entries[1], table);
  // After an exchange, the other inode has the old name.
  if ((flags & RENAME_EXCHANGE) !== 0) updateName(store, oldDir, entries[0], entries[1]);
  // The whiteout gets its gfid now: it may never be looked up.
  if (makesWhiteout) openEntryHandle(store, oldDir, nameBuffer, null);
  const movedHandle = updateName(store, newDir, entries[1], isSameFile ? null : entries[0]);
  if (typeof movedHandle === 'number') return movedHandle;
  const { mdata } = store;
  if (movedHandle.fd >= 0) mdata.setTimes(frame, 'rename', movedHandle);
  mdata.setParentTimes(frame, 'rename', oldDir);
  mdata.setParentTimes(frame, 'rename', newDir);
  const isOpen = movedHandle.fd >= 0;
  const buf = isOpen
    ? makeIatt(store, movedHandle.gfid, movedHandle, movedHandle.fd)
    : makeIatt(store, movedHandle.gfid, movedHandle, newDir.fd, secondNameBuffer);
  const oldParentAfter = readDirIatt(frame, store, oldDir);
  const newParentAfter = readDirIatt(frame, store, newDir);
  return { buf, parents: [oldParentBefore, oldParentAfter, newParentBefore, newParentAfter] };
}

/** Whether `path` in a directory is a name of the handle's inode. */
const isNameOf = (store: Store, handle: InodeHandle, dir: InodeHandle, path: Path): boolean =>
  statAt(store, dir.fd, path) === 0 && handle.matches(store.st);

/**
 * Updates the gfid handle and recorded names of the inode that is now at `newEntry`. Returns the inode's handle, or the
 * errno; on success `store.st` describes the inode.
 * @param oldEntry the inode's old name; null if the inode has not moved
 */
function updateName(
  store: Store,
  dir: InodeHandle,
  newEntry: NamedEntry & { readonly name: Path },
  oldEntry: NamedEntry | null,
): InodeHandle | number {
  const handle = findEntry(store, dir, newEntry.name, null);
  if (typeof handle === 'number') return handle;
  if (oldEntry === null || (store.gfidHandles === null && !store.mdata.storesTimes)) return handle;
  const movedHandle = handle.fd < 0 ? openEntryHandle(store, dir, newEntry.name, null) : handle;
  if (typeof movedHandle === 'number' || store.gfidHandles === null) return movedHandle;
  if (movedHandle.isDir) store.createGfidHandle(movedHandle, movedHandle.fd, newEntry, false);
  store.eraseLostName(movedHandle, oldEntry);
  store.recordNewName(movedHandle, movedHandle.fd, newEntry);
  // Recording and erasing names has changed the inode's ctime, which `store.st` must have.
  statAt(store, movedHandle.fd, EMPTY_PATH);
  return movedHandle;
}

/**
 * Returns the handle of a name's inode before the name is removed; null if the store neither has nor needs a handle. The
 * handle is open if a client uses the inode, and always with gfid handles, since their removal needs the gfid.
 */
export function findVictim(
  store: Store,
  dir: InodeHandle,
  path: Path,
  table: InodeTable,
): InodeHandle | null {
  if (statAt(store, dir.fd, path) !== 0) return null;
  const handle = store.handles.findByStat(store.st);
  if (handle !== undefined && handle.fd >= 0) return handle;
  const inode = handle === undefined ? undefined : table.find(handle.gfid);
  const isUsed = inode !== undefined && (inode.nlookup > 0 || inode.fdCount > 0);
  if (!isUsed && store.gfidHandles === null) return handle ?? null;
  const victim = openEntryHandle(store, dir, path, null);
  return typeof victim === 'number' ? (handle ?? null) : victim;
}

/**
 * Whether the name to remove is the inode's only name, by `store.st`. Always false with gfid handles: then
 * `noteLostName` reads the link count after the removal.
 */
const isLastName = (store: Store, victim: InodeHandle | null): boolean =>
  store.gfidHandles === null && victim !== null && store.st.nlink <= 1;

/**
 * Updates the store after an inode has lost a name: erases its record, or after the last name removes the gfid
 * handle, and drops or closes the inode's handle.
 * @param wasLastName whether the name is known to have been the last
 */
export function noteLostName(
  store: Store,
  handle: InodeHandle | null,
  entry: NamedEntry,
  table: InodeTable,
  wasLastName = false,
): void {
  if (handle === null) return;
  const isOpen = handle.fd >= 0;
  const hasStat =
    isOpen && !handle.isDir && (wasLastName || statAt(store, handle.fd, EMPTY_PATH) === 0);
  if (hasStat && !wasLastName && store.st.nlink > (handle.hasGfidHandle ? 1 : 0)) {
    store.eraseLostName(handle, entry);
    return;
  }
  store.dropGfidHandle(handle);
  handle.isUnnamed = true;
  const inode = table.find(handle.gfid);
  if (!isOpen || inode === undefined) store.handles.drop(handle);
  else if (hasStat && inode.fdCount === 0) store.removedHandles.closeLater(handle);
}

/** Closes the handle of a removed file, unless a program has the file open. Its last attributes stay readable. */
export function closeRemoved(store: Store, handle: InodeHandle): void {
  const isClosed = handle.isDropped || handle.fd < 0;
  if (isClosed || handle.type !== IA_IFREG || handle.newestFile !== null) return;
  if (statAt(store, handle.fd, EMPTY_PATH) !== 0) return;
  const lastAttributes = makeIatt(store, handle.gfid, handle, handle.fd);
  lastAttributes.iaNlink = 0;
  store.handles.closeRemoved(handle, lastAttributes);
}

/** The parent directory's attributes before and after a removal. */
export interface RemovalReply {
  readonly preparent: Iatt | null;
  readonly postparent: Iatt | null;
}

/**
 * Removes a name; returns the parent's attributes before and after, or the errno.
 * @param flags unlinkat(2)'s: AT_REMOVEDIR for a directory
 * @param withEntries whether a directory is removed with all its entries
 */
export function removeName(
  xl: PosixXlator,
  frame: Frame,
  loc: Loc,
  flags: number,
  xdata: Dict | null = null,
  withEntries = false,
): RemovalReply | number {
  const store = xl.priv;
  const dir = findParent(xl, loc);
  if (typeof dir === 'number') return dir;
  const preparent = readDirIatt(frame, store, dir);
  const fault =
    writeEntryName(dir, loc, nameBuffer) || checkUnlinkConditions(xl, dir, nameBuffer, xdata);
  if (fault !== 0) return fault;
  const { table } = loc.parent!;
  const victim = findVictim(store, dir, nameBuffer, table);
  const wasLastName = isLastName(store, victim);
  const entry = { parent: dir.gfid, name: nameBuffer };
  const hasDroppedHandle = victim !== null && store.dropHandleOfLastName(victim);
  let result = libc.unlinkat(dir.fd, nameBuffer, flags);
  // Some file systems return EEXIST for a directory that is not empty.
  if (result === -EEXIST) result = -ENOTEMPTY;
  const isNotEmpty = result === -ENOTEMPTY && withEntries && victim !== null;
  if (isNotEmpty && store.landfill !== null)
    result = store.landfill.removeWithEntries(dir, nameBuffer, victim.gfid);
  if (result < 0) {
    if (hasDroppedHandle) store.createGfidHandle(victim, victim.fd, entry, true);
    return -result;
  }
  if (victim !== null && victim.fd >= 0) store.mdata.setTimes(frame, 'unlink', victim);
  store.mdata.setParentTimes(frame, 'unlink', dir);
  noteLostName(store, victim, entry, table, wasLastName);
  // The directory is in the landfill now: clients must not create entries in it.
  if (isNotEmpty) store.handles.drop(victim);
  return { preparent, postparent: readDirIatt(frame, store, dir) };
}
