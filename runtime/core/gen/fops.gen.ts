/**
 * Generated from runtime/core/fops.ts by tools/gen/fops.ts (npm run gen). Do not edit.
 */
import type { Dict } from '../dict.ts';
import type { Fd } from '../fd.ts';
import { type AnyCbk, Frame, reportSecondUnwind } from '../frame.ts';
import type { Dirent, Iatt, Statvfs } from '../iatt.ts';
import type { Inode } from '../inode.ts';
import type { Loc } from '../loc.ts';
import type { Flock, Lease } from '../lock.ts';
import type { Cbk, Child, Fop, Target, Xlator } from '../xlator.ts';

/** Arguments down and reply up of every fop, after `frame, xl` and `opRet, opErrno`. */
export interface FopTable {
  stat: { args: [loc: Loc, xdata: Dict | null]; reply: [buf: Iatt | null, xdata: Dict | null] };
  readlink: {
    args: [loc: Loc, size: number, xdata: Dict | null];
    reply: [path: string | null, buf: Iatt | null, xdata: Dict | null];
  };
  mknod: {
    args: [loc: Loc, mode: number, rdev: number, umask: number, xdata: Dict | null];
    reply: [
      inode: Inode | null,
      buf: Iatt | null,
      preparent: Iatt | null,
      postparent: Iatt | null,
      xdata: Dict | null,
    ];
  };
  mkdir: {
    args: [loc: Loc, mode: number, umask: number, xdata: Dict | null];
    reply: [
      inode: Inode | null,
      buf: Iatt | null,
      preparent: Iatt | null,
      postparent: Iatt | null,
      xdata: Dict | null,
    ];
  };
  unlink: {
    args: [loc: Loc, xflag: number, xdata: Dict | null];
    reply: [preparent: Iatt | null, postparent: Iatt | null, xdata: Dict | null];
  };
  rmdir: {
    args: [loc: Loc, flags: number, xdata: Dict | null];
    reply: [preparent: Iatt | null, postparent: Iatt | null, xdata: Dict | null];
  };
  symlink: {
    args: [linkpath: string, loc: Loc, umask: number, xdata: Dict | null];
    reply: [
      inode: Inode | null,
      buf: Iatt | null,
      preparent: Iatt | null,
      postparent: Iatt | null,
      xdata: Dict | null,
    ];
  };
  rename: {
    args: [oldloc: Loc, newloc: Loc, xdata: Dict | null];
    reply: [
      buf: Iatt | null,
      preoldparent: Iatt | null,
      postoldparent: Iatt | null,
      prenewparent: Iatt | null,
      postnewparent: Iatt | null,
      xdata: Dict | null,
    ];
  };
  link: {
    args: [oldloc: Loc, newloc: Loc, xdata: Dict | null];
    reply: [
      inode: Inode | null,
      buf: Iatt | null,
      preparent: Iatt | null,
      postparent: Iatt | null,
      xdata: Dict | null,
    ];
  };
  truncate: {
    args: [loc: Loc, offset: number, xdata: Dict | null];
    reply: [prebuf: Iatt | null, postbuf: Iatt | null, xdata: Dict | null];
  };
  open: {
    args: [loc: Loc, flags: number, fd: Fd, xdata: Dict | null];
    reply: [fd: Fd | null, xdata: Dict | null];
  };
  readv: {
    args: [fd: Fd, size: number, offset: number, flags: number, xdata: Dict | null];
    reply: [vector: Uint8Array | null, stbuf: Iatt | null, xdata: Dict | null];
  };
  writev: {
    args: [fd: Fd, vector: Uint8Array, offset: number, flags: number, xdata: Dict | null];
    reply: [prebuf: Iatt | null, postbuf: Iatt | null, xdata: Dict | null];
  };
  statfs: {
    args: [loc: Loc, xdata: Dict | null];
    reply: [buf: Statvfs | null, xdata: Dict | null];
  };
  flush: { args: [fd: Fd, xdata: Dict | null]; reply: [xdata: Dict | null] };
  fsync: {
    args: [fd: Fd, datasync: number, xdata: Dict | null];
    reply: [prebuf: Iatt | null, postbuf: Iatt | null, xdata: Dict | null];
  };
  setxattr: {
    args: [loc: Loc, dict: Dict | null, flags: number, xdata: Dict | null];
    reply: [xdata: Dict | null];
  };
  getxattr: {
    args: [loc: Loc, name: string | null, xdata: Dict | null];
    reply: [dict: Dict | null, xdata: Dict | null];
  };
  removexattr: { args: [loc: Loc, name: string, xdata: Dict | null]; reply: [xdata: Dict | null] };
  opendir: {
    args: [loc: Loc, fd: Fd, xdata: Dict | null];
    reply: [fd: Fd | null, xdata: Dict | null];
  };
  fsyncdir: { args: [fd: Fd, datasync: number, xdata: Dict | null]; reply: [xdata: Dict | null] };
  access: { args: [loc: Loc, mask: number, xdata: Dict | null]; reply: [xdata: Dict | null] };
  create: {
    args: [loc: Loc, flags: number, mode: number, umask: number, fd: Fd, xdata: Dict | null];
    reply: [
      fd: Fd | null,
      inode: Inode | null,
      buf: Iatt | null,
      preparent: Iatt | null,
      postparent: Iatt | null,
      xdata: Dict | null,
    ];
  };
  ftruncate: {
    args: [fd: Fd, offset: number, xdata: Dict | null];
    reply: [prebuf: Iatt | null, postbuf: Iatt | null, xdata: Dict | null];
  };
  fstat: { args: [fd: Fd, xdata: Dict | null]; reply: [buf: Iatt | null, xdata: Dict | null] };
  lk: {
    args: [fd: Fd, cmd: number, flock: Flock, xdata: Dict | null];
    reply: [flock: Flock | null, xdata: Dict | null];
  };
  lookup: {
    args: [loc: Loc, xdata: Dict | null];
    reply: [inode: Inode | null, buf: Iatt | null, xdata: Dict | null, postparent: Iatt | null];
  };
  readdir: {
    args: [fd: Fd, size: number, offset: number, xdata: Dict | null];
    reply: [entries: readonly Dirent[] | null, xdata: Dict | null];
  };
  inodelk: {
    args: [volume: string, loc: Loc, cmd: number, flock: Flock, xdata: Dict | null];
    reply: [xdata: Dict | null];
  };
  finodelk: {
    args: [volume: string, fd: Fd, cmd: number, flock: Flock, xdata: Dict | null];
    reply: [xdata: Dict | null];
  };
  entrylk: {
    args: [
      volume: string,
      loc: Loc,
      basename: string | null,
      cmd: number,
      type: number,
      xdata: Dict | null,
    ];
    reply: [xdata: Dict | null];
  };
  fentrylk: {
    args: [
      volume: string,
      fd: Fd,
      basename: string | null,
      cmd: number,
      type: number,
      xdata: Dict | null,
    ];
    reply: [xdata: Dict | null];
  };
  xattrop: {
    args: [loc: Loc, optype: number, dict: Dict | null, xdata: Dict | null];
    reply: [dict: Dict | null, xdata: Dict | null];
  };
  fxattrop: {
    args: [fd: Fd, optype: number, dict: Dict | null, xdata: Dict | null];
    reply: [dict: Dict | null, xdata: Dict | null];
  };
  fgetxattr: {
    args: [fd: Fd, name: string | null, xdata: Dict | null];
    reply: [dict: Dict | null, xdata: Dict | null];
  };
  fsetxattr: {
    args: [fd: Fd, dict: Dict | null, flags: number, xdata: Dict | null];
    reply: [xdata: Dict | null];
  };
  rchecksum: {
    args: [fd: Fd, offset: number, len: number, xdata: Dict | null];
    reply: [weak: number, strong: Uint8Array | null, xdata: Dict | null];
  };
  setattr: {
    args: [loc: Loc, stbuf: Iatt, valid: number, xdata: Dict | null];
    reply: [statpre: Iatt | null, statpost: Iatt | null, xdata: Dict | null];
  };
  fsetattr: {
    args: [fd: Fd, stbuf: Iatt, valid: number, xdata: Dict | null];
    reply: [statpre: Iatt | null, statpost: Iatt | null, xdata: Dict | null];
  };
  readdirp: {
    args: [fd: Fd, size: number, offset: number, xdata: Dict | null];
    reply: [entries: readonly Dirent[] | null, xdata: Dict | null];
  };
  getspec: { args: [key: string, flags: number]; reply: [spec: string | null] };
  fremovexattr: { args: [fd: Fd, name: string, xdata: Dict | null]; reply: [xdata: Dict | null] };
  fallocate: {
    args: [fd: Fd, mode: number, offset: number, len: number, xdata: Dict | null];
    reply: [prebuf: Iatt | null, postbuf: Iatt | null, xdata: Dict | null];
  };
  discard: {
    args: [fd: Fd, offset: number, len: number, xdata: Dict | null];
    reply: [prebuf: Iatt | null, postbuf: Iatt | null, xdata: Dict | null];
  };
  zerofill: {
    args: [fd: Fd, offset: number, len: number, xdata: Dict | null];
    reply: [prebuf: Iatt | null, postbuf: Iatt | null, xdata: Dict | null];
  };
  ipc: { args: [op: number, xdata: Dict | null]; reply: [xdata: Dict | null] };
  seek: {
    args: [fd: Fd, offset: number, what: number, xdata: Dict | null];
    reply: [offset: number, xdata: Dict | null];
  };
  lease: {
    args: [loc: Loc, lease: Lease, xdata: Dict | null];
    reply: [lease: Lease | null, xdata: Dict | null];
  };
  getactivelk: {
    args: [loc: Loc, xdata: Dict | null];
    reply: [locklist: readonly Flock[] | null, xdata: Dict | null];
  };
  setactivelk: {
    args: [loc: Loc, locklist: readonly Flock[], xdata: Dict | null];
    reply: [xdata: Dict | null];
  };
  put: {
    args: [
      loc: Loc,
      mode: number,
      umask: number,
      flags: number,
      vector: Uint8Array,
      offset: number,
      dict: Dict | null,
      xdata: Dict | null,
    ];
    reply: [
      inode: Inode | null,
      buf: Iatt | null,
      preparent: Iatt | null,
      postparent: Iatt | null,
      xdata: Dict | null,
    ];
  };
  icreate: {
    args: [loc: Loc, mode: number, xdata: Dict | null];
    reply: [inode: Inode | null, buf: Iatt | null, xdata: Dict | null];
  };
  namelink: {
    args: [loc: Loc, xdata: Dict | null];
    reply: [prebuf: Iatt | null, postbuf: Iatt | null, xdata: Dict | null];
  };
  copy_file_range: {
    args: [
      fdIn: Fd,
      offIn: number,
      fdOut: Fd,
      offOut: number,
      len: number,
      flags: number,
      xdata: Dict | null,
    ];
    reply: [
      stbuf: Iatt | null,
      prebufDst: Iatt | null,
      postbufDst: Iatt | null,
      xdata: Dict | null,
    ];
  };
}

export type FopName = keyof FopTable;

/** Every fop's method name, in order of number. */
export const fopNames = [
  'stat',
  'readlink',
  'mknod',
  'mkdir',
  'unlink',
  'rmdir',
  'symlink',
  'rename',
  'link',
  'truncate',
  'open',
  'readv',
  'writev',
  'statfs',
  'flush',
  'fsync',
  'setxattr',
  'getxattr',
  'removexattr',
  'opendir',
  'fsyncdir',
  'access',
  'create',
  'ftruncate',
  'fstat',
  'lk',
  'lookup',
  'readdir',
  'inodelk',
  'finodelk',
  'entrylk',
  'fentrylk',
  'xattrop',
  'fxattrop',
  'fgetxattr',
  'fsetxattr',
  'rchecksum',
  'setattr',
  'fsetattr',
  'readdirp',
  'getspec',
  'fremovexattr',
  'fallocate',
  'discard',
  'zerofill',
  'ipc',
  'seek',
  'lease',
  'getactivelk',
  'setactivelk',
  'put',
  'icreate',
  'namelink',
  'copy_file_range',
] as const satisfies readonly FopName[];

