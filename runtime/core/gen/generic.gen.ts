/**
 * Generated from runtime/core/fops.ts by tools/gen/generic.ts (npm run gen). Do not edit.
 */
import type { Frame } from '../frame.ts';
import type { Cbk, Child, Fop, Xlator } from '../xlator.ts';
import { type FopName, tail, unwind, wind } from './fops.gen.ts';

/** A fop whose arguments come as an array, in the table's order. */
export type AnyFop = (frame: Frame, xl: Xlator<unknown>, args: unknown[]) => void;
/** A callback whose reply comes as an array, in the table's order. */
export type AnyReply = (
  frame: Frame,
  cookie: number,
  xl: Xlator<unknown>,
  opRet: number,
  opErrno: number,
  reply: unknown[],
) => void;

/** The fop of a translator, made of a handler that takes an array. */
export const collect: { readonly [N in FopName]: (handle: AnyFop) => Fop<N, unknown> } = {
  stat:
    (handle: AnyFop): Fop<'stat', unknown> =>
    (frame, xl, loc, xdata) =>
      handle(frame, xl, [loc, xdata]),
  readlink:
    (handle: AnyFop): Fop<'readlink', unknown> =>
    (frame, xl, loc, size, xdata) =>
      handle(frame, xl, [loc, size, xdata]),
  mknod:
    (handle: AnyFop): Fop<'mknod', unknown> =>
    (frame, xl, loc, mode, rdev, umask, xdata) =>
      handle(frame, xl, [loc, mode, rdev, umask, xdata]),
  mkdir:
    (handle: AnyFop): Fop<'mkdir', unknown> =>
    (frame, xl, loc, mode, umask, xdata) =>
      handle(frame, xl, [loc, mode, umask, xdata]),
  unlink:
    (handle: AnyFop): Fop<'unlink', unknown> =>
    (frame, xl, loc, xflag, xdata) =>
      handle(frame, xl, [loc, xflag, xdata]),
  rmdir:
    (handle: AnyFop): Fop<'rmdir', unknown> =>
    (frame, xl, loc, flags, xdata) =>
      handle(frame, xl, [loc, flags, xdata]),
  symlink:
    (handle: AnyFop): Fop<'symlink', unknown> =>
    (frame, xl, linkpath, loc, umask, xdata) =>
      handle(frame, xl, [linkpath, loc, umask, xdata]),
  rename:
    (handle: AnyFop): Fop<'rename', unknown> =>
    (frame, xl, oldloc, newloc, xdata) =>
      handle(frame, xl, [oldloc, newloc, xdata]),
  link:
    (handle: AnyFop): Fop<'link', unknown> =>
    (frame, xl, oldloc, newloc, xdata) =>
      handle(frame, xl, [oldloc, newloc, xdata]),
  truncate:
    (handle: AnyFop): Fop<'truncate', unknown> =>
    (frame, xl, loc, offset, xdata) =>
      handle(frame, xl, [loc, offset, xdata]),
  open:
    (handle: AnyFop): Fop<'open', unknown> =>
    (frame, xl, loc, flags, fd, xdata) =>
      handle(frame, xl, [loc, flags, fd, xdata]),
  readv:
    (handle: AnyFop): Fop<'readv', unknown> =>
    (frame, xl, fd, size, offset, flags, xdata) =>
      handle(frame, xl, [fd, size, offset, flags, xdata]),
  writev:
    (handle: AnyFop): Fop<'writev', unknown> =>
    (frame, xl, fd, vector, offset, flags, xdata) =>
      handle(frame, xl, [fd, vector, offset, flags, xdata]),
  statfs:
    (handle: AnyFop): Fop<'statfs', unknown> =>
    (frame, xl, loc, xdata) =>
      handle(frame, xl, [loc, xdata]),
  flush:
    (handle: AnyFop): Fop<'flush', unknown> =>
    (frame, xl, fd, xdata) =>
      handle(frame, xl, [fd, xdata]),
  fsync:
    (handle: AnyFop): Fop<'fsync', unknown> =>
    (frame, xl, fd, datasync, xdata) =>
      handle(frame, xl, [fd, datasync, xdata]),
  setxattr:
    (handle: AnyFop): Fop<'setxattr', unknown> =>
    (frame, xl, loc, dict, flags, xdata) =>
      handle(frame, xl, [loc, dict, flags, xdata]),
  getxattr:
    (handle: AnyFop): Fop<'getxattr', unknown> =>
    (frame, xl, loc, name, xdata) =>
      handle(frame, xl, [loc, name, xdata]),
  removexattr:
    (handle: AnyFop): Fop<'removexattr', unknown> =>
    (frame, xl, loc, name, xdata) =>
      handle(frame, xl, [loc, name, xdata]),
  opendir:
    (handle: AnyFop): Fop<'opendir', unknown> =>
    (frame, xl, loc, fd, xdata) =>
      handle(frame, xl, [loc, fd, xdata]),
  fsyncdir:
    (handle: AnyFop): Fop<'fsyncdir', unknown> =>
    (frame, xl, fd, datasync, xdata) =>
      handle(frame, xl, [fd, datasync, xdata]),
  access:
    (handle: AnyFop): Fop<'access', unknown> =>
    (frame, xl, loc, mask, xdata) =>
      handle(frame, xl, [loc, mask, xdata]),
  create:
    (handle: AnyFop): Fop<'create', unknown> =>
    (frame, xl, loc, flags, mode, umask, fd, xdata) =>
      handle(frame, xl, [loc, flags, mode, umask, fd, xdata]),
  ftruncate:
    (handle: AnyFop): Fop<'ftruncate', unknown> =>
    (frame, xl, fd, offset, xdata) =>
      handle(frame, xl, [fd, offset, xdata]),
  fstat:
    (handle: AnyFop): Fop<'fstat', unknown> =>
    (frame, xl, fd, xdata) =>
      handle(frame, xl, [fd, xdata]),
  lk:
    (handle: AnyFop): Fop<'lk', unknown> =>
    (frame, xl, fd, cmd, flock, xdata) =>
      handle(frame, xl, [fd, cmd, flock, xdata]),
  lookup:
    (handle: AnyFop): Fop<'lookup', unknown> =>
    (frame, xl, loc, xdata) =>
      handle(frame, xl, [loc, xdata]),
  readdir:
    (handle: AnyFop): Fop<'readdir', unknown> =>
    (frame, xl, fd, size, offset, xdata) =>
      handle(frame, xl, [fd, size, offset, xdata]),
  inodelk:
    (handle: AnyFop): Fop<'inodelk', unknown> =>
    (frame, xl, volume, loc, cmd, flock, xdata) =>
      handle(frame, xl, [volume, loc, cmd, flock, xdata]),
  finodelk:
    (handle: AnyFop): Fop<'finodelk', unknown> =>
    (frame, xl, volume, fd, cmd, flock, xdata) =>
      handle(frame, xl, [volume, fd, cmd, flock, xdata]),
  entrylk:
    (handle: AnyFop): Fop<'entrylk', unknown> =>
    (frame, xl, volume, loc, basename, cmd, type, xdata) =>
      handle(frame, xl, [volume, loc, basename, cmd, type, xdata]),
  fentrylk:
    (handle: AnyFop): Fop<'fentrylk', unknown> =>
    (frame, xl, volume, fd, basename, cmd, type, xdata) =>
      handle(frame, xl, [volume, fd, basename, cmd, type, xdata]),
  xattrop:
    (handle: AnyFop): Fop<'xattrop', unknown> =>
    (frame, xl, loc, optype, dict, xdata) =>
      handle(frame, xl, [loc, optype, dict, xdata]),
  fxattrop:
    (handle: AnyFop): Fop<'fxattrop', unknown> =>
    (frame, xl, fd, optype, dict, xdata) =>
      handle(frame, xl, [fd, optype, dict, xdata]),
  fgetxattr:
    (handle: AnyFop): Fop<'fgetxattr', unknown> =>
    (frame, xl, fd, name, xdata) =>
      handle(frame, xl, [fd, name, xdata]),
  fsetxattr:
    (handle: AnyFop): Fop<'fsetxattr', unknown> =>
    (frame, xl, fd, dict, flags, xdata) =>
      handle(frame, xl, [fd, dict, flags, xdata]),
  rchecksum:
    (handle: AnyFop): Fop<'rchecksum', unknown> =>
    (frame, xl, fd, offset, len, xdata) =>
      handle(frame, xl, [fd, offset, len, xdata]),
  setattr:
    (handle: AnyFop): Fop<'setattr', unknown> =>
    (frame, xl, loc, stbuf, valid, xdata) =>
      handle(frame, xl, [loc, stbuf, valid, xdata]),
  fsetattr:
    (handle: AnyFop): Fop<'fsetattr', unknown> =>
    (frame, xl, fd, stbuf, valid, xdata) =>
      handle(frame, xl, [fd, stbuf, valid, xdata]),
  readdirp:
    (handle: AnyFop): Fop<'readdirp', unknown> =>
    (frame, xl, fd, size, offset, xdata) =>
      handle(frame, xl, [fd, size, offset, xdata]),
  getspec:
    (handle: AnyFop): Fop<'getspec', unknown> =>
    (frame, xl, key, flags) =>
      handle(frame, xl, [key, flags]),
  fremovexattr:
    (handle: AnyFop): Fop<'fremovexattr', unknown> =>
    (frame, xl, fd, name, xdata) =>
      handle(frame, xl, [fd, name, xdata]),
  fallocate:
    (handle: AnyFop): Fop<'fallocate', unknown> =>
    (frame, xl, fd, mode, offset, len, xdata) =>
      handle(frame, xl, [fd, mode, offset, len, xdata]),
  discard:
    (handle: AnyFop): Fop<'discard', unknown> =>
    (frame, xl, fd, offset, len, xdata) =>
      handle(frame, xl, [fd, offset, len, xdata]),
  zerofill:
    (handle: AnyFop): Fop<'zerofill', unknown> =>
    (frame, xl, fd, offset, len, xdata) =>
      handle(frame, xl, [fd, offset, len, xdata]),
  ipc:
    (handle: AnyFop): Fop<'ipc', unknown> =>
    (frame, xl, op, xdata) =>
      handle(frame, xl, [op, xdata]),
  seek:
    (handle: AnyFop): Fop<'seek', unknown> =>
    (frame, xl, fd, offset, what, xdata) =>
      handle(frame, xl, [fd, offset, what, xdata]),
  lease:
    (handle: AnyFop): Fop<'lease', unknown> =>
    (frame, xl, loc, lease, xdata) =>
      handle(frame, xl, [loc, lease, xdata]),
  getactivelk:
    (handle: AnyFop): Fop<'getactivelk', unknown> =>
    (frame, xl, loc, xdata) =>
      handle(frame, xl, [loc, xdata]),
  setactivelk:
    (handle: AnyFop): Fop<'setactivelk', unknown> =>
    (frame, xl, loc, locklist, xdata) =>
      handle(frame, xl, [loc, locklist, xdata]),
  put:
    (handle: AnyFop): Fop<'put', unknown> =>
    (frame, xl, loc, mode, umask, flags, vector, offset, dict, xdata) =>
      handle(frame, xl, [loc, mode, umask, flags, vector, offset, dict, xdata]),
  icreate:
    (handle: AnyFop): Fop<'icreate', unknown> =>
    (frame, xl, loc, mode, xdata) =>
      handle(frame, xl, [loc, mode, xdata]),
  namelink:
    (handle: AnyFop): Fop<'namelink', unknown> =>
    (frame, xl, loc, xdata) =>
      handle(frame, xl, [loc, xdata]),
  copy_file_range:
    (handle: AnyFop): Fop<'copy_file_range', unknown> =>
    (frame, xl, fdIn, offIn, fdOut, offOut, len, flags, xdata) =>
      handle(frame, xl, [fdIn, offIn, fdOut, offOut, len, flags, xdata]),
};

