/** Handles an interrupted caller between wind and callback: answers itself, or tidies up first. */
import {
  type Cbk,
  defineTranslator,
  EINTR,
  type Fop,
  type Frame,
  fail,
  nameLength,
  unwind,
  wind,
} from 'glossa';
import { plain } from './shapes.ts';

/** Calls `what` when the caller gives up, unless the request has its answer by then. */
function whenGivenUp(frame: Frame, what: () => void): void {
  frame.root.whenInterrupted(() => {
    if (!frame.answered) what();
  });
}

const stat: Fop<'stat', null> = (frame, xl, loc, xdata) => {
  whenGivenUp(frame, () => {
    xl.log.info('stat is cancelled');
    fail.stat(frame, EINTR);
  });
  wind.stat(frame, 0, statCbk, xl.children[0]!, loc, xdata);
};

const statCbk: Cbk<'stat', null> = (frame, _cookie, _xl, opRet, opErrno, ...reply) => {
  if (!frame.answered) unwind.stat(frame, opRet, opErrno, ...reply);
};

const readlink: Fop<'readlink', null> = (frame, xl, loc, size, xdata) => {
  whenGivenUp(frame, () => unwind.readlink(frame, nameLength('own'), 0, 'own', null, null));
  wind.readlink(frame, 0, readlinkCbk, xl.children[0]!, loc, size, xdata);
};

const readlinkCbk: Cbk<'readlink', null> = (frame, _cookie, _xl, opRet, opErrno, ...reply) => {
  if (!frame.answered) unwind.readlink(frame, opRet, opErrno, ...reply);
};

const fsync: Fop<'fsync', null> = (frame, xl, fd, datasync, xdata) => {
  whenGivenUp(frame, () => {
    frame.local = 'tidying';
    wind.flush(frame, 0, tidied, xl.children[0]!, fd, null);
  });
  wind.fsync(frame, 0, fsyncCbk, xl.children[0]!, fd, datasync, xdata);
};

const fsyncCbk: Cbk<'fsync', null> = (frame, _cookie, _xl, opRet, opErrno, ...reply) => {
  if (frame.local === null) unwind.fsync(frame, opRet, opErrno, ...reply);
};

const tidied: Cbk<'flush', null> = (frame) => fail.fsync(frame, EINTR);

const access: Fop<'access', null> = (frame, xl, loc, mask, xdata) => {
  whenGivenUp(frame, () => fail.access(frame, EINTR));
  frame.local = 2;
  for (const _ of [1, 2]) wind.access(frame, 0, accessCbk, xl.children[0]!, loc, mask, xdata);
};

const accessCbk: Cbk<'access', null> = (frame, _cookie, _xl, opRet, opErrno, xdata) => {
  const owed = (frame.local as number) - 1;
  frame.local = owed;
  if (!frame.answered && (opRet < 0 || owed === 0)) unwind.access(frame, opRet, opErrno, xdata);
};

export default defineTranslator({
  ...plain,
  fops: { stat, readlink, fsync, access },
  init: () => null,
});