/** Winds to a child with a new frame. Calls `cbk` with `cookie` and the reply. */
export const wind = {
  stat<P>(
    frame: Frame,
    cookie: number,
    cbk: Cbk<'stat', P>,
    child: Child,
    loc: Loc,
    xdata: Dict | null,
  ): void {
    const target = child.stat;
    const childFrame = new Frame(frame.root, frame, target.xl, cbk as AnyCbk, cookie);
    target.fop(childFrame, target.xl, loc, xdata);
  },
  readlink<P>(
    frame: Frame,
    cookie: number,
    cbk: Cbk<'readlink', P>,
    child: Child,
    loc: Loc,
    size: number,
    xdata: Dict | null,
  ): void {
    const target = child.readlink;
    const childFrame = new Frame(frame.root, frame, target.xl, cbk as AnyCbk, cookie);
    target.fop(childFrame, target.xl, loc, size, xdata);
  },
  mknod<P>(
    frame: Frame,
    cookie: number,
    cbk: Cbk<'mknod', P>,
    child: Child,
    loc: Loc,
    mode: number,
    rdev: number,
    umask: number,
    xdata: Dict | null,
  ): void {
    const target = child.mknod;
    const childFrame = new Frame(frame.root, frame, target.xl, cbk as AnyCbk, cookie);
    target.fop(childFrame, target.xl, loc, mode, rdev, umask, xdata);
  },
  mkdir<P>(
    frame: Frame,
    cookie: number,
    cbk: Cbk<'mkdir', P>,
    child: Child,
    loc: Loc,
    mode: number,
    umask: number,
    xdata: Dict | null,
  ): void {
    const target = child.mkdir;
    const childFrame = new Frame(frame.root, frame, target.xl, cbk as AnyCbk, cookie);
    target.fop(childFrame, target.xl, loc, mode, umask, xdata);
  },
  unlink<P>(
    frame: Frame,
    cookie: number,
    cbk: Cbk<'unlink', P>,
    child: Child,
    loc: Loc,
    xflag: number,
    xdata: Dict | null,
  ): void {
    const target = child.unlink;
    const childFrame = new Frame(frame.root, frame, target.xl, cbk as AnyCbk, cookie);
    target.fop(childFrame, target.xl, loc, xflag, xdata);
  },
  rmdir<P>(
    frame: Frame,
    cookie: number,
    cbk: Cbk<'rmdir', P>,
    child: Child,
    loc: Loc,
    flags: number,
    xdata: Dict | null,
  ): void {
    const target = child.rmdir;
    const childFrame = new Frame(frame.root, frame, target.xl, cbk as AnyCbk, cookie);
    target.fop(childFrame, target.xl, loc, flags, xdata);
  },
  symlink<P>(
    frame: Frame,
    cookie: number,
    cbk: Cbk<'symlink', P>,
    child: Child,
    linkpath: string,
    loc: Loc,
    umask: number,
    xdata: Dict | null,
  ): void {
    const target = child.symlink;
    const childFrame = new Frame(frame.root, frame, target.xl, cbk as AnyCbk, cookie);
    target.fop(childFrame, target.xl, linkpath, loc, umask, xdata);
  },
  rename<P>(
    frame: Frame,
    cookie: number,
    cbk: Cbk<'rename', P>,
    child: Child,
    oldloc: Loc,
    newloc: Loc,
    xdata: Dict | null,
  ): void {
    const target = child.rename;
    const childFrame = new Frame(frame.root, frame, target.xl, cbk as AnyCbk, cookie);
    target.fop(childFrame, target.xl, oldloc, newloc, xdata);
  },
  link<P>(
    frame: Frame,
    cookie: number,
    cbk: Cbk<'link', P>,
    child: Child,
    oldloc: Loc,
    newloc: Loc,
    xdata: Dict | null,
  ): void {
    const target = child.link;
    const childFrame = new Frame(frame.root, frame, target.xl, cbk as AnyCbk, cookie);
    target.fop(childFrame, target.xl, oldloc, newloc, xdata);
  },
  truncate<P>(
    frame: Frame,
    cookie: number,
    cbk: Cbk<'truncate', P>,
    child: Child,
    loc: Loc,
    offset: number,
    xdata: Dict | null,
  ): void {
    const target = child.truncate;
    const childFrame = new Frame(frame.root, frame, target.xl, cbk as AnyCbk, cookie);
    target.fop(childFrame, target.xl, loc, offset, xdata);
  },
  open<P>(
    frame: Frame,
    cookie: number,
    cbk: Cbk<'open', P>,
    child: Child,
    loc: Loc,
    flags: number,
    fd: Fd,
    xdata: Dict | null,
  ): void {
    const target = child.open;
    const childFrame = new Frame(frame.root, frame, target.xl, cbk as AnyCbk, cookie);
    target.fop(childFrame, target.xl, loc, flags, fd, xdata);
  },
  readv<P>(
    frame: Frame,
    cookie: number,
    cbk: Cbk<'readv', P>,
    child: Child,
    fd: Fd,
    size: number,
    offset: number,
    flags: number,
    xdata: Dict | null,
  ): void {
    const target = child.readv;
    const childFrame = new Frame(frame.root, frame, target.xl, cbk as AnyCbk, cookie);
    target.fop(childFrame, target.xl, fd, size, offset, flags, xdata);
  },
  writev<P>(
    frame: Frame,
    cookie: number,
    cbk: Cbk<'writev', P>,
    child: Child,
    fd: Fd,
    vector: Uint8Array,
    offset: number,
    flags: number,
    xdata: Dict | null,
  ): void {
    const target = child.writev;
    const childFrame = new Frame(frame.root, frame, target.xl, cbk as AnyCbk, cookie);
    target.fop(childFrame, target.xl, fd, vector, offset, flags, xdata);
  },
  statfs<P>(
    frame: Frame,
    cookie: number,
    cbk: Cbk<'statfs', P>,
    child: Child,
    loc: Loc,
    xdata: Dict | null,
  ): void {
    const target = child.statfs;
    const childFrame = new Frame(frame.root, frame, target.xl, cbk as AnyCbk, cookie);
    target.fop(childFrame, target.xl, loc, xdata);
  },
  flush<P>(
    frame: Frame,
    cookie: number,
    cbk: Cbk<'flush', P>,
    child: Child,
    fd: Fd,
    xdata: Dict | null,
  ): void {
    const target = child.flush;
    const childFrame = new Frame(frame.root, frame, target.xl, cbk as AnyCbk, cookie);
    target.fop(childFrame, target.xl, fd, xdata);
  },
  fsync<P>(
    frame: Frame,
    cookie: number,
    cbk: Cbk<'fsync', P>,
    child: Child,
    fd: Fd,
    datasync: number,
    xdata: Dict | null,
  ): void {
    const target = child.fsync;
    const childFrame = new Frame(frame.root, frame, target.xl, cbk as AnyCbk, cookie);
    target.fop(childFrame, target.xl, fd, datasync, xdata);
  },
  setxattr<P>(
    frame: Frame,
    cookie: number,
    cbk: Cbk<'setxattr', P>,
    child: Child,
    loc: Loc,
    dict: Dict | null,
    flags: number,
    xdata: Dict | null,
  ): void {
    const target = child.setxattr;
    const childFrame = new Frame(frame.root, frame, target.xl, cbk as AnyCbk, cookie);
    target.fop(childFrame, target.xl, loc, dict, flags, xdata);
  },
  getxattr<P>(
    frame: Frame,
    cookie: number,
    cbk: Cbk<'getxattr', P>,
    child: Child,
    loc: Loc,
    name: string | null,
    xdata: Dict | null,
  ): void {
    const target = child.getxattr;
    const childFrame = new Frame(frame.root, frame, target.xl, cbk as AnyCbk, cookie);
    target.fop(childFrame, target.xl, loc, name, xdata);
  },
  removexattr<P>(
    frame: Frame,
    cookie: number,
    cbk: Cbk<'removexattr', P>,
    child: Child,
    loc: Loc,
    name: string,
    xdata: Dict | null,
  ): void {
    const target = child.removexattr;
    const childFrame = new Frame(frame.root, frame, target.xl, cbk as AnyCbk, cookie);
    target.fop(childFrame, target.xl, loc, name, xdata);
  },
  opendir<P>(
    frame: Frame,
    cookie: number,
    cbk: Cbk<'opendir', P>,
    child: Child,
    loc: Loc,
    fd: Fd,
    xdata: Dict | null,
  ): void {
    const target = child.opendir;
    const childFrame = new Frame(frame.root, frame, target.xl, cbk as AnyCbk, cookie);
    target.fop(childFrame, target.xl, loc, fd, xdata);
  },
  fsyncdir<P>(
    frame: Frame,
    cookie: number,
    cbk: Cbk<'fsyncdir', P>,
    child: Child,
    fd: Fd,
    datasync: number,
    xdata: Dict | null,
  ): void {
    const target = child.fsyncdir;
    const childFrame = new Frame(frame.root, frame, target.xl, cbk as AnyCbk, cookie);
    target.fop(childFrame, target.xl, fd, datasync, xdata);
  },
  access<P>(
    frame: Frame,
    cookie: number,
    cbk: Cbk<'access', P>,
    child: Child,
    loc: Loc,
    mask: number,
    xdata: Dict | null,
  ): void {
    const target = child.access;
    const childFrame = new Frame(frame.root, frame, target.xl, cbk as AnyCbk, cookie);
    target.fop(childFrame, target.xl, loc, mask, xdata);
  },
  create<P>(
    frame: Frame,
    cookie: number,
    cbk: Cbk<'create', P>,
    child: Child,
    loc: Loc,
    flags: number,
    mode: number,
    umask: number,
    fd: Fd,
    xdata: Dict | null,
  ): void {
    const target = child.create;
    const childFrame = new Frame(frame.root, frame, target.xl, cbk as AnyCbk, cookie);
    target.fop(childFrame, target.xl, loc, flags, mode, umask, fd, xdata);
  },
  ftruncate<P>(
    frame: Frame,
    cookie: number,
    cbk: Cbk<'ftruncate', P>,
    child: Child,
    fd: Fd,
    offset: number,
    xdata: Dict | null,
  ): void {
    const target = child.ftruncate;
    const childFrame = new Frame(frame.root, frame, target.xl, cbk as AnyCbk, cookie);
    target.fop(childFrame, target.xl, fd, offset, xdata);
  },
  fstat<P>(
    frame: Frame,
    cookie: number,
    cbk: Cbk<'fstat', P>,
    child: Child,
    fd: Fd,
    xdata: Dict | null,
  ): void {
    const target = child.fstat;
    const childFrame = new Frame(frame.root, frame, target.xl, cbk as AnyCbk, cookie);
    target.fop(childFrame, target.xl, fd, xdata);
  },
  lk<P>(
    frame: Frame,
    cookie: number,
    cbk: Cbk<'lk', P>,
    child: Child,
    fd: Fd,
    cmd: number,
    flock: Flock,
    xdata: Dict | null,
  ): void {
    const target = child.lk;
    const childFrame = new Frame(frame.root, frame, target.xl, cbk as AnyCbk, cookie);
    target.fop(childFrame, target.xl, fd, cmd, flock, xdata);
  },
  lookup<P>(
    frame: Frame,
    cookie: number,
    cbk: Cbk<'lookup', P>,
    child: Child,
    loc: Loc,
    xdata: Dict | null,
  ): void {
    const target = child.lookup;
    const childFrame = new Frame(frame.root, frame, target.xl, cbk as AnyCbk, cookie);
    target.fop(childFrame, target.xl, loc, xdata);
  },
  readdir<P>(
    frame: Frame,
    cookie: number,
    cbk: Cbk<'readdir', P>,
    child: Child,
    fd: Fd,
    size: number,
    offset: number,
    xdata: Dict | null,
  ): void {
    const target = child.readdir;
    const childFrame = new Frame(frame.root, frame, target.xl, cbk as AnyCbk, cookie);
    target.fop(childFrame, target.xl, fd, size, offset, xdata);
  },
  inodelk<P>(
    frame: Frame,
    cookie: number,
    cbk: Cbk<'inodelk', P>,
    child: Child,
    volume: string,
    loc: Loc,
    cmd: number,
    flock: Flock,
    xdata: Dict | null,
  ): void {
    const target = child.inodelk;
    const childFrame = new Frame(frame.root, frame, target.xl, cbk as AnyCbk, cookie);
    target.fop(childFrame, target.xl, volume, loc, cmd, flock, xdata);
  },
  finodelk<P>(
    frame: Frame,
    cookie: number,
    cbk: Cbk<'finodelk', P>,
    child: Child,
    volume: string,
    fd: Fd,
    cmd: number,
    flock: Flock,
    xdata: Dict | null,
  ): void {
    const target = child.finodelk;
    const childFrame = new Frame(frame.root, frame, target.xl, cbk as AnyCbk, cookie);
    target.fop(childFrame, target.xl, volume, fd, cmd, flock, xdata);
  },
  entrylk<P>(
    frame: Frame,
    cookie: number,
    cbk: Cbk<'entrylk', P>,
    child: Child,
    volume: string,
    loc: Loc,
    basename: string | null,
    cmd: number,
    type: number,
    xdata: Dict | null,
  ): void {
    const target = child.entrylk;
    const childFrame = new Frame(frame.root, frame, target.xl, cbk as AnyCbk, cookie);
    target.fop(childFrame, target.xl, volume, loc, basename, cmd, type, xdata);
  },
  fentrylk<P>(
    frame: Frame,
    cookie: number,
    cbk: Cbk<'fentrylk', P>,
    child: Child,
    volume: string,
    fd: Fd,
    basename: string | null,
    cmd: number,
    type: number,
    xdata: Dict | null,
  ): void {
    const target = child.fentrylk;
    const childFrame = new Frame(frame.root, frame, target.xl, cbk as AnyCbk, cookie);
    target.fop(childFrame, target.xl, volume, fd, basename, cmd, type, xdata);
  },
  xattrop<P>(
    frame: Frame,
    cookie: number,
    cbk: Cbk<'xattrop', P>,
    child: Child,
    loc: Loc,
    optype: number,
    dict: Dict | null,
    xdata: Dict | null,
  ): void {
    const target = child.xattrop;
    const childFrame = new Frame(frame.root, frame, target.xl, cbk as AnyCbk, cookie);
    target.fop(childFrame, target.xl, loc, optype, dict, xdata);
  },
  fxattrop<P>(
    frame: Frame,
    cookie: number,
    cbk: Cbk<'fxattrop', P>,
    child: Child,
    fd: Fd,
    optype: number,
    dict: Dict | null,
    xdata: Dict | null,
  ): void {
    const target = child.fxattrop;
    const childFrame = new Frame(frame.root, frame, target.xl, cbk as AnyCbk, cookie);
    target.fop(childFrame, target.xl, fd, optype, dict, xdata);
  },
  fgetxattr<P>(
    frame: Frame,
    cookie: number,
    cbk: Cbk<'fgetxattr', P>,
    child: Child,
    fd: Fd,
    name: string | null,
    xdata: Dict | null,
  ): void {
    const target = child.fgetxattr;
    const childFrame = new Frame(frame.root, frame, target.xl, cbk as AnyCbk, cookie);
    target.fop(childFrame, target.xl, fd, name, xdata);
  },
  fsetxattr<P>(
    frame: Frame,
    cookie: number,
    cbk: Cbk<'fsetxattr', P>,
    child: Child,
    fd: Fd,
    dict: Dict | null,
    flags: number,
    xdata: Dict | null,
  ): void {
    const target = child.fsetxattr;
    const childFrame = new Frame(frame.root, frame, target.xl, cbk as AnyCbk, cookie);
    target.fop(childFrame, target.xl, fd, dict, flags, xdata);
  },
  rchecksum<P>(
    frame: Frame,
    cookie: number,
    cbk: Cbk<'rchecksum', P>,
    child: Child,
    fd: Fd,
    offset: number,
    len: number,
    xdata: Dict | null,
  ): void {
    const target = child.rchecksum;
    const childFrame = new Frame(frame.root, frame, target.xl, cbk as AnyCbk, cookie);
    target.fop(childFrame, target.xl, fd, offset, len, xdata);
  },
  setattr<P>(
    frame: Frame,
    cookie: number,
    cbk: Cbk<'setattr', P>,
    child: Child,
    loc: Loc,
    stbuf: Iatt,
    valid: number,
    xdata: Dict | null,
  ): void {
    const target = child.setattr;
    const childFrame = new Frame(frame.root, frame, target.xl, cbk as AnyCbk, cookie);
    target.fop(childFrame, target.xl, loc, stbuf, valid, xdata);
  },
  fsetattr<P>(
    frame: Frame,
    cookie: number,
    cbk: Cbk<'fsetattr', P>,
    child: Child,
    fd: Fd,
    stbuf: Iatt,
    valid: number,
    xdata: Dict | null,
  ): void {
    const target = child.fsetattr;
    const childFrame = new Frame(frame.root, frame, target.xl, cbk as AnyCbk, cookie);
    target.fop(childFrame, target.xl, fd, stbuf, valid, xdata);
  },
  readdirp<P>(
    frame: Frame,
    cookie: number,
    cbk: Cbk<'readdirp', P>,
    child: Child,
    fd: Fd,
    size: number,
    offset: number,
    xdata: Dict | null,
  ): void {
    const target = child.readdirp;
    const childFrame = new Frame(frame.root, frame, target.xl, cbk as AnyCbk, cookie);
    target.fop(childFrame, target.xl, fd, size, offset, xdata);
  },
  getspec<P>(
    frame: Frame,
    cookie: number,
    cbk: Cbk<'getspec', P>,
    child: Child,
    key: string,
    flags: number,
  ): void {
    const target = child.getspec;
    const childFrame = new Frame(frame.root, frame, target.xl, cbk as AnyCbk, cookie);
    target.fop(childFrame, target.xl, key, flags);
  },
  fremovexattr<P>(
    frame: Frame,
    cookie: number,
    cbk: Cbk<'fremovexattr', P>,
    child: Child,
    fd: Fd,
    name: string,
    xdata: Dict | null,
  ): void {
    const target = child.fremovexattr;
    const childFrame = new Frame(frame.root, frame, target.xl, cbk as AnyCbk, cookie);
    target.fop(childFrame, target.xl, fd, name, xdata);
  },
  fallocate<P>(
    frame: Frame,
    cookie: number,
    cbk: Cbk<'fallocate', P>,
    child: Child,
    fd: Fd,
    mode: number,
    offset: number,
    len: number,
    xdata: Dict | null,
  ): void {
    const target = child.fallocate;
    const childFrame = new Frame(frame.root, frame, target.xl, cbk as AnyCbk, cookie);
    target.fop(childFrame, target.xl, fd, mode, offset, len, xdata);
  },
  discard<P>(
    frame: Frame,
    cookie: number,
    cbk: Cbk<'discard', P>,
    child: Child,
    fd: Fd,
    offset: number,
    len: number,
    xdata: Dict | null,
  ): void {
    const target = child.discard;
    const childFrame = new Frame(frame.root, frame, target.xl, cbk as AnyCbk, cookie);
    target.fop(childFrame, target.xl, fd, offset, len, xdata);
  },
  zerofill<P>(
    frame: Frame,
    cookie: number,
    cbk: Cbk<'zerofill', P>,
    child: Child,
    fd: Fd,
    offset: number,
    len: number,
    xdata: Dict | null,
  ): void {
    const target = child.zerofill;
    const childFrame = new Frame(frame.root, frame, target.xl, cbk as AnyCbk, cookie);
    target.fop(childFrame, target.xl, fd, offset, len, xdata);
  },
  ipc<P>(
    frame: Frame,
    cookie: number,
    cbk: Cbk<'ipc', P>,
    child: Child,
    op: number,
    xdata: Dict | null,
  ): void {
    const target = child.ipc;
    const childFrame = new Frame(frame.root, frame, target.xl, cbk as AnyCbk, cookie);
    target.fop(childFrame, target.xl, op, xdata);
  },
  seek<P>(
    frame: Frame,
    cookie: number,
    cbk: Cbk<'seek', P>,
    child: Child,
    fd: Fd,
    offset: number,
    what: number,
    xdata: Dict | null,
  ): void {
    const target = child.seek;
    const childFrame = new Frame(frame.root, frame, target.xl, cbk as AnyCbk, cookie);
    target.fop(childFrame, target.xl, fd, offset, what, xdata);
  },
  lease<P>(
    frame: Frame,
    cookie: number,
    cbk: Cbk<'lease', P>,
    child: Child,
    loc: Loc,
    lease: Lease,
    xdata: Dict | null,
  ): void {
    const target = child.lease;
    const childFrame = new Frame(frame.root, frame, target.xl, cbk as AnyCbk, cookie);
    target.fop(childFrame, target.xl, loc, lease, xdata);
  },
  getactivelk<P>(
    frame: Frame,
    cookie: number,
    cbk: Cbk<'getactivelk', P>,
    child: Child,
    loc: Loc,
    xdata: Dict | null,
  ): void {
    const target = child.getactivelk;
    const childFrame = new Frame(frame.root, frame, target.xl, cbk as AnyCbk, cookie);
    target.fop(childFrame, target.xl, loc, xdata);
  },
  setactivelk<P>(
    frame: Frame,
    cookie: number,
    cbk: Cbk<'setactivelk', P>,
    child: Child,
    loc: Loc,
    locklist: readonly Flock[],
    xdata: Dict | null,
  ): void {
    const target = child.setactivelk;
    const childFrame = new Frame(frame.root, frame, target.xl, cbk as AnyCbk, cookie);
    target.fop(childFrame, target.xl, loc, locklist, xdata);
  },
  put<P>(
    frame: Frame,
    cookie: number,
    cbk: Cbk<'put', P>,
    child: Child,
    loc: Loc,
    mode: number,
    umask: number,
    flags: number,
    vector: Uint8Array,
    offset: number,
    dict: Dict | null,
    xdata: Dict | null,
  ): void {
    const target = child.put;
    const childFrame = new Frame(frame.root, frame, target.xl, cbk as AnyCbk, cookie);
    target.fop(childFrame, target.xl, loc, mode, umask, flags, vector, offset, dict, xdata);
  },
  icreate<P>(
    frame: Frame,
    cookie: number,
    cbk: Cbk<'icreate', P>,
    child: Child,
    loc: Loc,
    mode: number,
    xdata: Dict | null,
  ): void {
    const target = child.icreate;
    const childFrame = new Frame(frame.root, frame, target.xl, cbk as AnyCbk, cookie);
    target.fop(childFrame, target.xl, loc, mode, xdata);
  },
  namelink<P>(
    frame: Frame,
    cookie: number,
    cbk: Cbk<'namelink', P>,
    child: Child,
    loc: Loc,
    xdata: Dict | null,
  ): void {
    const target = child.namelink;
    const childFrame = new Frame(frame.root, frame, target.xl, cbk as AnyCbk, cookie);
    target.fop(childFrame, target.xl, loc, xdata);
  },
  copy_file_range<P>(
    frame: Frame,
    cookie: number,
    cbk: Cbk<'copy_file_range', P>,
    child: Child,
    fdIn: Fd,
    offIn: number,
    fdOut: Fd,
    offOut: number,
    len: number,
    flags: number,
    xdata: Dict | null,
  ): void {
    const target = child.copy_file_range;
    const childFrame = new Frame(frame.root, frame, target.xl, cbk as AnyCbk, cookie);
    target.fop(childFrame, target.xl, fdIn, offIn, fdOut, offOut, len, flags, xdata);
  },
};

