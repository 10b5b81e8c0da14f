/**
 * Checks the brick's directory every `health-check-interval` seconds. While it is gone, requests fail with ESTALE, all
 * descriptors except those of open files are closed, and translators above get CHILD_DOWN. One line is logged for each
 * change. docs/how-it-works/mechanisms.md says which directory is accepted in its place.
 *
 * Source: GlusterFS `posix-helpers.c` (posix_health_check_thread_proc), which writes a file and ends the brick.
 */

import { stat } from 'node:fs';
import { strerror } from '../../../core/errno.ts';
import { InitError } from '../../../core/errors.ts';
import { messages } from '../../../core/messages.ts';
import type { Xlator } from '../../../core/xlator.ts';
import { AT_EMPTY_PATH, AT_FDCWD } from '../../../sys/constants.ts';
import * as libc from '../../../sys/libc.ts';
import { Statvfs, Statx, toCString } from '../../../sys/struct.ts';
import { type InodeHandle, STATX_MASK } from './handles.ts';
import { errnoOf } from './node-errno.ts';
import { EMPTY_PATH } from './paths.ts';
import { openRootWithoutLinks } from './root.ts';

/** statvfs(3)'s flag of a read-only mount. */
const ST_RDONLY = 1;
/** The result of the last fstatvfs(3). */
const statvfsBuffer = new Statvfs();

/** The identity by which a directory is accepted in place of the lost one. */
interface DirectoryKind {
  readonly isMountPoint: boolean;
  readonly devMajor: number;
  readonly devMinor: number;
}

/** Returns the identity of the directory that a statx(2) has described. */
const readKind = ({ isMountRoot, devMajor, devMinor }: Statx): DirectoryKind => ({
  isMountPoint: isMountRoot,
  devMajor,
  devMinor,
});

/** The part of the store (`store.ts`) that the checks use. */
interface CheckedStore {
  readonly xl: Pick<Xlator, 'context' | 'log' | 'notify'>;
  /** The directory as the option names it, for messages. */
  readonly directory: string;
  readonly realPath: string;
  readonly root: InodeHandle;
  /** Whether the directory of a descriptor has the root's gfid. */
  hasRootGfid(fd: number): boolean;
  /** Closes the lost directory. */
  detach(): void;
  /** Serves the directory of `fd` in place of the lost one. @throws {InitError} if it cannot */
  reattach(fd: number): void;
}

/** The checks of one volume's directory. */
export class HealthChecker {
  private readonly store: CheckedStore;
  /** `store.realPath`, encoded for system calls. */
  private readonly path: Uint8Array;
  private readonly st = new Statx();
  /** The identity of the directory that was served first. */
  private readonly originalKind: DirectoryKind;
  /** Called after each check that finds the directory in place. */
  onFound: () => void = () => {};
  private cancelTimer: () => void = () => {};
  private isChecking = false;
  /** Whether a check was still pending when the next one was due. */
  private isLate = false;
  private isStopped = false;
  private isLost = false;
  private isReadOnly = false;
  /** The last logged problem, so that it is not logged again. */
  private lastLoggedText = '';

  constructor(store: CheckedStore) {
    this.store = store;
    this.path = toCString(store.realPath);
    this.statPath();
    this.originalKind = readKind(this.st);
    this.isReadOnly = this.isMountedReadOnly();
  }

  /** The state for a dump of the volume. */
  get state(): string {
    if (this.isLost) return 'gone';
    return this.isReadOnly ? 'read-only' : 'up';
  }

  /** Checks every `seconds` from now on; 0 stops the checks. */
  scheduleChecks(seconds: number): void {
    this.cancelTimer();
    if (seconds === 0 || this.isStopped) return;
    this.cancelTimer = this.store.xl.context.after(seconds * 1000, () => {
      this.scheduleChecks(seconds);
      void this.check();
    });
  }

  /** Ends the checks; the result of a pending one is ignored. */
  stop(): void {
    this.isStopped = true;
    this.cancelTimer();
  }

  /** Checks the directory now; warns instead if the last check is still pending. */
  async check(): Promise<void> {
    const { directory, xl } = this.store;
    if (this.isChecking) {
      // This is no error: the disk may be busy.
      if (!this.isLate)
        xl.log.warning(`the directory '${directory}' has not answered yet`, {
          msgid: messages.directoryLate.id,
        });
      this.isLate = true;
      return;
    }
    this.isChecking = true;
    // The call runs on libuv's pool: a disk that does not answer must not block other requests.
    const errno = await new Promise<number>((resolve) => {
      stat(this.store.realPath, (error) => resolve(errnoOf(error)));
    });
    this.isChecking = false;
    if (this.isLate)
      xl.log.notice(`the directory '${directory}' answers again`, {
        msgid: messages.directoryTimelyAgain.id,
      });
    this.isLate = false;
    if (!this.isStopped) this.handleResult(errno);
  }

