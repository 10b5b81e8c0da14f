/**
 * The module `passed` of `glossa bench call`, in TypeScript: passes lookups on without a callback,
 * to measure the cost of the wind alone.
 */
import { defineTranslator, type Fop, tail } from 'glossa';

const lookup: Fop<'lookup', null> = (frame, xl, loc, xdata) => {
  tail.lookup(frame, xl.children[0]!, loc, xdata);
};

export default defineTranslator({
  type: 'bench/passed',
  description: 'Passes lookups on.',
  children: [1, 1],
  options: {},
  fops: { lookup },
  init: () => null,
});
