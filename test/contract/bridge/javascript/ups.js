/** Is up while any child is up, and logs the events of each child. */
import { Translator } from 'glossa';

export class xlator extends Translator {
  static passesThrough = true;

  init() {
    this.there = new Set();
    this.sayUp(false);
  }

  notify(event, child) {
    this.log.info('%s %s', event, child === null ? 'None' : child.name);
    if (child === null) return;
    if (event === 'CHILD_UP') this.there.add(child);
    else this.there.delete(child);
    this.sayUp(this.there.size > 0);
  }
}