/** A callback made of a handler that takes an array. */
export const collectCbk: { readonly [N in FopName]: (handle: AnyReply) => Cbk<N, unknown> } = {
  stat:
    (handle: AnyReply): Cbk<'stat', unknown> =>
    (frame, cookie, xl, opRet, opErrno, buf, xdata) =>
      handle(frame, cookie, xl, opRet, opErrno, [buf, xdata]),
  readlink:
    (handle: AnyReply): Cbk<'readlink', unknown> =>
    (frame, cookie, xl, opRet, opErrno, path, buf, xdata) =>
      handle(frame, cookie, xl, opRet, opErrno, [path, buf, xdata]),
  mknod:
    (handle: AnyReply): Cbk<'mknod', unknown> =>
    (frame, cookie, xl, opRet, opErrno, inode, buf, preparent, postparent, xdata) =>
      handle(frame, cookie, xl, opRet, opErrno, [inode, buf, preparent, postparent, xdata]),
  mkdir:
    (handle: AnyReply): Cbk<'mkdir', unknown> =>
    (frame, cookie, xl, opRet, opErrno, inode, buf, preparent, postparent, xdata) =>
      handle(frame, cookie, xl, opRet, opErrno, [inode, buf, preparent, postparent, xdata]),
  unlink:
    (handle: AnyReply): Cbk<'unlink', unknown> =>
    (frame, cookie, xl, opRet, opErrno, preparent, postparent, xdata) =>
      handle(frame, cookie, xl, opRet, opErrno, [preparent, postparent, xdata]),
  rmdir:
    (handle: AnyReply): Cbk<'rmdir', unknown> =>
    (frame, cookie, xl, opRet, opErrno, preparent, postparent, xdata) =>
      handle(frame, cookie, xl, opRet, opErrno, [preparent, postparent, xdata]),
  symlink:
    (handle: AnyReply): Cbk<'symlink', unknown> =>
    (frame, cookie, xl, opRet, opErrno, inode, buf, preparent, postparent, xdata) =>
      handle(frame, cookie, xl, opRet, opErrno, [inode, buf, preparent, postparent, xdata]),
  rename:
    (handle: AnyReply): Cbk<'rename', unknown> =>
    (
      frame,
      cookie,
      xl,
      opRet,
      opErrno,
      buf,
      preoldparent,
      postoldparent,
      prenewparent,
      postnewparent,
      xdata,
    ) =>
      handle(frame, cookie, xl, opRet, opErrno, [
        buf,
        preoldparent,
        postoldparent,
        prenewparent,
        postnewparent,
        xdata,
      ]),
  link:
    (handle: AnyReply): Cbk<'link', unknown> =>
    (frame, cookie, xl, opRet, opErrno, inode, buf, preparent, postparent, xdata) =>
      handle(frame, cookie, xl, opRet, opErrno, [inode, buf, preparent, postparent, xdata]),
  truncate:
    (handle: AnyReply): Cbk<'truncate', unknown> =>
    (frame, cookie, xl, opRet, opErrno, prebuf, postbuf, xdata) =>
      handle(frame, cookie, xl, opRet, opErrno, [prebuf, postbuf, xdata]),
  open:
    (handle: AnyReply): Cbk<'open', unknown> =>
    (frame, cookie, xl, opRet, opErrno, fd, xdata) =>
      handle(frame, cookie, xl, opRet, opErrno, [fd, xdata]),
  readv:
    (handle: AnyReply): Cbk<'readv', unknown> =>
    (frame, cookie, xl, opRet, opErrno, vector, stbuf, xdata) =>
      handle(frame, cookie, xl, opRet, opErrno, [vector, stbuf, xdata]),
  writev:
    (handle: AnyReply): Cbk<'writev', unknown> =>
    (frame, cookie, xl, opRet, opErrno, prebuf, postbuf, xdata) =>
      handle(frame, cookie, xl, opRet, opErrno, [prebuf, postbuf, xdata]),
  statfs:
    (handle: AnyReply): Cbk<'statfs', unknown> =>
    (frame, cookie, xl, opRet, opErrno, buf, xdata) =>
      handle(frame, cookie, xl, opRet, opErrno, [buf, xdata]),
  flush:
    (handle: AnyReply): Cbk<'flush', unknown> =>
    (frame, cookie, xl, opRet, opErrno, xdata) =>
      handle(frame, cookie, xl, opRet, opErrno, [xdata]),
  fsync:
    (handle: AnyReply): Cbk<'fsync', unknown> =>
    (frame, cookie, xl, opRet, opErrno, prebuf, postbuf, xdata) =>
      handle(frame, cookie, xl, opRet, opErrno, [prebuf, postbuf, xdata]),
  setxattr:
    (handle: AnyReply): Cbk<'setxattr', unknown> =>
    (frame, cookie, xl, opRet, opErrno, xdata) =>
      handle(frame, cookie, xl, opRet, opErrno, [xdata]),
  getxattr:
    (handle: AnyReply): Cbk<'getxattr', unknown> =>
    (frame, cookie, xl, opRet, opErrno, dict, xdata) =>
      handle(frame, cookie, xl, opRet, opErrno, [dict, xdata]),
  removexattr:
    (handle: AnyReply): Cbk<'removexattr', unknown> =>
    (frame, cookie, xl, opRet, opErrno, xdata) =>
      handle(frame, cookie, xl, opRet, opErrno, [xdata]),
  opendir:
    (handle: AnyReply): Cbk<'opendir', unknown> =>
    (frame, cookie, xl, opRet, opErrno, fd, xdata) =>
      handle(frame, cookie, xl, opRet, opErrno, [fd, xdata]),
  fsyncdir:
    (handle: AnyReply): Cbk<'fsyncdir', unknown> =>
    (frame, cookie, xl, opRet, opErrno, xdata) =>
      handle(frame, cookie, xl, opRet, opErrno, [xdata]),
  access:
    (handle: AnyReply): Cbk<'access', unknown> =>
    (frame, cookie, xl, opRet, opErrno, xdata) =>
      handle(frame, cookie, xl, opRet, opErrno, [xdata]),
  create:
    (handle: AnyReply): Cbk<'create', unknown> =>
    (frame, cookie, xl, opRet, opErrno, fd, inode, buf, preparent, postparent, xdata) =>
      handle(frame, cookie, xl, opRet, opErrno, [fd, inode, buf, preparent, postparent, xdata]),
  ftruncate:
    (handle: AnyReply): Cbk<'ftruncate', unknown> =>
    (frame, cookie, xl, opRet, opErrno, prebuf, postbuf, xdata) =>
      handle(frame, cookie, xl, opRet, opErrno, [prebuf, postbuf, xdata]),
  fstat:
    (handle: AnyReply): Cbk<'fstat', unknown> =>
    (frame, cookie, xl, opRet, opErrno, buf, xdata) =>
      handle(frame, cookie, xl, opRet, opErrno, [buf, xdata]),
  lk:
    (handle: AnyReply): Cbk<'lk', unknown> =>
    (frame, cookie, xl, opRet, opErrno, flock, xdata) =>
      handle(frame, cookie, xl, opRet, opErrno, [flock, xdata]),
  lookup:
    (handle: AnyReply): Cbk<'lookup', unknown> =>
    (frame, cookie, xl, opRet, opErrno, inode, buf, xdata, postparent) =>
      handle(frame, cookie, xl, opRet, opErrno, [inode, buf, xdata, postparent]),
  readdir:
    (handle: AnyReply): Cbk<'readdir', unknown> =>
    (frame, cookie, xl, opRet, opErrno, entries, xdata) =>
      handle(frame, cookie, xl, opRet, opErrno, [entries, xdata]),
  inodelk:
    (handle: AnyReply): Cbk<'inodelk', unknown> =>
    (frame, cookie, xl, opRet, opErrno, xdata) =>
      handle(frame, cookie, xl, opRet, opErrno, [xdata]),
  finodelk:
    (handle: AnyReply): Cbk<'finodelk', unknown> =>
    (frame, cookie, xl, opRet, opErrno, xdata) =>
      handle(frame, cookie, xl, opRet, opErrno, [xdata]),
  entrylk:
    (handle: AnyReply): Cbk<'entrylk', unknown> =>
    (frame, cookie, xl, opRet, opErrno, xdata) =>
      handle(frame, cookie, xl, opRet, opErrno, [xdata]),
  fentrylk:
    (handle: AnyReply): Cbk<'fentrylk', unknown> =>
    (frame, cookie, xl, opRet, opErrno, xdata) =>
      handle(frame, cookie, xl, opRet, opErrno, [xdata]),
  xattrop:
    (handle: AnyReply): Cbk<'xattrop', unknown> =>
    (frame, cookie, xl, opRet, opErrno, dict, xdata) =>
      handle(frame, cookie, xl, opRet, opErrno, [dict, xdata]),
  fxattrop:
    (handle: AnyReply): Cbk<'fxattrop', unknown> =>
    (frame, cookie, xl, opRet, opErrno, dict, xdata) =>
      handle(frame, cookie, xl, opRet, opErrno, [dict, xdata]),
  fgetxattr:
    (handle: AnyReply): Cbk<'fgetxattr', unknown> =>
    (frame, cookie, xl, opRet, opErrno, dict, xdata) =>
      handle(frame, cookie, xl, opRet, opErrno, [dict, xdata]),
  fsetxattr:
    (handle: AnyReply): Cbk<'fsetxattr', unknown> =>
    (frame, cookie, xl, opRet, opErrno, xdata) =>
      handle(frame, cookie, xl, opRet, opErrno, [xdata]),
  rchecksum:
    (handle: AnyReply): Cbk<'rchecksum', unknown> =>
    (frame, cookie, xl, opRet, opErrno, weak, strong, xdata) =>
      handle(frame, cookie, xl, opRet, opErrno, [weak, strong, xdata]),
  setattr:
    (handle: AnyReply): Cbk<'setattr', unknown> =>
    (frame, cookie, xl, opRet, opErrno, statpre, statpost, xdata) =>
      handle(frame, cookie, xl, opRet, opErrno, [statpre, statpost, xdata]),
  fsetattr:
    (handle: AnyReply): Cbk<'fsetattr', unknown> =>
    (frame, cookie, xl, opRet, opErrno, statpre, statpost, xdata) =>
      handle(frame, cookie, xl, opRet, opErrno, [statpre, statpost, xdata]),
  readdirp:
    (handle: AnyReply): Cbk<'readdirp', unknown> =>
    (frame, cookie, xl, opRet, opErrno, entries, xdata) =>
      handle(frame, cookie, xl, opRet, opErrno, [entries, xdata]),
  getspec:
    (handle: AnyReply): Cbk<'getspec', unknown> =>
    (frame, cookie, xl, opRet, opErrno, spec) =>
      handle(frame, cookie, xl, opRet, opErrno, [spec]),
  fremovexattr:
    (handle: AnyReply): Cbk<'fremovexattr', unknown> =>
    (frame, cookie, xl, opRet, opErrno, xdata) =>
      handle(frame, cookie, xl, opRet, opErrno, [xdata]),
  fallocate:
    (handle: AnyReply): Cbk<'fallocate', unknown> =>
    (frame, cookie, xl, opRet, opErrno, prebuf, postbuf, xdata) =>
      handle(frame, cookie, xl, opRet, opErrno, [prebuf, postbuf, xdata]),
  discard:
    (handle: AnyReply): Cbk<'discard', unknown> =>
    (frame, cookie, xl, opRet, opErrno, prebuf, postbuf, xdata) =>
      handle(frame, cookie, xl, opRet, opErrno, [prebuf, postbuf, xdata]),
  zerofill:
    (handle: AnyReply): Cbk<'zerofill', unknown> =>
    (frame, cookie, xl, opRet, opErrno, prebuf, postbuf, xdata) =>
      handle(frame, cookie, xl, opRet, opErrno, [prebuf, postbuf, xdata]),
  ipc:
    (handle: AnyReply): Cbk<'ipc', unknown> =>
    (frame, cookie, xl, opRet, opErrno, xdata) =>
      handle(frame, cookie, xl, opRet, opErrno, [xdata]),
  seek:
    (handle: AnyReply): Cbk<'seek', unknown> =>
    (frame, cookie, xl, opRet, opErrno, offset, xdata) =>
      handle(frame, cookie, xl, opRet, opErrno, [offset, xdata]),
  lease:
    (handle: AnyReply): Cbk<'lease', unknown> =>
    (frame, cookie, xl, opRet, opErrno, lease, xdata) =>
      handle(frame, cookie, xl, opRet, opErrno, [lease, xdata]),
  getactivelk:
    (handle: AnyReply): Cbk<'getactivelk', unknown> =>
    (frame, cookie, xl, opRet, opErrno, locklist, xdata) =>
      handle(frame, cookie, xl, opRet, opErrno, [locklist, xdata]),
  setactivelk:
    (handle: AnyReply): Cbk<'setactivelk', unknown> =>
    (frame, cookie, xl, opRet, opErrno, xdata) =>
      handle(frame, cookie, xl, opRet, opErrno, [xdata]),
  put:
    (handle: AnyReply): Cbk<'put', unknown> =>
    (frame, cookie, xl, opRet, opErrno, inode, buf, preparent, postparent, xdata) =>
      handle(frame, cookie, xl, opRet, opErrno, [inode, buf, preparent, postparent, xdata]),
  icreate:
    (handle: AnyReply): Cbk<'icreate', unknown> =>
    (frame, cookie, xl, opRet, opErrno, inode, buf, xdata) =>
      handle(frame, cookie, xl, opRet, opErrno, [inode, buf, xdata]),
  namelink:
    (handle: AnyReply): Cbk<'namelink', unknown> =>
    (frame, cookie, xl, opRet, opErrno, prebuf, postbuf, xdata) =>
      handle(frame, cookie, xl, opRet, opErrno, [prebuf, postbuf, xdata]),
  copy_file_range:
    (handle: AnyReply): Cbk<'copy_file_range', unknown> =>
    (frame, cookie, xl, opRet, opErrno, stbuf, prebufDst, postbufDst, xdata) =>
      handle(frame, cookie, xl, opRet, opErrno, [stbuf, prebufDst, postbufDst, xdata]),
};

