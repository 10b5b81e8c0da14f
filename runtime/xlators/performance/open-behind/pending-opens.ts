/**
 * Tracks pending opens for open-behind: the caller has its reply, but the volume below has not opened the file yet.
 *
 * An fd is not opened, being opened, open (then it has no context), or its open has failed. Fops wait while their fd is
 * being opened, and then continue in their order. The inode's context lists its pending opens, for fops on a path.
 */

import type { Dict } from '../../../core/dict.ts';
import { EIO } from '../../../core/errno.ts';
import type { Fd } from '../../../core/fd.ts';
import { makeRequestAs, type Stack } from '../../../core/frame.ts';
import { wind } from '../../../core/gen/fops.gen.ts';
import type { Inode } from '../../../core/inode.ts';
import type { Loc } from '../../../core/loc.ts';
import type { Cbk, Dump, Xlator } from '../../../core/xlator.ts';
import type { OptionValues } from './options.ts';

/** Approximate bytes of a pending open. */
const OVERHEAD_BYTES = 512;

/** Called with 0 when the file is open below, or with the errno of the open. */
export type OpenCallback = (errno: number) => void;

/** An open that was answered, but not wound or not replied to yet: the context of its fd. */
export class PendingOpen {
  readonly loc: Loc;
  readonly flags: number;
  readonly fd: Fd;
  readonly xdata: Dict | null;
  /** The open's caller, whose identity the later open has. */
  readonly caller: Stack;
  isOpening = false;
  /** The errno of a failed open; otherwise 0. */
  errno = 0;
  /** Called when the open below has ended. */
  readonly callbacks: OpenCallback[] = [];

  constructor(caller: Stack, loc: Loc, flags: number, fd: Fd, xdata: Dict | null) {
    this.caller = caller;
    this.loc = loc;
    this.flags = flags;
    this.fd = fd;
    this.xdata = xdata;
  }
}

/** The state of one volume of performance/open-behind. */
export class OpenBehind {
  values: OptionValues;
  /** Number of opens that were answered at once. */
  opens = 0;
  /** Number of these opens that were wound later. */
  late = 0;
  /** Number of these opens whose fd was closed without a use. */
  unused = 0;
  private pendingCount = 0;
  readonly xl: Xlator<OpenBehind>;

  constructor(xl: Xlator<OpenBehind>, values: OptionValues) {
    this.xl = xl;
    this.values = values;
  }

  findPending(fd: Fd): PendingOpen | undefined {
    return fd.ctxGet(this.xl) as PendingOpen | undefined;
  }

  /** Adds a pending open; winds it at once if option lazy-open is off. */
  add(pending: PendingOpen): void {
    this.opens += 1;
    this.pendingCount += 1;
    const { fd } = pending;
    fd.ctxSet(this.xl, pending);
    const pendingOpens = this.findByInode(fd.inode);
    if (pendingOpens === undefined) fd.inode.ctxSet(this.xl, new Set([pending]));
    else pendingOpens.add(pending);
    if (!this.values['lazy-open']) this.windOpen(pending);
  }

  /** Winds the open, unless it is under way, and calls `callback` with its result. */
  runWhenOpen(pending: PendingOpen, callback: OpenCallback): void {
    if (pending.errno === 0) {
      pending.callbacks.push(callback);
      if (!pending.isOpening) this.windOpen(pending);
    } else callback(pending.errno);
  }

  /** Winds all pending opens of an inode, and calls `callback` after the last reply, also if opens have failed. */
  runWhenAllOpen(inode: Inode, callback: () => void): void {
    const pendingOpens = [...(this.findByInode(inode) ?? [])];
    let remaining = pendingOpens.length;
    if (remaining === 0) callback();
    for (const pending of pendingOpens) {
      this.runWhenOpen(pending, () => {
        remaining -= 1;
        if (remaining === 0) callback();
      });
    }
  }

  hasPending(inode: Inode | null): inode is Inode {
    return inode !== null && this.findByInode(inode) !== undefined;
  }

  /** Forgets the pending open of a closed fd. */
  release(pending: PendingOpen): void {
    if (pending.errno !== 0) return;
    this.unused += 1;
    this.remove(pending);
  }

  /** Winds all pending opens of these inodes. */
  openAll(inodes: Iterable<Inode>): void {
    for (const inode of inodes) this.runWhenAllOpen(inode, () => {});
  }

  dump(): Dump {
    const { opens, late, unused, pendingCount: pending } = this;
    return { opens, late, unused, pending, bytes: pending * OVERHEAD_BYTES };
  }

  /** Returns an inode's pending opens; undefined for none. */
  private findByInode(inode: Inode): Set<PendingOpen> | undefined {
    return inode.ctxGet(this.xl) as Set<PendingOpen> | undefined;
  }

  private remove(pending: PendingOpen): void {
    this.pendingCount -= 1;
    const { inode } = pending.fd;
    const pendingOpens = this.findByInode(inode);
    pendingOpens?.delete(pending);
    if (pendingOpens?.size === 0) inode.ctxDel(this.xl);
  }

  /** Winds the open with the caller's identity. */
  private windOpen(pending: PendingOpen): void {
    const { caller, loc, flags, fd, xdata } = pending;
    pending.isOpening = true;
    this.late += 1;
    // The fd must not be released before the open's reply.
    fd.hold();
    const frame = this.xl.begin(makeRequestAs(caller, 'OPEN'));
    frame.local = pending;
    wind.open(frame, 0, openCbk, this.xl.children[0]!, loc, flags, fd, xdata);
  }

  /** Records the reply of an open, and continues the fops that wait for it. */
  endOpen(pending: PendingOpen, errno: number): void {
    const { fd, callbacks } = pending;
    this.remove(pending);
    if (errno === 0) fd.ctxDel(this.xl);
    else pending.errno = errno;
    for (const callback of callbacks.splice(0)) callback(errno);
    fd.drop();
  }
}

const openCbk: Cbk<'open', OpenBehind> = (frame, _cookie, xl, opRet, opErrno) => {
  xl.end(frame.root);
  xl.priv.endOpen(frame.local as PendingOpen, opRet >= 0 ? 0 : opErrno > 0 ? opErrno : EIO);
};
