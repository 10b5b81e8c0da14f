/** A note from each request to its own callback. */
import { Translator } from 'glossa';

export class xlator extends Translator {
  stat(frame, loc) {
    if (frame.local !== null) throw new Error('somebody else’s note');
    frame.local = [loc.name];
    frame.wind();
  }

  statCbk(frame, ...reply) {
    this.log.info('%s', frame.local[0]);
    frame.unwind(...reply);
  }
}
