/** Says things in every way there is. */
import { DEBUG, defineTranslator, printable, tail } from 'glossa';
import { plain } from './shapes.ts';

const costly = (): string => {
  throw new Error('nobody reads this line');
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
