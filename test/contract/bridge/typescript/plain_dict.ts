/** Passes on its own dicts, and changes types of values. */
import { Dict, defineTranslator, type Fop, type Iatt, NULL_GFID, tail } from 'glossa';
import { plain } from './shapes.ts';

const stat: Fop<'stat', null> = (frame, xl, loc) => {
  const pairs = { int: 1, str: 's', bin: Uint8Array.of(0, 255), half: 0.5, yes: 1 };
  tail.stat(frame, xl.children[0]!, loc, Dict.of(pairs));
};

const access: Fop<'access', null> = (frame, xl, loc, mask, xdata) => {
  // The dict is the caller's, too.
  const mine = xdata!.copy();
  mine.set('count', 2, mine.type('count'));
  mine.setGfid('gfid-req', NULL_GFID);
  mine.set('text', 3);
  mine.set('owner', 7, 'uint');
  mine.delete('gone');
  mine.set('buf', Object.assign((mine.get('buf') as Iatt).copy(), { iaSize: 5 }));
  tail.access(frame, xl.children[0]!, loc, mask, mine);
};

export default defineTranslator({ ...plain, fops: { stat, access }, init: () => null });
