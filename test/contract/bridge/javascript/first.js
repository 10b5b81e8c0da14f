/** Asks every child at once, and answers with the first success, or the last failure. */
import { Translator } from 'glossa';

export class xlator extends Translator {
  stat(frame, ...args) {
    frame.local = this.children.length;
    for (const child of this.children) frame.windTo(child, ...args);
  }

  statCbk(frame, opRet, ...reply) {
    frame.local -= 1;
    this.log.info('%s: %d%s', frame.cookie.name, opRet, frame.answered ? ' late' : '');
    if (!frame.answered && (opRet >= 0 || frame.local === 0)) frame.unwind(opRet, ...reply);
  }
}