/** Tail-winds to a child: passes the frame on, so the reply goes to the caller. `frame.local` must be unset. */
export const tail = {
  stat(frame: Frame, child: Child, loc: Loc, xdata: Dict | null): void {
    const target = child.stat;
    frame.xl = target.xl;
    target.fop(frame, target.xl, loc, xdata);
  },
  readlink(frame: Frame, child: Child, loc: Loc, size: number, xdata: Dict | null): void {
    const target = child.readlink;
    frame.xl = target.xl;
    target.fop(frame, target.xl, loc, size, xdata);
  },
  mknod(
    frame: Frame,
    child: Child,
    loc: Loc,
    mode: number,
    rdev: number,
    umask: number,
    xdata: Dict | null,
  ): void {
    const target = child.mknod;
    frame.xl = target.xl;
    target.fop(frame, target.xl, loc, mode, rdev, umask, xdata);
  },
  mkdir(
    frame: Frame,
    child: Child,
    loc: Loc,
    mode: number,
    umask: number,
    xdata: Dict | null,
  ): void {
    const target = child.mkdir;
    frame.xl = target.xl;
    target.fop(frame, target.xl, loc, mode, umask, xdata);
  },
  unlink(frame: Frame, child: Child, loc: Loc, xflag: number, xdata: Dict | null): void {
    const target = child.unlink;
    frame.xl = target.xl;
    target.fop(frame, target.xl, loc, xflag, xdata);
  },
  rmdir(frame: Frame, child: Child, loc: Loc, flags: number, xdata: Dict | null): void {
    const target = child.rmdir;
    frame.xl = target.xl;
    target.fop(frame, target.xl, loc, flags, xdata);
  },
  symlink(
    frame: Frame,
    child: Child,
    linkpath: string,
    loc: Loc,
    umask: number,
    xdata: Dict | null,
  ): void {
    const target = child.symlink;
    frame.xl = target.xl;
    target.fop(frame, target.xl, linkpath, loc, umask, xdata);
  },
  rename(frame: Frame, child: Child, oldloc: Loc, newloc: Loc, xdata: Dict | null): void {
    const target = child.rename;
    frame.xl = target.xl;
    target.fop(frame, target.xl, oldloc, newloc, xdata);
  },
  link(frame: Frame, child: Child, oldloc: Loc, newloc: Loc, xdata: Dict | null): void {
    const target = child.link;
    frame.xl = target.xl;
    target.fop(frame, target.xl, oldloc, newloc, xdata);
  },
  truncate(frame: Frame, child: Child, loc: Loc, offset: number, xdata: Dict | null): void {
    const target = child.truncate;
    frame.xl = target.xl;
    target.fop(frame, target.xl, loc, offset, xdata);
  },
  open(frame: Frame, child: Child, loc: Loc, flags: number, fd: Fd, xdata: Dict | null): void {
    const target = child.open;
    frame.xl = target.xl;
    target.fop(frame, target.xl, loc, flags, fd, xdata);
  },
  readv(
    frame: Frame,
    child: Child,
    fd: Fd,
    size: number,
    offset: number,
    flags: number,
    xdata: Dict | null,
  ): void {
    const target = child.readv;
    frame.xl = target.xl;
    target.fop(frame, target.xl, fd, size, offset, flags, xdata);
  },
  writev(
    frame: Frame,
    child: Child,
    fd: Fd,
    vector: Uint8Array,
    offset: number,
    flags: number,
    xdata: Dict | null,
  ): void {
    const target = child.writev;
    frame.xl = target.xl;
    target.fop(frame, target.xl, fd, vector, offset, flags, xdata);
  },
  statfs(frame: Frame, child: Child, loc: Loc, xdata: Dict | null): void {
    const target = child.statfs;
    frame.xl = target.xl;
    target.fop(frame, target.xl, loc, xdata);
  },
  flush(frame: Frame, child: Child, fd: Fd, xdata: Dict | null): void {
    const target = child.flush;
    frame.xl = target.xl;
    target.fop(frame, target.xl, fd, xdata);
  },
  fsync(frame: Frame, child: Child, fd: Fd, datasync: number, xdata: Dict | null): void {
    const target = child.fsync;
    frame.xl = target.xl;
    target.fop(frame, target.xl, fd, datasync, xdata);
  },
  setxattr(
    frame: Frame,
    child: Child,
    loc: Loc,
    dict: Dict | null,
    flags: number,
    xdata: Dict | null,
  ): void {
    const target = child.setxattr;
    frame.xl = target.xl;
    target.fop(frame, target.xl, loc, dict, flags, xdata);
  },
  getxattr(frame: Frame, child: Child, loc: Loc, name: string | null, xdata: Dict | null): void {
    const target = child.getxattr;
    frame.xl = target.xl;
    target.fop(frame, target.xl, loc, name, xdata);
  },
  removexattr(frame: Frame, child: Child, loc: Loc, name: string, xdata: Dict | null): void {
    const target = child.removexattr;
    frame.xl = target.xl;
    target.fop(frame, target.xl, loc, name, xdata);
  },
  opendir(frame: Frame, child: Child, loc: Loc, fd: Fd, xdata: Dict | null): void {
    const target = child.opendir;
    frame.xl = target.xl;
    target.fop(frame, target.xl, loc, fd, xdata);
  },
  fsyncdir(frame: Frame, child: Child, fd: Fd, datasync: number, xdata: Dict | null): void {
    const target = child.fsyncdir;
    frame.xl = target.xl;
    target.fop(frame, target.xl, fd, datasync, xdata);
  },
  access(frame: Frame, child: Child, loc: Loc, mask: number, xdata: Dict | null): void {
    const target = child.access;
    frame.xl = target.xl;
    target.fop(frame, target.xl, loc, mask, xdata);
  },
  create(
    frame: Frame,
    child: Child,
    loc: Loc,
    flags: number,
    mode: number,
    umask: number,
    fd: Fd,
    xdata: Dict | null,
  ): void {
    const target = child.create;
    frame.xl = target.xl;
    target.fop(frame, target.xl, loc, flags, mode, umask, fd, xdata);
  },
  ftruncate(frame: Frame, child: Child, fd: Fd, offset: number, xdata: Dict | null): void {
    const target = child.ftruncate;
    frame.xl = target.xl;
    target.fop(frame, target.xl, fd, offset, xdata);
  },
  fstat(frame: Frame, child: Child, fd: Fd, xdata: Dict | null): void {
    const target = child.fstat;
    frame.xl = target.xl;
    target.fop(frame, target.xl, fd, xdata);
  },
  lk(frame: Frame, child: Child, fd: Fd, cmd: number, flock: Flock, xdata: Dict | null): void {
    const target = child.lk;
    frame.xl = target.xl;
    target.fop(frame, target.xl, fd, cmd, flock, xdata);
  },
  lookup(frame: Frame, child: Child, loc: Loc, xdata: Dict | null): void {
    const target = child.lookup;
    frame.xl = target.xl;
    target.fop(frame, target.xl, loc, xdata);
  },
  readdir(
    frame: Frame,
    child: Child,
    fd: Fd,
    size: number,
    offset: number,
    xdata: Dict | null,
  ): void {
    const target = child.readdir;
    frame.xl = target.xl;
    target.fop(frame, target.xl, fd, size, offset, xdata);
  },
  inodelk(
    frame: Frame,
    child: Child,
    volume: string,
    loc: Loc,
    cmd: number,
    flock: Flock,
    xdata: Dict | null,
  ): void {
    const target = child.inodelk;
    frame.xl = target.xl;
    target.fop(frame, target.xl, volume, loc, cmd, flock, xdata);
  },
  finodelk(
    frame: Frame,
    child: Child,
    volume: string,
    fd: Fd,
    cmd: number,
    flock: Flock,
    xdata: Dict | null,
  ): void {
    const target = child.finodelk;
    frame.xl = target.xl;
    target.fop(frame, target.xl, volume, fd, cmd, flock, xdata);
  },
  entrylk(
    frame: Frame,
    child: Child,
    volume: string,
    loc: Loc,
    basename: string | null,
    cmd: number,
    type: number,
    xdata: Dict | null,
  ): void {
    const target = child.entrylk;
    frame.xl = target.xl;
    target.fop(frame, target.xl, volume, loc, basename, cmd, type, xdata);
  },
  fentrylk(
    frame: Frame,
    child: Child,
    volume: string,
    fd: Fd,
    basename: string | null,
    cmd: number,
    type: number,
    xdata: Dict | null,
  ): void {
    const target = child.fentrylk;
    frame.xl = target.xl;
    target.fop(frame, target.xl, volume, fd, basename, cmd, type, xdata);
  },
  xattrop(
    frame: Frame,
    child: Child,
    loc: Loc,
    optype: number,
    dict: Dict | null,
    xdata: Dict | null,
  ): void {
    const target = child.xattrop;
    frame.xl = target.xl;
    target.fop(frame, target.xl, loc, optype, dict, xdata);
  },
  fxattrop(
    frame: Frame,
    child: Child,
    fd: Fd,
    optype: number,
    dict: Dict | null,
    xdata: Dict | null,
  ): void {
    const target = child.fxattrop;
    frame.xl = target.xl;
    target.fop(frame, target.xl, fd, optype, dict, xdata);
  },
  fgetxattr(frame: Frame, child: Child, fd: Fd, name: string | null, xdata: Dict | null): void {
    const target = child.fgetxattr;
    frame.xl = target.xl;
    target.fop(frame, target.xl, fd, name, xdata);
  },
  fsetxattr(
    frame: Frame,
    child: Child,
    fd: Fd,
    dict: Dict | null,
    flags: number,
    xdata: Dict | null,
  ): void {
    const target = child.fsetxattr;
    frame.xl = target.xl;
    target.fop(frame, target.xl, fd, dict, flags, xdata);
  },
  rchecksum(
    frame: Frame,
    child: Child,
    fd: Fd,
    offset: number,
    len: number,
    xdata: Dict | null,
  ): void {
    const target = child.rchecksum;
    frame.xl = target.xl;
    target.fop(frame, target.xl, fd, offset, len, xdata);
  },
  setattr(
    frame: Frame,
    child: Child,
    loc: Loc,
    stbuf: Iatt,
    valid: number,
    xdata: Dict | null,
  ): void {
    const target = child.setattr;
    frame.xl = target.xl;
    target.fop(frame, target.xl, loc, stbuf, valid, xdata);
  },
  fsetattr(
    frame: Frame,
    child: Child,
    fd: Fd,
    stbuf: Iatt,
    valid: number,
    xdata: Dict | null,
  ): void {
    const target = child.fsetattr;
    frame.xl = target.xl;
    target.fop(frame, target.xl, fd, stbuf, valid, xdata);
  },
  readdirp(
    frame: Frame,
    child: Child,
    fd: Fd,
    size: number,
    offset: number,
    xdata: Dict | null,
  ): void {
    const target = child.readdirp;
    frame.xl = target.xl;
    target.fop(frame, target.xl, fd, size, offset, xdata);
  },
  getspec(frame: Frame, child: Child, key: string, flags: number): void {
    const target = child.getspec;
    frame.xl = target.xl;
    target.fop(frame, target.xl, key, flags);
  },
  fremovexattr(frame: Frame, child: Child, fd: Fd, name: string, xdata: Dict | null): void {
    const target = child.fremovexattr;
    frame.xl = target.xl;
    target.fop(frame, target.xl, fd, name, xdata);
  },
  fallocate(
    frame: Frame,
    child: Child,
    fd: Fd,
    mode: number,
    offset: number,
    len: number,
    xdata: Dict | null,
  ): void {
    const target = child.fallocate;
    frame.xl = target.xl;
    target.fop(frame, target.xl, fd, mode, offset, len, xdata);
  },
  discard(
    frame: Frame,
    child: Child,
    fd: Fd,
    offset: number,
    len: number,
    xdata: Dict | null,
  ): void {
    const target = child.discard;
    frame.xl = target.xl;
    target.fop(frame, target.xl, fd, offset, len, xdata);
  },
  zerofill(
    frame: Frame,
    child: Child,
    fd: Fd,
    offset: number,
    len: number,
    xdata: Dict | null,
  ): void {
    const target = child.zerofill;
    frame.xl = target.xl;
    target.fop(frame, target.xl, fd, offset, len, xdata);
  },
  ipc(frame: Frame, child: Child, op: number, xdata: Dict | null): void {
    const target = child.ipc;
    frame.xl = target.xl;
    target.fop(frame, target.xl, op, xdata);
  },
  seek(frame: Frame, child: Child, fd: Fd, offset: number, what: number, xdata: Dict | null): void {
    const target = child.seek;
    frame.xl = target.xl;
    target.fop(frame, target.xl, fd, offset, what, xdata);
  },
  lease(frame: Frame, child: Child, loc: Loc, lease: Lease, xdata: Dict | null): void {
    const target = child.lease;
    frame.xl = target.xl;
    target.fop(frame, target.xl, loc, lease, xdata);
  },
  getactivelk(frame: Frame, child: Child, loc: Loc, xdata: Dict | null): void {
    const target = child.getactivelk;
    frame.xl = target.xl;
    target.fop(frame, target.xl, loc, xdata);
  },
  setactivelk(
    frame: Frame,
    child: Child,
    loc: Loc,
    locklist: readonly Flock[],
    xdata: Dict | null,
  ): void {
    const target = child.setactivelk;
    frame.xl = target.xl;
    target.fop(frame, target.xl, loc, locklist, xdata);
  },
  put(
    frame: Frame,
    child: Child,
    loc: Loc,
    mode: number,
    umask: number,
    flags: number,
    vector: Uint8Array,
    offset: number,
    dict: Dict | null,
    xdata: Dict | null,
  ): void {
    const target = child.put;
    frame.xl = target.xl;
    target.fop(frame, target.xl, loc, mode, umask, flags, vector, offset, dict, xdata);
  },
  icreate(frame: Frame, child: Child, loc: Loc, mode: number, xdata: Dict | null): void {
    const target = child.icreate;
    frame.xl = target.xl;
    target.fop(frame, target.xl, loc, mode, xdata);
  },
  namelink(frame: Frame, child: Child, loc: Loc, xdata: Dict | null): void {
    const target = child.namelink;
    frame.xl = target.xl;
    target.fop(frame, target.xl, loc, xdata);
  },
  copy_file_range(
    frame: Frame,
    child: Child,
    fdIn: Fd,
    offIn: number,
    fdOut: Fd,
    offOut: number,
    len: number,
    flags: number,
    xdata: Dict | null,
  ): void {
    const target = child.copy_file_range;
    frame.xl = target.xl;
    target.fop(frame, target.xl, fdIn, offIn, fdOut, offOut, len, flags, xdata);
  },
};

