/** Handles every interrupted caller in one generic cancel method. */
import { EINTR, Translator } from 'glossa';

export class xlator extends Translator {
  anyFop(frame) {
    frame.wind();
  }

  anyCbk(frame, ...reply) {
    if (!frame.answered) frame.unwind(...reply);
  }

  anyCancel(frame) {
    this.log.info('any %s', frame.name);
    frame.fail(EINTR);
  }

  statCancel(frame) {
    this.log.info('own %s', frame.name);
    frame.fail(EINTR);
  }
}
