/** Asks one child after the other until one succeeds. */
import { Translator } from 'glossa';

export class xlator extends Translator {
  stat(frame) {
    frame.local = 0;
    frame.wind();
  }

  statCbk(frame, opRet, ...reply) {
    frame.local += 1;
    if (opRet < 0 && frame.local < this.children.length) {
      return frame.windTo(this.children[frame.local]);
    }
    frame.unwind(opRet, ...reply);
  }
}
