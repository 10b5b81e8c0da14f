/** Reads one value of the dict of a lookup, and passes the lookup on or fails it. */
import { ENOENT, Translator } from 'glossa';

export default class extends Translator {
  lookup(frame, loc, xdata) {
    if (xdata.get('key-7') !== 7) return frame.fail(ENOENT);
    frame.wind(loc, xdata);
  }
}
