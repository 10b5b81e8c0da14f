/** Is up as soon as one of its children is, and logs what each of them says. */
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
