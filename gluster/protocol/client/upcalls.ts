/**
 * Reads the calls that a brick makes: changes by other clients, and whether its storage is up. Source:
 * GlusterFS 10 `client-callback.c`, `upcall-cache-invalidation.h`.
 */
import { isGfid } from '../../../runtime/core/gfid.ts';
import type { Inode, InodeTable } from '../../../runtime/core/inode.ts';
import { UP, type Upcall } from '../../../runtime/core/upcall.ts';
import type { XdrReader } from '../../../runtime/wire/xdr.ts';
import { readValues } from '../../rpc/dict.ts';
import { parseFields, readFields } from '../../rpc/fields.ts';
import { OLD_IATT_BYTES } from '../../rpc/iatt.ts';
import { CALLBACK, CALLBACK_PROCEDURES } from '../../rpc/programs.ts';

/** Flags of an upcall if a name was created or removed. */
const NAME_FLAGS = UP.NLINK | UP.RENAME | UP.FORGET | UP.PARENT_TIMES;
/** Flags of an upcall if data may have changed. */
const DATA_FLAGS = UP.SIZE | UP.TIMES | UP.FORGET;

/** The first fields of the call CACHE_INVALIDATION. */
const invalidationFields = parseFields('gfid:string event_type:u32 flags:u32');
/** The bytes of the fields after those: the seconds until the brick forgets the client, and three old iatts. */
const SKIPPED_BYTES = 4 + 3 * OLD_IATT_BYTES;

/**
 * Returns upcalls, or whether the storage is up; null for irrelevant or malformed calls.
 * @param removedDirectories directories that this client removed; the FORGET for each changes no further names
 */
export function readCallback(
  program: number,
  procedure: number,
  r: XdrReader,
  inodes: InodeTable,
  removedDirectories: WeakSet<Inode>,
): readonly Upcall[] | boolean | null {
  if (program !== CALLBACK.number) return null;
  if (procedure === CALLBACK_PROCEDURES.CHILD_UP) return true;
  if (procedure === CALLBACK_PROCEDURES.CHILD_DOWN) return false;
  if (procedure !== CALLBACK_PROCEDURES.CACHE_INVALIDATION) return null;
  const [gfid, , flags] = readFields(r, invalidationFields) as [string, number, number];
  if (r.isMalformed || !isGfid(gfid)) return null;
  const [change, ...others] = makeUpcalls(gfid, flags, inodes, removedDirectories);
  const xattrs = (flags & UP.XATTR) === 0 ? null : readXattrs(r);
  return xattrs === null ? [change, ...others] : [{ ...change, xattrs }, ...others];
}

/** Reads the new extended attributes of an invalidation; null for none. */
function readXattrs(r: XdrReader): Map<string, Uint8Array> | null {
  r.skip(SKIPPED_BYTES);
  const values = readValues(r);
  if (values === null || values.size === 0) return null;
  // The message's memory is used again.
  return new Map(Array.from(values, ([name, value]) => [name, value.slice()]));
}

/** Converts a brick's invalidation of an inode to upcalls. */
function makeUpcalls(
  gfid: string,
  flags: number,
  inodes: InodeTable,
  removedDirectories: WeakSet<Inode>,
): [Extract<Upcall, { kind: 'inode' }>, ...Upcall[]] {
  // Bricks also report files that were only listed, whose inode is not in the table.
  const inode = inodes.find(gfid) ?? inodes.unlistedInode(gfid);
  const upcalls: ReturnType<typeof makeUpcalls> = [
    { kind: 'inode', inode, data: (flags & DATA_FLAGS) !== 0 },
  ];
  // If a file is created in a directory, GlusterFS's bricks report only that the directory's times changed. After a
  // FORGET the brick reports no further changes: so all names in a directory become uncertain, but none of a file.
  const nameFlags = inode.isDir ? NAME_FLAGS | UP.TIMES : NAME_FLAGS & ~UP.FORGET;
  // A directory that this client removed has no names.
  const mayChangeNames =
    (flags & nameFlags) !== 0 && !(flags === UP.FORGET && removedDirectories.delete(inode));
  if ((flags & NAME_FLAGS) !== 0) {
    for (const { parent, name } of inode.names) {
      upcalls.push({ kind: 'entry', parent, name, expire: true });
    }
  }
  // The brick does not report which names changed, so every absent name may exist now.
  if (mayChangeNames) upcalls.push({ kind: 'every-entry' });
  return upcalls;
}
