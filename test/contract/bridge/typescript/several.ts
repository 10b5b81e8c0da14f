/** Winds stat to the last subvolume, and defines no other fop. */
import { defineTranslator, type Fop, tail } from 'glossa';
import { plain } from './shapes.ts';

export const stat: Fop<'stat', null> = (frame, xl, loc, xdata) =>
  tail.stat(frame, xl.children.at(-1)!, loc, xdata);

export default defineTranslator({ ...plain, fops: { stat }, init: () => null });
