/** Fails every fop by the errno that an interceptor returns. */
import { defineTranslator, EDQUOT, fopNames, taps } from 'glossa';
import { plain } from './shapes.ts';

export default defineTranslator({
  ...plain,
  fops: taps<null>(fopNames, () => EDQUOT),
  init: () => null,
});