/** Replies to the caller. A second unwind of a frame is dropped and logged. */
export const unwind = {
  stat(frame: Frame, opRet: number, opErrno: number, buf: Iatt | null, xdata: Dict | null): void {
    const cbk = frame.cbk as Cbk<'stat', unknown> | null;
    if (cbk === null) {
      reportSecondUnwind(frame, 'stat');
      return;
    }
    frame.cbk = null;
    const parent = frame.parent as Frame;
    cbk(parent, frame.cookie, parent.xl, opRet, opErrno, buf, xdata);
  },
  readlink(
    frame: Frame,
    opRet: number,
    opErrno: number,
    path: string | null,
    buf: Iatt | null,
    xdata: Dict | null,
  ): void {
    const cbk = frame.cbk as Cbk<'readlink', unknown> | null;
    if (cbk === null) {
      reportSecondUnwind(frame, 'readlink');
      return;
    }
    frame.cbk = null;
    const parent = frame.parent as Frame;
    cbk(parent, frame.cookie, parent.xl, opRet, opErrno, path, buf, xdata);
  },
  mknod(
    frame: Frame,
    opRet: number,
    opErrno: number,
    inode: Inode | null,
    buf: Iatt | null,
    preparent: Iatt | null,
    postparent: Iatt | null,
    xdata: Dict | null,
  ): void {
    const cbk = frame.cbk as Cbk<'mknod', unknown> | null;
    if (cbk === null) {
      reportSecondUnwind(frame, 'mknod');
      return;
    }
    frame.cbk = null;
    const parent = frame.parent as Frame;
    cbk(parent, frame.cookie, parent.xl, opRet, opErrno, inode, buf, preparent, postparent, xdata);
  },
  mkdir(
    frame: Frame,
    opRet: number,
    opErrno: number,
    inode: Inode | null,
    buf: Iatt | null,
    preparent: Iatt | null,
    postparent: Iatt | null,
    xdata: Dict | null,
  ): void {
    const cbk = frame.cbk as Cbk<'mkdir', unknown> | null;
    if (cbk === null) {
      reportSecondUnwind(frame, 'mkdir');
      return;
    }
    frame.cbk = null;
    const parent = frame.parent as Frame;
    cbk(parent, frame.cookie, parent.xl, opRet, opErrno, inode, buf, preparent, postparent, xdata);
  },
  unlink(
    frame: Frame,
    opRet: number,
    opErrno: number,
    preparent: Iatt | null,
    postparent: Iatt | null,
    xdata: Dict | null,
  ): void {
    const cbk = frame.cbk as Cbk<'unlink', unknown> | null;
    if (cbk === null) {
      reportSecondUnwind(frame, 'unlink');
      return;
    }
    frame.cbk = null;
    const parent = frame.parent as Frame;
    cbk(parent, frame.cookie, parent.xl, opRet, opErrno, preparent, postparent, xdata);
  },
  rmdir(
    frame: Frame,
    opRet: number,
    opErrno: number,
    preparent: Iatt | null,
    postparent: Iatt | null,
    xdata: Dict | null,
  ): void {
    const cbk = frame.cbk as Cbk<'rmdir', unknown> | null;
    if (cbk === null) {
      reportSecondUnwind(frame, 'rmdir');
      return;
    }
    frame.cbk = null;
    const parent = frame.parent as Frame;
    cbk(parent, frame.cookie, parent.xl, opRet, opErrno, preparent, postparent, xdata);
  },
  symlink(
    frame: Frame,
    opRet: number,
    opErrno: number,
    inode: Inode | null,
    buf: Iatt | null,
    preparent: Iatt | null,
    postparent: Iatt | null,
    xdata: Dict | null,
  ): void {
    const cbk = frame.cbk as Cbk<'symlink', unknown> | null;
    if (cbk === null) {
      reportSecondUnwind(frame, 'symlink');
      return;
    }
    frame.cbk = null;
    const parent = frame.parent as Frame;
    cbk(parent, frame.cookie, parent.xl, opRet, opErrno, inode, buf, preparent, postparent, xdata);
  },
  rename(
    frame: Frame,
    opRet: number,
    opErrno: number,
    buf: Iatt | null,
    preoldparent: Iatt | null,
    postoldparent: Iatt | null,
    prenewparent: Iatt | null,
    postnewparent: Iatt | null,
    xdata: Dict | null,
  ): void {
    const cbk = frame.cbk as Cbk<'rename', unknown> | null;
    if (cbk === null) {
      reportSecondUnwind(frame, 'rename');
      return;
    }
    frame.cbk = null;
    const parent = frame.parent as Frame;
    cbk(
      parent,
      frame.cookie,
      parent.xl,
      opRet,
      opErrno,
      buf,
      preoldparent,
      postoldparent,
      prenewparent,
      postnewparent,
      xdata,
    );
  },
  link(
    frame: Frame,
    opRet: number,
    opErrno: number,
    inode: Inode | null,
    buf: Iatt | null,
    preparent: Iatt | null,
    postparent: Iatt | null,
    xdata: Dict | null,
  ): void {
    const cbk = frame.cbk as Cbk<'link', unknown> | null;
    if (cbk === null) {
      reportSecondUnwind(frame, 'link');
      return;
    }
    frame.cbk = null;
    const parent = frame.parent as Frame;
    cbk(parent, frame.cookie, parent.xl, opRet, opErrno, inode, buf, preparent, postparent, xdata);
  },
  truncate(
    frame: Frame,
    opRet: number,
    opErrno: number,
    prebuf: Iatt | null,
    postbuf: Iatt | null,
    xdata: Dict | null,
  ): void {
    const cbk = frame.cbk as Cbk<'truncate', unknown> | null;
    if (cbk === null) {
      reportSecondUnwind(frame, 'truncate');
      return;
    }
    frame.cbk = null;
    const parent = frame.parent as Frame;
    cbk(parent, frame.cookie, parent.xl, opRet, opErrno, prebuf, postbuf, xdata);
  },
  open(frame: Frame, opRet: number, opErrno: number, fd: Fd | null, xdata: Dict | null): void {
    const cbk = frame.cbk as Cbk<'open', unknown> | null;
    if (cbk === null) {
      reportSecondUnwind(frame, 'open');
      return;
    }
    frame.cbk = null;
    const parent = frame.parent as Frame;
    cbk(parent, frame.cookie, parent.xl, opRet, opErrno, fd, xdata);
  },
  readv(
    frame: Frame,
    opRet: number,
    opErrno: number,
    vector: Uint8Array | null,
    stbuf: Iatt | null,
    xdata: Dict | null,
  ): void {
    const cbk = frame.cbk as Cbk<'readv', unknown> | null;
    if (cbk === null) {
      reportSecondUnwind(frame, 'readv');
      return;
    }
    frame.cbk = null;
    const parent = frame.parent as Frame;
    cbk(parent, frame.cookie, parent.xl, opRet, opErrno, vector, stbuf, xdata);
  },
  writev(
    frame: Frame,
    opRet: number,
    opErrno: number,
    prebuf: Iatt | null,
    postbuf: Iatt | null,
    xdata: Dict | null,
  ): void {
    const cbk = frame.cbk as Cbk<'writev', unknown> | null;
    if (cbk === null) {
      reportSecondUnwind(frame, 'writev');
      return;
    }
    frame.cbk = null;
    const parent = frame.parent as Frame;
    cbk(parent, frame.cookie, parent.xl, opRet, opErrno, prebuf, postbuf, xdata);
  },
  statfs(
    frame: Frame,
    opRet: number,
    opErrno: number,
    buf: Statvfs | null,
    xdata: Dict | null,
  ): void {
    const cbk = frame.cbk as Cbk<'statfs', unknown> | null;
    if (cbk === null) {
      reportSecondUnwind(frame, 'statfs');
      return;
    }
    frame.cbk = null;
    const parent = frame.parent as Frame;
    cbk(parent, frame.cookie, parent.xl, opRet, opErrno, buf, xdata);
  },
  flush(frame: Frame, opRet: number, opErrno: number, xdata: Dict | null): void {
    const cbk = frame.cbk as Cbk<'flush', unknown> | null;
    if (cbk === null) {
      reportSecondUnwind(frame, 'flush');
      return;
    }
    frame.cbk = null;
    const parent = frame.parent as Frame;
    cbk(parent, frame.cookie, parent.xl, opRet, opErrno, xdata);
  },
  fsync(
    frame: Frame,
    opRet: number,
    opErrno: number,
    prebuf: Iatt | null,
    postbuf: Iatt | null,
    xdata: Dict | null,
  ): void {
    const cbk = frame.cbk as Cbk<'fsync', unknown> | null;
    if (cbk === null) {
      reportSecondUnwind(frame, 'fsync');
      return;
    }
    frame.cbk = null;
    const parent = frame.parent as Frame;
    cbk(parent, frame.cookie, parent.xl, opRet, opErrno, prebuf, postbuf, xdata);
  },
  setxattr(frame: Frame, opRet: number, opErrno: number, xdata: Dict | null): void {
    const cbk = frame.cbk as Cbk<'setxattr', unknown> | null;
    if (cbk === null) {
      reportSecondUnwind(frame, 'setxattr');
      return;
    }
    frame.cbk = null;
    const parent = frame.parent as Frame;
    cbk(parent, frame.cookie, parent.xl, opRet, opErrno, xdata);
  },
  getxattr(
    frame: Frame,
    opRet: number,
    opErrno: number,
    dict: Dict | null,
    xdata: Dict | null,
  ): void {
    const cbk = frame.cbk as Cbk<'getxattr', unknown> | null;
    if (cbk === null) {
      reportSecondUnwind(frame, 'getxattr');
      return;
    }
    frame.cbk = null;
    const parent = frame.parent as Frame;
    cbk(parent, frame.cookie, parent.xl, opRet, opErrno, dict, xdata);
  },
  removexattr(frame: Frame, opRet: number, opErrno: number, xdata: Dict | null): void {
    const cbk = frame.cbk as Cbk<'removexattr', unknown> | null;
    if (cbk === null) {
      reportSecondUnwind(frame, 'removexattr');
      return;
    }
    frame.cbk = null;
    const parent = frame.parent as Frame;
    cbk(parent, frame.cookie, parent.xl, opRet, opErrno, xdata);
  },
  opendir(frame: Frame, opRet: number, opErrno: number, fd: Fd | null, xdata: Dict | null): void {
    const cbk = frame.cbk as Cbk<'opendir', unknown> | null;
    if (cbk === null) {
      reportSecondUnwind(frame, 'opendir');
      return;
    }
    frame.cbk = null;
    const parent = frame.parent as Frame;
    cbk(parent, frame.cookie, parent.xl, opRet, opErrno, fd, xdata);
  },
  fsyncdir(frame: Frame, opRet: number, opErrno: number, xdata: Dict | null): void {
    const cbk = frame.cbk as Cbk<'fsyncdir', unknown> | null;
    if (cbk === null) {
      reportSecondUnwind(frame, 'fsyncdir');
      return;
    }
    frame.cbk = null;
    const parent = frame.parent as Frame;
    cbk(parent, frame.cookie, parent.xl, opRet, opErrno, xdata);
  },
  access(frame: Frame, opRet: number, opErrno: number, xdata: Dict | null): void {
    const cbk = frame.cbk as Cbk<'access', unknown> | null;
    if (cbk === null) {
      reportSecondUnwind(frame, 'access');
      return;
    }
    frame.cbk = null;
    const parent = frame.parent as Frame;
    cbk(parent, frame.cookie, parent.xl, opRet, opErrno, xdata);
  },
  create(
    frame: Frame,
    opRet: number,
    opErrno: number,
    fd: Fd | null,
    inode: Inode | null,
    buf: Iatt | null,
    preparent: Iatt | null,
    postparent: Iatt | null,
    xdata: Dict | null,
  ): void {
    const cbk = frame.cbk as Cbk<'create', unknown> | null;
    if (cbk === null) {
      reportSecondUnwind(frame, 'create');
      return;
    }
    frame.cbk = null;
    const parent = frame.parent as Frame;
    cbk(
      parent,
      frame.cookie,
      parent.xl,
      opRet,
      opErrno,
      fd,
      inode,
      buf,
      preparent,
      postparent,
      xdata,
    );
  },
  ftruncate(
    frame: Frame,
    opRet: number,
    opErrno: number,
    prebuf: Iatt | null,
    postbuf: Iatt | null,
    xdata: Dict | null,
  ): void {
    const cbk = frame.cbk as Cbk<'ftruncate', unknown> | null;
    if (cbk === null) {
      reportSecondUnwind(frame, 'ftruncate');
      return;
    }
    frame.cbk = null;
    const parent = frame.parent as Frame;
    cbk(parent, frame.cookie, parent.xl, opRet, opErrno, prebuf, postbuf, xdata);
  },
  fstat(frame: Frame, opRet: number, opErrno: number, buf: Iatt | null, xdata: Dict | null): void {
    const cbk = frame.cbk as Cbk<'fstat', unknown> | null;
    if (cbk === null) {
      reportSecondUnwind(frame, 'fstat');
      return;
    }
    frame.cbk = null;
    const parent = frame.parent as Frame;
    cbk(parent, frame.cookie, parent.xl, opRet, opErrno, buf, xdata);
  },
  lk(frame: Frame, opRet: number, opErrno: number, flock: Flock | null, xdata: Dict | null): void {
    const cbk = frame.cbk as Cbk<'lk', unknown> | null;
    if (cbk === null) {
      reportSecondUnwind(frame, 'lk');
      return;
    }
    frame.cbk = null;
    const parent = frame.parent as Frame;
    cbk(parent, frame.cookie, parent.xl, opRet, opErrno, flock, xdata);
  },
  lookup(
    frame: Frame,
    opRet: number,
    opErrno: number,
    inode: Inode | null,
    buf: Iatt | null,
    xdata: Dict | null,
    postparent: Iatt | null,
  ): void {
    const cbk = frame.cbk as Cbk<'lookup', unknown> | null;
    if (cbk === null) {
      reportSecondUnwind(frame, 'lookup');
      return;
    }
    frame.cbk = null;
    const parent = frame.parent as Frame;
    cbk(parent, frame.cookie, parent.xl, opRet, opErrno, inode, buf, xdata, postparent);
  },
  readdir(
    frame: Frame,
    opRet: number,
    opErrno: number,
    entries: readonly Dirent[] | null,
    xdata: Dict | null,
  ): void {
    const cbk = frame.cbk as Cbk<'readdir', unknown> | null;
    if (cbk === null) {
      reportSecondUnwind(frame, 'readdir');
      return;
    }
    frame.cbk = null;
    const parent = frame.parent as Frame;
    cbk(parent, frame.cookie, parent.xl, opRet, opErrno, entries, xdata);
  },
  inodelk(frame: Frame, opRet: number, opErrno: number, xdata: Dict | null): void {
    const cbk = frame.cbk as Cbk<'inodelk', unknown> | null;
    if (cbk === null) {
      reportSecondUnwind(frame, 'inodelk');
      return;
    }
    frame.cbk = null;
    const parent = frame.parent as Frame;
    cbk(parent, frame.cookie, parent.xl, opRet, opErrno, xdata);
  },
  finodelk(frame: Frame, opRet: number, opErrno: number, xdata: Dict | null): void {
    const cbk = frame.cbk as Cbk<'finodelk', unknown> | null;
    if (cbk === null) {
      reportSecondUnwind(frame, 'finodelk');
      return;
    }
    frame.cbk = null;
    const parent = frame.parent as Frame;
    cbk(parent, frame.cookie, parent.xl, opRet, opErrno, xdata);
  },
  entrylk(frame: Frame, opRet: number, opErrno: number, xdata: Dict | null): void {
    const cbk = frame.cbk as Cbk<'entrylk', unknown> | null;
    if (cbk === null) {
      reportSecondUnwind(frame, 'entrylk');
      return;
    }
    frame.cbk = null;
    const parent = frame.parent as Frame;
    cbk(parent, frame.cookie, parent.xl, opRet, opErrno, xdata);
  },
  fentrylk(frame: Frame, opRet: number, opErrno: number, xdata: Dict | null): void {
    const cbk = frame.cbk as Cbk<'fentrylk', unknown> | null;
    if (cbk === null) {
      reportSecondUnwind(frame, 'fentrylk');
      return;
    }
    frame.cbk = null;
    const parent = frame.parent as Frame;
    cbk(parent, frame.cookie, parent.xl, opRet, opErrno, xdata);
  },
  xattrop(
    frame: Frame,
    opRet: number,
    opErrno: number,
    dict: Dict | null,
    xdata: Dict | null,
  ): void {
    const cbk = frame.cbk as Cbk<'xattrop', unknown> | null;
    if (cbk === null) {
      reportSecondUnwind(frame, 'xattrop');
      return;
    }
    frame.cbk = null;
    const parent = frame.parent as Frame;
    cbk(parent, frame.cookie, parent.xl, opRet, opErrno, dict, xdata);
  },
  fxattrop(
    frame: Frame,
    opRet: number,
    opErrno: number,
    dict: Dict | null,
    xdata: Dict | null,
  ): void {
    const cbk = frame.cbk as Cbk<'fxattrop', unknown> | null;
    if (cbk === null) {
      reportSecondUnwind(frame, 'fxattrop');
      return;
    }
    frame.cbk = null;
    const parent = frame.parent as Frame;
    cbk(parent, frame.cookie, parent.xl, opRet, opErrno, dict, xdata);
  },
  fgetxattr(
    frame: Frame,
    opRet: number,
    opErrno: number,
    dict: Dict | null,
    xdata: Dict | null,
  ): void {
    const cbk = frame.cbk as Cbk<'fgetxattr', unknown> | null;
    if (cbk === null) {
      reportSecondUnwind(frame, 'fgetxattr');
      return;
    }
    frame.cbk = null;
    const parent = frame.parent as Frame;
    cbk(parent, frame.cookie, parent.xl, opRet, opErrno, dict, xdata);
  },
  fsetxattr(frame: Frame, opRet: number, opErrno: number, xdata: Dict | null): void {
    const cbk = frame.cbk as Cbk<'fsetxattr', unknown> | null;
    if (cbk === null) {
      reportSecondUnwind(frame, 'fsetxattr');
      return;
    }
    frame.cbk = null;
    const parent = frame.parent as Frame;
    cbk(parent, frame.cookie, parent.xl, opRet, opErrno, xdata);
  },
  rchecksum(
    frame: Frame,
    opRet: number,
    opErrno: number,
    weak: number,
    strong: Uint8Array | null,
    xdata: Dict | null,
  ): void {
    const cbk = frame.cbk as Cbk<'rchecksum', unknown> | null;
    if (cbk === null) {
      reportSecondUnwind(frame, 'rchecksum');
      return;
    }
    frame.cbk = null;
    const parent = frame.parent as Frame;
    cbk(parent, frame.cookie, parent.xl, opRet, opErrno, weak, strong, xdata);
  },
  setattr(
    frame: Frame,
    opRet: number,
    opErrno: number,
    statpre: Iatt | null,
    statpost: Iatt | null,
    xdata: Dict | null,
  ): void {
    const cbk = frame.cbk as Cbk<'setattr', unknown> | null;
    if (cbk === null) {
      reportSecondUnwind(frame, 'setattr');
      return;
    }
    frame.cbk = null;
    const parent = frame.parent as Frame;
    cbk(parent, frame.cookie, parent.xl, opRet, opErrno, statpre, statpost, xdata);
  },
  fsetattr(
    frame: Frame,
    opRet: number,
    opErrno: number,
    statpre: Iatt | null,
    statpost: Iatt | null,
    xdata: Dict | null,
  ): void {
    const cbk = frame.cbk as Cbk<'fsetattr', unknown> | null;
    if (cbk === null) {
      reportSecondUnwind(frame, 'fsetattr');
      return;
    }
    frame.cbk = null;
    const parent = frame.parent as Frame;
    cbk(parent, frame.cookie, parent.xl, opRet, opErrno, statpre, statpost, xdata);
  },
  readdirp(
    frame: Frame,
    opRet: number,
    opErrno: number,
    entries: readonly Dirent[] | null,
    xdata: Dict | null,
  ): void {
    const cbk = frame.cbk as Cbk<'readdirp', unknown> | null;
    if (cbk === null) {
      reportSecondUnwind(frame, 'readdirp');
      return;
    }
    frame.cbk = null;
    const parent = frame.parent as Frame;
    cbk(parent, frame.cookie, parent.xl, opRet, opErrno, entries, xdata);
  },
  getspec(frame: Frame, opRet: number, opErrno: number, spec: string | null): void {
    const cbk = frame.cbk as Cbk<'getspec', unknown> | null;
    if (cbk === null) {
      reportSecondUnwind(frame, 'getspec');
      return;
    }
    frame.cbk = null;
    const parent = frame.parent as Frame;
    cbk(parent, frame.cookie, parent.xl, opRet, opErrno, spec);
  },
  fremovexattr(frame: Frame, opRet: number, opErrno: number, xdata: Dict | null): void {
    const cbk = frame.cbk as Cbk<'fremovexattr', unknown> | null;
    if (cbk === null) {
      reportSecondUnwind(frame, 'fremovexattr');
      return;
    }
    frame.cbk = null;
    const parent = frame.parent as Frame;
    cbk(parent, frame.cookie, parent.xl, opRet, opErrno, xdata);
  },
  fallocate(
    frame: Frame,
    opRet: number,
    opErrno: number,
    prebuf: Iatt | null,
    postbuf: Iatt | null,
    xdata: Dict | null,
  ): void {
    const cbk = frame.cbk as Cbk<'fallocate', unknown> | null;
    if (cbk === null) {
      reportSecondUnwind(frame, 'fallocate');
      return;
    }
    frame.cbk = null;
    const parent = frame.parent as Frame;
    cbk(parent, frame.cookie, parent.xl, opRet, opErrno, prebuf, postbuf, xdata);
  },
  discard(
    frame: Frame,
    opRet: number,
    opErrno: number,
    prebuf: Iatt | null,
    postbuf: Iatt | null,
    xdata: Dict | null,
  ): void {
    const cbk = frame.cbk as Cbk<'discard', unknown> | null;
    if (cbk === null) {
      reportSecondUnwind(frame, 'discard');
      return;
    }
    frame.cbk = null;
    const parent = frame.parent as Frame;
    cbk(parent, frame.cookie, parent.xl, opRet, opErrno, prebuf, postbuf, xdata);
  },
  zerofill(
    frame: Frame,
    opRet: number,
    opErrno: number,
    prebuf: Iatt | null,
    postbuf: Iatt | null,
    xdata: Dict | null,
  ): void {
    const cbk = frame.cbk as Cbk<'zerofill', unknown> | null;
    if (cbk === null) {
      reportSecondUnwind(frame, 'zerofill');
      return;
    }
    frame.cbk = null;
    const parent = frame.parent as Frame;
    cbk(parent, frame.cookie, parent.xl, opRet, opErrno, prebuf, postbuf, xdata);
  },
  ipc(frame: Frame, opRet: number, opErrno: number, xdata: Dict | null): void {
    const cbk = frame.cbk as Cbk<'ipc', unknown> | null;
    if (cbk === null) {
      reportSecondUnwind(frame, 'ipc');
      return;
    }
    frame.cbk = null;
    const parent = frame.parent as Frame;
    cbk(parent, frame.cookie, parent.xl, opRet, opErrno, xdata);
  },
  seek(frame: Frame, opRet: number, opErrno: number, offset: number, xdata: Dict | null): void {
    const cbk = frame.cbk as Cbk<'seek', unknown> | null;
    if (cbk === null) {
      reportSecondUnwind(frame, 'seek');
      return;
    }
    frame.cbk = null;
    const parent = frame.parent as Frame;
    cbk(parent, frame.cookie, parent.xl, opRet, opErrno, offset, xdata);
  },
  lease(
    frame: Frame,
    opRet: number,
    opErrno: number,
    lease: Lease | null,
    xdata: Dict | null,
  ): void {
    const cbk = frame.cbk as Cbk<'lease', unknown> | null;
    if (cbk === null) {
      reportSecondUnwind(frame, 'lease');
      return;
    }
    frame.cbk = null;
    const parent = frame.parent as Frame;
    cbk(parent, frame.cookie, parent.xl, opRet, opErrno, lease, xdata);
  },
  getactivelk(
    frame: Frame,
    opRet: number,
    opErrno: number,
    locklist: readonly Flock[] | null,
    xdata: Dict | null,
  ): void {
    const cbk = frame.cbk as Cbk<'getactivelk', unknown> | null;
    if (cbk === null) {
      reportSecondUnwind(frame, 'getactivelk');
      return;
    }
    frame.cbk = null;
    const parent = frame.parent as Frame;
    cbk(parent, frame.cookie, parent.xl, opRet, opErrno, locklist, xdata);
  },
  setactivelk(frame: Frame, opRet: number, opErrno: number, xdata: Dict | null): void {
    const cbk = frame.cbk as Cbk<'setactivelk', unknown> | null;
    if (cbk === null) {
      reportSecondUnwind(frame, 'setactivelk');
      return;
    }
    frame.cbk = null;
    const parent = frame.parent as Frame;
    cbk(parent, frame.cookie, parent.xl, opRet, opErrno, xdata);
  },
  put(
    frame: Frame,
    opRet: number,
    opErrno: number,
    inode: Inode | null,
    buf: Iatt | null,
    preparent: Iatt | null,
    postparent: Iatt | null,
    xdata: Dict | null,
  ): void {
    const cbk = frame.cbk as Cbk<'put', unknown> | null;
    if (cbk === null) {
      reportSecondUnwind(frame, 'put');
      return;
    }
    frame.cbk = null;
    const parent = frame.parent as Frame;
    cbk(parent, frame.cookie, parent.xl, opRet, opErrno, inode, buf, preparent, postparent, xdata);
  },
  icreate(
    frame: Frame,
    opRet: number,
    opErrno: number,
    inode: Inode | null,
    buf: Iatt | null,
    xdata: Dict | null,
  ): void {
    const cbk = frame.cbk as Cbk<'icreate', unknown> | null;
    if (cbk === null) {
      reportSecondUnwind(frame, 'icreate');
      return;
    }
    frame.cbk = null;
    const parent = frame.parent as Frame;
    cbk(parent, frame.cookie, parent.xl, opRet, opErrno, inode, buf, xdata);
  },
  namelink(
    frame: Frame,
    opRet: number,
    opErrno: number,
    prebuf: Iatt | null,
    postbuf: Iatt | null,
    xdata: Dict | null,
  ): void {
    const cbk = frame.cbk as Cbk<'namelink', unknown> | null;
    if (cbk === null) {
      reportSecondUnwind(frame, 'namelink');
      return;
    }
    frame.cbk = null;
    const parent = frame.parent as Frame;
    cbk(parent, frame.cookie, parent.xl, opRet, opErrno, prebuf, postbuf, xdata);
  },
  copy_file_range(
    frame: Frame,
    opRet: number,
    opErrno: number,
    stbuf: Iatt | null,
    prebufDst: Iatt | null,
    postbufDst: Iatt | null,
    xdata: Dict | null,
  ): void {
    const cbk = frame.cbk as Cbk<'copy_file_range', unknown> | null;
    if (cbk === null) {
      reportSecondUnwind(frame, 'copy_file_range');
      return;
    }
    frame.cbk = null;
    const parent = frame.parent as Frame;
    cbk(parent, frame.cookie, parent.xl, opRet, opErrno, stbuf, prebufDst, postbufDst, xdata);
  },
};

