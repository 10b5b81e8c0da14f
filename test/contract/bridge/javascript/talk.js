/** Logs at every level, prints, and writes to stderr. */
import { Translator } from 'glossa';

export class xlator extends Translator {
  stat(frame, loc) {
    this.log.critical('critical');
    this.log.error('error %s', 1);
    this.log.warning('warning');
    this.log.info('info');
    this.log.debug('debug');
    this.log.debug('trace');
    console.log('printed', 1, 2);
    console.log('half a line, and the rest');
    console.log('and another');
    console.warn('to stderr');
    this.log.info('wrong %d');
    this.log.info('a name: %s', loc.name);
    frame.wind();
  }

  access(frame) {
    const costly = {
      toJSON() {
        throw new Error('this line is never read');
      },
    };
    this.log.debug('%s', costly);
    frame.wind();
  }
}
