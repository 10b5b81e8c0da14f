/** Fails every fop before it goes down, by the errno that a watcher gives back. */
import { defineTranslator, EDQUOT, fopNames, taps } from 'glossa';
import { plain } from './shapes.ts';

export default defineTranslator({
  ...plain,
  fops: taps<null>(fopNames, () => EDQUOT),
  init: () => null,
});