/** Replies to the caller with an errno. */
export const fail = {
  stat(frame: Frame, opErrno: number): void {
    unwind.stat(frame, -1, opErrno, null, null);
  },
  readlink(frame: Frame, opErrno: number): void {
    unwind.readlink(frame, -1, opErrno, null, null, null);
  },
  mknod(frame: Frame, opErrno: number): void {
    unwind.mknod(frame, -1, opErrno, null, null, null, null, null);
  },
  mkdir(frame: Frame, opErrno: number): void {
    unwind.mkdir(frame, -1, opErrno, null, null, null, null, null);
  },
  unlink(frame: Frame, opErrno: number): void {
    unwind.unlink(frame, -1, opErrno, null, null, null);
  },
  rmdir(frame: Frame, opErrno: number): void {
    unwind.rmdir(frame, -1, opErrno, null, null, null);
  },
  symlink(frame: Frame, opErrno: number): void {
    unwind.symlink(frame, -1, opErrno, null, null, null, null, null);
  },
  rename(frame: Frame, opErrno: number): void {
    unwind.rename(frame, -1, opErrno, null, null, null, null, null, null);
  },
  link(frame: Frame, opErrno: number): void {
    unwind.link(frame, -1, opErrno, null, null, null, null, null);
  },
  truncate(frame: Frame, opErrno: number): void {
    unwind.truncate(frame, -1, opErrno, null, null, null);
  },
  open(frame: Frame, opErrno: number): void {
    unwind.open(frame, -1, opErrno, null, null);
  },
  readv(frame: Frame, opErrno: number): void {
    unwind.readv(frame, -1, opErrno, null, null, null);
  },
  writev(frame: Frame, opErrno: number): void {
    unwind.writev(frame, -1, opErrno, null, null, null);
  },
  statfs(frame: Frame, opErrno: number): void {
    unwind.statfs(frame, -1, opErrno, null, null);
  },
  flush(frame: Frame, opErrno: number): void {
    unwind.flush(frame, -1, opErrno, null);
  },
  fsync(frame: Frame, opErrno: number): void {
    unwind.fsync(frame, -1, opErrno, null, null, null);
  },
  setxattr(frame: Frame, opErrno: number): void {
    unwind.setxattr(frame, -1, opErrno, null);
  },
  getxattr(frame: Frame, opErrno: number): void {
    unwind.getxattr(frame, -1, opErrno, null, null);
  },
  removexattr(frame: Frame, opErrno: number): void {
    unwind.removexattr(frame, -1, opErrno, null);
  },
  opendir(frame: Frame, opErrno: number): void {
    unwind.opendir(frame, -1, opErrno, null, null);
  },
  fsyncdir(frame: Frame, opErrno: number): void {
    unwind.fsyncdir(frame, -1, opErrno, null);
  },
  access(frame: Frame, opErrno: number): void {
    unwind.access(frame, -1, opErrno, null);
  },
  create(frame: Frame, opErrno: number): void {
    unwind.create(frame, -1, opErrno, null, null, null, null, null, null);
  },
  ftruncate(frame: Frame, opErrno: number): void {
    unwind.ftruncate(frame, -1, opErrno, null, null, null);
  },
  fstat(frame: Frame, opErrno: number): void {
    unwind.fstat(frame, -1, opErrno, null, null);
  },
  lk(frame: Frame, opErrno: number): void {
    unwind.lk(frame, -1, opErrno, null, null);
  },
  lookup(frame: Frame, opErrno: number): void {
    unwind.lookup(frame, -1, opErrno, null, null, null, null);
  },
  readdir(frame: Frame, opErrno: number): void {
    unwind.readdir(frame, -1, opErrno, null, null);
  },
  inodelk(frame: Frame, opErrno: number): void {
    unwind.inodelk(frame, -1, opErrno, null);
  },
  finodelk(frame: Frame, opErrno: number): void {
    unwind.finodelk(frame, -1, opErrno, null);
  },
  entrylk(frame: Frame, opErrno: number): void {
    unwind.entrylk(frame, -1, opErrno, null);
  },
  fentrylk(frame: Frame, opErrno: number): void {
    unwind.fentrylk(frame, -1, opErrno, null);
  },
  xattrop(frame: Frame, opErrno: number): void {
    unwind.xattrop(frame, -1, opErrno, null, null);
  },
  fxattrop(frame: Frame, opErrno: number): void {
    unwind.fxattrop(frame, -1, opErrno, null, null);
  },
  fgetxattr(frame: Frame, opErrno: number): void {
    unwind.fgetxattr(frame, -1, opErrno, null, null);
  },
  fsetxattr(frame: Frame, opErrno: number): void {
    unwind.fsetxattr(frame, -1, opErrno, null);
  },
  rchecksum(frame: Frame, opErrno: number): void {
    unwind.rchecksum(frame, -1, opErrno, -1, null, null);
  },
  setattr(frame: Frame, opErrno: number): void {
    unwind.setattr(frame, -1, opErrno, null, null, null);
  },
  fsetattr(frame: Frame, opErrno: number): void {
    unwind.fsetattr(frame, -1, opErrno, null, null, null);
  },
  readdirp(frame: Frame, opErrno: number): void {
    unwind.readdirp(frame, -1, opErrno, null, null);
  },
  getspec(frame: Frame, opErrno: number): void {
    unwind.getspec(frame, -1, opErrno, null);
  },
  fremovexattr(frame: Frame, opErrno: number): void {
    unwind.fremovexattr(frame, -1, opErrno, null);
  },
  fallocate(frame: Frame, opErrno: number): void {
    unwind.fallocate(frame, -1, opErrno, null, null, null);
  },
  discard(frame: Frame, opErrno: number): void {
    unwind.discard(frame, -1, opErrno, null, null, null);
  },
  zerofill(frame: Frame, opErrno: number): void {
    unwind.zerofill(frame, -1, opErrno, null, null, null);
  },
  ipc(frame: Frame, opErrno: number): void {
    unwind.ipc(frame, -1, opErrno, null);
  },
  seek(frame: Frame, opErrno: number): void {
    unwind.seek(frame, -1, opErrno, -1, null);
  },
  lease(frame: Frame, opErrno: number): void {
    unwind.lease(frame, -1, opErrno, null, null);
  },
  getactivelk(frame: Frame, opErrno: number): void {
    unwind.getactivelk(frame, -1, opErrno, null, null);
  },
  setactivelk(frame: Frame, opErrno: number): void {
    unwind.setactivelk(frame, -1, opErrno, null);
  },
  put(frame: Frame, opErrno: number): void {
    unwind.put(frame, -1, opErrno, null, null, null, null, null);
  },
  icreate(frame: Frame, opErrno: number): void {
    unwind.icreate(frame, -1, opErrno, null, null, null);
  },
  namelink(frame: Frame, opErrno: number): void {
    unwind.namelink(frame, -1, opErrno, null, null, null);
  },
  copy_file_range(frame: Frame, opErrno: number): void {
    unwind.copy_file_range(frame, -1, opErrno, null, null, null, null);
  },
};

