/** Reconfigures its option while it runs, and has a statedump. */
import { Option, Translator } from 'glossa';

export class xlator extends Translator {
  static options = { size: Option.int(1, { reconfigurable: true }) };

  init() {
    this.size = this.options.size;
  }

  reconfigure(options) {
    this.log.info('size %d, was %d', options.size, this.size);
    this.size = this.options.size;
  }

  statedump() {
    return { size: this.size, what: 'a test' };
  }
}
