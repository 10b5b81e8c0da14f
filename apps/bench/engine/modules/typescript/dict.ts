/** Reads one value of the dict of a lookup, and passes the lookup on or fails it. */
import { defineTranslator, ENOENT, type Fop, fail, tail } from 'glossa';

const lookup: Fop<'lookup', null> = (frame, xl, loc, xdata) => {
  if (xdata?.get('key-7') !== 7) fail.lookup(frame, ENOENT);
  else tail.lookup(frame, xl.children[0]!, loc, xdata);
};

export default defineTranslator({
  type: 'bench/dict',
  description: 'Reads a dict.',
  children: [1, 1],
  options: {},
  fops: { lookup },
  init: () => null,
});
