/** Logs all that every fop and every reply carry, and passes them on. */
import { describe, every } from './shapes.js';

export const xlator = every({
  fop: (row) =>
    function (frame, ...args) {
      this.log.info('%s', describe(row.args, args));
      frame.wind(...args);
    },
  cbk: (row) =>
    function (frame, opRet, opErrno, ...reply) {
      this.log.info('%s', describe(row.reply, reply));
      frame.unwind(opRet, opErrno, ...reply);
    },
});
