/** Logs the state of each child on access. */
import { Translator } from 'glossa';

export class xlator extends Translator {
  static passesThrough = false;

  access(frame) {
    this.log.info(this.children.map(({ up }) => (up ? '+' : '-')).join(''));
    frame.unwind(0);
  }
}
