/** Asks all children at once: the largest answers, or, of accesses, the first that may. */
import {
  type Cbk,
  type Dict,
  defineTranslator,
  type Fop,
  fail,
  type Iatt,
  unwind,
  wind,
} from 'glossa';
import { plain } from './shapes.ts';

type Found = readonly [buf: Iatt, xdata: Dict | null];

const stat: Fop<'stat', null> = (frame, xl, loc, xdata) => {
  frame.local = [];
  for (const child of xl.children) wind.stat(frame, 0, statCbk, child, loc, xdata);
};

const statCbk: Cbk<'stat', null> = (frame, _cookie, xl, opRet, opErrno, buf, xdata) => {
  if (frame.answered) return;
  if (opRet < 0) {
    fail.stat(frame, opErrno);
    return;
  }
  const found = frame.local as Found[];
  found.push([buf!, xdata]);
  if (found.length < xl.children.length) return;
  const [largest] = found.toSorted(([a], [b]) => b.iaSize - a.iaSize);
  unwind.stat(frame, opRet, opErrno, ...largest!);
};

const access: Fop<'access', null> = (frame, xl, loc, mask, xdata) => {
  frame.local = [];
  xl.children.forEach((child, at) => {
    wind.access(frame, at, accessCbk, child, loc, mask, xdata);
  });
};

const accessCbk: Cbk<'access', null> = (frame, cookie, xl, opRet, opErrno, xdata) => {
  const replies = frame.local as [number, number, Dict | null][];
  replies[cookie] = [opRet, opErrno, xdata];
  if (Object.keys(replies).length < xl.children.length) return;
  unwind.access(frame, ...(replies.find(([ret]) => ret >= 0) ?? replies.at(-1)!));
};

export default defineTranslator({ ...plain, fops: { stat, access }, init: () => null });
