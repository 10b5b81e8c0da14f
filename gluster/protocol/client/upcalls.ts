/**
 * Reads what a brick tells by itself: changes by others, whether its storage is up, and which locks
 * others wait for. Source: GlusterFS 10 `client-callback.c`, `upcall-cache-invalidation.h`.
 */
import { isGfid } from '../../../runtime/core/gfid.ts';
import type { Inode, InodeTable } from '../../../runtime/core/inode.ts';
import { UP, type Upcall } from '../../../runtime/core/upcall.ts';
import { fieldsOf, readFields } from '../../rpc/fields.ts';
import { CALLBACK, CBK } from '../../rpc/programs.ts';
import type { XdrReader } from '../../rpc/xdr.ts';

/** A name came or went. */
const NAMES = UP.NLINK | UP.RENAME | UP.FORGET | UP.PARENT_TIMES;
/** With nothing but these the data is what it was. */
const DATA = UP.SIZE | UP.TIMES | UP.FORGET;

const invalidation = fieldsOf('gfid:string event_type:u32 flags:u32');

/**
 * The upcalls, or whether the storage is up; null for what is of no interest, or cannot be read.
 * @param removed directories that we have removed, of which one is not told of again
 */
export function toldBy(
  program: number,
  procedure: number,
  r: XdrReader,
  inodes: InodeTable,
  removed: WeakSet<Inode>,
): readonly Upcall[] | boolean | null {
  if (program !== CALLBACK.number) return null;
  if (procedure === CBK.CHILD_UP) return true;
  if (procedure === CBK.CHILD_DOWN) return false;
  if (procedure !== CBK.CACHE_INVALIDATION) return null;
  const [gfid, , flags] = readFields(r, invalidation) as [string, number, number];
  if (r.short || !isGfid(gfid)) return null;
  return upcallsOf(gfid, flags, inodes, removed);
}

function upcallsOf(
  gfid: string,
  flags: number,
  inodes: InodeTable,
  removed: WeakSet<Inode>,
): Upcall[] {
  const upcalls: Upcall[] = [];
  // Of what was only listed the brick tells, too, and nobody here may have found it yet.
  const inode = inodes.find(gfid) ?? inodes.unlistedInode(gfid);
  upcalls.push({ what: 'inode', inode, data: (flags & DATA) !== 0 });
  // Of a file that was made in a folder, GlusterFS's bricks tell no more than that the folder has changed.
  // And of what a brick has forgotten it tells no more: of names in a folder, but not of those of a file.
  const aboutNames = inode.isDir ? NAMES | UP.TIMES : NAMES & ~UP.FORGET;
  // What we have removed ourselves the brick forgets at once, and there are no names in it.
  const isAboutNames =
    (flags & aboutNames) !== 0 && !(flags === UP.FORGET && removed.delete(inode));
  if ((flags & NAMES) !== 0) {
    for (const { parent, name } of inode.names) {
      upcalls.push({ what: 'entry', parent, name, expire: true });
    }
  }
  // Which names those are is not told: any may be there now that was absent.
  if (isAboutNames) upcalls.push({ what: 'every-entry' });
  return upcalls;
}
