/** Sets cache times of absent names, before it awaits its child and afterwards. */
import { ENOENT, Translator } from 'glossa';

export class xlator extends Translator {
  async lookup(frame, loc, xdata) {
    if (loc.name === 'early') return frame.fail(ENOENT, { timeout: 5 });
    try {
      return await this.child.lookup(loc, xdata);
    } catch (error) {
      return frame.fail(error.errno, { timeout: 6 });
    }
  }

  access(frame) {
    frame.fail(ENOENT, { timeout: 5 }); // never cached
  }
}
