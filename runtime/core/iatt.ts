/**
 * Declares the attributes of inodes (iatt), statvfs and directory entries in replies; `fields.ts` has the fields. An
 * iatt whose `iaCtime` and `iaNlink` are both 0 is unknown and must not be cached.
 *
 * Source: GlusterFS `libglusterfs/src/glusterfs/iatt.h`, `statvfs(3)`.
 */
import type { Dict } from './dict.ts';
import type { Iatt } from './gen/iatt.gen.ts';
import type { Gfid } from './gfid.ts';
import type { Inode } from './inode.ts';

export { Iatt, Statvfs } from './gen/iatt.gen.ts';
export {
  IA_IFBLK,
  IA_IFCHR,
  IA_IFDIR,
  IA_IFIFO,
  IA_IFLNK,
  IA_IFREG,
  IA_IFSOCK,
  IA_INVAL,
} from './ia-types.ts';
export {
  computeDirentplusSize as direntplusSize,
  computeDirentSize as direntSize,
  direntType,
  typeOfMode,
} from './iatt-base.ts';

/** One entry of a readdir or readdirp reply. */
export interface Dirent {
  readonly name: string;
  /** Offset at which a readdir continues after this entry. */
  readonly off: number;
  /** `DT_*`. */
  readonly type: number;
  /** The null gfid when the storage would have to read more to know it. */
  readonly gfid: Gfid;
  /** readdirp only. */
  readonly stat: Iatt | null;
  readonly dict: Dict | null;
  /** readdirp only: the inode, which may not be linked yet. */
  inode: Inode | null;
}
