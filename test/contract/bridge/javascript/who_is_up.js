/** Logs which of its children are up, when it is asked for access. */
import { Translator } from 'glossa';

export class xlator extends Translator {
  static passesThrough = false;

  access(frame) {
    this.log.info(this.children.map(({ up }) => (up ? '+' : '-')).join(''));
    frame.unwind(0);
  }
}
