/** Stores requests until another request releases them. */
import { type Cbk, defineTranslator, type Fop, printable, tail, unwind, wind } from 'glossa';
import { plain } from './shapes.ts';

interface State {
  kept: (() => void)[];
}

const stat: Fop<'stat', State> = (frame, xl, loc, xdata) => {
  frame.local = loc.name;
  xl.priv.kept.push(() => wind.stat(frame, 0, statCbk, xl.children[0]!, loc, xdata));
};

const statCbk: Cbk<'stat', State> = (frame, _cookie, xl, opRet, opErrno, buf, xdata) => {
  xl.log.info(`${printable(frame.local as string)} is back`);
  unwind.stat(frame, opRet, opErrno, buf, xdata);
};

const readlink: Fop<'readlink', State> = (frame, xl, loc, size, xdata) => {
  xl.priv.kept.push(() => tail.readlink(frame, xl.children[0]!, loc, size, xdata));
};

const flush: Fop<'flush', State> = (frame, xl, fd, xdata) => {
  const { kept } = xl.priv;
  xl.priv.kept = [];
  tail.flush(frame, xl.children[0]!, fd, xdata);
  for (const go of kept) go();
};

export default defineTranslator<State, Record<string, never>>({
  ...plain,
  options: {},
  fops: { stat, readlink, flush },
  init: () => ({ kept: [] }),
  dump: (xl) => ({ kept: xl.priv.kept.length }),
});
