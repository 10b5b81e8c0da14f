/**
 * Opening and making files in performance/write-behind.
 *
 * A create may find a file that is known already: somebody else has made the name, which the kernel takes
 * for absent. Which file that is its reply says, and by then the storage has told its size, and has emptied
 * it, if it was to (O_TRUNC), without writes that it did not know of yet. So after these the file is emptied
 * once more, or its size asked for. A create that no write was on its way for pays nothing.
 */
import type { Dict } from '../../../core/dict.ts';
import type { Fd } from '../../../core/fd.ts';
import type { Frame } from '../../../core/frame.ts';
import { fail, tail, unwind, wind } from '../../../core/gen/fops.gen.ts';
import type { Iatt } from '../../../core/iatt.ts';
import type { Inode } from '../../../core/inode.ts';
import { Loc } from '../../../core/loc.ts';
import { O_ACCMODE, O_EXCL, O_RDONLY, O_TRUNC } from '../../../core/open-flags.ts';
import type { Cbk, Fop } from '../../../core/xlator.ts';
import type { Queue } from './queue.ts';
import { after } from './stub.ts';
import type { Waiting } from './write.ts';
import type { Behind, WriteBehind } from './write-behind.ts';

/** An fd hears of what fails from when its program has opened it. */
export const open: Fop<'open', WriteBehind> = (frame, xl, loc, flags, fd, xdata) => {
  const queue = xl.priv.queue(fd.inode);
  queue?.opened(fd);
  if (queue === undefined || queue.isIdle) {
    return tail.open(frame, xl.children[0]!, loc, flags, fd, xdata);
  }
  after(frame, xl, 'open', queue, [loc, flags, fd, xdata]);
};

interface Made {
  readonly opRet: number;
  readonly inode: Inode | null;
  readonly buf: Iatt;
  readonly preparent: Iatt | null;
  readonly postparent: Iatt | null;
  readonly xdata: Dict | null;
}

class Creation implements Waiting {
  blockers = 0;
  readonly fd: Fd;
  /** What it has found, where writes were on their way to it. */
  found!: { readonly inode: Inode; readonly queue: Queue; readonly made: Made };
  private readonly frame: Frame;
  private readonly xl: Behind;
  private readonly flags: number;

  constructor(frame: Frame, xl: Behind, fd: Fd, flags: number) {
    this.frame = frame;
    this.xl = xl;
    this.fd = fd;
    this.flags = flags;
  }

  go(): void {
    const { frame, xl, fd, found, flags } = this;
    const child = xl.children[0]!;
    if ((flags & O_TRUNC) === 0) wind.fstat(frame, 0, statCbk, child, fd, null);
    else if ((flags & O_ACCMODE) !== O_RDONLY)
      wind.ftruncate(frame, 0, emptiedCbk, child, fd, 0, null);
    else wind.truncate(frame, 0, emptiedCbk, child, new Loc(found.inode), 0, null);
  }
}

export const create: Fop<'create', WriteBehind> = (
  frame,
  xl,
  loc,
  flags,
  mode,
  umask,
  fd,
  xdata,
) => {
  const { priv } = xl;
  const child = xl.children[0]!;
  // What is new nobody has written to, or nothing is on its way to anything.
  if ((flags & O_EXCL) !== 0 || (priv.used === 0 && !priv.hasFailed)) {
    return tail.create(frame, child, loc, flags, mode, umask, fd, xdata);
  }
  frame.local = new Creation(frame, xl, fd, flags);
  wind.create(frame, priv.clock, createCbk, child, loc, flags, mode, umask, fd, xdata);
};

const createCbk: Cbk<'create', WriteBehind> = (
  frame,
  asked,
  xl,
  opRet,
  opErrno,
  fd,
  inode,
  buf,
  preparent,
  postparent,
  xdata,
) => {
  const known = opRet < 0 || buf === null ? undefined : xl.inodes?.find(buf.iaGfid);
  const queue = known === undefined ? undefined : xl.priv.queue(known);
  const creation = frame.local as Creation;
  if (queue !== undefined && (!queue.isIdle || queue.settled > asked)) {
    const made = { opRet, inode, buf: buf!, preparent, postparent, xdata };
    creation.found = { inode: known!, queue, made };
    return queue.wait(creation);
  }
  // It hears of nothing that was lost before.
  queue?.spare(creation.fd);
  unwind.create(frame, opRet, opErrno, fd, inode, buf, preparent, postparent, xdata);
};

const emptiedCbk: Cbk<'ftruncate', WriteBehind> = (
  frame,
  _cookie,
  _xl,
  opRet,
  opErrno,
  _prebuf,
  postbuf,
) => answer(frame, opRet, opErrno, postbuf);

const statCbk: Cbk<'fstat', WriteBehind> = (frame, _cookie, _xl, opRet, opErrno, buf) =>
  answer(frame, opRet, opErrno, buf);

/** All that was written before has arrived: the create is answered with what the file is now. */
function answer(frame: Frame, opRet: number, opErrno: number, now: Iatt | null): void {
  if (opRet < 0) {
    fail.create(frame, opErrno);
    return;
  }
  const { fd, found } = frame.local as Creation;
  const { opRet: told, inode, buf, preparent, postparent, xdata } = found.made;
  found.queue.spare(fd);
  unwind.create(frame, told, 0, fd, inode, now ?? buf, preparent, postparent, xdata);
}
