/** Passes on plain dicts of the language, and changes types of values. */
import { NULL_GFID, Translator } from 'glossa';

export class xlator extends Translator {
  stat(frame, loc) {
    frame.wind(loc, { int: 1, str: 's', bin: Uint8Array.of(0, 255), half: 0.5, yes: true });
  }

  access(frame, _loc, _mask, xdata) {
    xdata.set('count', 2); // was an uint, and stays one
    xdata.set('gfid-req', NULL_GFID); // was a gfid, and stays one
    xdata.set('text', 3);
    xdata.set('owner', 7, 'uint');
    xdata.delete('gone');
    xdata.get('buf').iaSize = 5; // a value changed where it is
    frame.wind();
  }
}
