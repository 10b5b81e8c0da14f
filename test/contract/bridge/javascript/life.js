/** Logs its construction, init, events and fini. */
import { Translator } from 'glossa';

export class xlator extends Translator {
  constructor() {
    super();
    const names = this.children.map(({ name }) => `'${name}'`).join(', ');
    this.log.info('made %s over [%s]', this.name, names);
  }

  init() {
    this.log.info('init, %s', this.child.type);
  }

  notify(event) {
    this.log.info('event %s', event);
  }

  fini() {
    this.log.info('fini');
  }
}
