/** Renames an entry for the fop rename, and updates its gfid handle, recorded names and stored times. */

import { RENAME_EXCHANGE, RENAME_NOREPLACE, RENAME_WHITEOUT } from '../../../core/dict.ts';
import { EEXIST, ENOTEMPTY } from '../../../core/errno.ts';
import type { Frame } from '../../../core/frame.ts';
import type { Iatt } from '../../../core/iatt.ts';
import type { Loc } from '../../../core/operands.ts';
import type { Path } from '../../../sys/call.ts';
import * as libc from '../../../sys/libc.ts';
import type { NamedEntry } from './gfid-handles.ts';
import {
  findEntry,
  findParent,
  findSecondParent,
  makeIatt,
  openEntryHandle,
  type PosixXlator,
  readDirIatt,
  writeEntryName,
} from './handle-search.ts';
import { type InodeHandle, statAt } from './handles.ts';
import { EMPTY_PATH, nameBuffer, secondNameBuffer } from './paths.ts';
import { findVictim, noteLostName } from './removal.ts';
import type { Store } from './store.ts';

/** The attributes of the renamed inode and of its parents. */
export interface RenameReply {
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
  const newDir = findSecondParent(xl, newloc);
  if (typeof newDir === 'number') return newDir;
  const oldParentBefore = readDirIatt(frame, store, oldDir);
  const newParentBefore = readDirIatt(frame, store, newDir);
  const fault =
    writeEntryName(store, oldDir, oldloc, nameBuffer) ||
    writeEntryName(store, newDir, newloc, secondNameBuffer);
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
  const buf = makeIatt(store, movedHandle.gfid, movedHandle);
  if (movedHandle.fd >= 0) mdata.applyStoredTimes(buf, movedHandle, movedHandle.fd);
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
