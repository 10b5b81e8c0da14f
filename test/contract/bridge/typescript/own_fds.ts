/** Opens, uses and closes files by its own requests. */
import {
  type Cbk,
  Dict,
  defineTranslator,
  EPERM,
  Fd,
  type Fop,
  fail,
  Loc,
  unwind,
  wind,
  type Xlator,
} from 'glossa';
import { plain } from './shapes.ts';

const [O_RDONLY, O_RDWR] = [0, 2];

interface State {
  /** Files that it has made and keeps open. */
  readonly kept: Fd[];
}

const getxattr: Fop<'getxattr', State> = (frame, xl, loc) => {
  const fd = new Fd(loc.inode!, O_RDONLY, frame.root.pid);
  frame.local = fd;
  wind.open(frame, 0, opened, xl.children[0]!, new Loc(loc.inode), O_RDONLY, fd, null);
};

const opened: Cbk<'open', State> = (frame, _cookie, xl, opRet, opErrno) => {
  const fd = frame.local as Fd;
  if (opRet >= 0) wind.readv(frame, 0, read, xl.children[0]!, fd, 100, 0, 0, null);
  else {
    fd.release();
    fail.getxattr(frame, opErrno);
  }
};

const read: Cbk<'readv', State> = (frame, _cookie, _xl, opRet, opErrno, content) => {
  (frame.local as Fd).release();
  const dict = content === null ? null : Dict.of({ content });
  unwind.getxattr(frame, opRet < 0 ? -1 : 0, opErrno, dict, null);
};

const removexattr: Fop<'removexattr', State> = (frame, xl, loc, name) => {
  const made = new Loc(loc.parent!.table.newInode(), loc.parent, name);
  const fd = new Fd(made.inode!, O_RDWR, frame.root.pid);
  frame.local = fd;
  wind.create(frame, 0, created, xl.children[0]!, made, O_RDWR, 0o600, 0, fd, null);
};

const created: Cbk<'create', State> = (frame, _cookie, xl, opRet, opErrno) => {
  const fd = frame.local as Fd;
  if (opRet < 0) {
    fd.release();
    fail.removexattr(frame, opErrno);
    return;
  }
  xl.priv.kept.push(fd);
  const data = new TextEncoder().encode('content');
  wind.writev(frame, 0, written, xl.children[0]!, fd, data, 0, 0, null);
};

const written: Cbk<'writev', State> = (frame, _cookie, _xl, opRet, opErrno) => {
  unwind.removexattr(frame, opRet < 0 ? -1 : 0, opErrno, null);
};

const access: Fop<'access', State> = (frame, xl, loc) => {
  const fd = new Fd(loc.inode!, O_RDONLY, frame.root.pid, true);
  frame.local = fd;
  wind.opendir(frame, 0, openedDir, xl.children[0]!, loc, fd, null);
};

const openedDir: Cbk<'opendir', State> = (frame, _cookie, xl, opRet, opErrno) => {
  const fd = frame.local as Fd;
  if (opRet >= 0) wind.readdir(frame, 0, listed, xl.children[0]!, fd, 100, 0, null);
  else {
    fd.release();
    fail.access(frame, opErrno);
  }
};

const listed: Cbk<'readdir', State> = (frame, _cookie, xl, opRet, opErrno) => {
  (frame.local as Fd).release();
  xl.log.info(`${opRet} entries`);
  unwind.access(frame, opRet < 0 ? -1 : 0, opErrno, null);
};

const flush: Fop<'flush', State> = (frame, xl, fd) => {
  if (close(xl, fd)) unwind.flush(frame, 0, 0, null);
  else fail.flush(frame, EPERM);
};

/** Lets go of an fd, if it is its own: the record that opened an fd has to know. */
function close(xl: Xlator<State>, fd: Fd): boolean {
  const mine = xl.priv.kept.includes(fd);
  if (mine) fd.release();
  else xl.log.error('the fd was not opened by this module: its opener closes it');
  return mine;
}

const fsync: Fop<'fsync', State> = (frame, xl) => {
  for (const _ of [1, 2]) close(xl, xl.priv.kept[0]!);
  unwind.fsync(frame, 0, 0, null, null, null);
};

export default defineTranslator<State, Record<string, never>>({
  ...plain,
  options: {},
  fops: { getxattr, removexattr, access, flush, fsync },
  init: () => ({ kept: [] }),
  fini(xl) {
    for (const fd of xl.priv.kept) fd.release();
  },
});
