/** Stores requests until another request releases them. */
import { Translator } from 'glossa';

export class xlator extends Translator {
  kept = [];

  stat(frame, loc) {
    frame.local = loc.name;
    this.kept.push(frame);
  }

  statCbk(frame, ...reply) {
    this.log.info('%s is back', frame.local);
    frame.unwind(...reply);
  }

  readlink(frame) {
    this.kept.push(frame);
  }

  flush(frame) {
    for (const kept of this.kept.splice(0)) kept.wind();
    frame.wind();
  }
}
