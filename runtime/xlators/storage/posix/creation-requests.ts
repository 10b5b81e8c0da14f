/** Obeys conditions and initial attributes in xdata of fops on names (`shared/entry-requests.ts`). */
import type { Dict } from '../../../core/dict.ts';
import { ENOSPC } from '../../../core/errno.ts';
import type { Inode } from '../../../core/inode.ts';
import { Loc } from '../../../core/loc.ts';
import { MODE_REQ } from '../../../core/xdata.ts';
import type { Path } from '../../../sys/call.ts';
import {
  initialXattrs,
  isConditional,
  LINKTO,
  linkSourceGfid,
  parentChanged,
  unlinkFault,
} from '../shared/entry-requests.ts';
import { writeAll } from './files.ts';
import { type Handle, statAt } from './handles.ts';
import { EMPTY, NAME } from './paths.ts';
import { entryAt, handleOf, iattOf, type PosixXlator, parentOf } from './resolve.ts';
import type { Store } from './store.ts';
import { lookupKeys, setXattrs } from './xattr.ts';

/** Returns the mode for a new inode: the caller's own, before the umask, if xdata has it. */
export const modeOf = (mode: number, xdata: Dict | null): number => xdata?.number(MODE_REQ) ?? mode;

/** Returns the inode that a mknod links; null if it creates one. */
export function linkSourceOf(xl: PosixXlator, xdata: Dict | null): Loc | null {
  const gfid = linkSourceGfid(xdata);
  if (gfid === null) return null;
  const loc = new Loc(null, null, null, gfid);
  return typeof handleOf(xl, loc) === 'number' ? null : loc;
}

/** Whether the parent's attribute differs from the value that the request expects. */
export function parentChangedIn(xl: PosixXlator, loc: Loc, xdata: Dict | null): boolean {
  return parentChanged(xdata, (name) => {
    const dir = parentOf(xl, loc);
    if (typeof dir === 'number') return undefined;
    return lookupKeys(dir.fd, EMPTY, { names: [name], all: false })?.bytes(name);
  });
}

/** As `parentChangedIn` for a create, which may open an existing file in any case. */
export function createParentChanged(xl: PosixXlator, loc: Loc, xdata: Dict | null): boolean {
  if (!parentChangedIn(xl, loc, xdata)) return false;
  const dir = parentOf(xl, loc);
  return typeof dir === 'number' || statAt(xl.priv, dir.fd, NAME) !== 0;
}

/** Sets a new file's attributes and data; returns 0 or the errno. */
export function fill(
  store: Store,
  file: Handle,
  fd: number,
  pid: number,
  vector: Uint8Array,
  offset: number,
  dict: Dict | null,
): number {
  const fault = setXattrs(store, file, file.fd, dict, 0, pid);
  if (fault !== 0) return fault;
  const written = writeAll(fd, vector, offset);
  if (written < 0) return -written;
  return written < vector.length ? ENOSPC : 0;
}

/** Sets a new inode's extended attributes; the creation succeeds even if the disk refuses them. */
export function setInitialXattrs(store: Store, handle: Handle, xdata: Dict | null): void {
  const born = initialXattrs(xdata);
  if (born !== null) setXattrs(store, handle, handle.fd, born, 0, -1);
}

/** Returns 0 if the request's conditions allow the removal, otherwise the errno. */
export function unlinkRefusal(
  xl: PosixXlator,
  dir: Handle,
  path: Path,
  xdata: Dict | null,
): number {
  if (!isConditional(xdata)) return 0;
  const store = xl.priv;
  const found = entryAt(store, dir, path, null);
  if (typeof found === 'number') return found;
  const { iaType, iaProt } = iattOf(store, found.gfid, found);
  const keys = lookupKeys(dir.fd, path, { names: [LINKTO], all: false });
  const inode: Inode | undefined = xl.inodes?.find(found.gfid);
  const isOpen = (inode?.fdCount ?? 0) > 0;
  return unlinkFault({ iaType, iaProt, isOpen, has: (name) => keys?.has(name) === true }, xdata);
}
