/** Handles interrupted callers in cancel methods of single fops. */
import {
  type Cbk,
  defineTranslator,
  EINTR,
  EIO,
  type Fop,
  fail,
  tail,
  unwind,
  wind,
  type Xlator,
} from 'glossa';
import { plain } from './shapes.ts';

const stat: Fop<'stat', null> = (frame, xl, loc, xdata) => {
  frame.root.whenInterrupted(() => {
    if (frame.answered) return;
    xl.log.info('stat is not wanted');
    fail.stat(frame, EINTR);
  });
  wind.stat(frame, 0, statCbk, xl.children[0]!, loc, xdata);
};

const statCbk: Cbk<'stat', null> = (frame, _cookie, xl, opRet, opErrno, buf, xdata) => {
  if (frame.answered) xl.log.info('stat is answered already');
  else unwind.stat(frame, opRet, opErrno, buf, xdata);
};

const readlink: Fop<'readlink', null> = (frame, xl, loc, size, xdata) => {
  frame.root.whenInterrupted(() => xl.log.info('readlink is not wanted'));
  tail.readlink(frame, xl.children[0]!, loc, size, xdata);
};

const access: Fop<'access', null> = (frame) => {
  frame.root.whenInterrupted(() => fail.access(frame, EINTR));
};

const statfs: Fop<'statfs', null> = (frame, xl, loc, xdata) => {
  frame.root.whenInterrupted(() => {
    try {
      stop(xl);
    } catch (error) {
      xl.log.error(String(error));
      fail.statfs(frame, EIO);
    }
  });
  wind.statfs(frame, 0, statfsCbk, xl.children[0]!, loc, xdata);
};

const stop = ({ name }: Xlator<null>): void => {
  throw new Error(`${name} cannot be stopped`);
};

const statfsCbk: Cbk<'statfs', null> = (frame, _cookie, _xl, opRet, opErrno, buf, xdata) => {
  if (!frame.answered) unwind.statfs(frame, opRet, opErrno, buf, xdata);
};

export default defineTranslator({
  ...plain,
  fops: { stat, readlink, access, statfs },
  init: () => null,
});
