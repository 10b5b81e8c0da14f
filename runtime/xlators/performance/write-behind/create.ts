/**
 * The fops open and create of performance/write-behind.
 *
 * A create may find a known file: another client has created the name, and the kernel takes it for absent.
 * Only the reply names the file. By then the storage has computed its size, or truncated it (O_TRUNC), without
 * the writes that are under way here. So after these writes the file is truncated again, or its size
 * requested again. A create costs nothing extra if no write is under way to its file.
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
import { goAfterWrites } from './stub.ts';
import type { Waiting } from './write.ts';
import type { Behind, WriteBehind } from './write-behind.ts';

/** Opens after all writes under way; the fd reports only later failures. */
export const open: Fop<'open', WriteBehind> = (frame, xl, loc, flags, fd, xdata) => {
  const queue = xl.priv.queue(fd.inode);
  queue?.opened(fd);
  if (queue === undefined || queue.isIdle) {
    return tail.open(frame, xl.children[0]!, loc, flags, fd, xdata);
  }
  goAfterWrites(frame, xl, 'open', queue, [loc, flags, fd, xdata]);
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
  /** The file that the create has found, with writes under way to it. */
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
  // A new file has no writes, or no write of any file is under way.
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
  // The new fd does not report earlier losses.
  queue?.skipEarlierErrors(creation.fd);
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

/** Answers the create with the file's attributes after all earlier writes. */
function answer(frame: Frame, opRet: number, opErrno: number, now: Iatt | null): void {
  if (opRet < 0) {
    fail.create(frame, opErrno);
    return;
  }
  const { fd, found } = frame.local as Creation;
  const { opRet: told, inode, buf, preparent, postparent, xdata } = found.made;
  found.queue.skipEarlierErrors(fd);
  unwind.create(frame, told, 0, fd, inode, now ?? buf, preparent, postparent, xdata);
}
