/** Sees every reply. */
import { Translator } from 'glossa';

export class xlator extends Translator {
  anyCbk(frame, opRet, ...reply) {
    this.log.info('up %d', opRet);
    frame.unwind(opRet, ...reply);
  }
}