/** A callback that passes the reply up unchanged. */
export const pass = {
  stat(
    frame: Frame,
    _cookie: number,
    _xl: Xlator<unknown>,
    opRet: number,
    opErrno: number,
    buf: Iatt | null,
    xdata: Dict | null,
  ): void {
    unwind.stat(frame, opRet, opErrno, buf, xdata);
  },
  readlink(
    frame: Frame,
    _cookie: number,
    _xl: Xlator<unknown>,
    opRet: number,
    opErrno: number,
    path: string | null,
    buf: Iatt | null,
    xdata: Dict | null,
  ): void {
    unwind.readlink(frame, opRet, opErrno, path, buf, xdata);
  },
  mknod(
    frame: Frame,
    _cookie: number,
    _xl: Xlator<unknown>,
    opRet: number,
    opErrno: number,
    inode: Inode | null,
    buf: Iatt | null,
    preparent: Iatt | null,
    postparent: Iatt | null,
    xdata: Dict | null,
  ): void {
    unwind.mknod(frame, opRet, opErrno, inode, buf, preparent, postparent, xdata);
  },
  mkdir(
    frame: Frame,
    _cookie: number,
    _xl: Xlator<unknown>,
    opRet: number,
    opErrno: number,
    inode: Inode | null,
    buf: Iatt | null,
    preparent: Iatt | null,
    postparent: Iatt | null,
    xdata: Dict | null,
  ): void {
    unwind.mkdir(frame, opRet, opErrno, inode, buf, preparent, postparent, xdata);
  },
  unlink(
    frame: Frame,
    _cookie: number,
    _xl: Xlator<unknown>,
    opRet: number,
    opErrno: number,
    preparent: Iatt | null,
    postparent: Iatt | null,
    xdata: Dict | null,
  ): void {
    unwind.unlink(frame, opRet, opErrno, preparent, postparent, xdata);
  },
  rmdir(
    frame: Frame,
    _cookie: number,
    _xl: Xlator<unknown>,
    opRet: number,
    opErrno: number,
    preparent: Iatt | null,
    postparent: Iatt | null,
    xdata: Dict | null,
  ): void {
    unwind.rmdir(frame, opRet, opErrno, preparent, postparent, xdata);
  },
  symlink(
    frame: Frame,
    _cookie: number,
    _xl: Xlator<unknown>,
    opRet: number,
    opErrno: number,
    inode: Inode | null,
    buf: Iatt | null,
    preparent: Iatt | null,
    postparent: Iatt | null,
    xdata: Dict | null,
  ): void {
    unwind.symlink(frame, opRet, opErrno, inode, buf, preparent, postparent, xdata);
  },
  rename(
    frame: Frame,
    _cookie: number,
    _xl: Xlator<unknown>,
    opRet: number,
    opErrno: number,
    buf: Iatt | null,
    preoldparent: Iatt | null,
    postoldparent: Iatt | null,
    prenewparent: Iatt | null,
    postnewparent: Iatt | null,
    xdata: Dict | null,
  ): void {
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
  },
  link(
    frame: Frame,
    _cookie: number,
    _xl: Xlator<unknown>,
    opRet: number,
    opErrno: number,
    inode: Inode | null,
    buf: Iatt | null,
    preparent: Iatt | null,
    postparent: Iatt | null,
    xdata: Dict | null,
  ): void {
    unwind.link(frame, opRet, opErrno, inode, buf, preparent, postparent, xdata);
  },
  truncate(
    frame: Frame,
    _cookie: number,
    _xl: Xlator<unknown>,
    opRet: number,
    opErrno: number,
    prebuf: Iatt | null,
    postbuf: Iatt | null,
    xdata: Dict | null,
  ): void {
    unwind.truncate(frame, opRet, opErrno, prebuf, postbuf, xdata);
  },
  open(
    frame: Frame,
    _cookie: number,
    _xl: Xlator<unknown>,
    opRet: number,
    opErrno: number,
    fd: Fd | null,
    xdata: Dict | null,
  ): void {
    unwind.open(frame, opRet, opErrno, fd, xdata);
  },
  readv(
    frame: Frame,
    _cookie: number,
    _xl: Xlator<unknown>,
    opRet: number,
    opErrno: number,
    vector: Uint8Array | null,
    stbuf: Iatt | null,
    xdata: Dict | null,
  ): void {
    unwind.readv(frame, opRet, opErrno, vector, stbuf, xdata);
  },
  writev(
    frame: Frame,
    _cookie: number,
    _xl: Xlator<unknown>,
    opRet: number,
    opErrno: number,
    prebuf: Iatt | null,
    postbuf: Iatt | null,
    xdata: Dict | null,
  ): void {
    unwind.writev(frame, opRet, opErrno, prebuf, postbuf, xdata);
  },
  statfs(
    frame: Frame,
    _cookie: number,
    _xl: Xlator<unknown>,
    opRet: number,
    opErrno: number,
    buf: Statvfs | null,
    xdata: Dict | null,
  ): void {
    unwind.statfs(frame, opRet, opErrno, buf, xdata);
  },
  flush(
    frame: Frame,
    _cookie: number,
    _xl: Xlator<unknown>,
    opRet: number,
    opErrno: number,
    xdata: Dict | null,
  ): void {
    unwind.flush(frame, opRet, opErrno, xdata);
  },
  fsync(
    frame: Frame,
    _cookie: number,
    _xl: Xlator<unknown>,
    opRet: number,
    opErrno: number,
    prebuf: Iatt | null,
    postbuf: Iatt | null,
    xdata: Dict | null,
  ): void {
    unwind.fsync(frame, opRet, opErrno, prebuf, postbuf, xdata);
  },
  setxattr(
    frame: Frame,
    _cookie: number,
    _xl: Xlator<unknown>,
    opRet: number,
    opErrno: number,
    xdata: Dict | null,
  ): void {
    unwind.setxattr(frame, opRet, opErrno, xdata);
  },
  getxattr(
    frame: Frame,
    _cookie: number,
    _xl: Xlator<unknown>,
    opRet: number,
    opErrno: number,
    dict: Dict | null,
    xdata: Dict | null,
  ): void {
    unwind.getxattr(frame, opRet, opErrno, dict, xdata);
  },
  removexattr(
    frame: Frame,
    _cookie: number,
    _xl: Xlator<unknown>,
    opRet: number,
    opErrno: number,
    xdata: Dict | null,
  ): void {
    unwind.removexattr(frame, opRet, opErrno, xdata);
  },
  opendir(
    frame: Frame,
    _cookie: number,
    _xl: Xlator<unknown>,
    opRet: number,
    opErrno: number,
    fd: Fd | null,
    xdata: Dict | null,
  ): void {
    unwind.opendir(frame, opRet, opErrno, fd, xdata);
  },
  fsyncdir(
    frame: Frame,
    _cookie: number,
    _xl: Xlator<unknown>,
    opRet: number,
    opErrno: number,
    xdata: Dict | null,
  ): void {
    unwind.fsyncdir(frame, opRet, opErrno, xdata);
  },
  access(
    frame: Frame,
    _cookie: number,
    _xl: Xlator<unknown>,
    opRet: number,
    opErrno: number,
    xdata: Dict | null,
  ): void {
    unwind.access(frame, opRet, opErrno, xdata);
  },
  create(
    frame: Frame,
    _cookie: number,
    _xl: Xlator<unknown>,
    opRet: number,
    opErrno: number,
    fd: Fd | null,
    inode: Inode | null,
    buf: Iatt | null,
    preparent: Iatt | null,
    postparent: Iatt | null,
    xdata: Dict | null,
  ): void {
    unwind.create(frame, opRet, opErrno, fd, inode, buf, preparent, postparent, xdata);
  },
  ftruncate(
    frame: Frame,
    _cookie: number,
    _xl: Xlator<unknown>,
    opRet: number,
    opErrno: number,
    prebuf: Iatt | null,
    postbuf: Iatt | null,
    xdata: Dict | null,
  ): void {
    unwind.ftruncate(frame, opRet, opErrno, prebuf, postbuf, xdata);
  },
  fstat(
    frame: Frame,
    _cookie: number,
    _xl: Xlator<unknown>,
    opRet: number,
    opErrno: number,
    buf: Iatt | null,
    xdata: Dict | null,
  ): void {
    unwind.fstat(frame, opRet, opErrno, buf, xdata);
  },
  lk(
    frame: Frame,
    _cookie: number,
    _xl: Xlator<unknown>,
    opRet: number,
    opErrno: number,
    flock: Flock | null,
    xdata: Dict | null,
  ): void {
    unwind.lk(frame, opRet, opErrno, flock, xdata);
  },
  lookup(
    frame: Frame,
    _cookie: number,
    _xl: Xlator<unknown>,
    opRet: number,
    opErrno: number,
    inode: Inode | null,
    buf: Iatt | null,
    xdata: Dict | null,
    postparent: Iatt | null,
  ): void {
    unwind.lookup(frame, opRet, opErrno, inode, buf, xdata, postparent);
  },
  readdir(
    frame: Frame,
    _cookie: number,
    _xl: Xlator<unknown>,
    opRet: number,
    opErrno: number,
    entries: readonly Dirent[] | null,
    xdata: Dict | null,
  ): void {
    unwind.readdir(frame, opRet, opErrno, entries, xdata);
  },
  inodelk(
    frame: Frame,
    _cookie: number,
    _xl: Xlator<unknown>,
    opRet: number,
    opErrno: number,
    xdata: Dict | null,
  ): void {
    unwind.inodelk(frame, opRet, opErrno, xdata);
  },
  finodelk(
    frame: Frame,
    _cookie: number,
    _xl: Xlator<unknown>,
    opRet: number,
    opErrno: number,
    xdata: Dict | null,
  ): void {
    unwind.finodelk(frame, opRet, opErrno, xdata);
  },
  entrylk(
    frame: Frame,
    _cookie: number,
    _xl: Xlator<unknown>,
    opRet: number,
    opErrno: number,
    xdata: Dict | null,
  ): void {
    unwind.entrylk(frame, opRet, opErrno, xdata);
  },
  fentrylk(
    frame: Frame,
    _cookie: number,
    _xl: Xlator<unknown>,
    opRet: number,
    opErrno: number,
    xdata: Dict | null,
  ): void {
    unwind.fentrylk(frame, opRet, opErrno, xdata);
  },
  xattrop(
    frame: Frame,
    _cookie: number,
    _xl: Xlator<unknown>,
    opRet: number,
    opErrno: number,
    dict: Dict | null,
    xdata: Dict | null,
  ): void {
    unwind.xattrop(frame, opRet, opErrno, dict, xdata);
  },
  fxattrop(
    frame: Frame,
    _cookie: number,
    _xl: Xlator<unknown>,
    opRet: number,
    opErrno: number,
    dict: Dict | null,
    xdata: Dict | null,
  ): void {
    unwind.fxattrop(frame, opRet, opErrno, dict, xdata);
  },
  fgetxattr(
    frame: Frame,
    _cookie: number,
    _xl: Xlator<unknown>,
    opRet: number,
    opErrno: number,
    dict: Dict | null,
    xdata: Dict | null,
  ): void {
    unwind.fgetxattr(frame, opRet, opErrno, dict, xdata);
  },
  fsetxattr(
    frame: Frame,
    _cookie: number,
    _xl: Xlator<unknown>,
    opRet: number,
    opErrno: number,
    xdata: Dict | null,
  ): void {
    unwind.fsetxattr(frame, opRet, opErrno, xdata);
  },
  rchecksum(
    frame: Frame,
    _cookie: number,
    _xl: Xlator<unknown>,
    opRet: number,
    opErrno: number,
    weak: number,
    strong: Uint8Array | null,
    xdata: Dict | null,
  ): void {
    unwind.rchecksum(frame, opRet, opErrno, weak, strong, xdata);
  },
  setattr(
    frame: Frame,
    _cookie: number,
    _xl: Xlator<unknown>,
    opRet: number,
    opErrno: number,
    statpre: Iatt | null,
    statpost: Iatt | null,
    xdata: Dict | null,
  ): void {
    unwind.setattr(frame, opRet, opErrno, statpre, statpost, xdata);
  },
  fsetattr(
    frame: Frame,
    _cookie: number,
    _xl: Xlator<unknown>,
    opRet: number,
    opErrno: number,
    statpre: Iatt | null,
    statpost: Iatt | null,
    xdata: Dict | null,
  ): void {
    unwind.fsetattr(frame, opRet, opErrno, statpre, statpost, xdata);
  },
  readdirp(
    frame: Frame,
    _cookie: number,
    _xl: Xlator<unknown>,
    opRet: number,
    opErrno: number,
    entries: readonly Dirent[] | null,
    xdata: Dict | null,
  ): void {
    unwind.readdirp(frame, opRet, opErrno, entries, xdata);
  },
  getspec(
    frame: Frame,
    _cookie: number,
    _xl: Xlator<unknown>,
    opRet: number,
    opErrno: number,
    spec: string | null,
  ): void {
    unwind.getspec(frame, opRet, opErrno, spec);
  },
  fremovexattr(
    frame: Frame,
    _cookie: number,
    _xl: Xlator<unknown>,
    opRet: number,
    opErrno: number,
    xdata: Dict | null,
  ): void {
    unwind.fremovexattr(frame, opRet, opErrno, xdata);
  },
  fallocate(
    frame: Frame,
    _cookie: number,
    _xl: Xlator<unknown>,
    opRet: number,
    opErrno: number,
    prebuf: Iatt | null,
    postbuf: Iatt | null,
    xdata: Dict | null,
  ): void {
    unwind.fallocate(frame, opRet, opErrno, prebuf, postbuf, xdata);
  },
  discard(
    frame: Frame,
    _cookie: number,
    _xl: Xlator<unknown>,
    opRet: number,
    opErrno: number,
    prebuf: Iatt | null,
    postbuf: Iatt | null,
    xdata: Dict | null,
  ): void {
    unwind.discard(frame, opRet, opErrno, prebuf, postbuf, xdata);
  },
  zerofill(
    frame: Frame,
    _cookie: number,
    _xl: Xlator<unknown>,
    opRet: number,
    opErrno: number,
    prebuf: Iatt | null,
    postbuf: Iatt | null,
    xdata: Dict | null,
  ): void {
    unwind.zerofill(frame, opRet, opErrno, prebuf, postbuf, xdata);
  },
  ipc(
    frame: Frame,
    _cookie: number,
    _xl: Xlator<unknown>,
    opRet: number,
    opErrno: number,
    xdata: Dict | null,
  ): void {
    unwind.ipc(frame, opRet, opErrno, xdata);
  },
  seek(
    frame: Frame,
    _cookie: number,
    _xl: Xlator<unknown>,
    opRet: number,
    opErrno: number,
    offset: number,
    xdata: Dict | null,
  ): void {
    unwind.seek(frame, opRet, opErrno, offset, xdata);
  },
  lease(
    frame: Frame,
    _cookie: number,
    _xl: Xlator<unknown>,
    opRet: number,
    opErrno: number,
    lease: Lease | null,
    xdata: Dict | null,
  ): void {
    unwind.lease(frame, opRet, opErrno, lease, xdata);
  },
  getactivelk(
    frame: Frame,
    _cookie: number,
    _xl: Xlator<unknown>,
    opRet: number,
    opErrno: number,
    locklist: readonly Flock[] | null,
    xdata: Dict | null,
  ): void {
    unwind.getactivelk(frame, opRet, opErrno, locklist, xdata);
  },
  setactivelk(
    frame: Frame,
    _cookie: number,
    _xl: Xlator<unknown>,
    opRet: number,
    opErrno: number,
    xdata: Dict | null,
  ): void {
    unwind.setactivelk(frame, opRet, opErrno, xdata);
  },
  put(
    frame: Frame,
    _cookie: number,
    _xl: Xlator<unknown>,
    opRet: number,
    opErrno: number,
    inode: Inode | null,
    buf: Iatt | null,
    preparent: Iatt | null,
    postparent: Iatt | null,
    xdata: Dict | null,
  ): void {
    unwind.put(frame, opRet, opErrno, inode, buf, preparent, postparent, xdata);
  },
  icreate(
    frame: Frame,
    _cookie: number,
    _xl: Xlator<unknown>,
    opRet: number,
    opErrno: number,
    inode: Inode | null,
    buf: Iatt | null,
    xdata: Dict | null,
  ): void {
    unwind.icreate(frame, opRet, opErrno, inode, buf, xdata);
  },
  namelink(
    frame: Frame,
    _cookie: number,
    _xl: Xlator<unknown>,
    opRet: number,
    opErrno: number,
    prebuf: Iatt | null,
    postbuf: Iatt | null,
    xdata: Dict | null,
  ): void {
    unwind.namelink(frame, opRet, opErrno, prebuf, postbuf, xdata);
  },
  copy_file_range(
    frame: Frame,
    _cookie: number,
    _xl: Xlator<unknown>,
    opRet: number,
    opErrno: number,
    stbuf: Iatt | null,
    prebufDst: Iatt | null,
    postbufDst: Iatt | null,
    xdata: Dict | null,
  ): void {
    unwind.copy_file_range(frame, opRet, opErrno, stbuf, prebufDst, postbufDst, xdata);
  },
};

