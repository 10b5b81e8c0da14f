/**
 * Generated from runtime/core/fops.ts by tools/gen/observed.ts (npm run gen). Do not edit.
 */
import type { AnyCbk } from '../frame.ts';
import type { Observer } from '../observer.ts';
import type { Cbk, Fop } from '../xlator.ts';
import type { FopName } from './fops.gen.ts';

/** A fop whose wind and unwind are reported to an observer. */
export const observed: {
  readonly [N in FopName]: (observer: Observer, fop: Fop<N, unknown>) => Fop<N, unknown>;
} = {
  stat:
    (observer: Observer, fop: Fop<'stat', unknown>): Fop<'stat', unknown> =>
    (frame, xl, loc, xdata) => {
      const parentCbk = frame.cbk as Cbk<'stat', unknown> | null;
      if (parentCbk !== null && observer.wantsRequest(frame.root)) {
        const hop = observer.wind(frame, xl, 1, [loc, xdata]);
        if (hop !== null) {
          const cbk: Cbk<'stat', unknown> = (parent, cookie, cbkXl, opRet, opErrno, buf, xdata) => {
            observer.unwind(hop, opRet, opErrno, [buf, xdata]);
            const parentXl = parent.xl;
            const previousFrame = parentXl.frame;
            parentXl.frame = parent;
            parentCbk(parent, cookie, cbkXl, opRet, opErrno, buf, xdata);
            parentXl.frame = previousFrame;
          };
          frame.cbk = cbk as AnyCbk;
        }
      }
      const previousFrame = xl.frame;
      xl.frame = frame;
      fop(frame, xl, loc, xdata);
      xl.frame = previousFrame;
    },
  readlink:
    (observer: Observer, fop: Fop<'readlink', unknown>): Fop<'readlink', unknown> =>
    (frame, xl, loc, size, xdata) => {
      const parentCbk = frame.cbk as Cbk<'readlink', unknown> | null;
      if (parentCbk !== null && observer.wantsRequest(frame.root)) {
        const hop = observer.wind(frame, xl, 2, [loc, size, xdata]);
        if (hop !== null) {
          const cbk: Cbk<'readlink', unknown> = (
            parent,
            cookie,
            cbkXl,
            opRet,
            opErrno,
            path,
            buf,
            xdata,
          ) => {
            observer.unwind(hop, opRet, opErrno, [path, buf, xdata]);
            const parentXl = parent.xl;
            const previousFrame = parentXl.frame;
            parentXl.frame = parent;
            parentCbk(parent, cookie, cbkXl, opRet, opErrno, path, buf, xdata);
            parentXl.frame = previousFrame;
          };
          frame.cbk = cbk as AnyCbk;
        }
      }
      const previousFrame = xl.frame;
      xl.frame = frame;
      fop(frame, xl, loc, size, xdata);
      xl.frame = previousFrame;
    },
  mknod:
    (observer: Observer, fop: Fop<'mknod', unknown>): Fop<'mknod', unknown> =>
    (frame, xl, loc, mode, rdev, umask, xdata) => {
      const parentCbk = frame.cbk as Cbk<'mknod', unknown> | null;
      if (parentCbk !== null && observer.wantsRequest(frame.root)) {
        const hop = observer.wind(frame, xl, 3, [loc, mode, rdev, umask, xdata]);
        if (hop !== null) {
          const cbk: Cbk<'mknod', unknown> = (
            parent,
            cookie,
            cbkXl,
            opRet,
            opErrno,
            inode,
            buf,
            preparent,
            postparent,
            xdata,
          ) => {
            observer.unwind(hop, opRet, opErrno, [inode, buf, preparent, postparent, xdata]);
            const parentXl = parent.xl;
            const previousFrame = parentXl.frame;
            parentXl.frame = parent;
            parentCbk(
              parent,
              cookie,
              cbkXl,
              opRet,
              opErrno,
              inode,
              buf,
              preparent,
              postparent,
              xdata,
            );
            parentXl.frame = previousFrame;
          };
          frame.cbk = cbk as AnyCbk;
        }
      }
      const previousFrame = xl.frame;
      xl.frame = frame;
      fop(frame, xl, loc, mode, rdev, umask, xdata);
      xl.frame = previousFrame;
    },
  mkdir:
    (observer: Observer, fop: Fop<'mkdir', unknown>): Fop<'mkdir', unknown> =>
    (frame, xl, loc, mode, umask, xdata) => {
      const parentCbk = frame.cbk as Cbk<'mkdir', unknown> | null;
      if (parentCbk !== null && observer.wantsRequest(frame.root)) {
        const hop = observer.wind(frame, xl, 4, [loc, mode, umask, xdata]);
        if (hop !== null) {
          const cbk: Cbk<'mkdir', unknown> = (
            parent,
            cookie,
            cbkXl,
            opRet,
            opErrno,
            inode,
            buf,
            preparent,
            postparent,
            xdata,
          ) => {
            observer.unwind(hop, opRet, opErrno, [inode, buf, preparent, postparent, xdata]);
            const parentXl = parent.xl;
            const previousFrame = parentXl.frame;
            parentXl.frame = parent;
            parentCbk(
              parent,
              cookie,
              cbkXl,
              opRet,
              opErrno,
              inode,
              buf,
              preparent,
              postparent,
              xdata,
            );
            parentXl.frame = previousFrame;
          };
          frame.cbk = cbk as AnyCbk;
        }
      }
      const previousFrame = xl.frame;
      xl.frame = frame;
      fop(frame, xl, loc, mode, umask, xdata);
      xl.frame = previousFrame;
    },
  unlink:
    (observer: Observer, fop: Fop<'unlink', unknown>): Fop<'unlink', unknown> =>
    (frame, xl, loc, xflag, xdata) => {
      const parentCbk = frame.cbk as Cbk<'unlink', unknown> | null;
      if (parentCbk !== null && observer.wantsRequest(frame.root)) {
        const hop = observer.wind(frame, xl, 5, [loc, xflag, xdata]);
        if (hop !== null) {
          const cbk: Cbk<'unlink', unknown> = (
            parent,
            cookie,
            cbkXl,
            opRet,
            opErrno,
            preparent,
            postparent,
            xdata,
          ) => {
            observer.unwind(hop, opRet, opErrno, [preparent, postparent, xdata]);
            const parentXl = parent.xl;
            const previousFrame = parentXl.frame;
            parentXl.frame = parent;
            parentCbk(parent, cookie, cbkXl, opRet, opErrno, preparent, postparent, xdata);
            parentXl.frame = previousFrame;
          };
          frame.cbk = cbk as AnyCbk;
        }
      }
      const previousFrame = xl.frame;
      xl.frame = frame;
      fop(frame, xl, loc, xflag, xdata);
      xl.frame = previousFrame;
    },
  rmdir:
    (observer: Observer, fop: Fop<'rmdir', unknown>): Fop<'rmdir', unknown> =>
    (frame, xl, loc, flags, xdata) => {
      const parentCbk = frame.cbk as Cbk<'rmdir', unknown> | null;
      if (parentCbk !== null && observer.wantsRequest(frame.root)) {
        const hop = observer.wind(frame, xl, 6, [loc, flags, xdata]);
        if (hop !== null) {
          const cbk: Cbk<'rmdir', unknown> = (
            parent,
            cookie,
            cbkXl,
            opRet,
            opErrno,
            preparent,
            postparent,
            xdata,
          ) => {
            observer.unwind(hop, opRet, opErrno, [preparent, postparent, xdata]);
            const parentXl = parent.xl;
            const previousFrame = parentXl.frame;
            parentXl.frame = parent;
            parentCbk(parent, cookie, cbkXl, opRet, opErrno, preparent, postparent, xdata);
            parentXl.frame = previousFrame;
          };
          frame.cbk = cbk as AnyCbk;
        }
      }
      const previousFrame = xl.frame;
      xl.frame = frame;
      fop(frame, xl, loc, flags, xdata);
      xl.frame = previousFrame;
    },
  symlink:
    (observer: Observer, fop: Fop<'symlink', unknown>): Fop<'symlink', unknown> =>
    (frame, xl, linkpath, loc, umask, xdata) => {
      const parentCbk = frame.cbk as Cbk<'symlink', unknown> | null;
      if (parentCbk !== null && observer.wantsRequest(frame.root)) {
        const hop = observer.wind(frame, xl, 7, [linkpath, loc, umask, xdata]);
        if (hop !== null) {
          const cbk: Cbk<'symlink', unknown> = (
            parent,
            cookie,
            cbkXl,
            opRet,
            opErrno,
            inode,
            buf,
            preparent,
            postparent,
            xdata,
          ) => {
            observer.unwind(hop, opRet, opErrno, [inode, buf, preparent, postparent, xdata]);
            const parentXl = parent.xl;
            const previousFrame = parentXl.frame;
            parentXl.frame = parent;
            parentCbk(
              parent,
              cookie,
              cbkXl,
              opRet,
              opErrno,
              inode,
              buf,
              preparent,
              postparent,
              xdata,
            );
            parentXl.frame = previousFrame;
          };
          frame.cbk = cbk as AnyCbk;
        }
      }
      const previousFrame = xl.frame;
      xl.frame = frame;
      fop(frame, xl, linkpath, loc, umask, xdata);
      xl.frame = previousFrame;
    },
  rename:
    (observer: Observer, fop: Fop<'rename', unknown>): Fop<'rename', unknown> =>
    (frame, xl, oldloc, newloc, xdata) => {
      const parentCbk = frame.cbk as Cbk<'rename', unknown> | null;
      if (parentCbk !== null && observer.wantsRequest(frame.root)) {
        const hop = observer.wind(frame, xl, 8, [oldloc, newloc, xdata]);
        if (hop !== null) {
          const cbk: Cbk<'rename', unknown> = (
            parent,
            cookie,
            cbkXl,
            opRet,
            opErrno,
            buf,
            preoldparent,
            postoldparent,
            prenewparent,
            postnewparent,
            xdata,
          ) => {
            observer.unwind(hop, opRet, opErrno, [
              buf,
              preoldparent,
              postoldparent,
              prenewparent,
              postnewparent,
              xdata,
            ]);
            const parentXl = parent.xl;
            const previousFrame = parentXl.frame;
            parentXl.frame = parent;
            parentCbk(
              parent,
              cookie,
              cbkXl,
              opRet,
              opErrno,
              buf,
              preoldparent,
              postoldparent,
              prenewparent,
              postnewparent,
              xdata,
            );
            parentXl.frame = previousFrame;
          };
          frame.cbk = cbk as AnyCbk;
        }
      }
      const previousFrame = xl.frame;
      xl.frame = frame;
      fop(frame, xl, oldloc, newloc, xdata);
      xl.frame = previousFrame;
    },
  link:
    (observer: Observer, fop: Fop<'link', unknown>): Fop<'link', unknown> =>
    (frame, xl, oldloc, newloc, xdata) => {
      const parentCbk = frame.cbk as Cbk<'link', unknown> | null;
      if (parentCbk !== null && observer.wantsRequest(frame.root)) {
        const hop = observer.wind(frame, xl, 9, [oldloc, newloc, xdata]);
        if (hop !== null) {
          const cbk: Cbk<'link', unknown> = (
            parent,
            cookie,
            cbkXl,
            opRet,
            opErrno,
            inode,
            buf,
            preparent,
            postparent,
            xdata,
          ) => {
            observer.unwind(hop, opRet, opErrno, [inode, buf, preparent, postparent, xdata]);
            const parentXl = parent.xl;
            const previousFrame = parentXl.frame;
            parentXl.frame = parent;
            parentCbk(
              parent,
              cookie,
              cbkXl,
              opRet,
              opErrno,
              inode,
              buf,
              preparent,
              postparent,
              xdata,
            );
            parentXl.frame = previousFrame;
          };
          frame.cbk = cbk as AnyCbk;
        }
      }
      const previousFrame = xl.frame;
      xl.frame = frame;
      fop(frame, xl, oldloc, newloc, xdata);
      xl.frame = previousFrame;
    },
  truncate:
    (observer: Observer, fop: Fop<'truncate', unknown>): Fop<'truncate', unknown> =>
    (frame, xl, loc, offset, xdata) => {
      const parentCbk = frame.cbk as Cbk<'truncate', unknown> | null;
      if (parentCbk !== null && observer.wantsRequest(frame.root)) {
        const hop = observer.wind(frame, xl, 10, [loc, offset, xdata]);
        if (hop !== null) {
          const cbk: Cbk<'truncate', unknown> = (
            parent,
            cookie,
            cbkXl,
            opRet,
            opErrno,
            prebuf,
            postbuf,
            xdata,
          ) => {
            observer.unwind(hop, opRet, opErrno, [prebuf, postbuf, xdata]);
            const parentXl = parent.xl;
            const previousFrame = parentXl.frame;
            parentXl.frame = parent;
            parentCbk(parent, cookie, cbkXl, opRet, opErrno, prebuf, postbuf, xdata);
            parentXl.frame = previousFrame;
          };
          frame.cbk = cbk as AnyCbk;
        }
      }
      const previousFrame = xl.frame;
      xl.frame = frame;
      fop(frame, xl, loc, offset, xdata);
      xl.frame = previousFrame;
    },
  open:
    (observer: Observer, fop: Fop<'open', unknown>): Fop<'open', unknown> =>
    (frame, xl, loc, flags, fd, xdata) => {
      const parentCbk = frame.cbk as Cbk<'open', unknown> | null;
      if (parentCbk !== null && observer.wantsRequest(frame.root)) {
        const hop = observer.wind(frame, xl, 11, [loc, flags, fd, xdata]);
        if (hop !== null) {
          const cbk: Cbk<'open', unknown> = (parent, cookie, cbkXl, opRet, opErrno, fd, xdata) => {
            observer.unwind(hop, opRet, opErrno, [fd, xdata]);
            const parentXl = parent.xl;
            const previousFrame = parentXl.frame;
            parentXl.frame = parent;
            parentCbk(parent, cookie, cbkXl, opRet, opErrno, fd, xdata);
            parentXl.frame = previousFrame;
          };
          frame.cbk = cbk as AnyCbk;
        }
      }
      const previousFrame = xl.frame;
      xl.frame = frame;
      fop(frame, xl, loc, flags, fd, xdata);
      xl.frame = previousFrame;
    },
  readv:
    (observer: Observer, fop: Fop<'readv', unknown>): Fop<'readv', unknown> =>
    (frame, xl, fd, size, offset, flags, xdata) => {
      const parentCbk = frame.cbk as Cbk<'readv', unknown> | null;
      if (parentCbk !== null && observer.wantsRequest(frame.root)) {
        const hop = observer.wind(frame, xl, 12, [fd, size, offset, flags, xdata]);
        if (hop !== null) {
          const cbk: Cbk<'readv', unknown> = (
            parent,
            cookie,
            cbkXl,
            opRet,
            opErrno,
            vector,
            stbuf,
            xdata,
          ) => {
            observer.unwind(hop, opRet, opErrno, [vector, stbuf, xdata]);
            const parentXl = parent.xl;
            const previousFrame = parentXl.frame;
            parentXl.frame = parent;
            parentCbk(parent, cookie, cbkXl, opRet, opErrno, vector, stbuf, xdata);
            parentXl.frame = previousFrame;
          };
          frame.cbk = cbk as AnyCbk;
        }
      }
      const previousFrame = xl.frame;
      xl.frame = frame;
      fop(frame, xl, fd, size, offset, flags, xdata);
      xl.frame = previousFrame;
    },
  writev:
    (observer: Observer, fop: Fop<'writev', unknown>): Fop<'writev', unknown> =>
    (frame, xl, fd, vector, offset, flags, xdata) => {
      const parentCbk = frame.cbk as Cbk<'writev', unknown> | null;
      if (parentCbk !== null && observer.wantsRequest(frame.root)) {
        const hop = observer.wind(frame, xl, 13, [fd, vector, offset, flags, xdata]);
        if (hop !== null) {
          const cbk: Cbk<'writev', unknown> = (
            parent,
            cookie,
            cbkXl,
            opRet,
            opErrno,
            prebuf,
            postbuf,
            xdata,
          ) => {
            observer.unwind(hop, opRet, opErrno, [prebuf, postbuf, xdata]);
            const parentXl = parent.xl;
            const previousFrame = parentXl.frame;
            parentXl.frame = parent;
            parentCbk(parent, cookie, cbkXl, opRet, opErrno, prebuf, postbuf, xdata);
            parentXl.frame = previousFrame;
          };
          frame.cbk = cbk as AnyCbk;
        }
      }
      const previousFrame = xl.frame;
      xl.frame = frame;
      fop(frame, xl, fd, vector, offset, flags, xdata);
      xl.frame = previousFrame;
    },
  statfs:
    (observer: Observer, fop: Fop<'statfs', unknown>): Fop<'statfs', unknown> =>
    (frame, xl, loc, xdata) => {
      const parentCbk = frame.cbk as Cbk<'statfs', unknown> | null;
      if (parentCbk !== null && observer.wantsRequest(frame.root)) {
        const hop = observer.wind(frame, xl, 14, [loc, xdata]);
        if (hop !== null) {
          const cbk: Cbk<'statfs', unknown> = (
            parent,
            cookie,
            cbkXl,
            opRet,
            opErrno,
            buf,
            xdata,
          ) => {
            observer.unwind(hop, opRet, opErrno, [buf, xdata]);
            const parentXl = parent.xl;
            const previousFrame = parentXl.frame;
            parentXl.frame = parent;
            parentCbk(parent, cookie, cbkXl, opRet, opErrno, buf, xdata);
            parentXl.frame = previousFrame;
          };
          frame.cbk = cbk as AnyCbk;
        }
      }
      const previousFrame = xl.frame;
      xl.frame = frame;
      fop(frame, xl, loc, xdata);
      xl.frame = previousFrame;
    },
  flush:
    (observer: Observer, fop: Fop<'flush', unknown>): Fop<'flush', unknown> =>
    (frame, xl, fd, xdata) => {
      const parentCbk = frame.cbk as Cbk<'flush', unknown> | null;
      if (parentCbk !== null && observer.wantsRequest(frame.root)) {
        const hop = observer.wind(frame, xl, 15, [fd, xdata]);
        if (hop !== null) {
          const cbk: Cbk<'flush', unknown> = (parent, cookie, cbkXl, opRet, opErrno, xdata) => {
            observer.unwind(hop, opRet, opErrno, [xdata]);
            const parentXl = parent.xl;
            const previousFrame = parentXl.frame;
            parentXl.frame = parent;
            parentCbk(parent, cookie, cbkXl, opRet, opErrno, xdata);
            parentXl.frame = previousFrame;
          };
          frame.cbk = cbk as AnyCbk;
        }
      }
      const previousFrame = xl.frame;
      xl.frame = frame;
      fop(frame, xl, fd, xdata);
      xl.frame = previousFrame;
    },
  fsync:
    (observer: Observer, fop: Fop<'fsync', unknown>): Fop<'fsync', unknown> =>
    (frame, xl, fd, datasync, xdata) => {
      const parentCbk = frame.cbk as Cbk<'fsync', unknown> | null;
      if (parentCbk !== null && observer.wantsRequest(frame.root)) {
        const hop = observer.wind(frame, xl, 16, [fd, datasync, xdata]);
        if (hop !== null) {
          const cbk: Cbk<'fsync', unknown> = (
            parent,
            cookie,
            cbkXl,
            opRet,
            opErrno,
            prebuf,
            postbuf,
            xdata,
          ) => {
            observer.unwind(hop, opRet, opErrno, [prebuf, postbuf, xdata]);
            const parentXl = parent.xl;
            const previousFrame = parentXl.frame;
            parentXl.frame = parent;
            parentCbk(parent, cookie, cbkXl, opRet, opErrno, prebuf, postbuf, xdata);
            parentXl.frame = previousFrame;
          };
          frame.cbk = cbk as AnyCbk;
        }
      }
      const previousFrame = xl.frame;
      xl.frame = frame;
      fop(frame, xl, fd, datasync, xdata);
      xl.frame = previousFrame;
    },
  setxattr:
    (observer: Observer, fop: Fop<'setxattr', unknown>): Fop<'setxattr', unknown> =>
    (frame, xl, loc, dict, flags, xdata) => {
      const parentCbk = frame.cbk as Cbk<'setxattr', unknown> | null;
      if (parentCbk !== null && observer.wantsRequest(frame.root)) {
        const hop = observer.wind(frame, xl, 17, [loc, dict, flags, xdata]);
        if (hop !== null) {
          const cbk: Cbk<'setxattr', unknown> = (parent, cookie, cbkXl, opRet, opErrno, xdata) => {
            observer.unwind(hop, opRet, opErrno, [xdata]);
            const parentXl = parent.xl;
            const previousFrame = parentXl.frame;
            parentXl.frame = parent;
            parentCbk(parent, cookie, cbkXl, opRet, opErrno, xdata);
            parentXl.frame = previousFrame;
          };
          frame.cbk = cbk as AnyCbk;
        }
      }
      const previousFrame = xl.frame;
      xl.frame = frame;
      fop(frame, xl, loc, dict, flags, xdata);
      xl.frame = previousFrame;
    },
  getxattr:
    (observer: Observer, fop: Fop<'getxattr', unknown>): Fop<'getxattr', unknown> =>
    (frame, xl, loc, name, xdata) => {
      const parentCbk = frame.cbk as Cbk<'getxattr', unknown> | null;
      if (parentCbk !== null && observer.wantsRequest(frame.root)) {
        const hop = observer.wind(frame, xl, 18, [loc, name, xdata]);
        if (hop !== null) {
          const cbk: Cbk<'getxattr', unknown> = (
            parent,
            cookie,
            cbkXl,
            opRet,
            opErrno,
            dict,
            xdata,
          ) => {
            observer.unwind(hop, opRet, opErrno, [dict, xdata]);
            const parentXl = parent.xl;
            const previousFrame = parentXl.frame;
            parentXl.frame = parent;
            parentCbk(parent, cookie, cbkXl, opRet, opErrno, dict, xdata);
            parentXl.frame = previousFrame;
          };
          frame.cbk = cbk as AnyCbk;
        }
      }
      const previousFrame = xl.frame;
      xl.frame = frame;
      fop(frame, xl, loc, name, xdata);
      xl.frame = previousFrame;
    },
  removexattr:
    (observer: Observer, fop: Fop<'removexattr', unknown>): Fop<'removexattr', unknown> =>
    (frame, xl, loc, name, xdata) => {
      const parentCbk = frame.cbk as Cbk<'removexattr', unknown> | null;
      if (parentCbk !== null && observer.wantsRequest(frame.root)) {
        const hop = observer.wind(frame, xl, 19, [loc, name, xdata]);
        if (hop !== null) {
          const cbk: Cbk<'removexattr', unknown> = (
            parent,
            cookie,
            cbkXl,
            opRet,
            opErrno,
            xdata,
          ) => {
            observer.unwind(hop, opRet, opErrno, [xdata]);
            const parentXl = parent.xl;
            const previousFrame = parentXl.frame;
            parentXl.frame = parent;
            parentCbk(parent, cookie, cbkXl, opRet, opErrno, xdata);
            parentXl.frame = previousFrame;
          };
          frame.cbk = cbk as AnyCbk;
        }
      }
      const previousFrame = xl.frame;
      xl.frame = frame;
      fop(frame, xl, loc, name, xdata);
      xl.frame = previousFrame;
    },
  opendir:
    (observer: Observer, fop: Fop<'opendir', unknown>): Fop<'opendir', unknown> =>
    (frame, xl, loc, fd, xdata) => {
      const parentCbk = frame.cbk as Cbk<'opendir', unknown> | null;
      if (parentCbk !== null && observer.wantsRequest(frame.root)) {
        const hop = observer.wind(frame, xl, 20, [loc, fd, xdata]);
        if (hop !== null) {
          const cbk: Cbk<'opendir', unknown> = (
            parent,
            cookie,
            cbkXl,
            opRet,
            opErrno,
            fd,
            xdata,
          ) => {
            observer.unwind(hop, opRet, opErrno, [fd, xdata]);
            const parentXl = parent.xl;
            const previousFrame = parentXl.frame;
            parentXl.frame = parent;
            parentCbk(parent, cookie, cbkXl, opRet, opErrno, fd, xdata);
            parentXl.frame = previousFrame;
          };
          frame.cbk = cbk as AnyCbk;
        }
      }
      const previousFrame = xl.frame;
      xl.frame = frame;
      fop(frame, xl, loc, fd, xdata);
      xl.frame = previousFrame;
    },
  fsyncdir:
    (observer: Observer, fop: Fop<'fsyncdir', unknown>): Fop<'fsyncdir', unknown> =>
    (frame, xl, fd, datasync, xdata) => {
      const parentCbk = frame.cbk as Cbk<'fsyncdir', unknown> | null;
      if (parentCbk !== null && observer.wantsRequest(frame.root)) {
        const hop = observer.wind(frame, xl, 21, [fd, datasync, xdata]);
        if (hop !== null) {
          const cbk: Cbk<'fsyncdir', unknown> = (parent, cookie, cbkXl, opRet, opErrno, xdata) => {
            observer.unwind(hop, opRet, opErrno, [xdata]);
            const parentXl = parent.xl;
            const previousFrame = parentXl.frame;
            parentXl.frame = parent;
            parentCbk(parent, cookie, cbkXl, opRet, opErrno, xdata);
            parentXl.frame = previousFrame;
          };
          frame.cbk = cbk as AnyCbk;
        }
      }
      const previousFrame = xl.frame;
      xl.frame = frame;
      fop(frame, xl, fd, datasync, xdata);
      xl.frame = previousFrame;
    },
  access:
    (observer: Observer, fop: Fop<'access', unknown>): Fop<'access', unknown> =>
    (frame, xl, loc, mask, xdata) => {
      const parentCbk = frame.cbk as Cbk<'access', unknown> | null;
      if (parentCbk !== null && observer.wantsRequest(frame.root)) {
        const hop = observer.wind(frame, xl, 22, [loc, mask, xdata]);
        if (hop !== null) {
          const cbk: Cbk<'access', unknown> = (parent, cookie, cbkXl, opRet, opErrno, xdata) => {
            observer.unwind(hop, opRet, opErrno, [xdata]);
            const parentXl = parent.xl;
            const previousFrame = parentXl.frame;
            parentXl.frame = parent;
            parentCbk(parent, cookie, cbkXl, opRet, opErrno, xdata);
            parentXl.frame = previousFrame;
          };
          frame.cbk = cbk as AnyCbk;
        }
      }
      const previousFrame = xl.frame;
      xl.frame = frame;
      fop(frame, xl, loc, mask, xdata);
      xl.frame = previousFrame;
    },
  create:
    (observer: Observer, fop: Fop<'create', unknown>): Fop<'create', unknown> =>
    (frame, xl, loc, flags, mode, umask, fd, xdata) => {
      const parentCbk = frame.cbk as Cbk<'create', unknown> | null;
      if (parentCbk !== null && observer.wantsRequest(frame.root)) {
        const hop = observer.wind(frame, xl, 23, [loc, flags, mode, umask, fd, xdata]);
        if (hop !== null) {
          const cbk: Cbk<'create', unknown> = (
            parent,
            cookie,
            cbkXl,
            opRet,
            opErrno,
            fd,
            inode,
            buf,
            preparent,
            postparent,
            xdata,
          ) => {
            observer.unwind(hop, opRet, opErrno, [fd, inode, buf, preparent, postparent, xdata]);
            const parentXl = parent.xl;
            const previousFrame = parentXl.frame;
            parentXl.frame = parent;
            parentCbk(
              parent,
              cookie,
              cbkXl,
              opRet,
              opErrno,
              fd,
              inode,
              buf,
              preparent,
              postparent,
              xdata,
            );
            parentXl.frame = previousFrame;
          };
          frame.cbk = cbk as AnyCbk;
        }
      }
      const previousFrame = xl.frame;
      xl.frame = frame;
      fop(frame, xl, loc, flags, mode, umask, fd, xdata);
      xl.frame = previousFrame;
    },
  ftruncate:
    (observer: Observer, fop: Fop<'ftruncate', unknown>): Fop<'ftruncate', unknown> =>
    (frame, xl, fd, offset, xdata) => {
      const parentCbk = frame.cbk as Cbk<'ftruncate', unknown> | null;
      if (parentCbk !== null && observer.wantsRequest(frame.root)) {
        const hop = observer.wind(frame, xl, 24, [fd, offset, xdata]);
        if (hop !== null) {
          const cbk: Cbk<'ftruncate', unknown> = (
            parent,
            cookie,
            cbkXl,
            opRet,
            opErrno,
            prebuf,
            postbuf,
            xdata,
          ) => {
            observer.unwind(hop, opRet, opErrno, [prebuf, postbuf, xdata]);
            const parentXl = parent.xl;
            const previousFrame = parentXl.frame;
            parentXl.frame = parent;
            parentCbk(parent, cookie, cbkXl, opRet, opErrno, prebuf, postbuf, xdata);
            parentXl.frame = previousFrame;
          };
          frame.cbk = cbk as AnyCbk;
        }
      }
      const previousFrame = xl.frame;
      xl.frame = frame;
      fop(frame, xl, fd, offset, xdata);
      xl.frame = previousFrame;
    },
  fstat:
    (observer: Observer, fop: Fop<'fstat', unknown>): Fop<'fstat', unknown> =>
    (frame, xl, fd, xdata) => {
      const parentCbk = frame.cbk as Cbk<'fstat', unknown> | null;
      if (parentCbk !== null && observer.wantsRequest(frame.root)) {
        const hop = observer.wind(frame, xl, 25, [fd, xdata]);
        if (hop !== null) {
          const cbk: Cbk<'fstat', unknown> = (
            parent,
            cookie,
            cbkXl,
            opRet,
            opErrno,
            buf,
            xdata,
          ) => {
            observer.unwind(hop, opRet, opErrno, [buf, xdata]);
            const parentXl = parent.xl;
            const previousFrame = parentXl.frame;
            parentXl.frame = parent;
            parentCbk(parent, cookie, cbkXl, opRet, opErrno, buf, xdata);
            parentXl.frame = previousFrame;
          };
          frame.cbk = cbk as AnyCbk;
        }
      }
      const previousFrame = xl.frame;
      xl.frame = frame;
      fop(frame, xl, fd, xdata);
      xl.frame = previousFrame;
    },
  lk:
    (observer: Observer, fop: Fop<'lk', unknown>): Fop<'lk', unknown> =>
    (frame, xl, fd, cmd, flock, xdata) => {
      const parentCbk = frame.cbk as Cbk<'lk', unknown> | null;
      if (parentCbk !== null && observer.wantsRequest(frame.root)) {
        const hop = observer.wind(frame, xl, 26, [fd, cmd, flock, xdata]);
        if (hop !== null) {
          const cbk: Cbk<'lk', unknown> = (parent, cookie, cbkXl, opRet, opErrno, flock, xdata) => {
            observer.unwind(hop, opRet, opErrno, [flock, xdata]);
            const parentXl = parent.xl;
            const previousFrame = parentXl.frame;
            parentXl.frame = parent;
            parentCbk(parent, cookie, cbkXl, opRet, opErrno, flock, xdata);
            parentXl.frame = previousFrame;
          };
          frame.cbk = cbk as AnyCbk;
        }
      }
      const previousFrame = xl.frame;
      xl.frame = frame;
      fop(frame, xl, fd, cmd, flock, xdata);
      xl.frame = previousFrame;
    },
  lookup:
    (observer: Observer, fop: Fop<'lookup', unknown>): Fop<'lookup', unknown> =>
    (frame, xl, loc, xdata) => {
      const parentCbk = frame.cbk as Cbk<'lookup', unknown> | null;
      if (parentCbk !== null && observer.wantsRequest(frame.root)) {
        const hop = observer.wind(frame, xl, 27, [loc, xdata]);
        if (hop !== null) {
          const cbk: Cbk<'lookup', unknown> = (
            parent,
            cookie,
            cbkXl,
            opRet,
            opErrno,
            inode,
            buf,
            xdata,
            postparent,
          ) => {
            observer.unwind(hop, opRet, opErrno, [inode, buf, xdata, postparent]);
            const parentXl = parent.xl;
            const previousFrame = parentXl.frame;
            parentXl.frame = parent;
            parentCbk(parent, cookie, cbkXl, opRet, opErrno, inode, buf, xdata, postparent);
            parentXl.frame = previousFrame;
          };
          frame.cbk = cbk as AnyCbk;
        }
      }
      const previousFrame = xl.frame;
      xl.frame = frame;
      fop(frame, xl, loc, xdata);
      xl.frame = previousFrame;
    },
  readdir:
    (observer: Observer, fop: Fop<'readdir', unknown>): Fop<'readdir', unknown> =>
    (frame, xl, fd, size, offset, xdata) => {
      const parentCbk = frame.cbk as Cbk<'readdir', unknown> | null;
      if (parentCbk !== null && observer.wantsRequest(frame.root)) {
        const hop = observer.wind(frame, xl, 28, [fd, size, offset, xdata]);
        if (hop !== null) {
          const cbk: Cbk<'readdir', unknown> = (
            parent,
            cookie,
            cbkXl,
            opRet,
            opErrno,
            entries,
            xdata,
          ) => {
            observer.unwind(hop, opRet, opErrno, [entries, xdata]);
            const parentXl = parent.xl;
            const previousFrame = parentXl.frame;
            parentXl.frame = parent;
            parentCbk(parent, cookie, cbkXl, opRet, opErrno, entries, xdata);
            parentXl.frame = previousFrame;
          };
          frame.cbk = cbk as AnyCbk;
        }
      }
      const previousFrame = xl.frame;
      xl.frame = frame;
      fop(frame, xl, fd, size, offset, xdata);
      xl.frame = previousFrame;
    },
  inodelk:
    (observer: Observer, fop: Fop<'inodelk', unknown>): Fop<'inodelk', unknown> =>
    (frame, xl, volume, loc, cmd, flock, xdata) => {
      const parentCbk = frame.cbk as Cbk<'inodelk', unknown> | null;
      if (parentCbk !== null && observer.wantsRequest(frame.root)) {
        const hop = observer.wind(frame, xl, 29, [volume, loc, cmd, flock, xdata]);
        if (hop !== null) {
          const cbk: Cbk<'inodelk', unknown> = (parent, cookie, cbkXl, opRet, opErrno, xdata) => {
            observer.unwind(hop, opRet, opErrno, [xdata]);
            const parentXl = parent.xl;
            const previousFrame = parentXl.frame;
            parentXl.frame = parent;
            parentCbk(parent, cookie, cbkXl, opRet, opErrno, xdata);
            parentXl.frame = previousFrame;
          };
          frame.cbk = cbk as AnyCbk;
        }
      }
      const previousFrame = xl.frame;
      xl.frame = frame;
      fop(frame, xl, volume, loc, cmd, flock, xdata);
      xl.frame = previousFrame;
    },
  finodelk:
    (observer: Observer, fop: Fop<'finodelk', unknown>): Fop<'finodelk', unknown> =>
    (frame, xl, volume, fd, cmd, flock, xdata) => {
      const parentCbk = frame.cbk as Cbk<'finodelk', unknown> | null;
      if (parentCbk !== null && observer.wantsRequest(frame.root)) {
        const hop = observer.wind(frame, xl, 30, [volume, fd, cmd, flock, xdata]);
        if (hop !== null) {
          const cbk: Cbk<'finodelk', unknown> = (parent, cookie, cbkXl, opRet, opErrno, xdata) => {
            observer.unwind(hop, opRet, opErrno, [xdata]);
            const parentXl = parent.xl;
            const previousFrame = parentXl.frame;
            parentXl.frame = parent;
            parentCbk(parent, cookie, cbkXl, opRet, opErrno, xdata);
            parentXl.frame = previousFrame;
          };
          frame.cbk = cbk as AnyCbk;
        }
      }
      const previousFrame = xl.frame;
      xl.frame = frame;
      fop(frame, xl, volume, fd, cmd, flock, xdata);
      xl.frame = previousFrame;
    },
  entrylk:
    (observer: Observer, fop: Fop<'entrylk', unknown>): Fop<'entrylk', unknown> =>
    (frame, xl, volume, loc, basename, cmd, type, xdata) => {
      const parentCbk = frame.cbk as Cbk<'entrylk', unknown> | null;
      if (parentCbk !== null && observer.wantsRequest(frame.root)) {
        const hop = observer.wind(frame, xl, 31, [volume, loc, basename, cmd, type, xdata]);
        if (hop !== null) {
          const cbk: Cbk<'entrylk', unknown> = (parent, cookie, cbkXl, opRet, opErrno, xdata) => {
            observer.unwind(hop, opRet, opErrno, [xdata]);
            const parentXl = parent.xl;
            const previousFrame = parentXl.frame;
            parentXl.frame = parent;
            parentCbk(parent, cookie, cbkXl, opRet, opErrno, xdata);
            parentXl.frame = previousFrame;
          };
          frame.cbk = cbk as AnyCbk;
        }
      }
      const previousFrame = xl.frame;
      xl.frame = frame;
      fop(frame, xl, volume, loc, basename, cmd, type, xdata);
      xl.frame = previousFrame;
    },
  fentrylk:
    (observer: Observer, fop: Fop<'fentrylk', unknown>): Fop<'fentrylk', unknown> =>
    (frame, xl, volume, fd, basename, cmd, type, xdata) => {
      const parentCbk = frame.cbk as Cbk<'fentrylk', unknown> | null;
      if (parentCbk !== null && observer.wantsRequest(frame.root)) {
        const hop = observer.wind(frame, xl, 32, [volume, fd, basename, cmd, type, xdata]);
        if (hop !== null) {
          const cbk: Cbk<'fentrylk', unknown> = (parent, cookie, cbkXl, opRet, opErrno, xdata) => {
            observer.unwind(hop, opRet, opErrno, [xdata]);
            const parentXl = parent.xl;
            const previousFrame = parentXl.frame;
            parentXl.frame = parent;
            parentCbk(parent, cookie, cbkXl, opRet, opErrno, xdata);
            parentXl.frame = previousFrame;
          };
          frame.cbk = cbk as AnyCbk;
        }
      }
      const previousFrame = xl.frame;
      xl.frame = frame;
      fop(frame, xl, volume, fd, basename, cmd, type, xdata);
      xl.frame = previousFrame;
    },
  xattrop:
    (observer: Observer, fop: Fop<'xattrop', unknown>): Fop<'xattrop', unknown> =>
    (frame, xl, loc, optype, dict, xdata) => {
      const parentCbk = frame.cbk as Cbk<'xattrop', unknown> | null;
      if (parentCbk !== null && observer.wantsRequest(frame.root)) {
        const hop = observer.wind(frame, xl, 33, [loc, optype, dict, xdata]);
        if (hop !== null) {
          const cbk: Cbk<'xattrop', unknown> = (
            parent,
            cookie,
            cbkXl,
            opRet,
            opErrno,
            dict,
            xdata,
          ) => {
            observer.unwind(hop, opRet, opErrno, [dict, xdata]);
            const parentXl = parent.xl;
            const previousFrame = parentXl.frame;
            parentXl.frame = parent;
            parentCbk(parent, cookie, cbkXl, opRet, opErrno, dict, xdata);
            parentXl.frame = previousFrame;
          };
          frame.cbk = cbk as AnyCbk;
        }
      }
      const previousFrame = xl.frame;
      xl.frame = frame;
      fop(frame, xl, loc, optype, dict, xdata);
      xl.frame = previousFrame;
    },
  fxattrop:
    (observer: Observer, fop: Fop<'fxattrop', unknown>): Fop<'fxattrop', unknown> =>
    (frame, xl, fd, optype, dict, xdata) => {
      const parentCbk = frame.cbk as Cbk<'fxattrop', unknown> | null;
      if (parentCbk !== null && observer.wantsRequest(frame.root)) {
        const hop = observer.wind(frame, xl, 34, [fd, optype, dict, xdata]);
        if (hop !== null) {
          const cbk: Cbk<'fxattrop', unknown> = (
            parent,
            cookie,
            cbkXl,
            opRet,
            opErrno,
            dict,
            xdata,
          ) => {
            observer.unwind(hop, opRet, opErrno, [dict, xdata]);
            const parentXl = parent.xl;
            const previousFrame = parentXl.frame;
            parentXl.frame = parent;
            parentCbk(parent, cookie, cbkXl, opRet, opErrno, dict, xdata);
            parentXl.frame = previousFrame;
          };
          frame.cbk = cbk as AnyCbk;
        }
      }
      const previousFrame = xl.frame;
      xl.frame = frame;
      fop(frame, xl, fd, optype, dict, xdata);
      xl.frame = previousFrame;
    },
  fgetxattr:
    (observer: Observer, fop: Fop<'fgetxattr', unknown>): Fop<'fgetxattr', unknown> =>
    (frame, xl, fd, name, xdata) => {
      const parentCbk = frame.cbk as Cbk<'fgetxattr', unknown> | null;
      if (parentCbk !== null && observer.wantsRequest(frame.root)) {
        const hop = observer.wind(frame, xl, 35, [fd, name, xdata]);
        if (hop !== null) {
          const cbk: Cbk<'fgetxattr', unknown> = (
            parent,
            cookie,
            cbkXl,
            opRet,
            opErrno,
            dict,
            xdata,
          ) => {
            observer.unwind(hop, opRet, opErrno, [dict, xdata]);
            const parentXl = parent.xl;
            const previousFrame = parentXl.frame;
            parentXl.frame = parent;
            parentCbk(parent, cookie, cbkXl, opRet, opErrno, dict, xdata);
            parentXl.frame = previousFrame;
          };
          frame.cbk = cbk as AnyCbk;
        }
      }
      const previousFrame = xl.frame;
      xl.frame = frame;
      fop(frame, xl, fd, name, xdata);
      xl.frame = previousFrame;
    },
  fsetxattr:
    (observer: Observer, fop: Fop<'fsetxattr', unknown>): Fop<'fsetxattr', unknown> =>
    (frame, xl, fd, dict, flags, xdata) => {
      const parentCbk = frame.cbk as Cbk<'fsetxattr', unknown> | null;
      if (parentCbk !== null && observer.wantsRequest(frame.root)) {
        const hop = observer.wind(frame, xl, 36, [fd, dict, flags, xdata]);
        if (hop !== null) {
          const cbk: Cbk<'fsetxattr', unknown> = (parent, cookie, cbkXl, opRet, opErrno, xdata) => {
            observer.unwind(hop, opRet, opErrno, [xdata]);
            const parentXl = parent.xl;
            const previousFrame = parentXl.frame;
            parentXl.frame = parent;
            parentCbk(parent, cookie, cbkXl, opRet, opErrno, xdata);
            parentXl.frame = previousFrame;
          };
          frame.cbk = cbk as AnyCbk;
        }
      }
      const previousFrame = xl.frame;
      xl.frame = frame;
      fop(frame, xl, fd, dict, flags, xdata);
      xl.frame = previousFrame;
    },
  rchecksum:
    (observer: Observer, fop: Fop<'rchecksum', unknown>): Fop<'rchecksum', unknown> =>
    (frame, xl, fd, offset, len, xdata) => {
      const parentCbk = frame.cbk as Cbk<'rchecksum', unknown> | null;
      if (parentCbk !== null && observer.wantsRequest(frame.root)) {
        const hop = observer.wind(frame, xl, 37, [fd, offset, len, xdata]);
        if (hop !== null) {
          const cbk: Cbk<'rchecksum', unknown> = (
            parent,
            cookie,
            cbkXl,
            opRet,
            opErrno,
            weak,
            strong,
            xdata,
          ) => {
            observer.unwind(hop, opRet, opErrno, [weak, strong, xdata]);
            const parentXl = parent.xl;
            const previousFrame = parentXl.frame;
            parentXl.frame = parent;
            parentCbk(parent, cookie, cbkXl, opRet, opErrno, weak, strong, xdata);
            parentXl.frame = previousFrame;
          };
          frame.cbk = cbk as AnyCbk;
        }
      }
      const previousFrame = xl.frame;
      xl.frame = frame;
      fop(frame, xl, fd, offset, len, xdata);
      xl.frame = previousFrame;
    },
  setattr:
    (observer: Observer, fop: Fop<'setattr', unknown>): Fop<'setattr', unknown> =>
    (frame, xl, loc, stbuf, valid, xdata) => {
      const parentCbk = frame.cbk as Cbk<'setattr', unknown> | null;
      if (parentCbk !== null && observer.wantsRequest(frame.root)) {
        const hop = observer.wind(frame, xl, 38, [loc, stbuf, valid, xdata]);
        if (hop !== null) {
          const cbk: Cbk<'setattr', unknown> = (
            parent,
            cookie,
            cbkXl,
            opRet,
            opErrno,
            statpre,
            statpost,
            xdata,
          ) => {
            observer.unwind(hop, opRet, opErrno, [statpre, statpost, xdata]);
            const parentXl = parent.xl;
            const previousFrame = parentXl.frame;
            parentXl.frame = parent;
            parentCbk(parent, cookie, cbkXl, opRet, opErrno, statpre, statpost, xdata);
            parentXl.frame = previousFrame;
          };
          frame.cbk = cbk as AnyCbk;
        }
      }
      const previousFrame = xl.frame;
      xl.frame = frame;
      fop(frame, xl, loc, stbuf, valid, xdata);
      xl.frame = previousFrame;
    },
  fsetattr:
    (observer: Observer, fop: Fop<'fsetattr', unknown>): Fop<'fsetattr', unknown> =>
    (frame, xl, fd, stbuf, valid, xdata) => {
      const parentCbk = frame.cbk as Cbk<'fsetattr', unknown> | null;
      if (parentCbk !== null && observer.wantsRequest(frame.root)) {
        const hop = observer.wind(frame, xl, 39, [fd, stbuf, valid, xdata]);
        if (hop !== null) {
          const cbk: Cbk<'fsetattr', unknown> = (
            parent,
            cookie,
            cbkXl,
            opRet,
            opErrno,
            statpre,
            statpost,
            xdata,
          ) => {
            observer.unwind(hop, opRet, opErrno, [statpre, statpost, xdata]);
            const parentXl = parent.xl;
            const previousFrame = parentXl.frame;
            parentXl.frame = parent;
            parentCbk(parent, cookie, cbkXl, opRet, opErrno, statpre, statpost, xdata);
            parentXl.frame = previousFrame;
          };
          frame.cbk = cbk as AnyCbk;
        }
      }
      const previousFrame = xl.frame;
      xl.frame = frame;
      fop(frame, xl, fd, stbuf, valid, xdata);
      xl.frame = previousFrame;
    },
  readdirp:
    (observer: Observer, fop: Fop<'readdirp', unknown>): Fop<'readdirp', unknown> =>
    (frame, xl, fd, size, offset, xdata) => {
      const parentCbk = frame.cbk as Cbk<'readdirp', unknown> | null;
      if (parentCbk !== null && observer.wantsRequest(frame.root)) {
        const hop = observer.wind(frame, xl, 40, [fd, size, offset, xdata]);
        if (hop !== null) {
          const cbk: Cbk<'readdirp', unknown> = (
            parent,
            cookie,
            cbkXl,
            opRet,
            opErrno,
            entries,
            xdata,
          ) => {
            observer.unwind(hop, opRet, opErrno, [entries, xdata]);
            const parentXl = parent.xl;
            const previousFrame = parentXl.frame;
            parentXl.frame = parent;
            parentCbk(parent, cookie, cbkXl, opRet, opErrno, entries, xdata);
            parentXl.frame = previousFrame;
          };
          frame.cbk = cbk as AnyCbk;
        }
      }
      const previousFrame = xl.frame;
      xl.frame = frame;
      fop(frame, xl, fd, size, offset, xdata);
      xl.frame = previousFrame;
    },
  getspec:
    (observer: Observer, fop: Fop<'getspec', unknown>): Fop<'getspec', unknown> =>
    (frame, xl, key, flags) => {
      const parentCbk = frame.cbk as Cbk<'getspec', unknown> | null;
      if (parentCbk !== null && observer.wantsRequest(frame.root)) {
        const hop = observer.wind(frame, xl, 44, [key, flags]);
        if (hop !== null) {
          const cbk: Cbk<'getspec', unknown> = (parent, cookie, cbkXl, opRet, opErrno, spec) => {
            observer.unwind(hop, opRet, opErrno, [spec]);
            const parentXl = parent.xl;
            const previousFrame = parentXl.frame;
            parentXl.frame = parent;
            parentCbk(parent, cookie, cbkXl, opRet, opErrno, spec);
            parentXl.frame = previousFrame;
          };
          frame.cbk = cbk as AnyCbk;
        }
      }
      const previousFrame = xl.frame;
      xl.frame = frame;
      fop(frame, xl, key, flags);
      xl.frame = previousFrame;
    },
  fremovexattr:
    (observer: Observer, fop: Fop<'fremovexattr', unknown>): Fop<'fremovexattr', unknown> =>
    (frame, xl, fd, name, xdata) => {
      const parentCbk = frame.cbk as Cbk<'fremovexattr', unknown> | null;
      if (parentCbk !== null && observer.wantsRequest(frame.root)) {
        const hop = observer.wind(frame, xl, 45, [fd, name, xdata]);
        if (hop !== null) {
          const cbk: Cbk<'fremovexattr', unknown> = (
            parent,
            cookie,
            cbkXl,
            opRet,
            opErrno,
            xdata,
          ) => {
            observer.unwind(hop, opRet, opErrno, [xdata]);
            const parentXl = parent.xl;
            const previousFrame = parentXl.frame;
            parentXl.frame = parent;
            parentCbk(parent, cookie, cbkXl, opRet, opErrno, xdata);
            parentXl.frame = previousFrame;
          };
          frame.cbk = cbk as AnyCbk;
        }
      }
      const previousFrame = xl.frame;
      xl.frame = frame;
      fop(frame, xl, fd, name, xdata);
      xl.frame = previousFrame;
    },
  fallocate:
    (observer: Observer, fop: Fop<'fallocate', unknown>): Fop<'fallocate', unknown> =>
    (frame, xl, fd, mode, offset, len, xdata) => {
      const parentCbk = frame.cbk as Cbk<'fallocate', unknown> | null;
      if (parentCbk !== null && observer.wantsRequest(frame.root)) {
        const hop = observer.wind(frame, xl, 46, [fd, mode, offset, len, xdata]);
        if (hop !== null) {
          const cbk: Cbk<'fallocate', unknown> = (
            parent,
            cookie,
            cbkXl,
            opRet,
            opErrno,
            prebuf,
            postbuf,
            xdata,
          ) => {
            observer.unwind(hop, opRet, opErrno, [prebuf, postbuf, xdata]);
            const parentXl = parent.xl;
            const previousFrame = parentXl.frame;
            parentXl.frame = parent;
            parentCbk(parent, cookie, cbkXl, opRet, opErrno, prebuf, postbuf, xdata);
            parentXl.frame = previousFrame;
          };
          frame.cbk = cbk as AnyCbk;
        }
      }
      const previousFrame = xl.frame;
      xl.frame = frame;
      fop(frame, xl, fd, mode, offset, len, xdata);
      xl.frame = previousFrame;
    },
  discard:
    (observer: Observer, fop: Fop<'discard', unknown>): Fop<'discard', unknown> =>
    (frame, xl, fd, offset, len, xdata) => {
      const parentCbk = frame.cbk as Cbk<'discard', unknown> | null;
      if (parentCbk !== null && observer.wantsRequest(frame.root)) {
        const hop = observer.wind(frame, xl, 47, [fd, offset, len, xdata]);
        if (hop !== null) {
          const cbk: Cbk<'discard', unknown> = (
            parent,
            cookie,
            cbkXl,
            opRet,
            opErrno,
            prebuf,
            postbuf,
            xdata,
          ) => {
            observer.unwind(hop, opRet, opErrno, [prebuf, postbuf, xdata]);
            const parentXl = parent.xl;
            const previousFrame = parentXl.frame;
            parentXl.frame = parent;
            parentCbk(parent, cookie, cbkXl, opRet, opErrno, prebuf, postbuf, xdata);
            parentXl.frame = previousFrame;
          };
          frame.cbk = cbk as AnyCbk;
        }
      }
      const previousFrame = xl.frame;
      xl.frame = frame;
      fop(frame, xl, fd, offset, len, xdata);
      xl.frame = previousFrame;
    },
  zerofill:
    (observer: Observer, fop: Fop<'zerofill', unknown>): Fop<'zerofill', unknown> =>
    (frame, xl, fd, offset, len, xdata) => {
      const parentCbk = frame.cbk as Cbk<'zerofill', unknown> | null;
      if (parentCbk !== null && observer.wantsRequest(frame.root)) {
        const hop = observer.wind(frame, xl, 48, [fd, offset, len, xdata]);
        if (hop !== null) {
          const cbk: Cbk<'zerofill', unknown> = (
            parent,
            cookie,
            cbkXl,
            opRet,
            opErrno,
            prebuf,
            postbuf,
            xdata,
          ) => {
            observer.unwind(hop, opRet, opErrno, [prebuf, postbuf, xdata]);
            const parentXl = parent.xl;
            const previousFrame = parentXl.frame;
            parentXl.frame = parent;
            parentCbk(parent, cookie, cbkXl, opRet, opErrno, prebuf, postbuf, xdata);
            parentXl.frame = previousFrame;
          };
          frame.cbk = cbk as AnyCbk;
        }
      }
      const previousFrame = xl.frame;
      xl.frame = frame;
      fop(frame, xl, fd, offset, len, xdata);
      xl.frame = previousFrame;
    },
  ipc:
    (observer: Observer, fop: Fop<'ipc', unknown>): Fop<'ipc', unknown> =>
    (frame, xl, op, xdata) => {
      const parentCbk = frame.cbk as Cbk<'ipc', unknown> | null;
      if (parentCbk !== null && observer.wantsRequest(frame.root)) {
        const hop = observer.wind(frame, xl, 49, [op, xdata]);
        if (hop !== null) {
          const cbk: Cbk<'ipc', unknown> = (parent, cookie, cbkXl, opRet, opErrno, xdata) => {
            observer.unwind(hop, opRet, opErrno, [xdata]);
            const parentXl = parent.xl;
            const previousFrame = parentXl.frame;
            parentXl.frame = parent;
            parentCbk(parent, cookie, cbkXl, opRet, opErrno, xdata);
            parentXl.frame = previousFrame;
          };
          frame.cbk = cbk as AnyCbk;
        }
      }
      const previousFrame = xl.frame;
      xl.frame = frame;
      fop(frame, xl, op, xdata);
      xl.frame = previousFrame;
    },
  seek:
    (observer: Observer, fop: Fop<'seek', unknown>): Fop<'seek', unknown> =>
    (frame, xl, fd, offset, what, xdata) => {
      const parentCbk = frame.cbk as Cbk<'seek', unknown> | null;
      if (parentCbk !== null && observer.wantsRequest(frame.root)) {
        const hop = observer.wind(frame, xl, 50, [fd, offset, what, xdata]);
        if (hop !== null) {
          const cbk: Cbk<'seek', unknown> = (
            parent,
            cookie,
            cbkXl,
            opRet,
            opErrno,
            offset,
            xdata,
          ) => {
            observer.unwind(hop, opRet, opErrno, [offset, xdata]);
            const parentXl = parent.xl;
            const previousFrame = parentXl.frame;
            parentXl.frame = parent;
            parentCbk(parent, cookie, cbkXl, opRet, opErrno, offset, xdata);
            parentXl.frame = previousFrame;
          };
          frame.cbk = cbk as AnyCbk;
        }
      }
      const previousFrame = xl.frame;
      xl.frame = frame;
      fop(frame, xl, fd, offset, what, xdata);
      xl.frame = previousFrame;
    },
  lease:
    (observer: Observer, fop: Fop<'lease', unknown>): Fop<'lease', unknown> =>
    (frame, xl, loc, lease, xdata) => {
      const parentCbk = frame.cbk as Cbk<'lease', unknown> | null;
      if (parentCbk !== null && observer.wantsRequest(frame.root)) {
        const hop = observer.wind(frame, xl, 51, [loc, lease, xdata]);
        if (hop !== null) {
          const cbk: Cbk<'lease', unknown> = (
            parent,
            cookie,
            cbkXl,
            opRet,
            opErrno,
            lease,
            xdata,
          ) => {
            observer.unwind(hop, opRet, opErrno, [lease, xdata]);
            const parentXl = parent.xl;
            const previousFrame = parentXl.frame;
            parentXl.frame = parent;
            parentCbk(parent, cookie, cbkXl, opRet, opErrno, lease, xdata);
            parentXl.frame = previousFrame;
          };
          frame.cbk = cbk as AnyCbk;
        }
      }
      const previousFrame = xl.frame;
      xl.frame = frame;
      fop(frame, xl, loc, lease, xdata);
      xl.frame = previousFrame;
    },
  getactivelk:
    (observer: Observer, fop: Fop<'getactivelk', unknown>): Fop<'getactivelk', unknown> =>
    (frame, xl, loc, xdata) => {
      const parentCbk = frame.cbk as Cbk<'getactivelk', unknown> | null;
      if (parentCbk !== null && observer.wantsRequest(frame.root)) {
        const hop = observer.wind(frame, xl, 53, [loc, xdata]);
        if (hop !== null) {
          const cbk: Cbk<'getactivelk', unknown> = (
            parent,
            cookie,
            cbkXl,
            opRet,
            opErrno,
            locklist,
            xdata,
          ) => {
            observer.unwind(hop, opRet, opErrno, [locklist, xdata]);
            const parentXl = parent.xl;
            const previousFrame = parentXl.frame;
            parentXl.frame = parent;
            parentCbk(parent, cookie, cbkXl, opRet, opErrno, locklist, xdata);
            parentXl.frame = previousFrame;
          };
          frame.cbk = cbk as AnyCbk;
        }
      }
      const previousFrame = xl.frame;
      xl.frame = frame;
      fop(frame, xl, loc, xdata);
      xl.frame = previousFrame;
    },
  setactivelk:
    (observer: Observer, fop: Fop<'setactivelk', unknown>): Fop<'setactivelk', unknown> =>
    (frame, xl, loc, locklist, xdata) => {
      const parentCbk = frame.cbk as Cbk<'setactivelk', unknown> | null;
      if (parentCbk !== null && observer.wantsRequest(frame.root)) {
        const hop = observer.wind(frame, xl, 54, [loc, locklist, xdata]);
        if (hop !== null) {
          const cbk: Cbk<'setactivelk', unknown> = (
            parent,
            cookie,
            cbkXl,
            opRet,
            opErrno,
            xdata,
          ) => {
            observer.unwind(hop, opRet, opErrno, [xdata]);
            const parentXl = parent.xl;
            const previousFrame = parentXl.frame;
            parentXl.frame = parent;
            parentCbk(parent, cookie, cbkXl, opRet, opErrno, xdata);
            parentXl.frame = previousFrame;
          };
          frame.cbk = cbk as AnyCbk;
        }
      }
      const previousFrame = xl.frame;
      xl.frame = frame;
      fop(frame, xl, loc, locklist, xdata);
      xl.frame = previousFrame;
    },
  put:
    (observer: Observer, fop: Fop<'put', unknown>): Fop<'put', unknown> =>
    (frame, xl, loc, mode, umask, flags, vector, offset, dict, xdata) => {
      const parentCbk = frame.cbk as Cbk<'put', unknown> | null;
      if (parentCbk !== null && observer.wantsRequest(frame.root)) {
        const hop = observer.wind(frame, xl, 55, [
          loc,
          mode,
          umask,
          flags,
          vector,
          offset,
          dict,
          xdata,
        ]);
        if (hop !== null) {
          const cbk: Cbk<'put', unknown> = (
            parent,
            cookie,
            cbkXl,
            opRet,
            opErrno,
            inode,
            buf,
            preparent,
            postparent,
            xdata,
          ) => {
            observer.unwind(hop, opRet, opErrno, [inode, buf, preparent, postparent, xdata]);
            const parentXl = parent.xl;
            const previousFrame = parentXl.frame;
            parentXl.frame = parent;
            parentCbk(
              parent,
              cookie,
              cbkXl,
              opRet,
              opErrno,
              inode,
              buf,
              preparent,
              postparent,
              xdata,
            );
            parentXl.frame = previousFrame;
          };
          frame.cbk = cbk as AnyCbk;
        }
      }
      const previousFrame = xl.frame;
      xl.frame = frame;
      fop(frame, xl, loc, mode, umask, flags, vector, offset, dict, xdata);
      xl.frame = previousFrame;
    },
  icreate:
    (observer: Observer, fop: Fop<'icreate', unknown>): Fop<'icreate', unknown> =>
    (frame, xl, loc, mode, xdata) => {
      const parentCbk = frame.cbk as Cbk<'icreate', unknown> | null;
      if (parentCbk !== null && observer.wantsRequest(frame.root)) {
        const hop = observer.wind(frame, xl, 56, [loc, mode, xdata]);
        if (hop !== null) {
          const cbk: Cbk<'icreate', unknown> = (
            parent,
            cookie,
            cbkXl,
            opRet,
            opErrno,
            inode,
            buf,
            xdata,
          ) => {
            observer.unwind(hop, opRet, opErrno, [inode, buf, xdata]);
            const parentXl = parent.xl;
            const previousFrame = parentXl.frame;
            parentXl.frame = parent;
            parentCbk(parent, cookie, cbkXl, opRet, opErrno, inode, buf, xdata);
            parentXl.frame = previousFrame;
          };
          frame.cbk = cbk as AnyCbk;
        }
      }
      const previousFrame = xl.frame;
      xl.frame = frame;
      fop(frame, xl, loc, mode, xdata);
      xl.frame = previousFrame;
    },
  namelink:
    (observer: Observer, fop: Fop<'namelink', unknown>): Fop<'namelink', unknown> =>
    (frame, xl, loc, xdata) => {
      const parentCbk = frame.cbk as Cbk<'namelink', unknown> | null;
      if (parentCbk !== null && observer.wantsRequest(frame.root)) {
        const hop = observer.wind(frame, xl, 57, [loc, xdata]);
        if (hop !== null) {
          const cbk: Cbk<'namelink', unknown> = (
            parent,
            cookie,
            cbkXl,
            opRet,
            opErrno,
            prebuf,
            postbuf,
            xdata,
          ) => {
            observer.unwind(hop, opRet, opErrno, [prebuf, postbuf, xdata]);
            const parentXl = parent.xl;
            const previousFrame = parentXl.frame;
            parentXl.frame = parent;
            parentCbk(parent, cookie, cbkXl, opRet, opErrno, prebuf, postbuf, xdata);
            parentXl.frame = previousFrame;
          };
          frame.cbk = cbk as AnyCbk;
        }
      }
      const previousFrame = xl.frame;
      xl.frame = frame;
      fop(frame, xl, loc, xdata);
      xl.frame = previousFrame;
    },
  copy_file_range:
    (observer: Observer, fop: Fop<'copy_file_range', unknown>): Fop<'copy_file_range', unknown> =>
    (frame, xl, fdIn, offIn, fdOut, offOut, len, flags, xdata) => {
      const parentCbk = frame.cbk as Cbk<'copy_file_range', unknown> | null;
      if (parentCbk !== null && observer.wantsRequest(frame.root)) {
        const hop = observer.wind(frame, xl, 58, [fdIn, offIn, fdOut, offOut, len, flags, xdata]);
        if (hop !== null) {
          const cbk: Cbk<'copy_file_range', unknown> = (
            parent,
            cookie,
            cbkXl,
            opRet,
            opErrno,
            stbuf,
            prebufDst,
            postbufDst,
            xdata,
          ) => {
            observer.unwind(hop, opRet, opErrno, [stbuf, prebufDst, postbufDst, xdata]);
            const parentXl = parent.xl;
            const previousFrame = parentXl.frame;
            parentXl.frame = parent;
            parentCbk(parent, cookie, cbkXl, opRet, opErrno, stbuf, prebufDst, postbufDst, xdata);
            parentXl.frame = previousFrame;
          };
          frame.cbk = cbk as AnyCbk;
        }
      }
      const previousFrame = xl.frame;
      xl.frame = frame;
      fop(frame, xl, fdIn, offIn, fdOut, offOut, len, flags, xdata);
      xl.frame = previousFrame;
    },
};
