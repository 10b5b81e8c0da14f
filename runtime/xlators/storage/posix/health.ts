/**
 * Checks the brick's directory every `health-check-interval` seconds. While it is gone, requests fail with ESTALE, its
 * descriptors are closed (but those of open files), and translators above get CHILD_DOWN; one line is logged for each
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
import { type Handle, STATX_MASK } from './handles.ts';
import { errnoOf } from './node-errno.ts';
import { EMPTY } from './paths.ts';
import { openReal } from './root.ts';

/** statvfs(3)'s flag of a read-only mount. */
const ST_RDONLY = 1;
const vfs = new Statvfs();

/** Properties by which a directory is accepted again: mount point or not, and device. */
interface DirectoryKind {
  readonly isMount: boolean;
  readonly devMajor: number;
  readonly devMinor: number;
}

const kindOf = ({ isMountRoot, devMajor, devMinor }: Statx): DirectoryKind => ({
  isMount: isMountRoot,
  devMajor,
  devMinor,
});

interface CheckedStore {
  readonly xl: Pick<Xlator, 'context' | 'log' | 'notify'>;
  /** As the option has it. */
  readonly directory: string;
  readonly realPath: string;
  readonly root: Handle;
  /** Whether a descriptor's directory has the root's gfid. */
  isBrick(fd: number): boolean;
  detach(): void;
  reattach(fd: number): void;
}

export class Health {
  private readonly store: CheckedStore;
  private readonly path: Uint8Array;
  private readonly st = new Statx();
  private readonly kind: DirectoryKind;
  /** Called after each check that finds the directory. */
  onThere: () => void = () => {};
  private cancel: () => void = () => {};
  private asking = false;
  /** Whether a check was still pending at the next. */
  private isLate = false;
  private ended = false;
  private isLost = false;
  private isReadOnly = false;
  /** The last logged problem, which is not logged again. */
  private lastLogged = '';

  constructor(store: CheckedStore) {
    this.store = store;
    this.path = toCString(store.realPath);
    this.statPath();
    this.kind = kindOf(this.st);
    this.isReadOnly = this.readOnly();
  }

  get state(): string {
    if (this.isLost) return 'gone';
    return this.isReadOnly ? 'read-only' : 'up';
  }

  /** Checks every `seconds` from now on; never for 0. */
  every(seconds: number): void {
    this.cancel();
    if (seconds === 0 || this.ended) return;
    this.cancel = this.store.xl.context.after(seconds * 1000, () => {
      this.every(seconds);
      void this.check();
    });
  }

  stop(): void {
    this.ended = true;
    this.cancel();
  }

  /** Checks now. */
  async check(): Promise<void> {
    const { directory, xl } = this.store;
    if (this.asking) {
      // Not an error: a disk may be that busy.
      if (!this.isLate)
        xl.log.warning(`the directory '${directory}' has not answered yet`, {
          msgid: messages.lateDirectory.id,
        });
      this.isLate = true;
      return;
    }
    this.asking = true;
    // On libuv's pool: a disk that does not answer must not block other requests.
    const errno = await new Promise<number>((done) => {
      stat(this.store.realPath, (error) => done(errnoOf(error)));
    });
    this.asking = false;
    if (this.isLate)
      xl.log.notice(`the directory '${directory}' answers again`, {
        msgid: messages.timelyAgain.id,
      });
    this.isLate = false;
    if (!this.ended) this.evaluate(errno);
  }

  private evaluate(errno: number): void {
    const { root } = this.store;
    const fault = errno !== 0 ? errno : this.statPath();
    const isSame = fault === 0 && !root.dropped && root.is(this.st);
    if (isSame) {
      this.lastLogged = '';
      this.seeReadOnly();
      this.onThere();
      return;
    }
    if (!this.isLost) this.lose(fault);
    if (fault === 0) this.recover();
  }

  private lose(fault: number): void {
    this.isLost = true;
    const why = fault === 0 ? 'another is in its place' : strerror(fault);
    this.logOnce(
      `the directory '${this.store.directory}' is gone (${why}): requests fail with ESTALE`,
    );
    this.store.detach();
    this.store.xl.notify('CHILD_DOWN', this.store.xl);
  }

  private recover(): void {
    const { store } = this;
    const fd = openReal(store.realPath);
    const fault = fd < 0 ? -fd : -libc.statx(fd, EMPTY, AT_EMPTY_PATH, STATX_MASK, this.st.bytes);
    const text = fault === 0 ? this.attach(fd) : strerror(fault);
    if (text !== '') {
      this.logOnce(`what is at '${store.directory}' now is not served: ${text}`);
      return;
    }
    this.isLost = false;
    this.lastLogged = '';
    this.isReadOnly = this.readOnly();
    store.xl.log.notice(`the directory '${store.directory}' is back`, {
      msgid: messages.directoryBack.id,
    });
    store.xl.notify('CHILD_UP', store.xl);
  }

  /** Reattaches the store to `fd`, which `st` describes; returns '' or the reason against it. */
  private attach(fd: number): string {
    const { store } = this;
    if (!store.root.is(this.st) && !this.isSameKind() && !store.isBrick(fd)) {
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

  /** Whether `st` describes a mount point as before, or the same disk. */
  private isSameKind(): boolean {
    const { isMount, devMajor, devMinor } = kindOf(this.st);
    const { kind } = this;
    const isSameDisk = devMajor === kind.devMajor && devMinor === kind.devMinor;
    return isMount === kind.isMount && (isMount || isSameDisk);
  }

  private seeReadOnly(): void {
    const isReadOnly = this.readOnly();
    if (isReadOnly === this.isReadOnly) return;
    this.isReadOnly = isReadOnly;
    const { directory, xl } = this.store;
    if (isReadOnly)
      xl.log.error(`'${directory}' is read-only now: changes fail with EROFS`, {
        msgid: messages.readOnly.id,
      });
    else
      xl.log.notice(`'${directory}' can be written to again`, { msgid: messages.writableAgain.id });
  }

  private readOnly(): boolean {
    const { fd } = this.store.root;
    return libc.fstatvfs(fd, vfs.bytes) >= 0 && (vfs.flag & ST_RDONLY) !== 0;
  }

  /** Reads the attributes of the path into `st`; returns 0 or the errno. */
  private statPath(): number {
    return -libc.statx(AT_FDCWD, this.path, 0, STATX_MASK, this.st.bytes);
  }

  private logOnce(text: string): void {
    if (text === this.lastLogged) return;
    this.lastLogged = text;
    this.store.xl.log.error(text, { msgid: messages.directoryGone.id });
  }
}
