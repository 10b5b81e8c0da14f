/** Sets cache times on its replies. */
import { type Cbk, defineTranslator, ENOENT, type Fop, unwind, wind, withTimeouts } from 'glossa';

const lookup: Fop<'lookup', null> = (frame, xl, loc, xdata) => {
  if (loc.name !== 'absent') wind.lookup(frame, 0, lookupCbk, xl.children[0]!, loc, xdata);
  else unwind.lookup(frame, -1, ENOENT, null, null, withTimeouts({ negative: 60 }), null);
};

const lookupCbk: Cbk<'lookup', null> = (f, _c, _xl, opRet, opErrno, inode, buf, xdata, parent) => {
  const said = withTimeouts({ entry: 3.5, attribute: 7 }, xdata);
  unwind.lookup(f, opRet, opErrno, inode, buf, said, parent);
};

const stat: Fop<'stat', null> = (frame, xl, loc, xdata) =>
  wind.stat(frame, 0, statCbk, xl.children[0]!, loc, xdata);

const statCbk: Cbk<'stat', null> = (frame, _cookie, _xl, opRet, opErrno, buf, xdata) =>
  unwind.stat(frame, opRet, opErrno, buf, withTimeouts({ attribute: 9 }, xdata));

export default defineTranslator({
  type: 'test/timeouts',
  description: 'Says for how long its answers may be cached.',
  children: [1, 1],
  options: {},
  fops: { lookup, stat },
  init: () => null,
});
