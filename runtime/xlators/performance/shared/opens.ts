/** What every cache of data makes of an open that empties the file, and of a lock. */
import type { Fd } from '../../../core/fd.ts';
import { tail, unwind, wind } from '../../../core/gen/fops.gen.ts';
import type { Inode } from '../../../core/inode.ts';
import { O_EXCL, O_TRUNC } from '../../../core/open-flags.ts';
import type { Cbk, Fop, Xlator } from '../../../core/xlator.ts';
import { Change, type ChangeHooks } from './changes.ts';
import type { InodeCache, Kept } from './inode-cache.ts';

/** An open with O_TRUNC changes the file; any other is of no interest. */
export function truncatingOpen<P extends InodeCache<K>, K extends Kept>(
  changed?: ChangeHooks<P, K>['changed'],
): Fop<'open', P> {
  const cbk: Cbk<'open', P> = (frame, _asked, xl, opRet, opErrno, fd, xdata) => {
    const { kept, inode } = frame.local as Change<K>;
    xl.priv.changed(kept);
    changed?.(xl, frame.root.client, inode, true);
    unwind.open(frame, opRet, opErrno, fd, xdata);
  };
  return (frame, xl, loc, flags, fd, xdata) => {
    if ((flags & O_TRUNC) === 0) return tail.open(frame, xl.children[0]!, loc, flags, fd, xdata);
    frame.local = new Change(xl.priv.changes(fd.inode), fd.inode);
    wind.open(frame, 0, cbk, xl.children[0]!, loc, flags, fd, xdata);
  };
}

/** A create with O_TRUNC may find a file that is known here under another name, and empty it. */
export function truncatingCreate<P extends InodeCache<K>, K extends Kept>(): Fop<'create', P> {
  const cbk: Cbk<'create', P> = (
    frame,
    _asked,
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
    if (known !== undefined) xl.priv.changed(xl.priv.changes(known));
    unwind.create(frame, opRet, opErrno, fd, inode, buf, preparent, postparent, xdata);
  };
  return (frame, xl, loc, flags, mode, umask, fd, xdata) => {
    const child = xl.children[0]!;
    if ((flags & (O_TRUNC | O_EXCL)) !== O_TRUNC) {
      return tail.create(frame, child, loc, flags, mode, umask, fd, xdata);
    }
    wind.create(frame, 0, cbk, child, loc, flags, mode, umask, fd, xdata);
  };
}

/** Who locks a file wants to know what others have written to it. */
export function doubtingLk<P>(doubt: (xl: Xlator<P>, inode: Inode) => void): Fop<'lk', P> {
  const cbk: Cbk<'lk', P> = (frame, _cookie, xl, opRet, opErrno, flock, xdata) => {
    doubt(xl, (frame.local as Fd).inode);
    unwind.lk(frame, opRet, opErrno, flock, xdata);
  };
  return (frame, xl, fd, cmd, flock, xdata) => {
    frame.local = fd;
    wind.lk(frame, 0, cbk, xl.children[0]!, fd, cmd, flock, xdata);
  };
}
