/** Logs the values of its options. */
import { Option, Translator } from 'glossa';

export class xlator extends Translator {
  static options = {
    text: Option.str('quiet', { help: 'some text' }),
    choice: Option.str({ values: ['one', 'two'] }),
    count: Option.int(3, { min: 1, max: 10 }),
    share: Option.float(0.5),
    enabled: Option.bool(true),
    'cache-size': Option.size(1024),
    timeout: Option.time(60),
    part: Option.percent(),
    folder: Option.path(),
    later: Option.time(),
  };

  init() {
    this.log.info('%s', JSON.stringify(this.options));
  }
}
