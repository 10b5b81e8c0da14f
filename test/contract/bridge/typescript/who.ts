/** Logs the caller of each request. */
import { type Cbk, defineTranslator, type Fop, tail, unwind, wind } from 'glossa';
import { plain } from './shapes.ts';

const stat: Fop<'stat', null> = (frame, xl, loc, xdata) => {
  const { uid, gid, pid, groups, lkOwner, op, unique } = frame.root;
  xl.log.info(JSON.stringify(['stat', uid, gid, pid, groups, lkOwner, op, unique > 0]));
  tail.stat(frame, xl.children[0]!, loc, xdata);
};

const access: Fop<'access', null> = (frame, xl, loc, mask, xdata) => {
  wind.access(frame, 0, accessCbk, xl.children[0]!, loc, mask, xdata);
};

const accessCbk: Cbk<'access', null> = (frame, _cookie, xl, opRet, opErrno, xdata) => {
  xl.log.info(`["access", ${frame.root.uid}]`);
  unwind.access(frame, opRet, opErrno, xdata);
};

export default defineTranslator({ ...plain, fops: { stat, access }, init: () => null });
