/** Passes a note from each fop to its callback in frame.local. */
import { Translator } from 'glossa';

export class xlator extends Translator {
  stat(frame, loc) {
    if (frame.local !== null) throw new Error('another note is set');
    frame.local = [loc.name];
    frame.wind();
  }

  statCbk(frame, ...reply) {
    this.log.info('%s', frame.local[0]);
    frame.unwind(...reply);
  }
}
