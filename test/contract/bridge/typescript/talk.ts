/** Logs at every level, prints, and writes to stderr. */
import { DEBUG, defineTranslator, printable, tail } from 'glossa';
import { plain } from './shapes.ts';

const costly = (): string => {
  throw new Error('this line is never read');
};

export default defineTranslator({
  ...plain,
  fops: {
    stat(frame, xl, loc, xdata) {
      xl.log.critical('critical');
      xl.log.error(`error ${1}`);
      xl.log.warning('warning');
      xl.log.info('info');
      xl.log.debug('debug');
      xl.log.log(DEBUG, 'trace');
      xl.log.info(['printed', 1, 2].join(' '));
      xl.log.info('half a line, and the rest');
      xl.log.info('and another');
      xl.log.warning('to stderr');
      xl.log.info('wrong %d');
      xl.log.info(`a name: ${printable(loc.name!)}`);
      tail.stat(frame, xl.children[0]!, loc, xdata);
    },
    access(frame, xl, loc, mask, xdata) {
      if (xl.log.enabled(DEBUG)) xl.log.debug(costly());
      tail.access(frame, xl.children[0]!, loc, mask, xdata);
    },
  },
  init: () => null,
});
