/** Logs its construction, init, events and fini. */
import { defaultNotify, defineTranslator } from 'glossa';
import { plain } from './shapes.ts';

export default defineTranslator({
  ...plain,
  fops: {},
  init(xl) {
    const names = xl.childNames.map((name) => `'${name}'`);
    xl.log.info(`made ${xl.name} over [${names.join(', ')}]`);
    xl.log.info(`init, ${xl.below[0]!.type}`);
    return null;
  },
  notify(xl, event, data) {
    xl.log.info(`event ${event}`);
    defaultNotify(xl, event, data);
  },
  fini: (xl) => xl.log.info('fini'),
});
