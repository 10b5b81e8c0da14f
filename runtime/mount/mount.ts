/** Declares `Mount`, which each front end (such as FUSE) returns for a mount that it serves. */
import type { Upcall } from '../core/upcall.ts';
import type { MountError } from './fuse/mount-error.ts';

export interface Mount {
  /** The absolute path, without symbolic links. */
  readonly mountpoint: string;
  /** Whether the directory under it had entries; absent: the front end does not know. */
  readonly hidesFiles?: boolean;
  /** Resolves when the mount has ended, by `unmount` or umount(8): null, or the error. */
  readonly unmounted: Promise<MountError | null>;
  /**
   * Unmounts, lets requests under way finish, and ends; open files get ENOTCONN then. Further calls wait for
   * the same end.
   * @throws {MountError} when unmounting fails; the mount continues
   */
  unmount(): Promise<void>;
  /** Invalidates caches, as far as this front end can. */
  invalidate(upcall: Upcall): Promise<void>;
}
