/**
 * Applies the requests in the xdata of fops on names (`shared/entry-requests.ts`): conditions of the fop, and a new
 * inode's mode and extended attributes.
 */
import type { Dict } from '../../../core/dict.ts';
import { ENOSPC } from '../../../core/errno.ts';
import { Loc } from '../../../core/operands.ts';
import { MODE_REQ } from '../../../core/xdata.ts';
import type { Path } from '../../../sys/libc.ts';
import {
  findUnlinkFault,
  hasParentChanged,
  hasUnlinkConditions,
  LINKTO,
  readInitialXattrs,
  readLinkSourceGfid,
} from '../shared/entry-requests.ts';
import { writeAll } from './files.ts';
import { findEntry, findHandle, findParent, type PosixXlator } from './handle-search.ts';
import { type InodeHandle, statAt } from './handles.ts';
import { EMPTY_PATH, nameBuffer } from './paths.ts';
import type { Store } from './store.ts';
import { readRequestedXattrs, setXattrs } from './xattr.ts';

/** Returns the mode for a new inode: the one that the caller passed, before its umask, if xdata has it. */
export const readRequestedMode = (mode: number, xdata: Dict | null): number =>
  xdata?.number(MODE_REQ) ?? mode;

/** Returns the existing inode to which a mknod adds a name; null for a mknod that creates an inode. */
export function findLinkSource(xl: PosixXlator, xdata: Dict | null): Loc | null {
  const gfid = readLinkSourceGfid(xdata);
  if (gfid === null) return null;
  const loc = new Loc(null, null, null, gfid);
  return typeof findHandle(xl, loc) === 'number' ? null : loc;
}

/** Whether the parent's attribute differs from the value that the request expects. */
export function isParentChanged(xl: PosixXlator, loc: Loc, xdata: Dict | null): boolean {
  return hasParentChanged(xdata, (name) => {
    const dir = findParent(xl, loc);
    if (typeof dir === 'number') return undefined;
    return readRequestedXattrs(dir.fd, EMPTY_PATH, { names: [name], includesAll: false })?.bytes(
      name,
    );
  });
}

/** Checks a create as `isParentChanged` does; false if the name exists, whose file may be opened in any case. */
export function isCreateParentChanged(xl: PosixXlator, loc: Loc, xdata: Dict | null): boolean {
  if (!isParentChanged(xl, loc, xdata)) return false;
  const dir = findParent(xl, loc);
  return typeof dir === 'number' || statAt(xl.priv, dir.fd, nameBuffer) !== 0;
}

/**
 * Sets a put's extended attributes and data on a new file; returns 0 or the errno.
 * @param fd a descriptor that is open for writing
 */
export function fillFile(
  store: Store,
  handle: InodeHandle,
  fd: number,
  pid: number,
  vector: Uint8Array,
  offset: number,
  dict: Dict | null,
): number {
  const fault = setXattrs(store, handle, handle.fd, dict, 0, pid);
  if (fault !== 0) return fault;
  const writtenBytes = writeAll(fd, vector, offset);
  if (writtenBytes < 0) return -writtenBytes;
  return writtenBytes < vector.length ? ENOSPC : 0;
}

/** Sets a new inode's extended attributes; the creation succeeds even if the disk refuses them. */
export function setInitialXattrs(store: Store, handle: InodeHandle, xdata: Dict | null): void {
  const xattrs = readInitialXattrs(xdata);
  // The pid -1 is that of an internal client, which may set hidden attributes.
  if (xattrs !== null) setXattrs(store, handle, handle.fd, xattrs, 0, -1);
}

/** Returns 0 if an unlink's conditions allow it to remove `path` in `dir`, otherwise the errno. */
export function checkUnlinkConditions(
  xl: PosixXlator,
  dir: InodeHandle,
  path: Path,
  xdata: Dict | null,
): number {
  if (!hasUnlinkConditions(xdata)) return 0;
  const store = xl.priv;
  const entry = findEntry(store, dir, path, null);
  if (typeof entry === 'number') return entry;
  const iaProt = store.st.mode & 0o7777;
  const xattrs = readRequestedXattrs(dir.fd, path, { names: [LINKTO], includesAll: false });
  const isOpen = Boolean(xl.inodes?.find(entry.gfid)?.fdCount);
  return findUnlinkFault(
    { iaType: entry.type, iaProt, isOpen, hasXattr: (name) => xattrs?.has(name) === true },
    xdata,
  );
}
