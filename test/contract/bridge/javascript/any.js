/** Sees every fop, and every reply. */
import { Translator } from 'glossa';

export class xlator extends Translator {
  anyFop(frame, ...args) {
    this.log.info('down %s', frame.name);
    frame.wind(...args);
  }

  anyCbk(frame, opRet, ...reply) {
    this.log.info('up %d', opRet);
    frame.unwind(opRet, ...reply);
  }
}
