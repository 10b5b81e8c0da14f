/** Keeps files with a certain ending from being removed. */
import { EPERM, Option, Translator } from 'glossa';

export class xlator extends Translator {
  static options = { suffix: Option.str('.keep', { help: 'names that end so are kept' }) };

  refused = 0;

  unlink(frame, loc) {
    if (loc.name.endsWith(this.options.suffix)) {
      this.refused += 1;
      this.log.info(`${loc.path} stays`);
      return frame.fail(EPERM);
    }
    frame.wind();
  }

  statedump() {
    return { refused: this.refused };
  }
}
