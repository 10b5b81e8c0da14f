/**
 * The place of an inode's gfid on disk: the 16 bytes of `trusted.gfid`, as GlusterFS does; in
 * `user.glossa.gfid` for a process that may not write `trusted.`; and where neither can be stored
 * (symbolic links and devices of a user, read-only file systems, file systems without extended
 * attributes) nowhere: then it follows from device, inode number and time of birth, which do not
 * change as long as the inode lives.
 */
import { createHash } from 'node:crypto';
import { EDQUOT, ENOSPC, EROFS } from '../../../core/errno.ts';
import {
  type Gfid,
  gfidFromBytes,
  gfidFromRandom,
  gfidToBytesInto,
  NULL_GFID,
} from '../../../core/gfid.ts';
import type { Path } from '../../../sys/call.ts';
import * as libc from '../../../sys/libc.ts';
import { cstring, type Statx } from '../../../sys/struct.ts';
import { TRUSTED_GFID, USER_GFID } from '../shared/xattrs.ts';
import { procPath } from './paths.ts';

const GFID_SIZE = 16;
const XATTR_CREATE = 1;

export class GfidStore {
  private readonly key: Path | null;
  private readonly bytes = new Uint8Array(GFID_SIZE);

  /** Finds out, by the root of the brick, what can be stored there. */
  constructor(rootFd: number) {
    const candidates = [TRUSTED_GFID, USER_GFID].map(cstring);
    this.key = candidates.find((key) => works(rootFd, key)) ?? null;
  }

  /** The name under which gfids are stored; for logs and dumps. */
  get place(): string {
    return this.key === null
      ? 'none'
      : Buffer.from(this.key).toString('latin1', 0, this.key.length - 1);
  }

  /** The stored gfid of what `fd` is open on; null when there is none. */
  read(fd: number): Gfid | null {
    if (this.key === null) return null;
    return this.found(libc.getxattr(procPath(fd), this.key, this.bytes, GFID_SIZE));
  }

  /** The same by path; the last component is not followed. */
  readPath(path: Path): Gfid | null {
    if (this.key === null) return null;
    return this.found(libc.lgetxattr(path, this.key, this.bytes, GFID_SIZE));
  }

  /**
   * Stores a gfid with what `fd` is open on; false when it cannot be. `file` is a descriptor that it
   * is open on not only as a path, which spares a walk through /proc, or 0.
   */
  write(fd: number, gfid: Gfid, replace: boolean, file = 0): boolean {
    if (this.key === null) return false;
    gfidToBytesInto(gfid, this.bytes, 0);
    const flags = replace ? 0 : XATTR_CREATE;
    if (file > 0) return libc.fsetxattr(file, this.key, this.bytes, GFID_SIZE, flags) >= 0;
    return libc.setxattr(procPath(fd), this.key, this.bytes, GFID_SIZE, flags) >= 0;
  }

  private found(length: number): Gfid | null {
    if (length !== GFID_SIZE) return null;
    const gfid = gfidFromBytes(this.bytes);
    return gfid === NULL_GFID ? null : gfid;
  }
}

/**
 * Whether attributes of this name work on the root. Where there is only no room they do, and what is
 * on a read-only disk can be read.
 */
function works(rootFd: number, key: Path): boolean {
  const bytes = new Uint8Array(GFID_SIZE);
  const length = libc.getxattr(procPath(rootFd), key, bytes, GFID_SIZE);
  const value = length === GFID_SIZE ? bytes : ROOT_BYTES;
  const written = libc.setxattr(procPath(rootFd), key, value, GFID_SIZE, 0);
  if (written === -EROFS) return length === GFID_SIZE;
  return written >= 0 || written === -ENOSPC || written === -EDQUOT;
}

/** The gfid of the root, which it keeps if it has another: it may be a part of a larger brick. */
const ROOT_BYTES = new Uint8Array(GFID_SIZE);
ROOT_BYTES[GFID_SIZE - 1] = 1;

/** A gfid for an inode that can store none. */
export function derivedGfid(st: Statx): Gfid {
  const words = [st.devMajor, st.devMinor, st.inoHi, st.inoLo, st.btime, st.btimeNsec];
  return gfidFromRandom(createHash('md5').update(words.join(':')).digest());
}
