/**
 * Generated from runtime/core/fops.ts by tools/gen/taps.ts (npm run gen). Do not edit.
 *
 * A tap is a fop that calls `before` and winds to the first child. Without `after` it tail-winds and
 * needs no frame; with it, the frame's `local` belongs to the hooks, and `after` gets the reply.
 */
import type { Frame } from '../frame.ts';
import type { Cbk, Fop, Fops, Xlator } from '../xlator.ts';
import { type FopName, fail, tail, unwind, wind } from './fops.gen.ts';

/**
 * Returns 0 to wind the fop, or an errno to fail it. `fop` is its number; its arguments follow in
 * the table's order.
 */
export type Before<P> = {
  call(frame: Frame, xl: Xlator<P>, fop: number, ...args: unknown[]): number;
}['call'];

/** Gets the reply's fields in the table's order. */
export type After<P> = {
  call(
    frame: Frame,
    xl: Xlator<P>,
    fop: number,
    opRet: number,
    opErrno: number,
    ...reply: unknown[]
  ): void;
}['call'];

/** Makes a fop of hooks. */
export const tap = {
  stat<P>(before: Before<P>, after?: After<P>): Fop<'stat', P> {
    if (after === undefined) {
      return (frame, xl, loc, xdata) => {
        const errno = before(frame, xl, 1, loc, xdata);
        if (errno === 0) tail.stat(frame, xl.children[0]!, loc, xdata);
        else fail.stat(frame, errno);
      };
    }
    const cbk: Cbk<'stat', P> = (frame, _cookie, xl, opRet, opErrno, buf, xdata) => {
      after(frame, xl, 1, opRet, opErrno, buf, xdata);
      unwind.stat(frame, opRet, opErrno, buf, xdata);
    };
    return (frame, xl, loc, xdata) => {
      const errno = before(frame, xl, 1, loc, xdata);
      if (errno === 0) wind.stat(frame, 0, cbk, xl.children[0]!, loc, xdata);
      else fail.stat(frame, errno);
    };
  },
  readlink<P>(before: Before<P>, after?: After<P>): Fop<'readlink', P> {
    if (after === undefined) {
      return (frame, xl, loc, size, xdata) => {
        const errno = before(frame, xl, 2, loc, size, xdata);
        if (errno === 0) tail.readlink(frame, xl.children[0]!, loc, size, xdata);
        else fail.readlink(frame, errno);
      };
    }
    const cbk: Cbk<'readlink', P> = (frame, _cookie, xl, opRet, opErrno, path, buf, xdata) => {
      after(frame, xl, 2, opRet, opErrno, path, buf, xdata);
      unwind.readlink(frame, opRet, opErrno, path, buf, xdata);
    };
    return (frame, xl, loc, size, xdata) => {
      const errno = before(frame, xl, 2, loc, size, xdata);
      if (errno === 0) wind.readlink(frame, 0, cbk, xl.children[0]!, loc, size, xdata);
      else fail.readlink(frame, errno);
    };
  },
  mknod<P>(before: Before<P>, after?: After<P>): Fop<'mknod', P> {
    if (after === undefined) {
      return (frame, xl, loc, mode, rdev, umask, xdata) => {
        const errno = before(frame, xl, 3, loc, mode, rdev, umask, xdata);
        if (errno === 0) tail.mknod(frame, xl.children[0]!, loc, mode, rdev, umask, xdata);
        else fail.mknod(frame, errno);
      };
    }
    const cbk: Cbk<'mknod', P> = (
      frame,
      _cookie,
      xl,
      opRet,
      opErrno,
      inode,
      buf,
      preparent,
      postparent,
      xdata,
    ) => {
      after(frame, xl, 3, opRet, opErrno, inode, buf, preparent, postparent, xdata);
      unwind.mknod(frame, opRet, opErrno, inode, buf, preparent, postparent, xdata);
    };
    return (frame, xl, loc, mode, rdev, umask, xdata) => {
      const errno = before(frame, xl, 3, loc, mode, rdev, umask, xdata);
      if (errno === 0) wind.mknod(frame, 0, cbk, xl.children[0]!, loc, mode, rdev, umask, xdata);
      else fail.mknod(frame, errno);
    };
  },
  mkdir<P>(before: Before<P>, after?: After<P>): Fop<'mkdir', P> {
    if (after === undefined) {
      return (frame, xl, loc, mode, umask, xdata) => {
        const errno = before(frame, xl, 4, loc, mode, umask, xdata);
        if (errno === 0) tail.mkdir(frame, xl.children[0]!, loc, mode, umask, xdata);
        else fail.mkdir(frame, errno);
      };
    }
    const cbk: Cbk<'mkdir', P> = (
      frame,
      _cookie,
      xl,
      opRet,
      opErrno,
      inode,
      buf,
      preparent,
      postparent,
      xdata,
    ) => {
      after(frame, xl, 4, opRet, opErrno, inode, buf, preparent, postparent, xdata);
      unwind.mkdir(frame, opRet, opErrno, inode, buf, preparent, postparent, xdata);
    };
    return (frame, xl, loc, mode, umask, xdata) => {
      const errno = before(frame, xl, 4, loc, mode, umask, xdata);
      if (errno === 0) wind.mkdir(frame, 0, cbk, xl.children[0]!, loc, mode, umask, xdata);
      else fail.mkdir(frame, errno);
    };
  },
  unlink<P>(before: Before<P>, after?: After<P>): Fop<'unlink', P> {
    if (after === undefined) {
      return (frame, xl, loc, xflag, xdata) => {
        const errno = before(frame, xl, 5, loc, xflag, xdata);
        if (errno === 0) tail.unlink(frame, xl.children[0]!, loc, xflag, xdata);
        else fail.unlink(frame, errno);
      };
    }
    const cbk: Cbk<'unlink', P> = (
      frame,
      _cookie,
      xl,
      opRet,
      opErrno,
      preparent,
      postparent,
      xdata,
    ) => {
      after(frame, xl, 5, opRet, opErrno, preparent, postparent, xdata);
      unwind.unlink(frame, opRet, opErrno, preparent, postparent, xdata);
    };
    return (frame, xl, loc, xflag, xdata) => {
      const errno = before(frame, xl, 5, loc, xflag, xdata);
      if (errno === 0) wind.unlink(frame, 0, cbk, xl.children[0]!, loc, xflag, xdata);
      else fail.unlink(frame, errno);
    };
  },
  rmdir<P>(before: Before<P>, after?: After<P>): Fop<'rmdir', P> {
    if (after === undefined) {
      return (frame, xl, loc, flags, xdata) => {
        const errno = before(frame, xl, 6, loc, flags, xdata);
        if (errno === 0) tail.rmdir(frame, xl.children[0]!, loc, flags, xdata);
        else fail.rmdir(frame, errno);
      };
    }
    const cbk: Cbk<'rmdir', P> = (
      frame,
      _cookie,
      xl,
      opRet,
      opErrno,
      preparent,
      postparent,
      xdata,
    ) => {
      after(frame, xl, 6, opRet, opErrno, preparent, postparent, xdata);
      unwind.rmdir(frame, opRet, opErrno, preparent, postparent, xdata);
    };
    return (frame, xl, loc, flags, xdata) => {
      const errno = before(frame, xl, 6, loc, flags, xdata);
      if (errno === 0) wind.rmdir(frame, 0, cbk, xl.children[0]!, loc, flags, xdata);
      else fail.rmdir(frame, errno);
    };
  },
  symlink<P>(before: Before<P>, after?: After<P>): Fop<'symlink', P> {
    if (after === undefined) {
      return (frame, xl, linkpath, loc, umask, xdata) => {
        const errno = before(frame, xl, 7, linkpath, loc, umask, xdata);
        if (errno === 0) tail.symlink(frame, xl.children[0]!, linkpath, loc, umask, xdata);
        else fail.symlink(frame, errno);
      };
    }
    const cbk: Cbk<'symlink', P> = (
      frame,
      _cookie,
      xl,
      opRet,
      opErrno,
      inode,
      buf,
      preparent,
      postparent,
      xdata,
    ) => {
      after(frame, xl, 7, opRet, opErrno, inode, buf, preparent, postparent, xdata);
      unwind.symlink(frame, opRet, opErrno, inode, buf, preparent, postparent, xdata);
    };
    return (frame, xl, linkpath, loc, umask, xdata) => {
      const errno = before(frame, xl, 7, linkpath, loc, umask, xdata);
      if (errno === 0) wind.symlink(frame, 0, cbk, xl.children[0]!, linkpath, loc, umask, xdata);
      else fail.symlink(frame, errno);
    };
  },
  rename<P>(before: Before<P>, after?: After<P>): Fop<'rename', P> {
    if (after === undefined) {
      return (frame, xl, oldloc, newloc, xdata) => {
        const errno = before(frame, xl, 8, oldloc, newloc, xdata);
        if (errno === 0) tail.rename(frame, xl.children[0]!, oldloc, newloc, xdata);
        else fail.rename(frame, errno);
      };
    }
    const cbk: Cbk<'rename', P> = (
      frame,
      _cookie,
      xl,
      opRet,
      opErrno,
      buf,
      preoldparent,
      postoldparent,
      prenewparent,
      postnewparent,
      xdata,
    ) => {
      after(
        frame,
        xl,
        8,
        opRet,
        opErrno,
        buf,
        preoldparent,
        postoldparent,
        prenewparent,
        postnewparent,
        xdata,
      );
      unwind.rename(
        frame,
        opRet,
        opErrno,
        buf,
        preoldparent,
        postoldparent,
        prenewparent,
        postnewparent,
        xdata,
      );
    };
    return (frame, xl, oldloc, newloc, xdata) => {
      const errno = before(frame, xl, 8, oldloc, newloc, xdata);
      if (errno === 0) wind.rename(frame, 0, cbk, xl.children[0]!, oldloc, newloc, xdata);
      else fail.rename(frame, errno);
    };
  },
  link<P>(before: Before<P>, after?: After<P>): Fop<'link', P> {
    if (after === undefined) {
      return (frame, xl, oldloc, newloc, xdata) => {
        const errno = before(frame, xl, 9, oldloc, newloc, xdata);
        if (errno === 0) tail.link(frame, xl.children[0]!, oldloc, newloc, xdata);
        else fail.link(frame, errno);
      };
    }
    const cbk: Cbk<'link', P> = (
      frame,
      _cookie,
      xl,
      opRet,
      opErrno,
      inode,
      buf,
      preparent,
      postparent,
      xdata,
    ) => {
      after(frame, xl, 9, opRet, opErrno, inode, buf, preparent, postparent, xdata);
      unwind.link(frame, opRet, opErrno, inode, buf, preparent, postparent, xdata);
    };
    return (frame, xl, oldloc, newloc, xdata) => {
      const errno = before(frame, xl, 9, oldloc, newloc, xdata);
      if (errno === 0) wind.link(frame, 0, cbk, xl.children[0]!, oldloc, newloc, xdata);
      else fail.link(frame, errno);
    };
  },
  truncate<P>(before: Before<P>, after?: After<P>): Fop<'truncate', P> {
    if (after === undefined) {
      return (frame, xl, loc, offset, xdata) => {
        const errno = before(frame, xl, 10, loc, offset, xdata);
        if (errno === 0) tail.truncate(frame, xl.children[0]!, loc, offset, xdata);
        else fail.truncate(frame, errno);
      };
    }
    const cbk: Cbk<'truncate', P> = (
      frame,
      _cookie,
      xl,
      opRet,
      opErrno,
      prebuf,
      postbuf,
      xdata,
    ) => {
      after(frame, xl, 10, opRet, opErrno, prebuf, postbuf, xdata);
      unwind.truncate(frame, opRet, opErrno, prebuf, postbuf, xdata);
    };
    return (frame, xl, loc, offset, xdata) => {
      const errno = before(frame, xl, 10, loc, offset, xdata);
      if (errno === 0) wind.truncate(frame, 0, cbk, xl.children[0]!, loc, offset, xdata);
      else fail.truncate(frame, errno);
    };
  },
  open<P>(before: Before<P>, after?: After<P>): Fop<'open', P> {
    if (after === undefined) {
      return (frame, xl, loc, flags, fd, xdata) => {
        const errno = before(frame, xl, 11, loc, flags, fd, xdata);
        if (errno === 0) tail.open(frame, xl.children[0]!, loc, flags, fd, xdata);
        else fail.open(frame, errno);
      };
    }
    const cbk: Cbk<'open', P> = (frame, _cookie, xl, opRet, opErrno, fd, xdata) => {
      after(frame, xl, 11, opRet, opErrno, fd, xdata);
      unwind.open(frame, opRet, opErrno, fd, xdata);
    };
    return (frame, xl, loc, flags, fd, xdata) => {
      const errno = before(frame, xl, 11, loc, flags, fd, xdata);
      if (errno === 0) wind.open(frame, 0, cbk, xl.children[0]!, loc, flags, fd, xdata);
      else fail.open(frame, errno);
    };
  },
  readv<P>(before: Before<P>, after?: After<P>): Fop<'readv', P> {
    if (after === undefined) {
      return (frame, xl, fd, size, offset, flags, xdata) => {
        const errno = before(frame, xl, 12, fd, size, offset, flags, xdata);
        if (errno === 0) tail.readv(frame, xl.children[0]!, fd, size, offset, flags, xdata);
        else fail.readv(frame, errno);
      };
    }
    const cbk: Cbk<'readv', P> = (frame, _cookie, xl, opRet, opErrno, vector, stbuf, xdata) => {
      after(frame, xl, 12, opRet, opErrno, vector, stbuf, xdata);
      unwind.readv(frame, opRet, opErrno, vector, stbuf, xdata);
    };
    return (frame, xl, fd, size, offset, flags, xdata) => {
      const errno = before(frame, xl, 12, fd, size, offset, flags, xdata);
      if (errno === 0) wind.readv(frame, 0, cbk, xl.children[0]!, fd, size, offset, flags, xdata);
      else fail.readv(frame, errno);
    };
  },
  writev<P>(before: Before<P>, after?: After<P>): Fop<'writev', P> {
    if (after === undefined) {
      return (frame, xl, fd, vector, offset, flags, xdata) => {
        const errno = before(frame, xl, 13, fd, vector, offset, flags, xdata);
        if (errno === 0) tail.writev(frame, xl.children[0]!, fd, vector, offset, flags, xdata);
        else fail.writev(frame, errno);
      };
    }
    const cbk: Cbk<'writev', P> = (frame, _cookie, xl, opRet, opErrno, prebuf, postbuf, xdata) => {
      after(frame, xl, 13, opRet, opErrno, prebuf, postbuf, xdata);
      unwind.writev(frame, opRet, opErrno, prebuf, postbuf, xdata);
    };
    return (frame, xl, fd, vector, offset, flags, xdata) => {
      const errno = before(frame, xl, 13, fd, vector, offset, flags, xdata);
      if (errno === 0)
        wind.writev(frame, 0, cbk, xl.children[0]!, fd, vector, offset, flags, xdata);
      else fail.writev(frame, errno);
    };
  },
  statfs<P>(before: Before<P>, after?: After<P>): Fop<'statfs', P> {
    if (after === undefined) {
      return (frame, xl, loc, xdata) => {
        const errno = before(frame, xl, 14, loc, xdata);
        if (errno === 0) tail.statfs(frame, xl.children[0]!, loc, xdata);
        else fail.statfs(frame, errno);
      };
    }
    const cbk: Cbk<'statfs', P> = (frame, _cookie, xl, opRet, opErrno, buf, xdata) => {
      after(frame, xl, 14, opRet, opErrno, buf, xdata);
      unwind.statfs(frame, opRet, opErrno, buf, xdata);
    };
    return (frame, xl, loc, xdata) => {
      const errno = before(frame, xl, 14, loc, xdata);
      if (errno === 0) wind.statfs(frame, 0, cbk, xl.children[0]!, loc, xdata);
      else fail.statfs(frame, errno);
    };
  },
  flush<P>(before: Before<P>, after?: After<P>): Fop<'flush', P> {
    if (after === undefined) {
      return (frame, xl, fd, xdata) => {
        const errno = before(frame, xl, 15, fd, xdata);
        if (errno === 0) tail.flush(frame, xl.children[0]!, fd, xdata);
        else fail.flush(frame, errno);
      };
    }
    const cbk: Cbk<'flush', P> = (frame, _cookie, xl, opRet, opErrno, xdata) => {
      after(frame, xl, 15, opRet, opErrno, xdata);
      unwind.flush(frame, opRet, opErrno, xdata);
    };
    return (frame, xl, fd, xdata) => {
      const errno = before(frame, xl, 15, fd, xdata);
      if (errno === 0) wind.flush(frame, 0, cbk, xl.children[0]!, fd, xdata);
      else fail.flush(frame, errno);
    };
  },
  fsync<P>(before: Before<P>, after?: After<P>): Fop<'fsync', P> {
    if (after === undefined) {
      return (frame, xl, fd, datasync, xdata) => {
        const errno = before(frame, xl, 16, fd, datasync, xdata);
        if (errno === 0) tail.fsync(frame, xl.children[0]!, fd, datasync, xdata);
        else fail.fsync(frame, errno);
      };
    }
    const cbk: Cbk<'fsync', P> = (frame, _cookie, xl, opRet, opErrno, prebuf, postbuf, xdata) => {
      after(frame, xl, 16, opRet, opErrno, prebuf, postbuf, xdata);
      unwind.fsync(frame, opRet, opErrno, prebuf, postbuf, xdata);
    };
    return (frame, xl, fd, datasync, xdata) => {
      const errno = before(frame, xl, 16, fd, datasync, xdata);
      if (errno === 0) wind.fsync(frame, 0, cbk, xl.children[0]!, fd, datasync, xdata);
      else fail.fsync(frame, errno);
    };
  },
  setxattr<P>(before: Before<P>, after?: After<P>): Fop<'setxattr', P> {
    if (after === undefined) {
      return (frame, xl, loc, dict, flags, xdata) => {
        const errno = before(frame, xl, 17, loc, dict, flags, xdata);
        if (errno === 0) tail.setxattr(frame, xl.children[0]!, loc, dict, flags, xdata);
        else fail.setxattr(frame, errno);
      };
    }
    const cbk: Cbk<'setxattr', P> = (frame, _cookie, xl, opRet, opErrno, xdata) => {
      after(frame, xl, 17, opRet, opErrno, xdata);
      unwind.setxattr(frame, opRet, opErrno, xdata);
    };
    return (frame, xl, loc, dict, flags, xdata) => {
      const errno = before(frame, xl, 17, loc, dict, flags, xdata);
      if (errno === 0) wind.setxattr(frame, 0, cbk, xl.children[0]!, loc, dict, flags, xdata);
      else fail.setxattr(frame, errno);
    };
  },
  getxattr<P>(before: Before<P>, after?: After<P>): Fop<'getxattr', P> {
    if (after === undefined) {
      return (frame, xl, loc, name, xdata) => {
        const errno = before(frame, xl, 18, loc, name, xdata);
        if (errno === 0) tail.getxattr(frame, xl.children[0]!, loc, name, xdata);
        else fail.getxattr(frame, errno);
      };
    }
    const cbk: Cbk<'getxattr', P> = (frame, _cookie, xl, opRet, opErrno, dict, xdata) => {
      after(frame, xl, 18, opRet, opErrno, dict, xdata);
      unwind.getxattr(frame, opRet, opErrno, dict, xdata);
    };
    return (frame, xl, loc, name, xdata) => {
      const errno = before(frame, xl, 18, loc, name, xdata);
      if (errno === 0) wind.getxattr(frame, 0, cbk, xl.children[0]!, loc, name, xdata);
      else fail.getxattr(frame, errno);
    };
  },
  removexattr<P>(before: Before<P>, after?: After<P>): Fop<'removexattr', P> {
    if (after === undefined) {
      return (frame, xl, loc, name, xdata) => {
        const errno = before(frame, xl, 19, loc, name, xdata);
        if (errno === 0) tail.removexattr(frame, xl.children[0]!, loc, name, xdata);
        else fail.removexattr(frame, errno);
      };
    }
    const cbk: Cbk<'removexattr', P> = (frame, _cookie, xl, opRet, opErrno, xdata) => {
      after(frame, xl, 19, opRet, opErrno, xdata);
      unwind.removexattr(frame, opRet, opErrno, xdata);
    };
    return (frame, xl, loc, name, xdata) => {
      const errno = before(frame, xl, 19, loc, name, xdata);
      if (errno === 0) wind.removexattr(frame, 0, cbk, xl.children[0]!, loc, name, xdata);
      else fail.removexattr(frame, errno);
    };
  },
  opendir<P>(before: Before<P>, after?: After<P>): Fop<'opendir', P> {
    if (after === undefined) {
      return (frame, xl, loc, fd, xdata) => {
        const errno = before(frame, xl, 20, loc, fd, xdata);
        if (errno === 0) tail.opendir(frame, xl.children[0]!, loc, fd, xdata);
        else fail.opendir(frame, errno);
      };
    }
    const cbk: Cbk<'opendir', P> = (frame, _cookie, xl, opRet, opErrno, fd, xdata) => {
      after(frame, xl, 20, opRet, opErrno, fd, xdata);
      unwind.opendir(frame, opRet, opErrno, fd, xdata);
    };
    return (frame, xl, loc, fd, xdata) => {
      const errno = before(frame, xl, 20, loc, fd, xdata);
      if (errno === 0) wind.opendir(frame, 0, cbk, xl.children[0]!, loc, fd, xdata);
      else fail.opendir(frame, errno);
    };
  },
  fsyncdir<P>(before: Before<P>, after?: After<P>): Fop<'fsyncdir', P> {
    if (after === undefined) {
      return (frame, xl, fd, datasync, xdata) => {
        const errno = before(frame, xl, 21, fd, datasync, xdata);
        if (errno === 0) tail.fsyncdir(frame, xl.children[0]!, fd, datasync, xdata);
        else fail.fsyncdir(frame, errno);
      };
    }
    const cbk: Cbk<'fsyncdir', P> = (frame, _cookie, xl, opRet, opErrno, xdata) => {
      after(frame, xl, 21, opRet, opErrno, xdata);
      unwind.fsyncdir(frame, opRet, opErrno, xdata);
    };
    return (frame, xl, fd, datasync, xdata) => {
      const errno = before(frame, xl, 21, fd, datasync, xdata);
      if (errno === 0) wind.fsyncdir(frame, 0, cbk, xl.children[0]!, fd, datasync, xdata);
      else fail.fsyncdir(frame, errno);
    };
  },
  access<P>(before: Before<P>, after?: After<P>): Fop<'access', P> {
    if (after === undefined) {
      return (frame, xl, loc, mask, xdata) => {
        const errno = before(frame, xl, 22, loc, mask, xdata);
        if (errno === 0) tail.access(frame, xl.children[0]!, loc, mask, xdata);
        else fail.access(frame, errno);
      };
    }
    const cbk: Cbk<'access', P> = (frame, _cookie, xl, opRet, opErrno, xdata) => {
      after(frame, xl, 22, opRet, opErrno, xdata);
      unwind.access(frame, opRet, opErrno, xdata);
    };
    return (frame, xl, loc, mask, xdata) => {
      const errno = before(frame, xl, 22, loc, mask, xdata);
      if (errno === 0) wind.access(frame, 0, cbk, xl.children[0]!, loc, mask, xdata);
      else fail.access(frame, errno);
    };
  },
  create<P>(before: Before<P>, after?: After<P>): Fop<'create', P> {
    if (after === undefined) {
      return (frame, xl, loc, flags, mode, umask, fd, xdata) => {
        const errno = before(frame, xl, 23, loc, flags, mode, umask, fd, xdata);
        if (errno === 0) tail.create(frame, xl.children[0]!, loc, flags, mode, umask, fd, xdata);
        else fail.create(frame, errno);
      };
    }
    const cbk: Cbk<'create', P> = (
      frame,
      _cookie,
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
      after(frame, xl, 23, opRet, opErrno, fd, inode, buf, preparent, postparent, xdata);
      unwind.create(frame, opRet, opErrno, fd, inode, buf, preparent, postparent, xdata);
    };
    return (frame, xl, loc, flags, mode, umask, fd, xdata) => {
      const errno = before(frame, xl, 23, loc, flags, mode, umask, fd, xdata);
      if (errno === 0)
        wind.create(frame, 0, cbk, xl.children[0]!, loc, flags, mode, umask, fd, xdata);
      else fail.create(frame, errno);
    };
  },
  ftruncate<P>(before: Before<P>, after?: After<P>): Fop<'ftruncate', P> {
    if (after === undefined) {
      return (frame, xl, fd, offset, xdata) => {
        const errno = before(frame, xl, 24, fd, offset, xdata);
        if (errno === 0) tail.ftruncate(frame, xl.children[0]!, fd, offset, xdata);
        else fail.ftruncate(frame, errno);
      };
    }
    const cbk: Cbk<'ftruncate', P> = (
      frame,
      _cookie,
      xl,
      opRet,
      opErrno,
      prebuf,
      postbuf,
      xdata,
    ) => {
      after(frame, xl, 24, opRet, opErrno, prebuf, postbuf, xdata);
      unwind.ftruncate(frame, opRet, opErrno, prebuf, postbuf, xdata);
    };
    return (frame, xl, fd, offset, xdata) => {
      const errno = before(frame, xl, 24, fd, offset, xdata);
      if (errno === 0) wind.ftruncate(frame, 0, cbk, xl.children[0]!, fd, offset, xdata);
      else fail.ftruncate(frame, errno);
    };
  },
  fstat<P>(before: Before<P>, after?: After<P>): Fop<'fstat', P> {
    if (after === undefined) {
      return (frame, xl, fd, xdata) => {
        const errno = before(frame, xl, 25, fd, xdata);
        if (errno === 0) tail.fstat(frame, xl.children[0]!, fd, xdata);
        else fail.fstat(frame, errno);
      };
    }
    const cbk: Cbk<'fstat', P> = (frame, _cookie, xl, opRet, opErrno, buf, xdata) => {
      after(frame, xl, 25, opRet, opErrno, buf, xdata);
      unwind.fstat(frame, opRet, opErrno, buf, xdata);
    };
    return (frame, xl, fd, xdata) => {
      const errno = before(frame, xl, 25, fd, xdata);
      if (errno === 0) wind.fstat(frame, 0, cbk, xl.children[0]!, fd, xdata);
      else fail.fstat(frame, errno);
    };
  },
  lk<P>(before: Before<P>, after?: After<P>): Fop<'lk', P> {
    if (after === undefined) {
      return (frame, xl, fd, cmd, flock, xdata) => {
        const errno = before(frame, xl, 26, fd, cmd, flock, xdata);
        if (errno === 0) tail.lk(frame, xl.children[0]!, fd, cmd, flock, xdata);
        else fail.lk(frame, errno);
      };
    }
    const cbk: Cbk<'lk', P> = (frame, _cookie, xl, opRet, opErrno, flock, xdata) => {
      after(frame, xl, 26, opRet, opErrno, flock, xdata);
      unwind.lk(frame, opRet, opErrno, flock, xdata);
    };
    return (frame, xl, fd, cmd, flock, xdata) => {
      const errno = before(frame, xl, 26, fd, cmd, flock, xdata);
      if (errno === 0) wind.lk(frame, 0, cbk, xl.children[0]!, fd, cmd, flock, xdata);
      else fail.lk(frame, errno);
    };
  },
  lookup<P>(before: Before<P>, after?: After<P>): Fop<'lookup', P> {
    if (after === undefined) {
      return (frame, xl, loc, xdata) => {
        const errno = before(frame, xl, 27, loc, xdata);
        if (errno === 0) tail.lookup(frame, xl.children[0]!, loc, xdata);
        else fail.lookup(frame, errno);
      };
    }
    const cbk: Cbk<'lookup', P> = (
      frame,
      _cookie,
      xl,
      opRet,
      opErrno,
      inode,
      buf,
      xdata,
      postparent,
    ) => {
      after(frame, xl, 27, opRet, opErrno, inode, buf, xdata, postparent);
      unwind.lookup(frame, opRet, opErrno, inode, buf, xdata, postparent);
    };
    return (frame, xl, loc, xdata) => {
      const errno = before(frame, xl, 27, loc, xdata);
      if (errno === 0) wind.lookup(frame, 0, cbk, xl.children[0]!, loc, xdata);
      else fail.lookup(frame, errno);
    };
  },
  readdir<P>(before: Before<P>, after?: After<P>): Fop<'readdir', P> {
    if (after === undefined) {
      return (frame, xl, fd, size, offset, xdata) => {
        const errno = before(frame, xl, 28, fd, size, offset, xdata);
        if (errno === 0) tail.readdir(frame, xl.children[0]!, fd, size, offset, xdata);
        else fail.readdir(frame, errno);
      };
    }
    const cbk: Cbk<'readdir', P> = (frame, _cookie, xl, opRet, opErrno, entries, xdata) => {
      after(frame, xl, 28, opRet, opErrno, entries, xdata);
      unwind.readdir(frame, opRet, opErrno, entries, xdata);
    };
    return (frame, xl, fd, size, offset, xdata) => {
      const errno = before(frame, xl, 28, fd, size, offset, xdata);
      if (errno === 0) wind.readdir(frame, 0, cbk, xl.children[0]!, fd, size, offset, xdata);
      else fail.readdir(frame, errno);
    };
  },
  inodelk<P>(before: Before<P>, after?: After<P>): Fop<'inodelk', P> {
    if (after === undefined) {
      return (frame, xl, volume, loc, cmd, flock, xdata) => {
        const errno = before(frame, xl, 29, volume, loc, cmd, flock, xdata);
        if (errno === 0) tail.inodelk(frame, xl.children[0]!, volume, loc, cmd, flock, xdata);
        else fail.inodelk(frame, errno);
      };
    }
    const cbk: Cbk<'inodelk', P> = (frame, _cookie, xl, opRet, opErrno, xdata) => {
      after(frame, xl, 29, opRet, opErrno, xdata);
      unwind.inodelk(frame, opRet, opErrno, xdata);
    };
    return (frame, xl, volume, loc, cmd, flock, xdata) => {
      const errno = before(frame, xl, 29, volume, loc, cmd, flock, xdata);
      if (errno === 0) wind.inodelk(frame, 0, cbk, xl.children[0]!, volume, loc, cmd, flock, xdata);
      else fail.inodelk(frame, errno);
    };
  },
  finodelk<P>(before: Before<P>, after?: After<P>): Fop<'finodelk', P> {
    if (after === undefined) {
      return (frame, xl, volume, fd, cmd, flock, xdata) => {
        const errno = before(frame, xl, 30, volume, fd, cmd, flock, xdata);
        if (errno === 0) tail.finodelk(frame, xl.children[0]!, volume, fd, cmd, flock, xdata);
        else fail.finodelk(frame, errno);
      };
    }
    const cbk: Cbk<'finodelk', P> = (frame, _cookie, xl, opRet, opErrno, xdata) => {
      after(frame, xl, 30, opRet, opErrno, xdata);
      unwind.finodelk(frame, opRet, opErrno, xdata);
    };
    return (frame, xl, volume, fd, cmd, flock, xdata) => {
      const errno = before(frame, xl, 30, volume, fd, cmd, flock, xdata);
      if (errno === 0) wind.finodelk(frame, 0, cbk, xl.children[0]!, volume, fd, cmd, flock, xdata);
      else fail.finodelk(frame, errno);
    };
  },
  entrylk<P>(before: Before<P>, after?: After<P>): Fop<'entrylk', P> {
    if (after === undefined) {
      return (frame, xl, volume, loc, basename, cmd, type, xdata) => {
        const errno = before(frame, xl, 31, volume, loc, basename, cmd, type, xdata);
        if (errno === 0)
          tail.entrylk(frame, xl.children[0]!, volume, loc, basename, cmd, type, xdata);
        else fail.entrylk(frame, errno);
      };
    }
    const cbk: Cbk<'entrylk', P> = (frame, _cookie, xl, opRet, opErrno, xdata) => {
      after(frame, xl, 31, opRet, opErrno, xdata);
      unwind.entrylk(frame, opRet, opErrno, xdata);
    };
    return (frame, xl, volume, loc, basename, cmd, type, xdata) => {
      const errno = before(frame, xl, 31, volume, loc, basename, cmd, type, xdata);
      if (errno === 0)
        wind.entrylk(frame, 0, cbk, xl.children[0]!, volume, loc, basename, cmd, type, xdata);
      else fail.entrylk(frame, errno);
    };
  },
  fentrylk<P>(before: Before<P>, after?: After<P>): Fop<'fentrylk', P> {
    if (after === undefined) {
      return (frame, xl, volume, fd, basename, cmd, type, xdata) => {
        const errno = before(frame, xl, 32, volume, fd, basename, cmd, type, xdata);
        if (errno === 0)
          tail.fentrylk(frame, xl.children[0]!, volume, fd, basename, cmd, type, xdata);
        else fail.fentrylk(frame, errno);
      };
    }
    const cbk: Cbk<'fentrylk', P> = (frame, _cookie, xl, opRet, opErrno, xdata) => {
      after(frame, xl, 32, opRet, opErrno, xdata);
      unwind.fentrylk(frame, opRet, opErrno, xdata);
    };
    return (frame, xl, volume, fd, basename, cmd, type, xdata) => {
      const errno = before(frame, xl, 32, volume, fd, basename, cmd, type, xdata);
      if (errno === 0)
        wind.fentrylk(frame, 0, cbk, xl.children[0]!, volume, fd, basename, cmd, type, xdata);
      else fail.fentrylk(frame, errno);
    };
  },
  xattrop<P>(before: Before<P>, after?: After<P>): Fop<'xattrop', P> {
    if (after === undefined) {
      return (frame, xl, loc, optype, dict, xdata) => {
        const errno = before(frame, xl, 33, loc, optype, dict, xdata);
        if (errno === 0) tail.xattrop(frame, xl.children[0]!, loc, optype, dict, xdata);
        else fail.xattrop(frame, errno);
      };
    }
    const cbk: Cbk<'xattrop', P> = (frame, _cookie, xl, opRet, opErrno, dict, xdata) => {
      after(frame, xl, 33, opRet, opErrno, dict, xdata);
      unwind.xattrop(frame, opRet, opErrno, dict, xdata);
    };
    return (frame, xl, loc, optype, dict, xdata) => {
      const errno = before(frame, xl, 33, loc, optype, dict, xdata);
      if (errno === 0) wind.xattrop(frame, 0, cbk, xl.children[0]!, loc, optype, dict, xdata);
      else fail.xattrop(frame, errno);
    };
  },
  fxattrop<P>(before: Before<P>, after?: After<P>): Fop<'fxattrop', P> {
    if (after === undefined) {
      return (frame, xl, fd, optype, dict, xdata) => {
        const errno = before(frame, xl, 34, fd, optype, dict, xdata);
        if (errno === 0) tail.fxattrop(frame, xl.children[0]!, fd, optype, dict, xdata);
        else fail.fxattrop(frame, errno);
      };
    }
    const cbk: Cbk<'fxattrop', P> = (frame, _cookie, xl, opRet, opErrno, dict, xdata) => {
      after(frame, xl, 34, opRet, opErrno, dict, xdata);
      unwind.fxattrop(frame, opRet, opErrno, dict, xdata);
    };
    return (frame, xl, fd, optype, dict, xdata) => {
      const errno = before(frame, xl, 34, fd, optype, dict, xdata);
      if (errno === 0) wind.fxattrop(frame, 0, cbk, xl.children[0]!, fd, optype, dict, xdata);
      else fail.fxattrop(frame, errno);
    };
  },
  fgetxattr<P>(before: Before<P>, after?: After<P>): Fop<'fgetxattr', P> {
    if (after === undefined) {
      return (frame, xl, fd, name, xdata) => {
        const errno = before(frame, xl, 35, fd, name, xdata);
        if (errno === 0) tail.fgetxattr(frame, xl.children[0]!, fd, name, xdata);
        else fail.fgetxattr(frame, errno);
      };
    }
    const cbk: Cbk<'fgetxattr', P> = (frame, _cookie, xl, opRet, opErrno, dict, xdata) => {
      after(frame, xl, 35, opRet, opErrno, dict, xdata);
      unwind.fgetxattr(frame, opRet, opErrno, dict, xdata);
    };
    return (frame, xl, fd, name, xdata) => {
      const errno = before(frame, xl, 35, fd, name, xdata);
      if (errno === 0) wind.fgetxattr(frame, 0, cbk, xl.children[0]!, fd, name, xdata);
      else fail.fgetxattr(frame, errno);
    };
  },
  fsetxattr<P>(before: Before<P>, after?: After<P>): Fop<'fsetxattr', P> {
    if (after === undefined) {
      return (frame, xl, fd, dict, flags, xdata) => {
        const errno = before(frame, xl, 36, fd, dict, flags, xdata);
        if (errno === 0) tail.fsetxattr(frame, xl.children[0]!, fd, dict, flags, xdata);
        else fail.fsetxattr(frame, errno);
      };
    }
    const cbk: Cbk<'fsetxattr', P> = (frame, _cookie, xl, opRet, opErrno, xdata) => {
      after(frame, xl, 36, opRet, opErrno, xdata);
      unwind.fsetxattr(frame, opRet, opErrno, xdata);
    };
    return (frame, xl, fd, dict, flags, xdata) => {
      const errno = before(frame, xl, 36, fd, dict, flags, xdata);
      if (errno === 0) wind.fsetxattr(frame, 0, cbk, xl.children[0]!, fd, dict, flags, xdata);
      else fail.fsetxattr(frame, errno);
    };
  },
  rchecksum<P>(before: Before<P>, after?: After<P>): Fop<'rchecksum', P> {
    if (after === undefined) {
      return (frame, xl, fd, offset, len, xdata) => {
        const errno = before(frame, xl, 37, fd, offset, len, xdata);
        if (errno === 0) tail.rchecksum(frame, xl.children[0]!, fd, offset, len, xdata);
        else fail.rchecksum(frame, errno);
      };
    }
    const cbk: Cbk<'rchecksum', P> = (frame, _cookie, xl, opRet, opErrno, weak, strong, xdata) => {
      after(frame, xl, 37, opRet, opErrno, weak, strong, xdata);
      unwind.rchecksum(frame, opRet, opErrno, weak, strong, xdata);
    };
    return (frame, xl, fd, offset, len, xdata) => {
      const errno = before(frame, xl, 37, fd, offset, len, xdata);
      if (errno === 0) wind.rchecksum(frame, 0, cbk, xl.children[0]!, fd, offset, len, xdata);
      else fail.rchecksum(frame, errno);
    };
  },
  setattr<P>(before: Before<P>, after?: After<P>): Fop<'setattr', P> {
    if (after === undefined) {
      return (frame, xl, loc, stbuf, valid, xdata) => {
        const errno = before(frame, xl, 38, loc, stbuf, valid, xdata);
        if (errno === 0) tail.setattr(frame, xl.children[0]!, loc, stbuf, valid, xdata);
        else fail.setattr(frame, errno);
      };
    }
    const cbk: Cbk<'setattr', P> = (
      frame,
      _cookie,
      xl,
      opRet,
      opErrno,
      statpre,
      statpost,
      xdata,
    ) => {
      after(frame, xl, 38, opRet, opErrno, statpre, statpost, xdata);
      unwind.setattr(frame, opRet, opErrno, statpre, statpost, xdata);
    };
    return (frame, xl, loc, stbuf, valid, xdata) => {
      const errno = before(frame, xl, 38, loc, stbuf, valid, xdata);
      if (errno === 0) wind.setattr(frame, 0, cbk, xl.children[0]!, loc, stbuf, valid, xdata);
      else fail.setattr(frame, errno);
    };
  },
  fsetattr<P>(before: Before<P>, after?: After<P>): Fop<'fsetattr', P> {
    if (after === undefined) {
      return (frame, xl, fd, stbuf, valid, xdata) => {
        const errno = before(frame, xl, 39, fd, stbuf, valid, xdata);
        if (errno === 0) tail.fsetattr(frame, xl.children[0]!, fd, stbuf, valid, xdata);
        else fail.fsetattr(frame, errno);
      };
    }
    const cbk: Cbk<'fsetattr', P> = (
      frame,
      _cookie,
      xl,
      opRet,
      opErrno,
      statpre,
      statpost,
      xdata,
    ) => {
      after(frame, xl, 39, opRet, opErrno, statpre, statpost, xdata);
      unwind.fsetattr(frame, opRet, opErrno, statpre, statpost, xdata);
    };
    return (frame, xl, fd, stbuf, valid, xdata) => {
      const errno = before(frame, xl, 39, fd, stbuf, valid, xdata);
      if (errno === 0) wind.fsetattr(frame, 0, cbk, xl.children[0]!, fd, stbuf, valid, xdata);
      else fail.fsetattr(frame, errno);
    };
  },
  readdirp<P>(before: Before<P>, after?: After<P>): Fop<'readdirp', P> {
    if (after === undefined) {
      return (frame, xl, fd, size, offset, xdata) => {
        const errno = before(frame, xl, 40, fd, size, offset, xdata);
        if (errno === 0) tail.readdirp(frame, xl.children[0]!, fd, size, offset, xdata);
        else fail.readdirp(frame, errno);
      };
    }
    const cbk: Cbk<'readdirp', P> = (frame, _cookie, xl, opRet, opErrno, entries, xdata) => {
      after(frame, xl, 40, opRet, opErrno, entries, xdata);
      unwind.readdirp(frame, opRet, opErrno, entries, xdata);
    };
    return (frame, xl, fd, size, offset, xdata) => {
      const errno = before(frame, xl, 40, fd, size, offset, xdata);
      if (errno === 0) wind.readdirp(frame, 0, cbk, xl.children[0]!, fd, size, offset, xdata);
      else fail.readdirp(frame, errno);
    };
  },
  getspec<P>(before: Before<P>, after?: After<P>): Fop<'getspec', P> {
    if (after === undefined) {
      return (frame, xl, key, flags) => {
        const errno = before(frame, xl, 44, key, flags);
        if (errno === 0) tail.getspec(frame, xl.children[0]!, key, flags);
        else fail.getspec(frame, errno);
      };
    }
    const cbk: Cbk<'getspec', P> = (frame, _cookie, xl, opRet, opErrno, spec) => {
      after(frame, xl, 44, opRet, opErrno, spec);
      unwind.getspec(frame, opRet, opErrno, spec);
    };
    return (frame, xl, key, flags) => {
      const errno = before(frame, xl, 44, key, flags);
      if (errno === 0) wind.getspec(frame, 0, cbk, xl.children[0]!, key, flags);
      else fail.getspec(frame, errno);
    };
  },
  fremovexattr<P>(before: Before<P>, after?: After<P>): Fop<'fremovexattr', P> {
    if (after === undefined) {
      return (frame, xl, fd, name, xdata) => {
        const errno = before(frame, xl, 45, fd, name, xdata);
        if (errno === 0) tail.fremovexattr(frame, xl.children[0]!, fd, name, xdata);
        else fail.fremovexattr(frame, errno);
      };
    }
    const cbk: Cbk<'fremovexattr', P> = (frame, _cookie, xl, opRet, opErrno, xdata) => {
      after(frame, xl, 45, opRet, opErrno, xdata);
      unwind.fremovexattr(frame, opRet, opErrno, xdata);
    };
    return (frame, xl, fd, name, xdata) => {
      const errno = before(frame, xl, 45, fd, name, xdata);
      if (errno === 0) wind.fremovexattr(frame, 0, cbk, xl.children[0]!, fd, name, xdata);
      else fail.fremovexattr(frame, errno);
    };
  },
  fallocate<P>(before: Before<P>, after?: After<P>): Fop<'fallocate', P> {
    if (after === undefined) {
      return (frame, xl, fd, mode, offset, len, xdata) => {
        const errno = before(frame, xl, 46, fd, mode, offset, len, xdata);
        if (errno === 0) tail.fallocate(frame, xl.children[0]!, fd, mode, offset, len, xdata);
        else fail.fallocate(frame, errno);
      };
    }
    const cbk: Cbk<'fallocate', P> = (
      frame,
      _cookie,
      xl,
      opRet,
      opErrno,
      prebuf,
      postbuf,
      xdata,
    ) => {
      after(frame, xl, 46, opRet, opErrno, prebuf, postbuf, xdata);
      unwind.fallocate(frame, opRet, opErrno, prebuf, postbuf, xdata);
    };
    return (frame, xl, fd, mode, offset, len, xdata) => {
      const errno = before(frame, xl, 46, fd, mode, offset, len, xdata);
      if (errno === 0) wind.fallocate(frame, 0, cbk, xl.children[0]!, fd, mode, offset, len, xdata);
      else fail.fallocate(frame, errno);
    };
  },
  discard<P>(before: Before<P>, after?: After<P>): Fop<'discard', P> {
    if (after === undefined) {
      return (frame, xl, fd, offset, len, xdata) => {
        const errno = before(frame, xl, 47, fd, offset, len, xdata);
        if (errno === 0) tail.discard(frame, xl.children[0]!, fd, offset, len, xdata);
        else fail.discard(frame, errno);
      };
    }
    const cbk: Cbk<'discard', P> = (frame, _cookie, xl, opRet, opErrno, prebuf, postbuf, xdata) => {
      after(frame, xl, 47, opRet, opErrno, prebuf, postbuf, xdata);
      unwind.discard(frame, opRet, opErrno, prebuf, postbuf, xdata);
    };
    return (frame, xl, fd, offset, len, xdata) => {
      const errno = before(frame, xl, 47, fd, offset, len, xdata);
      if (errno === 0) wind.discard(frame, 0, cbk, xl.children[0]!, fd, offset, len, xdata);
      else fail.discard(frame, errno);
    };
  },
  zerofill<P>(before: Before<P>, after?: After<P>): Fop<'zerofill', P> {
    if (after === undefined) {
      return (frame, xl, fd, offset, len, xdata) => {
        const errno = before(frame, xl, 48, fd, offset, len, xdata);
        if (errno === 0) tail.zerofill(frame, xl.children[0]!, fd, offset, len, xdata);
        else fail.zerofill(frame, errno);
      };
    }
    const cbk: Cbk<'zerofill', P> = (
      frame,
      _cookie,
      xl,
      opRet,
      opErrno,
      prebuf,
      postbuf,
      xdata,
    ) => {
      after(frame, xl, 48, opRet, opErrno, prebuf, postbuf, xdata);
      unwind.zerofill(frame, opRet, opErrno, prebuf, postbuf, xdata);
    };
    return (frame, xl, fd, offset, len, xdata) => {
      const errno = before(frame, xl, 48, fd, offset, len, xdata);
      if (errno === 0) wind.zerofill(frame, 0, cbk, xl.children[0]!, fd, offset, len, xdata);
      else fail.zerofill(frame, errno);
    };
  },
  ipc<P>(before: Before<P>, after?: After<P>): Fop<'ipc', P> {
    if (after === undefined) {
      return (frame, xl, op, xdata) => {
        const errno = before(frame, xl, 49, op, xdata);
        if (errno === 0) tail.ipc(frame, xl.children[0]!, op, xdata);
        else fail.ipc(frame, errno);
      };
    }
    const cbk: Cbk<'ipc', P> = (frame, _cookie, xl, opRet, opErrno, xdata) => {
      after(frame, xl, 49, opRet, opErrno, xdata);
      unwind.ipc(frame, opRet, opErrno, xdata);
    };
    return (frame, xl, op, xdata) => {
      const errno = before(frame, xl, 49, op, xdata);
      if (errno === 0) wind.ipc(frame, 0, cbk, xl.children[0]!, op, xdata);
      else fail.ipc(frame, errno);
    };
  },
  seek<P>(before: Before<P>, after?: After<P>): Fop<'seek', P> {
    if (after === undefined) {
      return (frame, xl, fd, offset, what, xdata) => {
        const errno = before(frame, xl, 50, fd, offset, what, xdata);
        if (errno === 0) tail.seek(frame, xl.children[0]!, fd, offset, what, xdata);
        else fail.seek(frame, errno);
      };
    }
    const cbk: Cbk<'seek', P> = (frame, _cookie, xl, opRet, opErrno, offset, xdata) => {
      after(frame, xl, 50, opRet, opErrno, offset, xdata);
      unwind.seek(frame, opRet, opErrno, offset, xdata);
    };
    return (frame, xl, fd, offset, what, xdata) => {
      const errno = before(frame, xl, 50, fd, offset, what, xdata);
      if (errno === 0) wind.seek(frame, 0, cbk, xl.children[0]!, fd, offset, what, xdata);
      else fail.seek(frame, errno);
    };
  },
  lease<P>(before: Before<P>, after?: After<P>): Fop<'lease', P> {
    if (after === undefined) {
      return (frame, xl, loc, lease, xdata) => {
        const errno = before(frame, xl, 51, loc, lease, xdata);
        if (errno === 0) tail.lease(frame, xl.children[0]!, loc, lease, xdata);
        else fail.lease(frame, errno);
      };
    }
    const cbk: Cbk<'lease', P> = (frame, _cookie, xl, opRet, opErrno, lease, xdata) => {
      after(frame, xl, 51, opRet, opErrno, lease, xdata);
      unwind.lease(frame, opRet, opErrno, lease, xdata);
    };
    return (frame, xl, loc, lease, xdata) => {
      const errno = before(frame, xl, 51, loc, lease, xdata);
      if (errno === 0) wind.lease(frame, 0, cbk, xl.children[0]!, loc, lease, xdata);
      else fail.lease(frame, errno);
    };
  },
  getactivelk<P>(before: Before<P>, after?: After<P>): Fop<'getactivelk', P> {
    if (after === undefined) {
      return (frame, xl, loc, xdata) => {
        const errno = before(frame, xl, 53, loc, xdata);
        if (errno === 0) tail.getactivelk(frame, xl.children[0]!, loc, xdata);
        else fail.getactivelk(frame, errno);
      };
    }
    const cbk: Cbk<'getactivelk', P> = (frame, _cookie, xl, opRet, opErrno, locklist, xdata) => {
      after(frame, xl, 53, opRet, opErrno, locklist, xdata);
      unwind.getactivelk(frame, opRet, opErrno, locklist, xdata);
    };
    return (frame, xl, loc, xdata) => {
      const errno = before(frame, xl, 53, loc, xdata);
      if (errno === 0) wind.getactivelk(frame, 0, cbk, xl.children[0]!, loc, xdata);
      else fail.getactivelk(frame, errno);
    };
  },
  setactivelk<P>(before: Before<P>, after?: After<P>): Fop<'setactivelk', P> {
    if (after === undefined) {
      return (frame, xl, loc, locklist, xdata) => {
        const errno = before(frame, xl, 54, loc, locklist, xdata);
        if (errno === 0) tail.setactivelk(frame, xl.children[0]!, loc, locklist, xdata);
        else fail.setactivelk(frame, errno);
      };
    }
    const cbk: Cbk<'setactivelk', P> = (frame, _cookie, xl, opRet, opErrno, xdata) => {
      after(frame, xl, 54, opRet, opErrno, xdata);
      unwind.setactivelk(frame, opRet, opErrno, xdata);
    };
    return (frame, xl, loc, locklist, xdata) => {
      const errno = before(frame, xl, 54, loc, locklist, xdata);
      if (errno === 0) wind.setactivelk(frame, 0, cbk, xl.children[0]!, loc, locklist, xdata);
      else fail.setactivelk(frame, errno);
    };
  },
  put<P>(before: Before<P>, after?: After<P>): Fop<'put', P> {
    if (after === undefined) {
      return (frame, xl, loc, mode, umask, flags, vector, offset, dict, xdata) => {
        const errno = before(frame, xl, 55, loc, mode, umask, flags, vector, offset, dict, xdata);
        if (errno === 0)
          tail.put(frame, xl.children[0]!, loc, mode, umask, flags, vector, offset, dict, xdata);
        else fail.put(frame, errno);
      };
    }
    const cbk: Cbk<'put', P> = (
      frame,
      _cookie,
      xl,
      opRet,
      opErrno,
      inode,
      buf,
      preparent,
      postparent,
      xdata,
    ) => {
      after(frame, xl, 55, opRet, opErrno, inode, buf, preparent, postparent, xdata);
      unwind.put(frame, opRet, opErrno, inode, buf, preparent, postparent, xdata);
    };
    return (frame, xl, loc, mode, umask, flags, vector, offset, dict, xdata) => {
      const errno = before(frame, xl, 55, loc, mode, umask, flags, vector, offset, dict, xdata);
      if (errno === 0)
        wind.put(
          frame,
          0,
          cbk,
          xl.children[0]!,
          loc,
          mode,
          umask,
          flags,
          vector,
          offset,
          dict,
          xdata,
        );
      else fail.put(frame, errno);
    };
  },
  icreate<P>(before: Before<P>, after?: After<P>): Fop<'icreate', P> {
    if (after === undefined) {
      return (frame, xl, loc, mode, xdata) => {
        const errno = before(frame, xl, 56, loc, mode, xdata);
        if (errno === 0) tail.icreate(frame, xl.children[0]!, loc, mode, xdata);
        else fail.icreate(frame, errno);
      };
    }
    const cbk: Cbk<'icreate', P> = (frame, _cookie, xl, opRet, opErrno, inode, buf, xdata) => {
      after(frame, xl, 56, opRet, opErrno, inode, buf, xdata);
      unwind.icreate(frame, opRet, opErrno, inode, buf, xdata);
    };
    return (frame, xl, loc, mode, xdata) => {
      const errno = before(frame, xl, 56, loc, mode, xdata);
      if (errno === 0) wind.icreate(frame, 0, cbk, xl.children[0]!, loc, mode, xdata);
      else fail.icreate(frame, errno);
    };
  },
  namelink<P>(before: Before<P>, after?: After<P>): Fop<'namelink', P> {
    if (after === undefined) {
      return (frame, xl, loc, xdata) => {
        const errno = before(frame, xl, 57, loc, xdata);
        if (errno === 0) tail.namelink(frame, xl.children[0]!, loc, xdata);
        else fail.namelink(frame, errno);
      };
    }
    const cbk: Cbk<'namelink', P> = (
      frame,
      _cookie,
      xl,
      opRet,
      opErrno,
      prebuf,
      postbuf,
      xdata,
    ) => {
      after(frame, xl, 57, opRet, opErrno, prebuf, postbuf, xdata);
      unwind.namelink(frame, opRet, opErrno, prebuf, postbuf, xdata);
    };
    return (frame, xl, loc, xdata) => {
      const errno = before(frame, xl, 57, loc, xdata);
      if (errno === 0) wind.namelink(frame, 0, cbk, xl.children[0]!, loc, xdata);
      else fail.namelink(frame, errno);
    };
  },
  copy_file_range<P>(before: Before<P>, after?: After<P>): Fop<'copy_file_range', P> {
    if (after === undefined) {
      return (frame, xl, fdIn, offIn, fdOut, offOut, len, flags, xdata) => {
        const errno = before(frame, xl, 58, fdIn, offIn, fdOut, offOut, len, flags, xdata);
        if (errno === 0)
          tail.copy_file_range(
            frame,
            xl.children[0]!,
            fdIn,
            offIn,
            fdOut,
            offOut,
            len,
            flags,
            xdata,
          );
        else fail.copy_file_range(frame, errno);
      };
    }
    const cbk: Cbk<'copy_file_range', P> = (
      frame,
      _cookie,
      xl,
      opRet,
      opErrno,
      stbuf,
      prebufDst,
      postbufDst,
      xdata,
    ) => {
      after(frame, xl, 58, opRet, opErrno, stbuf, prebufDst, postbufDst, xdata);
      unwind.copy_file_range(frame, opRet, opErrno, stbuf, prebufDst, postbufDst, xdata);
    };
    return (frame, xl, fdIn, offIn, fdOut, offOut, len, flags, xdata) => {
      const errno = before(frame, xl, 58, fdIn, offIn, fdOut, offOut, len, flags, xdata);
      if (errno === 0)
        wind.copy_file_range(
          frame,
          0,
          cbk,
          xl.children[0]!,
          fdIn,
          offIn,
          fdOut,
          offOut,
          len,
          flags,
          xdata,
        );
      else fail.copy_file_range(frame, errno);
    };
  },
};

/** Makes taps of several fops, for a translator's `fops`. */
export function taps<P>(names: Iterable<FopName>, before: Before<P>, after?: After<P>): Fops<P> {
  const watched: Partial<Record<FopName, unknown>> = {};
  for (const name of names) watched[name] = tap[name](before, after);
  return watched as Fops<P>;
}
