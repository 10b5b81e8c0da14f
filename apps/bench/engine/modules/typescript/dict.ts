/**
 * The module `dict` of `glossa bench call`, in TypeScript: reads one value of a lookup's xdata. It
 * passes the lookup on if the value is the one that the bench sends, and fails it otherwise.
 */
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
