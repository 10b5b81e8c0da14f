import { ENOENT, Option, Translator } from 'glossa';

/** Hides every file of one name, which the volfile says. */
export class xlator extends Translator {
  static options = {
    hidden: Option.str('ghost', { help: 'the name that is hidden' }),
  };

  init() {
    this.hidden = this.options.hidden;
    this.log.info('hiding %s', this.hidden);
  }

  lookup(frame, loc) {
    if (loc.name === this.hidden) {
      this.log.debug('hid %s', loc.path);
      return frame.fail(ENOENT);
    }
    frame.wind();
  }
}
