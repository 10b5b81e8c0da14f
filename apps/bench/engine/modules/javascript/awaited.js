/** Awaits the child's reply, and returns it. */
import { Translator } from 'glossa';

export default class extends Translator {
  async lookup(_frame, loc, xdata) {
    return await this.child.lookup(loc, xdata);
  }
}
