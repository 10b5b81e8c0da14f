/** Winds stat to the last subvolume, and passes all other fops to the first. */
import { defineTranslator } from 'glossa';
import { stat } from './several.ts';
import { plain } from './shapes.ts';

export default defineTranslator({
  ...plain,
  fops: { stat },
  passesThrough: true,
  init: () => null,
});