/** `wind` with the arguments in an array, which must be of the row's types. */
export const windArgs: {
  readonly [N in FopName]: (
    frame: Frame,
    cookie: number,
    cbk: Cbk<N, unknown>,
    child: Child,
    args: readonly unknown[],
  ) => void;
} = {
  stat: (
    frame: Frame,
    cookie: number,
    cbk: Cbk<'stat', unknown>,
    child: Child,
    args: readonly unknown[],
  ): void => wind.stat(frame, cookie, cbk, child, args[0] as never, args[1] as never),
  readlink: (
    frame: Frame,
    cookie: number,
    cbk: Cbk<'readlink', unknown>,
    child: Child,
    args: readonly unknown[],
  ): void =>
    wind.readlink(frame, cookie, cbk, child, args[0] as never, args[1] as never, args[2] as never),
  mknod: (
    frame: Frame,
    cookie: number,
    cbk: Cbk<'mknod', unknown>,
    child: Child,
    args: readonly unknown[],
  ): void =>
    wind.mknod(
      frame,
      cookie,
      cbk,
      child,
      args[0] as never,
      args[1] as never,
      args[2] as never,
      args[3] as never,
      args[4] as never,
    ),
  mkdir: (
    frame: Frame,
    cookie: number,
    cbk: Cbk<'mkdir', unknown>,
    child: Child,
    args: readonly unknown[],
  ): void =>
    wind.mkdir(
      frame,
      cookie,
      cbk,
      child,
      args[0] as never,
      args[1] as never,
      args[2] as never,
      args[3] as never,
    ),
  unlink: (
    frame: Frame,
    cookie: number,
    cbk: Cbk<'unlink', unknown>,
    child: Child,
    args: readonly unknown[],
  ): void =>
    wind.unlink(frame, cookie, cbk, child, args[0] as never, args[1] as never, args[2] as never),
  rmdir: (
    frame: Frame,
    cookie: number,
    cbk: Cbk<'rmdir', unknown>,
    child: Child,
    args: readonly unknown[],
  ): void =>
    wind.rmdir(frame, cookie, cbk, child, args[0] as never, args[1] as never, args[2] as never),
  symlink: (
    frame: Frame,
    cookie: number,
    cbk: Cbk<'symlink', unknown>,
    child: Child,
    args: readonly unknown[],
  ): void =>
    wind.symlink(
      frame,
      cookie,
      cbk,
      child,
      args[0] as never,
      args[1] as never,
      args[2] as never,
      args[3] as never,
    ),
  rename: (
    frame: Frame,
    cookie: number,
    cbk: Cbk<'rename', unknown>,
    child: Child,
    args: readonly unknown[],
  ): void =>
    wind.rename(frame, cookie, cbk, child, args[0] as never, args[1] as never, args[2] as never),
  link: (
    frame: Frame,
    cookie: number,
    cbk: Cbk<'link', unknown>,
    child: Child,
    args: readonly unknown[],
  ): void =>
    wind.link(frame, cookie, cbk, child, args[0] as never, args[1] as never, args[2] as never),
  truncate: (
    frame: Frame,
    cookie: number,
    cbk: Cbk<'truncate', unknown>,
    child: Child,
    args: readonly unknown[],
  ): void =>
    wind.truncate(frame, cookie, cbk, child, args[0] as never, args[1] as never, args[2] as never),
  open: (
    frame: Frame,
    cookie: number,
    cbk: Cbk<'open', unknown>,
    child: Child,
    args: readonly unknown[],
  ): void =>
    wind.open(
      frame,
      cookie,
      cbk,
      child,
      args[0] as never,
      args[1] as never,
      args[2] as never,
      args[3] as never,
    ),
  readv: (
    frame: Frame,
    cookie: number,
    cbk: Cbk<'readv', unknown>,
    child: Child,
    args: readonly unknown[],
  ): void =>
    wind.readv(
      frame,
      cookie,
      cbk,
      child,
      args[0] as never,
      args[1] as never,
      args[2] as never,
      args[3] as never,
      args[4] as never,
    ),
  writev: (
    frame: Frame,
    cookie: number,
    cbk: Cbk<'writev', unknown>,
    child: Child,
    args: readonly unknown[],
  ): void =>
    wind.writev(
      frame,
      cookie,
      cbk,
      child,
      args[0] as never,
      args[1] as never,
      args[2] as never,
      args[3] as never,
      args[4] as never,
    ),
  statfs: (
    frame: Frame,
    cookie: number,
    cbk: Cbk<'statfs', unknown>,
    child: Child,
    args: readonly unknown[],
  ): void => wind.statfs(frame, cookie, cbk, child, args[0] as never, args[1] as never),
  flush: (
    frame: Frame,
    cookie: number,
    cbk: Cbk<'flush', unknown>,
    child: Child,
    args: readonly unknown[],
  ): void => wind.flush(frame, cookie, cbk, child, args[0] as never, args[1] as never),
  fsync: (
    frame: Frame,
    cookie: number,
    cbk: Cbk<'fsync', unknown>,
    child: Child,
    args: readonly unknown[],
  ): void =>
    wind.fsync(frame, cookie, cbk, child, args[0] as never, args[1] as never, args[2] as never),
  setxattr: (
    frame: Frame,
    cookie: number,
    cbk: Cbk<'setxattr', unknown>,
    child: Child,
    args: readonly unknown[],
  ): void =>
    wind.setxattr(
      frame,
      cookie,
      cbk,
      child,
      args[0] as never,
      args[1] as never,
      args[2] as never,
      args[3] as never,
    ),
  getxattr: (
    frame: Frame,
    cookie: number,
    cbk: Cbk<'getxattr', unknown>,
    child: Child,
    args: readonly unknown[],
  ): void =>
    wind.getxattr(frame, cookie, cbk, child, args[0] as never, args[1] as never, args[2] as never),
  removexattr: (
    frame: Frame,
    cookie: number,
    cbk: Cbk<'removexattr', unknown>,
    child: Child,
    args: readonly unknown[],
  ): void =>
    wind.removexattr(
      frame,
      cookie,
      cbk,
      child,
      args[0] as never,
      args[1] as never,
      args[2] as never,
    ),
  opendir: (
    frame: Frame,
    cookie: number,
    cbk: Cbk<'opendir', unknown>,
    child: Child,
    args: readonly unknown[],
  ): void =>
    wind.opendir(frame, cookie, cbk, child, args[0] as never, args[1] as never, args[2] as never),
  fsyncdir: (
    frame: Frame,
    cookie: number,
    cbk: Cbk<'fsyncdir', unknown>,
    child: Child,
    args: readonly unknown[],
  ): void =>
    wind.fsyncdir(frame, cookie, cbk, child, args[0] as never, args[1] as never, args[2] as never),
  access: (
    frame: Frame,
    cookie: number,
    cbk: Cbk<'access', unknown>,
    child: Child,
    args: readonly unknown[],
  ): void =>
    wind.access(frame, cookie, cbk, child, args[0] as never, args[1] as never, args[2] as never),
  create: (
    frame: Frame,
    cookie: number,
    cbk: Cbk<'create', unknown>,
    child: Child,
    args: readonly unknown[],
  ): void =>
    wind.create(
      frame,
      cookie,
      cbk,
      child,
      args[0] as never,
      args[1] as never,
      args[2] as never,
      args[3] as never,
      args[4] as never,
      args[5] as never,
    ),
  ftruncate: (
    frame: Frame,
    cookie: number,
    cbk: Cbk<'ftruncate', unknown>,
    child: Child,
    args: readonly unknown[],
  ): void =>
    wind.ftruncate(frame, cookie, cbk, child, args[0] as never, args[1] as never, args[2] as never),
  fstat: (
    frame: Frame,
    cookie: number,
    cbk: Cbk<'fstat', unknown>,
    child: Child,
    args: readonly unknown[],
  ): void => wind.fstat(frame, cookie, cbk, child, args[0] as never, args[1] as never),
  lk: (
    frame: Frame,
    cookie: number,
    cbk: Cbk<'lk', unknown>,
    child: Child,
    args: readonly unknown[],
  ): void =>
    wind.lk(
      frame,
      cookie,
      cbk,
      child,
      args[0] as never,
      args[1] as never,
      args[2] as never,
      args[3] as never,
    ),
  lookup: (
    frame: Frame,
    cookie: number,
    cbk: Cbk<'lookup', unknown>,
    child: Child,
    args: readonly unknown[],
  ): void => wind.lookup(frame, cookie, cbk, child, args[0] as never, args[1] as never),
  readdir: (
    frame: Frame,
    cookie: number,
    cbk: Cbk<'readdir', unknown>,
    child: Child,
    args: readonly unknown[],
  ): void =>
    wind.readdir(
      frame,
      cookie,
      cbk,
      child,
      args[0] as never,
      args[1] as never,
      args[2] as never,
      args[3] as never,
    ),
  inodelk: (
    frame: Frame,
    cookie: number,
    cbk: Cbk<'inodelk', unknown>,
    child: Child,
    args: readonly unknown[],
  ): void =>
    wind.inodelk(
      frame,
      cookie,
      cbk,
      child,
      args[0] as never,
      args[1] as never,
      args[2] as never,
      args[3] as never,
      args[4] as never,
    ),
  finodelk: (
    frame: Frame,
    cookie: number,
    cbk: Cbk<'finodelk', unknown>,
    child: Child,
    args: readonly unknown[],
  ): void =>
    wind.finodelk(
      frame,
      cookie,
      cbk,
      child,
      args[0] as never,
      args[1] as never,
      args[2] as never,
      args[3] as never,
      args[4] as never,
    ),
  entrylk: (
    frame: Frame,
    cookie: number,
    cbk: Cbk<'entrylk', unknown>,
    child: Child,
    args: readonly unknown[],
  ): void =>
    wind.entrylk(
      frame,
      cookie,
      cbk,
      child,
      args[0] as never,
      args[1] as never,
      args[2] as never,
      args[3] as never,
      args[4] as never,
      args[5] as never,
    ),
  fentrylk: (
    frame: Frame,
    cookie: number,
    cbk: Cbk<'fentrylk', unknown>,
    child: Child,
    args: readonly unknown[],
  ): void =>
    wind.fentrylk(
      frame,
      cookie,
      cbk,
      child,
      args[0] as never,
      args[1] as never,
      args[2] as never,
      args[3] as never,
      args[4] as never,
      args[5] as never,
    ),
  xattrop: (
    frame: Frame,
    cookie: number,
    cbk: Cbk<'xattrop', unknown>,
    child: Child,
    args: readonly unknown[],
  ): void =>
    wind.xattrop(
      frame,
      cookie,
      cbk,
      child,
      args[0] as never,
      args[1] as never,
      args[2] as never,
      args[3] as never,
    ),
  fxattrop: (
    frame: Frame,
    cookie: number,
    cbk: Cbk<'fxattrop', unknown>,
    child: Child,
    args: readonly unknown[],
  ): void =>
    wind.fxattrop(
      frame,
      cookie,
      cbk,
      child,
      args[0] as never,
      args[1] as never,
      args[2] as never,
      args[3] as never,
    ),
  fgetxattr: (
    frame: Frame,
    cookie: number,
    cbk: Cbk<'fgetxattr', unknown>,
    child: Child,
    args: readonly unknown[],
  ): void =>
    wind.fgetxattr(frame, cookie, cbk, child, args[0] as never, args[1] as never, args[2] as never),
  fsetxattr: (
    frame: Frame,
    cookie: number,
    cbk: Cbk<'fsetxattr', unknown>,
    child: Child,
    args: readonly unknown[],
  ): void =>
    wind.fsetxattr(
      frame,
      cookie,
      cbk,
      child,
      args[0] as never,
      args[1] as never,
      args[2] as never,
      args[3] as never,
    ),
  rchecksum: (
    frame: Frame,
    cookie: number,
    cbk: Cbk<'rchecksum', unknown>,
    child: Child,
    args: readonly unknown[],
  ): void =>
    wind.rchecksum(
      frame,
      cookie,
      cbk,
      child,
      args[0] as never,
      args[1] as never,
      args[2] as never,
      args[3] as never,
    ),
  setattr: (
    frame: Frame,
    cookie: number,
    cbk: Cbk<'setattr', unknown>,
    child: Child,
    args: readonly unknown[],
  ): void =>
    wind.setattr(
      frame,
      cookie,
      cbk,
      child,
      args[0] as never,
      args[1] as never,
      args[2] as never,
      args[3] as never,
    ),
  fsetattr: (
    frame: Frame,
    cookie: number,
    cbk: Cbk<'fsetattr', unknown>,
    child: Child,
    args: readonly unknown[],
  ): void =>
    wind.fsetattr(
      frame,
      cookie,
      cbk,
      child,
      args[0] as never,
      args[1] as never,
      args[2] as never,
      args[3] as never,
    ),
  readdirp: (
    frame: Frame,
    cookie: number,
    cbk: Cbk<'readdirp', unknown>,
    child: Child,
    args: readonly unknown[],
  ): void =>
    wind.readdirp(
      frame,
      cookie,
      cbk,
      child,
      args[0] as never,
      args[1] as never,
      args[2] as never,
      args[3] as never,
    ),
  getspec: (
    frame: Frame,
    cookie: number,
    cbk: Cbk<'getspec', unknown>,
    child: Child,
    args: readonly unknown[],
  ): void => wind.getspec(frame, cookie, cbk, child, args[0] as never, args[1] as never),
  fremovexattr: (
    frame: Frame,
    cookie: number,
    cbk: Cbk<'fremovexattr', unknown>,
    child: Child,
    args: readonly unknown[],
  ): void =>
    wind.fremovexattr(
      frame,
      cookie,
      cbk,
      child,
      args[0] as never,
      args[1] as never,
      args[2] as never,
    ),
  fallocate: (
    frame: Frame,
    cookie: number,
    cbk: Cbk<'fallocate', unknown>,
    child: Child,
    args: readonly unknown[],
  ): void =>
    wind.fallocate(
      frame,
      cookie,
      cbk,
      child,
      args[0] as never,
      args[1] as never,
      args[2] as never,
      args[3] as never,
      args[4] as never,
    ),
  discard: (
    frame: Frame,
    cookie: number,
    cbk: Cbk<'discard', unknown>,
    child: Child,
    args: readonly unknown[],
  ): void =>
    wind.discard(
      frame,
      cookie,
      cbk,
      child,
      args[0] as never,
      args[1] as never,
      args[2] as never,
      args[3] as never,
    ),
  zerofill: (
    frame: Frame,
    cookie: number,
    cbk: Cbk<'zerofill', unknown>,
    child: Child,
    args: readonly unknown[],
  ): void =>
    wind.zerofill(
      frame,
      cookie,
      cbk,
      child,
      args[0] as never,
      args[1] as never,
      args[2] as never,
      args[3] as never,
    ),
  ipc: (
    frame: Frame,
    cookie: number,
    cbk: Cbk<'ipc', unknown>,
    child: Child,
    args: readonly unknown[],
  ): void => wind.ipc(frame, cookie, cbk, child, args[0] as never, args[1] as never),
  seek: (
    frame: Frame,
    cookie: number,
    cbk: Cbk<'seek', unknown>,
    child: Child,
    args: readonly unknown[],
  ): void =>
    wind.seek(
      frame,
      cookie,
      cbk,
      child,
      args[0] as never,
      args[1] as never,
      args[2] as never,
      args[3] as never,
    ),
  lease: (
    frame: Frame,
    cookie: number,
    cbk: Cbk<'lease', unknown>,
    child: Child,
    args: readonly unknown[],
  ): void =>
    wind.lease(frame, cookie, cbk, child, args[0] as never, args[1] as never, args[2] as never),
  getactivelk: (
    frame: Frame,
    cookie: number,
    cbk: Cbk<'getactivelk', unknown>,
    child: Child,
    args: readonly unknown[],
  ): void => wind.getactivelk(frame, cookie, cbk, child, args[0] as never, args[1] as never),
  setactivelk: (
    frame: Frame,
    cookie: number,
    cbk: Cbk<'setactivelk', unknown>,
    child: Child,
    args: readonly unknown[],
  ): void =>
    wind.setactivelk(
      frame,
      cookie,
      cbk,
      child,
      args[0] as never,
      args[1] as never,
      args[2] as never,
    ),
  put: (
    frame: Frame,
    cookie: number,
    cbk: Cbk<'put', unknown>,
    child: Child,
    args: readonly unknown[],
  ): void =>
    wind.put(
      frame,
      cookie,
      cbk,
      child,
      args[0] as never,
      args[1] as never,
      args[2] as never,
      args[3] as never,
      args[4] as never,
      args[5] as never,
      args[6] as never,
      args[7] as never,
    ),
  icreate: (
    frame: Frame,
    cookie: number,
    cbk: Cbk<'icreate', unknown>,
    child: Child,
    args: readonly unknown[],
  ): void =>
    wind.icreate(frame, cookie, cbk, child, args[0] as never, args[1] as never, args[2] as never),
  namelink: (
    frame: Frame,
    cookie: number,
    cbk: Cbk<'namelink', unknown>,
    child: Child,
    args: readonly unknown[],
  ): void => wind.namelink(frame, cookie, cbk, child, args[0] as never, args[1] as never),
  copy_file_range: (
    frame: Frame,
    cookie: number,
    cbk: Cbk<'copy_file_range', unknown>,
    child: Child,
    args: readonly unknown[],
  ): void =>
    wind.copy_file_range(
      frame,
      cookie,
      cbk,
      child,
      args[0] as never,
      args[1] as never,
      args[2] as never,
      args[3] as never,
      args[4] as never,
      args[5] as never,
      args[6] as never,
    ),
};

