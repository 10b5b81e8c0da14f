/**
 * Tracks pending opens for open-behind: the caller has its reply, but the volume below has not opened the file yet.
 *
 * An fd is not opened, being opened, open (then it has no context), or its open has failed. Fops wait while their fd is
 * being opened, and then continue in their order. The inode's context lists its pending opens, for fops on a path.
 */

import type { Dict } from '../../../core/dict.ts';
import { EIO } from '../../../core/errno.ts';
import { type Frame, makeRequestAs, type Stack } from '../../../core/frame.ts';
import { type FopTable, wind } from '../../../core/gen/fops.gen.ts';
import type { Inode } from '../../../core/inode.ts';
import type { Fd, Loc } from '../../../core/operands.ts';
import type { Cbk, Dump, Xlator } from '../../../core/xlator.ts';
import type { OptionValues } from './options.ts';

/** Approximate bytes of a pending open. */
const PENDING_OPEN_BYTES = 512;

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
  /** Whether the open was wound below. */
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

/** A reply to readdirp, as its callback gets it. */
export type ReaddirpReply = readonly [
  opRet: number,
  opErrno: number,
  ...reply: FopTable['readdirp']['reply'],
];

/** A readdirp that was wound together with the open of its directory. */
export class EarlyListing {
  readonly fd: Fd;
  readonly size: number;
  readonly offset: number;
  readonly xdata: Dict | null;
  /** The errno of the open, 0 for a success; null while it is under way. */
  errno: number | null = null;
  /** The reply; null while it is under way. */
  reply: ReaddirpReply | null = null;

  constructor(fd: Fd, size: number, offset: number, xdata: Dict | null) {
    this.fd = fd;
    this.size = size;
    this.offset = offset;
    this.xdata = xdata;
  }
}

/** The state of one volume of performance/open-behind. */
export class OpenBehind {
  values: OptionValues;
  /** Number of opens that were answered at once. */
  openCount = 0;
  /** Number of these opens that were wound later. */
  lateCount = 0;
  /** Number of these opens whose fd was closed without a use. */
  unusedCount = 0;
  private pendingCount = 0;
  readonly xl: Xlator<OpenBehind>;

  constructor(xl: Xlator<OpenBehind>, values: OptionValues) {
    this.xl = xl;
    this.values = values;
  }

  /** Returns an fd's pending or failed open; undefined if the fd is open below. */
  findPending(fd: Fd): PendingOpen | undefined {
    return fd.ctxGet(this.xl) as PendingOpen | undefined;
  }

  /** Adds a pending open; winds it at once if option lazy-open is off. */
  add(pendingOpen: PendingOpen): void {
    this.openCount += 1;
    this.pendingCount += 1;
    const { fd } = pendingOpen;
    fd.ctxSet(this.xl, pendingOpen);
    const pendingOpens = this.findByInode(fd.inode);
    if (pendingOpens === undefined) fd.inode.ctxSet(this.xl, new Set([pendingOpen]));
    else pendingOpens.add(pendingOpen);
    if (!this.values['lazy-open']) this.windOpen(pendingOpen);
  }

  /** Winds the open, unless it is under way, and calls `callback` with its result. */
  runWhenOpen(pendingOpen: PendingOpen, callback: OpenCallback): void {
    if (pendingOpen.errno === 0) {
      pendingOpen.callbacks.push(callback);
      if (!pendingOpen.isOpening) this.windOpen(pendingOpen);
    } else callback(pendingOpen.errno);
  }

  /** Winds all pending opens of an inode, and calls `callback` after the last reply, also if opens have failed. */
  runWhenAllOpen(inode: Inode, callback: () => void): void {
    const pendingOpens = [...(this.findByInode(inode) ?? [])];
    let remainingCount = pendingOpens.length;
    if (remainingCount === 0) callback();
    for (const pendingOpen of pendingOpens) {
      this.runWhenOpen(pendingOpen, () => {
        remainingCount -= 1;
        if (remainingCount === 0) callback();
      });
    }
  }

  hasPending(inode: Inode | null): inode is Inode {
    return inode !== null && this.findByInode(inode) !== undefined;
  }

  /** Forgets the pending open of a closed fd. */
  release(pendingOpen: PendingOpen): void {
    if (pendingOpen.errno !== 0) return;
    this.unusedCount += 1;
    this.remove(pendingOpen);
  }

  /** Winds all pending opens of these inodes. */
  windOpensOf(inodes: Iterable<Inode>): void {
    for (const inode of inodes) this.runWhenAllOpen(inode, () => {});
  }

  dump(): Dump {
    const { openCount: opens, lateCount: late, unusedCount: unused, pendingCount: pending } = this;
    return { opens, late, unused, pending, bytes: pending * PENDING_OPEN_BYTES };
  }

  /** Returns an inode's pending opens; undefined for none. */
  private findByInode(inode: Inode): Set<PendingOpen> | undefined {
    return inode.ctxGet(this.xl) as Set<PendingOpen> | undefined;
  }

  /** Removes an open from the pending ones of its inode. */
  private remove(pendingOpen: PendingOpen): void {
    this.pendingCount -= 1;
    const { inode } = pendingOpen.fd;
    const pendingOpens = this.findByInode(inode);
    pendingOpens?.delete(pendingOpen);
    if (pendingOpens?.size === 0) inode.ctxDel(this.xl);
  }

  /** Winds the open with the caller's identity. */
  private windOpen(pendingOpen: PendingOpen): void {
    const { caller, loc, flags, fd, xdata } = pendingOpen;
    pendingOpen.isOpening = true;
    this.lateCount += 1;
    // The fd must not be released before the open's reply.
    fd.hold();
    const frame = this.xl.begin(makeRequestAs(caller, fd.isDir ? 'OPENDIR' : 'OPEN'));
    frame.local = pendingOpen;
    const child = this.xl.children[0]!;
    if (fd.isDir) wind.opendir(frame, 0, opendirCbk, child, loc, fd, xdata);
    else wind.open(frame, 0, openCbk, child, loc, flags, fd, xdata);
  }

  /** Records the reply of an open, and continues the fops that wait for it. */
  endOpen(pendingOpen: PendingOpen, errno: number): void {
    const { fd, callbacks } = pendingOpen;
    this.remove(pendingOpen);
    if (errno === 0) fd.ctxDel(this.xl);
    else pendingOpen.errno = errno;
    for (const callback of callbacks.splice(0)) callback(errno);
    fd.drop();
  }
}

/** Ends an open. */
function endOpen(frame: Frame, xl: Xlator<OpenBehind>, opRet: number, opErrno: number): void {
  xl.end(frame.root);
  xl.priv.endOpen(frame.local as PendingOpen, opRet >= 0 ? 0 : opErrno > 0 ? opErrno : EIO);
}

const openCbk: Cbk<'open', OpenBehind> = (frame, _cookie, xl, opRet, opErrno) =>
  endOpen(frame, xl, opRet, opErrno);

const opendirCbk: Cbk<'opendir', OpenBehind> = (frame, _cookie, xl, opRet, opErrno) =>
  endOpen(frame, xl, opRet, opErrno);
