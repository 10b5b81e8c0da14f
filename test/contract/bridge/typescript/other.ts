/** Winds a stat before it passes a removal on. */
import {
  type Cbk,
  defineTranslator,
  type Fop,
  type Frame,
  fail,
  tail,
  wind,
  type Xlator,
} from 'glossa';
import { plain } from './shapes.ts';

const unlink: Fop<'unlink', null> = (frame, xl, loc, xflag, xdata) => {
  frame.local = () => tail.unlink(frame, xl.children[0]!, loc, xflag, xdata);
  wind.stat(frame, 0, looked, xl.children[0]!, loc, null);
};

const rmdir: Fop<'rmdir', null> = (frame, xl, loc, flags, xdata) => {
  frame.local = () => tail.rmdir(frame, xl.children[0]!, loc, flags, xdata);
  wind.stat(frame, 0, looked, xl.children[0]!, loc, null);
};

const looked: Cbk<'stat', null> = (frame, _cookie, xl: Xlator<null>, opRet, opErrno, buf) => {
  if (opRet < 0) return refuse(frame, opErrno);
  xl.log.info(`it has ${buf!.iaSize} bytes`);
  (frame.local as () => void)();
};

/** A failed unlink and a failed rmdir carry the same. */
const refuse = (frame: Frame, opErrno: number): void => fail.unlink(frame, opErrno);

export default defineTranslator({ ...plain, fops: { unlink, rmdir }, init: () => null });
