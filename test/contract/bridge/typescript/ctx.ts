/** Counts the requests for each inode and fd. */
import {
  type Cbk,
  defineTranslator,
  type Fd,
  type Fop,
  type Inode,
  printable,
  tail,
  unwind,
  wind,
  type Xlator,
} from 'glossa';
import { plain } from './shapes.ts';

function seen(xl: Xlator<null>, thing: Inode | Fd): number {
  const count = ((thing.ctxGet(xl) as number | undefined) ?? 0) + 1;
  thing.ctxSet(xl, count);
  return count;
}

const stat: Fop<'stat', null> = (frame, xl, loc, xdata) => {
  xl.log.info(`${printable(loc.name!)} ${seen(xl, loc.inode!)}`);
  tail.stat(frame, xl.children[0]!, loc, xdata);
};

const lookup: Fop<'lookup', null> = (frame, xl, loc, xdata) => {
  wind.lookup(frame, 0, lookupCbk, xl.children[0]!, loc, xdata);
};

const lookupCbk: Cbk<'lookup', null> = (frame, _, xl, opRet, opErrno, inode, ...reply) => {
  if (opRet >= 0) xl.log.info(`new ${seen(xl, inode!)}`);
  unwind.lookup(frame, opRet, opErrno, inode, ...reply);
};

const fstat: Fop<'fstat', null> = (frame, xl, fd, xdata) => {
  xl.log.info(`fd ${seen(xl, fd)} inode ${seen(xl, fd.inode)}`);
  tail.fstat(frame, xl.children[0]!, fd, xdata);
};

export default defineTranslator({ ...plain, fops: { stat, lookup, fstat }, init: () => null });