/** `tail` with the arguments in an array. */
export const tailArgs: {
  readonly [N in FopName]: (frame: Frame, child: Child, args: readonly unknown[]) => void;
} = {
  stat: (frame: Frame, child: Child, args: readonly unknown[]): void =>
    tail.stat(frame, child, args[0] as never, args[1] as never),
  readlink: (frame: Frame, child: Child, args: readonly unknown[]): void =>
    tail.readlink(frame, child, args[0] as never, args[1] as never, args[2] as never),
  mknod: (frame: Frame, child: Child, args: readonly unknown[]): void =>
    tail.mknod(
      frame,
      child,
      args[0] as never,
      args[1] as never,
      args[2] as never,
      args[3] as never,
      args[4] as never,
    ),
  mkdir: (frame: Frame, child: Child, args: readonly unknown[]): void =>
    tail.mkdir(
      frame,
      child,
      args[0] as never,
      args[1] as never,
      args[2] as never,
      args[3] as never,
    ),
  unlink: (frame: Frame, child: Child, args: readonly unknown[]): void =>
    tail.unlink(frame, child, args[0] as never, args[1] as never, args[2] as never),
  rmdir: (frame: Frame, child: Child, args: readonly unknown[]): void =>
    tail.rmdir(frame, child, args[0] as never, args[1] as never, args[2] as never),
  symlink: (frame: Frame, child: Child, args: readonly unknown[]): void =>
    tail.symlink(
      frame,
      child,
      args[0] as never,
      args[1] as never,
      args[2] as never,
      args[3] as never,
    ),
  rename: (frame: Frame, child: Child, args: readonly unknown[]): void =>
    tail.rename(frame, child, args[0] as never, args[1] as never, args[2] as never),
  link: (frame: Frame, child: Child, args: readonly unknown[]): void =>
    tail.link(frame, child, args[0] as never, args[1] as never, args[2] as never),
  truncate: (frame: Frame, child: Child, args: readonly unknown[]): void =>
    tail.truncate(frame, child, args[0] as never, args[1] as never, args[2] as never),
  open: (frame: Frame, child: Child, args: readonly unknown[]): void =>
    tail.open(frame, child, args[0] as never, args[1] as never, args[2] as never, args[3] as never),
  readv: (frame: Frame, child: Child, args: readonly unknown[]): void =>
    tail.readv(
      frame,
      child,
      args[0] as never,
      args[1] as never,
      args[2] as never,
      args[3] as never,
      args[4] as never,
    ),
  writev: (frame: Frame, child: Child, args: readonly unknown[]): void =>
    tail.writev(
      frame,
      child,
      args[0] as never,
      args[1] as never,
      args[2] as never,
      args[3] as never,
      args[4] as never,
    ),
  statfs: (frame: Frame, child: Child, args: readonly unknown[]): void =>
    tail.statfs(frame, child, args[0] as never, args[1] as never),
  flush: (frame: Frame, child: Child, args: readonly unknown[]): void =>
    tail.flush(frame, child, args[0] as never, args[1] as never),
  fsync: (frame: Frame, child: Child, args: readonly unknown[]): void =>
    tail.fsync(frame, child, args[0] as never, args[1] as never, args[2] as never),
  setxattr: (frame: Frame, child: Child, args: readonly unknown[]): void =>
    tail.setxattr(
      frame,
      child,
      args[0] as never,
      args[1] as never,
      args[2] as never,
      args[3] as never,
    ),
  getxattr: (frame: Frame, child: Child, args: readonly unknown[]): void =>
    tail.getxattr(frame, child, args[0] as never, args[1] as never, args[2] as never),
  removexattr: (frame: Frame, child: Child, args: readonly unknown[]): void =>
    tail.removexattr(frame, child, args[0] as never, args[1] as never, args[2] as never),
  opendir: (frame: Frame, child: Child, args: readonly unknown[]): void =>
    tail.opendir(frame, child, args[0] as never, args[1] as never, args[2] as never),
  fsyncdir: (frame: Frame, child: Child, args: readonly unknown[]): void =>
    tail.fsyncdir(frame, child, args[0] as never, args[1] as never, args[2] as never),
  access: (frame: Frame, child: Child, args: readonly unknown[]): void =>
    tail.access(frame, child, args[0] as never, args[1] as never, args[2] as never),
  create: (frame: Frame, child: Child, args: readonly unknown[]): void =>
    tail.create(
      frame,
      child,
      args[0] as never,
      args[1] as never,
      args[2] as never,
      args[3] as never,
      args[4] as never,
      args[5] as never,
    ),
  ftruncate: (frame: Frame, child: Child, args: readonly unknown[]): void =>
    tail.ftruncate(frame, child, args[0] as never, args[1] as never, args[2] as never),
  fstat: (frame: Frame, child: Child, args: readonly unknown[]): void =>
    tail.fstat(frame, child, args[0] as never, args[1] as never),
  lk: (frame: Frame, child: Child, args: readonly unknown[]): void =>
    tail.lk(frame, child, args[0] as never, args[1] as never, args[2] as never, args[3] as never),
  lookup: (frame: Frame, child: Child, args: readonly unknown[]): void =>
    tail.lookup(frame, child, args[0] as never, args[1] as never),
  readdir: (frame: Frame, child: Child, args: readonly unknown[]): void =>
    tail.readdir(
      frame,
      child,
      args[0] as never,
      args[1] as never,
      args[2] as never,
      args[3] as never,
    ),
  inodelk: (frame: Frame, child: Child, args: readonly unknown[]): void =>
    tail.inodelk(
      frame,
      child,
      args[0] as never,
      args[1] as never,
      args[2] as never,
      args[3] as never,
      args[4] as never,
    ),
  finodelk: (frame: Frame, child: Child, args: readonly unknown[]): void =>
    tail.finodelk(
      frame,
      child,
      args[0] as never,
      args[1] as never,
      args[2] as never,
      args[3] as never,
      args[4] as never,
    ),
  entrylk: (frame: Frame, child: Child, args: readonly unknown[]): void =>
    tail.entrylk(
      frame,
      child,
      args[0] as never,
      args[1] as never,
      args[2] as never,
      args[3] as never,
      args[4] as never,
      args[5] as never,
    ),
  fentrylk: (frame: Frame, child: Child, args: readonly unknown[]): void =>
    tail.fentrylk(
      frame,
      child,
      args[0] as never,
      args[1] as never,
      args[2] as never,
      args[3] as never,
      args[4] as never,
      args[5] as never,
    ),
  xattrop: (frame: Frame, child: Child, args: readonly unknown[]): void =>
    tail.xattrop(
      frame,
      child,
      args[0] as never,
      args[1] as never,
      args[2] as never,
      args[3] as never,
    ),
  fxattrop: (frame: Frame, child: Child, args: readonly unknown[]): void =>
    tail.fxattrop(
      frame,
      child,
      args[0] as never,
      args[1] as never,
      args[2] as never,
      args[3] as never,
    ),
  fgetxattr: (frame: Frame, child: Child, args: readonly unknown[]): void =>
    tail.fgetxattr(frame, child, args[0] as never, args[1] as never, args[2] as never),
  fsetxattr: (frame: Frame, child: Child, args: readonly unknown[]): void =>
    tail.fsetxattr(
      frame,
      child,
      args[0] as never,
      args[1] as never,
      args[2] as never,
      args[3] as never,
    ),
  rchecksum: (frame: Frame, child: Child, args: readonly unknown[]): void =>
    tail.rchecksum(
      frame,
      child,
      args[0] as never,
      args[1] as never,
      args[2] as never,
      args[3] as never,
    ),
  setattr: (frame: Frame, child: Child, args: readonly unknown[]): void =>
    tail.setattr(
      frame,
      child,
      args[0] as never,
      args[1] as never,
      args[2] as never,
      args[3] as never,
    ),
  fsetattr: (frame: Frame, child: Child, args: readonly unknown[]): void =>
    tail.fsetattr(
      frame,
      child,
      args[0] as never,
      args[1] as never,
      args[2] as never,
      args[3] as never,
    ),
  readdirp: (frame: Frame, child: Child, args: readonly unknown[]): void =>
    tail.readdirp(
      frame,
      child,
      args[0] as never,
      args[1] as never,
      args[2] as never,
      args[3] as never,
    ),
  getspec: (frame: Frame, child: Child, args: readonly unknown[]): void =>
    tail.getspec(frame, child, args[0] as never, args[1] as never),
  fremovexattr: (frame: Frame, child: Child, args: readonly unknown[]): void =>
    tail.fremovexattr(frame, child, args[0] as never, args[1] as never, args[2] as never),
  fallocate: (frame: Frame, child: Child, args: readonly unknown[]): void =>
    tail.fallocate(
      frame,
      child,
      args[0] as never,
      args[1] as never,
      args[2] as never,
      args[3] as never,
      args[4] as never,
    ),
  discard: (frame: Frame, child: Child, args: readonly unknown[]): void =>
    tail.discard(
      frame,
      child,
      args[0] as never,
      args[1] as never,
      args[2] as never,
      args[3] as never,
    ),
  zerofill: (frame: Frame, child: Child, args: readonly unknown[]): void =>
    tail.zerofill(
      frame,
      child,
      args[0] as never,
      args[1] as never,
      args[2] as never,
      args[3] as never,
    ),
  ipc: (frame: Frame, child: Child, args: readonly unknown[]): void =>
    tail.ipc(frame, child, args[0] as never, args[1] as never),
  seek: (frame: Frame, child: Child, args: readonly unknown[]): void =>
    tail.seek(frame, child, args[0] as never, args[1] as never, args[2] as never, args[3] as never),
  lease: (frame: Frame, child: Child, args: readonly unknown[]): void =>
    tail.lease(frame, child, args[0] as never, args[1] as never, args[2] as never),
  getactivelk: (frame: Frame, child: Child, args: readonly unknown[]): void =>
    tail.getactivelk(frame, child, args[0] as never, args[1] as never),
  setactivelk: (frame: Frame, child: Child, args: readonly unknown[]): void =>
    tail.setactivelk(frame, child, args[0] as never, args[1] as never, args[2] as never),
  put: (frame: Frame, child: Child, args: readonly unknown[]): void =>
    tail.put(
      frame,
      child,
      args[0] as never,
      args[1] as never,
      args[2] as never,
      args[3] as never,
      args[4] as never,
      args[5] as never,
      args[6] as never,
      args[7] as never,
    ),
  icreate: (frame: Frame, child: Child, args: readonly unknown[]): void =>
    tail.icreate(frame, child, args[0] as never, args[1] as never, args[2] as never),
  namelink: (frame: Frame, child: Child, args: readonly unknown[]): void =>
    tail.namelink(frame, child, args[0] as never, args[1] as never),
  copy_file_range: (frame: Frame, child: Child, args: readonly unknown[]): void =>
    tail.copy_file_range(
      frame,
      child,
      args[0] as never,
      args[1] as never,
      args[2] as never,
      args[3] as never,
      args[4] as never,
      args[5] as never,
      args[6] as never,
    ),
};

