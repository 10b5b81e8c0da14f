/** Sleeps, times out and waits for events without blocking other requests. */
import {
  type Cbk,
  defineTranslator,
  EINTR,
  ENOTSUP,
  ETIMEDOUT,
  type Fop,
  type Frame,
  fail,
  nameLength,
  tail,
  unwind,
  wind,
} from 'glossa';
import { plain } from './shapes.ts';

interface State {
  waiting: Frame[];
}

const stat: Fop<'stat', State> = (frame, xl, loc, xdata) => {
  xl.context.after(5000, () => tail.stat(frame, xl.children[0]!, loc, xdata));
};

const access: Fop<'access', State> = (frame, xl, loc, mask, xdata) => {
  frame.local = xl.context.after(2000, () => fail.access(frame, ETIMEDOUT));
  wind.access(frame, 0, accessCbk, xl.children[0]!, loc, mask, xdata);
};

const accessCbk: Cbk<'access', State> = (frame, _cookie, _xl, opRet, opErrno, xdata) => {
  if (frame.answered) return;
  (frame.local as () => void)();
  unwind.access(frame, opRet, opErrno, xdata);
};

const readlink: Fop<'readlink', State> = (frame, xl, loc, size, xdata) => {
  const give = (): void => unwind.readlink(frame, nameLength('late'), 0, 'late', null, null);
  frame.local = xl.context.after(2000, give);
  wind.readlink(frame, 0, readlinkCbk, xl.children[0]!, loc, size, xdata);
};

const readlinkCbk: Cbk<'readlink', State> = (frame, _, _xl, opRet, opErrno, path, buf, xdata) => {
  if (frame.answered) return;
  (frame.local as () => void)();
  unwind.readlink(frame, opRet, opErrno, path, buf, xdata);
};

const flush: Fop<'flush', State> = (frame, xl) => {
  xl.priv.waiting.push(frame);
};

const fsync: Fop<'fsync', State> = (frame, xl) => {
  const { waiting } = xl.priv;
  xl.priv.waiting = [];
  for (const one of waiting) unwind.flush(one, 0, 0, null);
  unwind.fsync(frame, 0, 0, null, null, null);
};

const fstat: Fop<'fstat', State> = (frame, xl, fd, xdata) => {
  wind.fstat(frame, 0, fstatCbk, xl.children[0]!, fd, xdata);
  xl.log.info('given up');
  fail.fstat(frame, ENOTSUP);
};

/** Drops the reply to an abandoned request. */
const fstatCbk: Cbk<'fstat', State> = () => {};

const statfs: Fop<'statfs', State> = (frame) => fail.statfs(frame, EINTR);

export default defineTranslator<State, Record<string, never>>({
  ...plain,
  options: {},
  fops: { stat, access, readlink, flush, fsync, fstat, statfs },
  init: () => ({ waiting: [] }),
});
