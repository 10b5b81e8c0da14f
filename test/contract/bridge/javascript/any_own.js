/** Has methods of single fops beside the generic ones. */
import { Translator } from 'glossa';

export class xlator extends Translator {
  anyFop(frame) {
    this.log.info('any %s', frame.name);
    frame.wind();
  }

  anyCbk(frame, ...reply) {
    this.log.info('any %s_cbk', frame.name);
    frame.unwind(...reply);
  }

  stat(frame) {
    this.log.info('own stat');
    frame.wind();
  }

  statCbk(frame, ...reply) {
    this.log.info('own stat_cbk');
    frame.unwind(...reply);
  }

  readlink(frame) {
    this.log.info('own readlink');
    frame.wind();
  }

  statfsCbk(frame, ...reply) {
    this.log.info('own statfs_cbk');
    frame.unwind(...reply);
  }
}
