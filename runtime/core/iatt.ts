/**
 * Declares directory entries in replies, and exports the attributes of inodes (`Iatt`) and of file systems
 * (`Statvfs`), whose fields are listed in `fields.ts`. An iatt whose `iaCtime` and `iaNlink` are both 0 is unknown and
 * must not be cached.
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
  computeDirentplusSize,
  computeDirentSize,
  decodeDevice,
  direntType,
  encodeDevice,
  typeOfMode,
} from './iatt-base.ts';

/** One entry of a readdir or readdirp reply. */
export interface Dirent {
  readonly name: string;
  /** Offset at which a readdir continues after this entry. */
  readonly off: number;
  /** The type, one of `DT_*`. */
  readonly type: number;
  /** The gfid of the file; the null gfid if the storage did not read it. */
  readonly gfid: Gfid;
  /** The attributes and extended attributes; null in a readdir. */
  readonly stat: Iatt | null;
  readonly dict: Dict | null;
  /** The inode, which may not be linked yet; null in a readdir. */
  inode: Inode | null;
}
