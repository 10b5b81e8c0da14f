/** Logs the number that each callback gets from its wind: the child's, or a note's. */
import { type Cbk, defineTranslator, type Fop, unwind, wind, type Xlator } from 'glossa';
import { plain } from './shapes.ts';

const notes = ['a note'];
const say = (xl: Xlator<null>, cookie: number): void => xl.log.info(xl.childNames[cookie]!);

const stat: Fop<'stat', null> = (frame, xl, loc, xdata) => {
  wind.stat(frame, 0, statCbk, xl.children[0]!, loc, xdata);
};

const statCbk: Cbk<'stat', null> = (frame, cookie, xl, opRet, opErrno, buf, xdata) => {
  say(xl, cookie);
  unwind.stat(frame, opRet, opErrno, buf, xdata);
};

const access: Fop<'access', null> = (frame, xl, loc, mask, xdata) => {
  wind.access(frame, 1, accessCbk, xl.children[1]!, loc, mask, xdata);
};

const accessCbk: Cbk<'access', null> = (frame, cookie, xl, opRet, opErrno, xdata) => {
  say(xl, cookie);
  unwind.access(frame, opRet, opErrno, xdata);
};

const readlink: Fop<'readlink', null> = (frame, xl, loc, size, xdata) => {
  wind.readlink(frame, 0, readlinkCbk, xl.children[0]!, loc, size, xdata);
};

const readlinkCbk: Cbk<'readlink', null> = (
  frame,
  cookie,
  xl,
  opRet,
  opErrno,
  path,
  buf,
  xdata,
) => {
  xl.log.info(notes[cookie]!);
  unwind.readlink(frame, opRet, opErrno, path, buf, xdata);
};

export default defineTranslator({ ...plain, fops: { stat, access, readlink }, init: () => null });