/** `unwind` with the reply in an array. */
export const unwindArgs: {
  readonly [N in FopName]: (
    frame: Frame,
    opRet: number,
    opErrno: number,
    args: readonly unknown[],
  ) => void;
} = {
  stat: (frame: Frame, opRet: number, opErrno: number, args: readonly unknown[]): void =>
    unwind.stat(frame, opRet, opErrno, args[0] as never, args[1] as never),
  readlink: (frame: Frame, opRet: number, opErrno: number, args: readonly unknown[]): void =>
    unwind.readlink(frame, opRet, opErrno, args[0] as never, args[1] as never, args[2] as never),
  mknod: (frame: Frame, opRet: number, opErrno: number, args: readonly unknown[]): void =>
    unwind.mknod(
      frame,
      opRet,
      opErrno,
      args[0] as never,
      args[1] as never,
      args[2] as never,
      args[3] as never,
      args[4] as never,
    ),
  mkdir: (frame: Frame, opRet: number, opErrno: number, args: readonly unknown[]): void =>
    unwind.mkdir(
      frame,
      opRet,
      opErrno,
      args[0] as never,
      args[1] as never,
      args[2] as never,
      args[3] as never,
      args[4] as never,
    ),
  unlink: (frame: Frame, opRet: number, opErrno: number, args: readonly unknown[]): void =>
    unwind.unlink(frame, opRet, opErrno, args[0] as never, args[1] as never, args[2] as never),
  rmdir: (frame: Frame, opRet: number, opErrno: number, args: readonly unknown[]): void =>
    unwind.rmdir(frame, opRet, opErrno, args[0] as never, args[1] as never, args[2] as never),
  symlink: (frame: Frame, opRet: number, opErrno: number, args: readonly unknown[]): void =>
    unwind.symlink(
      frame,
      opRet,
      opErrno,
      args[0] as never,
      args[1] as never,
      args[2] as never,
      args[3] as never,
      args[4] as never,
    ),
  rename: (frame: Frame, opRet: number, opErrno: number, args: readonly unknown[]): void =>
    unwind.rename(
      frame,
      opRet,
      opErrno,
      args[0] as never,
      args[1] as never,
      args[2] as never,
      args[3] as never,
      args[4] as never,
      args[5] as never,
    ),
  link: (frame: Frame, opRet: number, opErrno: number, args: readonly unknown[]): void =>
    unwind.link(
      frame,
      opRet,
      opErrno,
      args[0] as never,
      args[1] as never,
      args[2] as never,
      args[3] as never,
      args[4] as never,
    ),
  truncate: (frame: Frame, opRet: number, opErrno: number, args: readonly unknown[]): void =>
    unwind.truncate(frame, opRet, opErrno, args[0] as never, args[1] as never, args[2] as never),
  open: (frame: Frame, opRet: number, opErrno: number, args: readonly unknown[]): void =>
    unwind.open(frame, opRet, opErrno, args[0] as never, args[1] as never),
  readv: (frame: Frame, opRet: number, opErrno: number, args: readonly unknown[]): void =>
    unwind.readv(frame, opRet, opErrno, args[0] as never, args[1] as never, args[2] as never),
  writev: (frame: Frame, opRet: number, opErrno: number, args: readonly unknown[]): void =>
    unwind.writev(frame, opRet, opErrno, args[0] as never, args[1] as never, args[2] as never),
  statfs: (frame: Frame, opRet: number, opErrno: number, args: readonly unknown[]): void =>
    unwind.statfs(frame, opRet, opErrno, args[0] as never, args[1] as never),
  flush: (frame: Frame, opRet: number, opErrno: number, args: readonly unknown[]): void =>
    unwind.flush(frame, opRet, opErrno, args[0] as never),
  fsync: (frame: Frame, opRet: number, opErrno: number, args: readonly unknown[]): void =>
    unwind.fsync(frame, opRet, opErrno, args[0] as never, args[1] as never, args[2] as never),
  setxattr: (frame: Frame, opRet: number, opErrno: number, args: readonly unknown[]): void =>
    unwind.setxattr(frame, opRet, opErrno, args[0] as never),
  getxattr: (frame: Frame, opRet: number, opErrno: number, args: readonly unknown[]): void =>
    unwind.getxattr(frame, opRet, opErrno, args[0] as never, args[1] as never),
  removexattr: (frame: Frame, opRet: number, opErrno: number, args: readonly unknown[]): void =>
    unwind.removexattr(frame, opRet, opErrno, args[0] as never),
  opendir: (frame: Frame, opRet: number, opErrno: number, args: readonly unknown[]): void =>
    unwind.opendir(frame, opRet, opErrno, args[0] as never, args[1] as never),
  fsyncdir: (frame: Frame, opRet: number, opErrno: number, args: readonly unknown[]): void =>
    unwind.fsyncdir(frame, opRet, opErrno, args[0] as never),
  access: (frame: Frame, opRet: number, opErrno: number, args: readonly unknown[]): void =>
    unwind.access(frame, opRet, opErrno, args[0] as never),
  create: (frame: Frame, opRet: number, opErrno: number, args: readonly unknown[]): void =>
    unwind.create(
      frame,
      opRet,
      opErrno,
      args[0] as never,
      args[1] as never,
      args[2] as never,
      args[3] as never,
      args[4] as never,
      args[5] as never,
    ),
  ftruncate: (frame: Frame, opRet: number, opErrno: number, args: readonly unknown[]): void =>
    unwind.ftruncate(frame, opRet, opErrno, args[0] as never, args[1] as never, args[2] as never),
  fstat: (frame: Frame, opRet: number, opErrno: number, args: readonly unknown[]): void =>
    unwind.fstat(frame, opRet, opErrno, args[0] as never, args[1] as never),
  lk: (frame: Frame, opRet: number, opErrno: number, args: readonly unknown[]): void =>
    unwind.lk(frame, opRet, opErrno, args[0] as never, args[1] as never),
  lookup: (frame: Frame, opRet: number, opErrno: number, args: readonly unknown[]): void =>
    unwind.lookup(
      frame,
      opRet,
      opErrno,
      args[0] as never,
      args[1] as never,
      args[2] as never,
      args[3] as never,
    ),
  readdir: (frame: Frame, opRet: number, opErrno: number, args: readonly unknown[]): void =>
    unwind.readdir(frame, opRet, opErrno, args[0] as never, args[1] as never),
  inodelk: (frame: Frame, opRet: number, opErrno: number, args: readonly unknown[]): void =>
    unwind.inodelk(frame, opRet, opErrno, args[0] as never),
  finodelk: (frame: Frame, opRet: number, opErrno: number, args: readonly unknown[]): void =>
    unwind.finodelk(frame, opRet, opErrno, args[0] as never),
  entrylk: (frame: Frame, opRet: number, opErrno: number, args: readonly unknown[]): void =>
    unwind.entrylk(frame, opRet, opErrno, args[0] as never),
  fentrylk: (frame: Frame, opRet: number, opErrno: number, args: readonly unknown[]): void =>
    unwind.fentrylk(frame, opRet, opErrno, args[0] as never),
  xattrop: (frame: Frame, opRet: number, opErrno: number, args: readonly unknown[]): void =>
    unwind.xattrop(frame, opRet, opErrno, args[0] as never, args[1] as never),
  fxattrop: (frame: Frame, opRet: number, opErrno: number, args: readonly unknown[]): void =>
    unwind.fxattrop(frame, opRet, opErrno, args[0] as never, args[1] as never),
  fgetxattr: (frame: Frame, opRet: number, opErrno: number, args: readonly unknown[]): void =>
    unwind.fgetxattr(frame, opRet, opErrno, args[0] as never, args[1] as never),
  fsetxattr: (frame: Frame, opRet: number, opErrno: number, args: readonly unknown[]): void =>
    unwind.fsetxattr(frame, opRet, opErrno, args[0] as never),
  rchecksum: (frame: Frame, opRet: number, opErrno: number, args: readonly unknown[]): void =>
    unwind.rchecksum(frame, opRet, opErrno, args[0] as never, args[1] as never, args[2] as never),
  setattr: (frame: Frame, opRet: number, opErrno: number, args: readonly unknown[]): void =>
    unwind.setattr(frame, opRet, opErrno, args[0] as never, args[1] as never, args[2] as never),
  fsetattr: (frame: Frame, opRet: number, opErrno: number, args: readonly unknown[]): void =>
    unwind.fsetattr(frame, opRet, opErrno, args[0] as never, args[1] as never, args[2] as never),
  readdirp: (frame: Frame, opRet: number, opErrno: number, args: readonly unknown[]): void =>
    unwind.readdirp(frame, opRet, opErrno, args[0] as never, args[1] as never),
  getspec: (frame: Frame, opRet: number, opErrno: number, args: readonly unknown[]): void =>
    unwind.getspec(frame, opRet, opErrno, args[0] as never),
  fremovexattr: (frame: Frame, opRet: number, opErrno: number, args: readonly unknown[]): void =>
    unwind.fremovexattr(frame, opRet, opErrno, args[0] as never),
  fallocate: (frame: Frame, opRet: number, opErrno: number, args: readonly unknown[]): void =>
    unwind.fallocate(frame, opRet, opErrno, args[0] as never, args[1] as never, args[2] as never),
  discard: (frame: Frame, opRet: number, opErrno: number, args: readonly unknown[]): void =>
    unwind.discard(frame, opRet, opErrno, args[0] as never, args[1] as never, args[2] as never),
  zerofill: (frame: Frame, opRet: number, opErrno: number, args: readonly unknown[]): void =>
    unwind.zerofill(frame, opRet, opErrno, args[0] as never, args[1] as never, args[2] as never),
  ipc: (frame: Frame, opRet: number, opErrno: number, args: readonly unknown[]): void =>
    unwind.ipc(frame, opRet, opErrno, args[0] as never),
  seek: (frame: Frame, opRet: number, opErrno: number, args: readonly unknown[]): void =>
    unwind.seek(frame, opRet, opErrno, args[0] as never, args[1] as never),
  lease: (frame: Frame, opRet: number, opErrno: number, args: readonly unknown[]): void =>
    unwind.lease(frame, opRet, opErrno, args[0] as never, args[1] as never),
  getactivelk: (frame: Frame, opRet: number, opErrno: number, args: readonly unknown[]): void =>
    unwind.getactivelk(frame, opRet, opErrno, args[0] as never, args[1] as never),
  setactivelk: (frame: Frame, opRet: number, opErrno: number, args: readonly unknown[]): void =>
    unwind.setactivelk(frame, opRet, opErrno, args[0] as never),
  put: (frame: Frame, opRet: number, opErrno: number, args: readonly unknown[]): void =>
    unwind.put(
      frame,
      opRet,
      opErrno,
      args[0] as never,
      args[1] as never,
      args[2] as never,
      args[3] as never,
      args[4] as never,
    ),
  icreate: (frame: Frame, opRet: number, opErrno: number, args: readonly unknown[]): void =>
    unwind.icreate(frame, opRet, opErrno, args[0] as never, args[1] as never, args[2] as never),
  namelink: (frame: Frame, opRet: number, opErrno: number, args: readonly unknown[]): void =>
    unwind.namelink(frame, opRet, opErrno, args[0] as never, args[1] as never, args[2] as never),
  copy_file_range: (frame: Frame, opRet: number, opErrno: number, args: readonly unknown[]): void =>
    unwind.copy_file_range(
      frame,
      opRet,
      opErrno,
      args[0] as never,
      args[1] as never,
      args[2] as never,
      args[3] as never,
    ),
};
