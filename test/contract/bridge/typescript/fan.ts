/** Asks every child at once, and answers with the worst result when the last has replied. */
import { type Cbk, defineTranslator, type Fop, type FopTable, unwind, wind } from 'glossa';
import { plain } from './shapes.ts';

interface Answer {
  readonly opRet: number;
  readonly opErrno: number;
  readonly reply: FopTable['setattr']['reply'];
}

const setattr: Fop<'setattr', null> = (frame, xl, ...args) => {
  frame.local = [];
  xl.children.forEach((child, at) => {
    wind.setattr(frame, at, setattrCbk, child, ...args);
  });
};

const setattrCbk: Cbk<'setattr', null> = (frame, cookie, xl, opRet, opErrno, ...reply) => {
  const answers = frame.local as Answer[];
  answers.push({ opRet, opErrno, reply });
  xl.log.info(`${xl.childNames[cookie]}: ${opRet}`);
  if (answers.length < xl.children.length) return;
  const worst = answers.toSorted((a, b) => a.opRet - b.opRet)[0]!;
  unwind.setattr(frame, worst.opRet, worst.opErrno, ...worst.reply);
};

export default defineTranslator({ ...plain, fops: { setattr }, init: () => null });
