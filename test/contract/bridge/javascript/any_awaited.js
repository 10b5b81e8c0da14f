/** Awaits every fop. */
import { Translator } from 'glossa';

export class xlator extends Translator {
  async anyFop(frame, ...args) {
    this.log.info('down %s', frame.name);
    try {
      const reply = await this.child[frame.name](...args);
      this.log.info('up %d', reply.opRet);
      return reply;
    } catch (error) {
      this.log.info('up -1');
      throw error;
    }
  }
}
