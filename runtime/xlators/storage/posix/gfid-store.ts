/**
 * Stores an inode's gfid on disk: in `trusted.gfid` (16 bytes) as GlusterFS does, or in `user.glossa.gfid` for
 * a process that may not write `trusted.`. If neither works (symbolic links and devices of a user, read-only
 * file systems, no extended attributes), the gfid is derived from device, inode number and birth time.
 */
import { createHash } from 'node:crypto';
import { EDQUOT, ENOSPC, EROFS } from '../../../core/errno.ts';
import {
  type Gfid,
  gfidFromBytes,
  gfidFromRandom,
  NULL_GFID,
  writeGfidBytes,
} from '../../../core/gfid.ts';
import { GFID_SIZE } from '../../../core/limits.ts';
import type { Path } from '../../../sys/libc.ts';
import * as libc from '../../../sys/libc.ts';
import { type Statx, toCString } from '../../../sys/struct.ts';
import { TRUSTED_GFID, USER_GFID, XATTR_CREATE } from '../shared/xattrs.ts';
import { makeProcPath } from './paths.ts';

/** Reads and writes gfids in one of the two attributes, which the constructor chooses. */
export class GfidStore {
  /** The name of the attribute in use; null if gfids are derived. */
  private readonly key: Path | null;
  /** Memory for an attribute's value. */
  private readonly bytes = new Uint8Array(GFID_SIZE);

  /**
   * Tries on the root which of the two attributes this process can store.
   * @param usesXattrs false for gfids that are all derived: no file is changed
   */
  constructor(rootFd: number, usesXattrs = true) {
    const candidates = usesXattrs ? [TRUSTED_GFID, USER_GFID].map(toCString) : [];
    this.key = candidates.find((key) => canStoreGfid(rootFd, key)) ?? null;
  }

  /** The name of the attribute in use, for logs and dumps; 'none' if gfids are derived. */
  get attributeName(): string {
    return this.key === null
      ? 'none'
      : Buffer.from(this.key).toString('latin1', 0, this.key.length - 1);
  }

  /** Returns the stored gfid of an fd's inode, or null. */
  readByFd(fd: number): Gfid | null {
    if (this.key === null) return null;
    return this.decodeStoredGfid(libc.getxattr(makeProcPath(fd), this.key, this.bytes, GFID_SIZE));
  }

  /** Returns the stored gfid of the inode at a path, or null; follows no symbolic link as the last component. */
  readByPath(path: Path): Gfid | null {
    if (this.key === null) return null;
    return this.decodeStoredGfid(libc.lgetxattr(path, this.key, this.bytes, GFID_SIZE));
  }

  /**
   * Stores the gfid of an fd's inode; returns false on failure.
   * @param mayReplace whether an inode may have a stored gfid already
   * @param dataFd a descriptor of the inode without O_PATH, so that no path under /proc is needed; 0 for none
   */
  write(fd: number, gfid: Gfid, mayReplace: boolean, dataFd = 0): boolean {
    if (this.key === null) return false;
    writeGfidBytes(gfid, this.bytes, 0);
    const flags = mayReplace ? 0 : XATTR_CREATE;
    if (dataFd > 0) return libc.fsetxattr(dataFd, this.key, this.bytes, GFID_SIZE, flags) >= 0;
    return libc.setxattr(makeProcPath(fd), this.key, this.bytes, GFID_SIZE, flags) >= 0;
  }

  /** Decodes the gfid that getxattr put into `bytes`; `length` is that call's result. */
  private decodeStoredGfid(length: number): Gfid | null {
    if (length !== GFID_SIZE) return null;
    const gfid = gfidFromBytes(this.bytes);
    return gfid === NULL_GFID ? null : gfid;
  }
}

/**
 * Whether this attribute can hold gfids, tried on the root. True on a full disk, and on a read-only disk whose root has
 * the attribute.
 */
function canStoreGfid(rootFd: number, key: Path): boolean {
  const bytes = new Uint8Array(GFID_SIZE);
  const length = libc.getxattr(makeProcPath(rootFd), key, bytes, GFID_SIZE);
  const value = length === GFID_SIZE ? bytes : ROOT_GFID_BYTES;
  const result = libc.setxattr(makeProcPath(rootFd), key, value, GFID_SIZE, 0);
  if (result === -EROFS) return length === GFID_SIZE;
  return result >= 0 || result === -ENOSPC || result === -EDQUOT;
}

/** The root's gfid, 00…01. A root that has another gfid keeps it: it may be a folder of a larger brick. */
const ROOT_GFID_BYTES = new Uint8Array(GFID_SIZE);
ROOT_GFID_BYTES[GFID_SIZE - 1] = 1;

/** Derives a gfid for an inode that cannot store one, from device, inode number and birth time. */
export function deriveGfid(st: Statx): Gfid {
  const identity = [st.devMajor, st.devMinor, st.inoHi, st.inoLo, st.btime, st.btimeNsec];
  return gfidFromRandom(createHash('md5').update(identity.join(':')).digest());
}
