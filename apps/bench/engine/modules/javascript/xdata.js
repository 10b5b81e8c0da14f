/** Reads one value of the dict that comes with a lookup, and answers by it. */
import { ENOENT, Translator } from 'glossa';

export default class extends Translator {
  lookup(frame, loc, xdata) {
    if (xdata.get('key-7') !== 7) return frame.fail(ENOENT);
    frame.wind(loc, xdata);
  }
}
