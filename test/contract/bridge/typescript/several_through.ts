/** Asks the last subvolume for attributes, and the first for all else. */
import { defineTranslator } from 'glossa';
import { stat } from './several.ts';
import { plain } from './shapes.ts';

export default defineTranslator({
  ...plain,
  fops: { stat },
  passesThrough: true,
  init: () => null,
});