  /** Handles the result of a check, 0 or the errno: the directory is in place, lost, or back. */
  private handleResult(errno: number): void {
    const { root } = this.store;
    const fault = errno !== 0 ? errno : this.statPath();
    const isInPlace = fault === 0 && !root.isDropped && root.matches(this.st);
    if (isInPlace) {
      this.lastLoggedText = '';
      this.logReadOnlyChange();
      this.onFound();
      return;
    }
    if (!this.isLost) this.handleLoss(fault);
    if (fault === 0) this.tryRecover();
  }

  /**
   * Stops serving the directory: closes descriptors, and reports CHILD_DOWN.
   * @param fault the errno; 0 if another directory is in its place
   */
  private handleLoss(fault: number): void {
    this.isLost = true;
    const reason = fault === 0 ? 'another is in its place' : strerror(fault);
    this.logOnce(
      `the directory '${this.store.directory}' is gone (${reason}): requests fail with ESTALE`,
    );
    this.store.detach();
    this.store.xl.notify('CHILD_DOWN', this.store.xl);
  }

  /** Serves the directory again, if the one at the path now is accepted in place of the lost one. */
  private tryRecover(): void {
    const { store } = this;
    const fd = openRootWithoutLinks(store.realPath);
    const fault =
      fd < 0 ? -fd : -libc.statx(fd, EMPTY_PATH, AT_EMPTY_PATH, STATX_MASK, this.st.bytes);
    const text = fault === 0 ? this.tryReattach(fd) : strerror(fault);
    if (text !== '') {
      this.logOnce(`what is at '${store.directory}' now is not served: ${text}`);
      return;
    }
    this.isLost = false;
    this.lastLoggedText = '';
    this.isReadOnly = this.isMountedReadOnly();
    store.xl.log.notice(`the directory '${store.directory}' is back`, {
      msgid: messages.directoryBack.id,
    });
    store.xl.notify('CHILD_UP', store.xl);
  }

  /** Reattaches the store to `fd`, which `st` describes; returns '' on success, otherwise the reason for a log line. */
  private tryReattach(fd: number): string {
    const { store } = this;
    if (!store.root.matches(this.st) && !this.isSameKind() && !store.hasRootGfid(fd)) {
      libc.close(fd);
      return 'it is another file system';
    }
    try {
      store.reattach(fd);
      return '';
    } catch (error) {
      if (!(error instanceof InitError)) throw error;
      return error.message;
    }
  }

  /** Whether `st` describes a mount point, as the lost directory was, or else a directory on the same disk. */
  private isSameKind(): boolean {
    const { isMountPoint, devMajor, devMinor } = readKind(this.st);
    const { originalKind: kind } = this;
    const isSameDisk = devMajor === kind.devMajor && devMinor === kind.devMinor;
    return isMountPoint === kind.isMountPoint && (isMountPoint || isSameDisk);
  }

  /** Logs a change between a read-only and a writable mount. */
  private logReadOnlyChange(): void {
    const isReadOnly = this.isMountedReadOnly();
    if (isReadOnly === this.isReadOnly) return;
    this.isReadOnly = isReadOnly;
    const { directory, xl } = this.store;
    if (isReadOnly)
      xl.log.error(`'${directory}' is read-only now: changes fail with EROFS`, {
        msgid: messages.directoryReadOnly.id,
      });
    else
      xl.log.notice(`'${directory}' can be written to again`, {
        msgid: messages.directoryWritableAgain.id,
      });
  }

  /** Whether the file system of the root is mounted read-only. */
  private isMountedReadOnly(): boolean {
    const { fd } = this.store.root;
    return libc.fstatvfs(fd, statvfsBuffer.bytes) >= 0 && (statvfsBuffer.flag & ST_RDONLY) !== 0;
  }

  /** Reads the attributes of the path into `st`; returns 0 or the errno. */
  private statPath(): number {
    return -libc.statx(AT_FDCWD, this.path, 0, STATX_MASK, this.st.bytes);
  }

  /** Logs a problem, unless it was the last one logged. */
  private logOnce(text: string): void {
    if (text === this.lastLoggedText) return;
    this.lastLoggedText = text;
    this.store.xl.log.error(text, { msgid: messages.directoryGone.id });
  }
}
