/** Awaits all children at once. */
import { Translator } from 'glossa';

export class xlator extends Translator {
  async stat(_frame, loc, xdata) {
    const replies = await Promise.all(this.children.map((child) => child.stat(loc, xdata)));
    return replies.reduce((a, b) => (b.buf.iaSize > a.buf.iaSize ? b : a));
  }

  async access(_frame, loc, mask, xdata) {
    return await Promise.any(this.children.map((child) => child.access(loc, mask, xdata)));
  }
}
