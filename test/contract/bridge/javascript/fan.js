/** Asks every child at once, and answers with the worst result when the last has replied. */
import { Translator } from 'glossa';

export class xlator extends Translator {
  setattr(frame, ...args) {
    frame.local = [];
    for (const child of this.children) frame.windTo(child, ...args);
  }

  setattrCbk(frame, opRet, ...reply) {
    frame.local.push([opRet, ...reply]);
    this.log.info('%s: %d', frame.cookie.name, opRet);
    if (frame.local.length < this.children.length) return;
    frame.unwind(...frame.local.reduce((worst, answer) => (answer[0] < worst[0] ? answer : worst)));
  }
}