/** The target of each fop's wind to a volume. Only the graph makes links, and calls `route` to change them. */
export class Links {
  stat!: Target<'stat'>;
  readlink!: Target<'readlink'>;
  mknod!: Target<'mknod'>;
  mkdir!: Target<'mkdir'>;
  unlink!: Target<'unlink'>;
  rmdir!: Target<'rmdir'>;
  symlink!: Target<'symlink'>;
  rename!: Target<'rename'>;
  link!: Target<'link'>;
  truncate!: Target<'truncate'>;
  open!: Target<'open'>;
  readv!: Target<'readv'>;
  writev!: Target<'writev'>;
  statfs!: Target<'statfs'>;
  flush!: Target<'flush'>;
  fsync!: Target<'fsync'>;
  setxattr!: Target<'setxattr'>;
  getxattr!: Target<'getxattr'>;
  removexattr!: Target<'removexattr'>;
  opendir!: Target<'opendir'>;
  fsyncdir!: Target<'fsyncdir'>;
  access!: Target<'access'>;
  create!: Target<'create'>;
  ftruncate!: Target<'ftruncate'>;
  fstat!: Target<'fstat'>;
  lk!: Target<'lk'>;
  lookup!: Target<'lookup'>;
  readdir!: Target<'readdir'>;
  inodelk!: Target<'inodelk'>;
  finodelk!: Target<'finodelk'>;
  entrylk!: Target<'entrylk'>;
  fentrylk!: Target<'fentrylk'>;
  xattrop!: Target<'xattrop'>;
  fxattrop!: Target<'fxattrop'>;
  fgetxattr!: Target<'fgetxattr'>;
  fsetxattr!: Target<'fsetxattr'>;
  rchecksum!: Target<'rchecksum'>;
  setattr!: Target<'setattr'>;
  fsetattr!: Target<'fsetattr'>;
  readdirp!: Target<'readdirp'>;
  getspec!: Target<'getspec'>;
  fremovexattr!: Target<'fremovexattr'>;
  fallocate!: Target<'fallocate'>;
  discard!: Target<'discard'>;
  zerofill!: Target<'zerofill'>;
  ipc!: Target<'ipc'>;
  seek!: Target<'seek'>;
  lease!: Target<'lease'>;
  getactivelk!: Target<'getactivelk'>;
  setactivelk!: Target<'setactivelk'>;
  put!: Target<'put'>;
  icreate!: Target<'icreate'>;
  namelink!: Target<'namelink'>;
  copy_file_range!: Target<'copy_file_range'>;

