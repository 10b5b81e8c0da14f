/**
 * Files that were said to be open, and are not yet.
 *
 * Each fd has a state of its own: not opened, being opened, open (then nothing is kept with it any
 * more), or failed. What is asked for in between waits, and goes on in the order in which it came. The
 * inode keeps those of its fds that are not open, for fops that name it by path.
 */

import type { Dict } from '../../../core/dict.ts';
import { EIO } from '../../../core/errno.ts';
import type { Fd } from '../../../core/fd.ts';
import { requestAs, type Stack } from '../../../core/frame.ts';
import { wind } from '../../../core/gen/fops.gen.ts';
import type { Inode } from '../../../core/inode.ts';
import type { Loc } from '../../../core/loc.ts';
import type { Cbk, Dump, Xlator } from '../../../core/xlator.ts';
import type { Given } from './options.ts';

/** What is kept with an fd that is not open takes so many bytes, roughly. */
const OVERHEAD = 512;

/** Called when a file is open (0), or could not be opened (the errno). */
export type Then = (errno: number) => void;

/** What is kept with an fd that is not open. */
export class Pending {
  readonly loc: Loc;
  readonly flags: number;
  readonly fd: Fd;
  readonly xdata: Dict | null;
  /** Who has opened it. */
  readonly caller: Stack;
  isOpening = false;
  /** Why it could not be opened; 0 as long as nobody knows. */
  errno = 0;
  readonly waiting: Then[] = [];

  constructor(caller: Stack, loc: Loc, flags: number, fd: Fd, xdata: Dict | null) {
    this.caller = caller;
    this.loc = loc;
    this.flags = flags;
    this.fd = fd;
    this.xdata = xdata;
  }
}

export class OpenBehind {
  given: Given;
  /**
   * Opens that were answered before they were made, those of them that were made later, and those that
   * nobody has needed.
   */
  opens = 0;
  late = 0;
  unused = 0;
  private pending = 0;
  readonly xl: Xlator<OpenBehind>;

  constructor(xl: Xlator<OpenBehind>, given: Given) {
    this.xl = xl;
    this.given = given;
  }

  of(fd: Fd): Pending | undefined {
    return fd.ctxGet(this.xl) as Pending | undefined;
  }

  add(pending: Pending): void {
    this.opens += 1;
    this.pending += 1;
    const { fd } = pending;
    fd.ctxSet(this.xl, pending);
    const others = this.at(fd.inode);
    if (others === undefined) fd.inode.ctxSet(this.xl, new Set([pending]));
    else others.add(pending);
    if (!this.given['lazy-open']) this.open(pending);
  }

  /** Opens the file, unless that is under way, and then calls `then`. */
  need(pending: Pending, then: Then): void {
    if (pending.errno === 0) {
      pending.waiting.push(then);
      if (!pending.isOpening) this.open(pending);
    } else then(pending.errno);
  }

  /** Opens all that is pending of an inode, and then calls `then`, whatever came of it. */
  needAll(inode: Inode, then: () => void): void {
    const all = [...(this.at(inode) ?? [])];
    let left = all.length;
    if (left === 0) then();
    for (const pending of all) {
      this.need(pending, () => {
        left -= 1;
        if (left === 0) then();
      });
    }
  }

  hasPending(inode: Inode | null): inode is Inode {
    return inode !== null && this.at(inode) !== undefined;
  }

  /** An fd is closed. */
  release(pending: Pending): void {
    if (pending.errno !== 0) return;
    this.unused += 1;
    this.remove(pending);
  }

  /** Opens what is not open yet: from now on nothing is. */
  openAll(inodes: Iterable<Inode>): void {
    for (const inode of inodes) this.needAll(inode, () => {});
  }

  dump(): Dump {
    const { opens, late, unused, pending } = this;
    return { opens, late, unused, pending, bytes: pending * OVERHEAD };
  }

  private at(inode: Inode): Set<Pending> | undefined {
    return inode.ctxGet(this.xl) as Set<Pending> | undefined;
  }

  private remove(pending: Pending): void {
    this.pending -= 1;
    const { inode } = pending.fd;
    const all = this.at(inode);
    all?.delete(pending);
    if (all?.size === 0) inode.ctxDel(this.xl);
  }

  /** As who has opened it would have. */
  private open(pending: Pending): void {
    const { caller, loc, flags, fd, xdata } = pending;
    pending.isOpening = true;
    this.late += 1;
    // It is not closed before the answer is here.
    fd.hold();
    const frame = this.xl.begin(requestAs(caller, 'OPEN'));
    frame.local = pending;
    wind.open(frame, 0, openedCbk, this.xl.children[0]!, loc, flags, fd, xdata);
  }

  /** The answer to an open. */
  opened(pending: Pending, errno: number): void {
    const { fd, waiting } = pending;
    this.remove(pending);
    if (errno === 0) fd.ctxDel(this.xl);
    else pending.errno = errno;
    for (const then of waiting.splice(0)) then(errno);
    fd.drop();
  }
}

const openedCbk: Cbk<'open', OpenBehind> = (frame, _cookie, xl, opRet, opErrno) => {
  xl.end(frame.root);
  xl.priv.opened(frame.local as Pending, opRet >= 0 ? 0 : opErrno > 0 ? opErrno : EIO);
};
