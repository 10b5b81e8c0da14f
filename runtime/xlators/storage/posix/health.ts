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
import { cstring, Statvfs, Statx } from '../../../sys/struct.ts';
import { type Handle, STATX_MASK } from './handles.ts';
import { errnoOf } from './node-errno.ts';
import { EMPTY } from './paths.ts';
import { openReal } from './root.ts';

/** statvfs(3)'s flag of what is mounted read-only. */
const ST_RDONLY = 1;
const vfs = new Statvfs();

/** What a brick's directory stays as long as it is the brick's. */
interface Ground {
  readonly isMount: boolean;
  readonly devMajor: number;
  readonly devMinor: number;
}

const groundOf = ({ isMountRoot, devMajor, devMinor }: Statx): Ground => ({
  isMount: isMountRoot,
  devMajor,
  devMinor,
});

interface Looked {
  readonly xl: Pick<Xlator, 'context' | 'log' | 'notify'>;
  /** As the option has it. */
  readonly directory: string;
  readonly realPath: string;
  readonly root: Handle;
  /** Whether what a descriptor leads to could be it. */
  isBrick(fd: number): boolean;
  detach(): void;
  reattach(fd: number): void;
}

export class Health {
  private readonly brick: Looked;
  private readonly path: Uint8Array;
  private readonly st = new Statx();
  private readonly ground: Ground;
  /** What is done besides, whenever the directory is there. */
  onThere: () => void = () => {};
  private cancel: () => void = () => {};
  private asking = false;
  /** It was not answered when it was time for the next. */
  private isLate = false;
  private ended = false;
  private isLost = false;
  private isReadOnly = false;
  /** What is wrong, as it was logged last: it is not logged again. */
  private told = '';

  constructor(brick: Looked) {
    this.brick = brick;
    this.path = cstring(brick.realPath);
    this.look();
    this.ground = groundOf(this.st);
    this.isReadOnly = this.readOnly();
  }

  get state(): string {
    if (this.isLost) return 'gone';
    return this.isReadOnly ? 'read-only' : 'up';
  }

  /** Looks every `seconds` from now on; never for 0. */
  every(seconds: number): void {
    this.cancel();
    if (seconds === 0 || this.ended) return;
    this.cancel = this.brick.xl.context.after(seconds * 1000, () => {
      this.every(seconds);
      void this.check();
    });
  }

  stop(): void {
    this.ended = true;
    this.cancel();
  }

  /** Looks now. */
  async check(): Promise<void> {
    const { directory, xl } = this.brick;
    if (this.asking) {
      // Nothing is known to be wrong: a disk may be that busy.
      if (!this.isLate)
        xl.log.warning(`the directory '${directory}' has not answered yet`, {
          msgid: messages.lateDirectory.id,
        });
      this.isLate = true;
      return;
    }
    this.asking = true;
    // On libuv's pool: a disk that does not answer must not hold up the rest.
    const errno = await new Promise<number>((done) => {
      stat(this.brick.realPath, (error) => done(errnoOf(error)));
    });
    this.asking = false;
    if (this.isLate)
      xl.log.notice(`the directory '${directory}' answers again`, {
        msgid: messages.timelyAgain.id,
      });
    this.isLate = false;
    if (!this.ended) this.found(errno);
  }

  private found(errno: number): void {
    const { root } = this.brick;
    const fault = errno !== 0 ? errno : this.look();
    const isSame = fault === 0 && !root.dropped && root.is(this.st);
    if (isSame) {
      this.told = '';
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
    this.tell(
      `the directory '${this.brick.directory}' is gone (${why}): requests fail with ESTALE`,
    );
    this.brick.detach();
    this.brick.xl.notify('CHILD_DOWN', this.brick.xl);
  }

  private recover(): void {
    const { brick } = this;
    const fd = openReal(brick.realPath);
    const fault = fd < 0 ? -fd : -libc.statx(fd, EMPTY, AT_EMPTY_PATH, STATX_MASK, this.st.bytes);
    const text = fault === 0 ? this.attach(fd) : strerror(fault);
    if (text !== '') {
      this.tell(`what is at '${brick.directory}' now is not served: ${text}`);
      return;
    }
    this.isLost = false;
    this.told = '';
    this.isReadOnly = this.readOnly();
    brick.xl.log.notice(`the directory '${brick.directory}' is back`, {
      msgid: messages.directoryBack.id,
    });
    brick.xl.notify('CHILD_UP', brick.xl);
  }

  /** Takes `fd`, which `st` describes, for the brick; or why not. */
  private attach(fd: number): string {
    const { brick } = this;
    if (!brick.root.is(this.st) && !this.isGround() && !brick.isBrick(fd)) {
      libc.close(fd);
      return 'it is another file system';
    }
    try {
      brick.reattach(fd);
      return '';
    } catch (error) {
      if (!(error instanceof InitError)) throw error;
      return error.message;
    }
  }

  /** Whether what `st` describes is of the kind and the disk that the brick was. */
  private isGround(): boolean {
    const { isMount, devMajor, devMinor } = groundOf(this.st);
    const { ground } = this;
    const isSameDisk = devMajor === ground.devMajor && devMinor === ground.devMinor;
    return isMount === ground.isMount && (isMount || isSameDisk);
  }

  private seeReadOnly(): void {
    const isReadOnly = this.readOnly();
    if (isReadOnly === this.isReadOnly) return;
    this.isReadOnly = isReadOnly;
    const { directory, xl } = this.brick;
    if (isReadOnly)
      xl.log.error(`'${directory}' is read-only now: changes fail with EROFS`, {
        msgid: messages.readOnly.id,
      });
    else
      xl.log.notice(`'${directory}' can be written to again`, { msgid: messages.writableAgain.id });
  }

  private readOnly(): boolean {
    const { fd } = this.brick.root;
    return libc.fstatvfs(fd, vfs.bytes) >= 0 && (vfs.flag & ST_RDONLY) !== 0;
  }

  /** 0 when `st` describes what the path leads to, otherwise the errno. */
  private look(): number {
    return -libc.statx(AT_FDCWD, this.path, 0, STATX_MASK, this.st.bytes);
  }

  private tell(text: string): void {
    if (text === this.told) return;
    this.told = text;
    this.brick.xl.log.error(text, { msgid: messages.directoryGone.id });
  }
}
