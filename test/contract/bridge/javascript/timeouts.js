/** Sets cache times on its replies. */
import { ENOENT, Translator } from 'glossa';

export class xlator extends Translator {
  lookup(frame, loc) {
    if (loc.name === 'absent') frame.fail(ENOENT, { timeout: 60 });
    else frame.wind();
  }

  lookupCbk(frame, opRet, opErrno, ...reply) {
    frame.unwindFor({ entryTimeout: 3.5, attributeTimeout: 7 }, opRet, opErrno, ...reply);
  }

  async stat(_frame, loc, xdata) {
    const reply = await this.child.stat(loc, xdata);
    return reply.replace({ attributeTimeout: 9 });
  }
}
