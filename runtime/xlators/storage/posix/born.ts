/** Conditions and gifts of translators above for a name that is made or removed (`shared/internal.ts`). */
import type { Dict } from '../../../core/dict.ts';
import { ENOSPC } from '../../../core/errno.ts';
import type { Inode } from '../../../core/inode.ts';
import { Loc } from '../../../core/loc.ts';
import { MODE_REQ } from '../../../core/xdata.ts';
import type { Path } from '../../../sys/call.ts';
import {
  bornWith,
  isConditional,
  isMistaken,
  LINKTO,
  twinGfid,
  unlinkFault,
} from '../shared/internal.ts';
import type { Brick } from './brick.ts';
import { writeAll } from './files.ts';
import { type Handle, look } from './handles.ts';
import { EMPTY, NAME } from './paths.ts';
import { entryAt, handleOf, iattOf, type PosixXlator, parentOf } from './resolve.ts';
import { lookupKeys, setXattrs } from './xattr.ts';

/** The mode to make something with: the caller's own, from which the umask is still to be taken. */
export const modeOf = (mode: number, xdata: Dict | null): number => xdata?.number(MODE_REQ) ?? mode;

/** What a mknod gives another name; null where it makes something. */
export function twinOf(xl: PosixXlator, xdata: Dict | null): Loc | null {
  const gfid = twinGfid(xdata);
  if (gfid === null) return null;
  const loc = new Loc(null, null, null, gfid);
  return typeof handleOf(xl, loc) === 'number' ? null : loc;
}

/** Whether the folder is taken to be as it was before. */
export function isMistakenIn(xl: PosixXlator, loc: Loc, xdata: Dict | null): boolean {
  return isMistaken(xdata, (name) => {
    const dir = parentOf(xl, loc);
    if (typeof dir === 'number') return undefined;
    return lookupKeys(dir.fd, EMPTY, { names: [name], all: false })?.bytes(name);
  });
}

/** The same of a create, for which a file that is there already may be where it likes. */
export function createsMistaken(xl: PosixXlator, loc: Loc, xdata: Dict | null): boolean {
  if (!isMistakenIn(xl, loc, xdata)) return false;
  const dir = parentOf(xl, loc);
  return typeof dir === 'number' || look(xl.priv, dir.fd, NAME) !== 0;
}

/** A new file's attributes and data; 0 or the errno. */
export function fill(
  brick: Brick,
  file: Handle,
  fd: number,
  pid: number,
  vector: Uint8Array,
  offset: number,
  dict: Dict | null,
): number {
  const fault = setXattrs(brick, file, file.fd, dict, 0, pid);
  if (fault !== 0) return fault;
  const written = writeAll(fd, vector, offset);
  if (written < 0) return -written;
  return written < vector.length ? ENOSPC : 0;
}

/** Gives something new its extended attributes. The disk may not have them; it is made all the same. */
export function giveXattrs(brick: Brick, handle: Handle, xdata: Dict | null): void {
  const born = bornWith(xdata);
  if (born !== null) setXattrs(brick, handle, handle.fd, born, 0, -1);
}

/** 0 when the name may go, as far as the request has conditions; otherwise the errno. */
export function keptByConditions(
  xl: PosixXlator,
  dir: Handle,
  path: Path,
  xdata: Dict | null,
): number {
  if (!isConditional(xdata)) return 0;
  const brick = xl.priv;
  const found = entryAt(brick, dir, path, null);
  if (typeof found === 'number') return found;
  const { iaType, iaProt } = iattOf(brick, found.gfid, found);
  const keys = lookupKeys(dir.fd, path, { names: [LINKTO], all: false });
  const inode: Inode | undefined = xl.inodes?.find(found.gfid);
  const isOpen = (inode?.fdCount ?? 0) > 0;
  return unlinkFault({ iaType, iaProt, isOpen, has: (name) => keys?.has(name) === true }, xdata);
}
