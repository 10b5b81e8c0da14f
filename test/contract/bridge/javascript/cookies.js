/** Logs frame.cookie in callbacks: the given cookie, or the child that replied. */
import { Translator } from 'glossa';

export class xlator extends Translator {
  stat(frame) {
    frame.wind();
  }

  statCbk(frame, ...reply) {
    this.log.info('%s', frame.cookie.name);
    frame.unwind(...reply);
  }

  access(frame) {
    frame.windTo(this.children[1]);
  }

  accessCbk(frame, ...reply) {
    this.log.info('%s', frame.cookie.name);
    frame.unwind(...reply);
  }

  readlink(frame) {
    frame.windTo({ cookie: 'a note' });
  }

  readlinkCbk(frame, ...reply) {
    this.log.info('%s', frame.cookie);
    frame.unwind(...reply);
  }
}