  constructor(find: <N extends FopName>(name: N) => Target<N>) {
    this.route(find);
  }

  route(find: <N extends FopName>(name: N) => Target<N>): void {
    this.stat = find('stat');
    this.readlink = find('readlink');
    this.mknod = find('mknod');
    this.mkdir = find('mkdir');
    this.unlink = find('unlink');
    this.rmdir = find('rmdir');
    this.symlink = find('symlink');
    this.rename = find('rename');
    this.link = find('link');
    this.truncate = find('truncate');
    this.open = find('open');
    this.readv = find('readv');
    this.writev = find('writev');
    this.statfs = find('statfs');
    this.flush = find('flush');
    this.fsync = find('fsync');
    this.setxattr = find('setxattr');
    this.getxattr = find('getxattr');
    this.removexattr = find('removexattr');
    this.opendir = find('opendir');
    this.fsyncdir = find('fsyncdir');
    this.access = find('access');
    this.create = find('create');
    this.ftruncate = find('ftruncate');
    this.fstat = find('fstat');
    this.lk = find('lk');
    this.lookup = find('lookup');
    this.readdir = find('readdir');
    this.inodelk = find('inodelk');
    this.finodelk = find('finodelk');
    this.entrylk = find('entrylk');
    this.fentrylk = find('fentrylk');
    this.xattrop = find('xattrop');
    this.fxattrop = find('fxattrop');
    this.fgetxattr = find('fgetxattr');
    this.fsetxattr = find('fsetxattr');
    this.rchecksum = find('rchecksum');
    this.setattr = find('setattr');
    this.fsetattr = find('fsetattr');
    this.readdirp = find('readdirp');
    this.getspec = find('getspec');
    this.fremovexattr = find('fremovexattr');
    this.fallocate = find('fallocate');
    this.discard = find('discard');
    this.zerofill = find('zerofill');
    this.ipc = find('ipc');
    this.seek = find('seek');
    this.lease = find('lease');
    this.getactivelk = find('getactivelk');
    this.setactivelk = find('setactivelk');
    this.put = find('put');
    this.icreate = find('icreate');
    this.namelink = find('namelink');
    this.copy_file_range = find('copy_file_range');
  }
}

/** Makes a fop that fails with `opErrno`, for fops that neither a volume nor any below it defines. */
export function makeRefusingFop<N extends FopName>(name: N, opErrno: number): Fop<N, unknown> {
  const failFop = fail[name];
  return ((frame: Frame) => failFop(frame, opErrno)) as unknown as Fop<N, unknown>;
}
