/**
 * Handles GETLK, SETLK and SETLKW by the fop lk. The kernel's owner is the lk-owner, and `FLOCK` in xdata marks a
 * flock(2). The kernel sends these requests only if the reply to INIT asked for them (`lock-support.ts`); otherwise it
 * manages the locks of the mount itself.
 *
 * At a close(2) the kernel sends FLUSH, which ends the owner's record locks. At the last close it sends RELEASE: then
 * an lk undoes the file's flock, and translators get `release`. For a caller that gives up waiting it sends INTERRUPT.
 * Open file description locks (F_OFD_SETLK) differ only by their owner.
 */
import { Dict } from '../../../core/dict.ts';
import { EINVAL, EOVERFLOW } from '../../../core/errno.ts';
import { wind } from '../../../core/gen/fops.gen.ts';
import { OFFSET_MAX } from '../../../core/limits.ts';
import { F_GETLK, F_SETLK, F_SETLKW, F_UNLCK } from '../../../core/lock.ts';
import { FLOCK } from '../../../core/xdata.ts';
import type { Cbk } from '../../../core/xlator.ts';
import { encodeLkOut, LK_OUT_SIZE } from '../codec/reply-structs.ts';
import type { LkIn, ReleaseIn } from '../codec/structs.gen.ts';
import { LK_FLOCK, OUT_HEADER_SIZE, RELEASE_FLOCK_UNLOCK } from '../protocol.ts';
import { release as releaseFile } from './file.ts';
import { formatLockOwner } from './flags.ts';
import { findOpenFd, type Handler, type HandlerContext } from './handler.ts';
import { replyFdStatus } from './reply.ts';

/** The absence of locks on the whole file: GETLK's reply if no lock conflicts. A `len` of 0 has no end. */
const UNLOCKED = { type: F_UNLCK, start: 0, len: 0, pid: 0 };

const getlkCbk: Cbk<'lk', HandlerContext> = (frame, _cookie, xl, opRet, opErrno, flock) => {
  const session = xl.priv;
  if (opRet < 0) return session.fail(frame, opErrno);
  encodeLkOut(session.view, OUT_HEADER_SIZE, flock ?? UNLOCKED);
  session.reply(frame, LK_OUT_SIZE);
};

/** Makes the handler of a lock operation. @param cmd of fcntl(2) */
const makeLkHandler =
  (cmd: number, cbk: Cbk<'lk', HandlerContext>): Handler<LkIn> =>
  (session, _header, args) => {
    const frame = session.begin('LK');
    const fd = findOpenFd(session, frame, args.fh);
    if (fd === null) return;
    const { start, end, type, pid } = args;
    if (start > OFFSET_MAX) return session.fail(frame, EOVERFLOW);
    if (end < start) return session.fail(frame, EINVAL);
    const owner = formatLockOwner(args.ownerLo, args.ownerHi);
    frame.root.lkOwner = owner;
    const len = end >= OFFSET_MAX ? 0 : end - start + 1;
    const flock = { type, whence: 0, start, len, pid, owner };
    const xdata = (args.lkFlags & LK_FLOCK) === 0 ? null : Dict.of({ [FLOCK]: 1 });
    wind.lk(frame, 0, cbk, fd.links, fd, cmd, flock, xdata);
  };

export const getlk = makeLkHandler(F_GETLK, getlkCbk);
export const setlk = makeLkHandler(F_SETLK, replyFdStatus);
export const setlkw = makeLkHandler(F_SETLKW, replyFdStatus);

/** Handles RELEASE of a file; first releases its flock(2) lock. */
export const release: Handler<ReleaseIn> = (session, header, args) => {
  const fd = session.fds.get(args.fh);
  if ((args.releaseFlags & RELEASE_FLOCK_UNLOCK) === 0 || fd === undefined) {
    return releaseFile(session, header, args);
  }
  const frame = session.begin('LK');
  const owner = formatLockOwner(args.lockOwnerLo, args.lockOwnerHi);
  frame.root.lkOwner = owner;
  const flock = { ...UNLOCKED, whence: 0, owner };
  wind.lk(frame, fd.id, unlockCbk, fd.links, fd, F_SETLK, flock, Dict.of({ [FLOCK]: 1 }));
};

const unlockCbk: Cbk<'lk', HandlerContext> = (frame, handle, xl) => {
  const session = xl.priv;
  session.fds.release(handle);
  session.reply(frame, 0);
};
