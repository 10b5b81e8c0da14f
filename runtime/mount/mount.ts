/** The interface of every front end: a mount that is being served. */
import type { Upcall } from '../core/upcall.ts';
import type { MountError } from './fuse/mount-error.ts';

export interface Mount {
  /** Absolute path without symbolic links. */
  readonly mountpoint: string;
  /** When no request will come any more, whoever unmounted: null, or what went wrong. */
  readonly unmounted: Promise<MountError | null>;
  /**
   * Unmounts, lets requests under way finish, and ends; open files get ENOTCONN from then on.
   * Calls after the first wait for the same.
   * @throws {MountError} when the mount cannot be taken away; it goes on then.
   */
  unmount(): Promise<void>;
  /** What was cached of this is out of date, as far as this front end can tell. */
  invalidate(what: Upcall): Promise<void>;
}
