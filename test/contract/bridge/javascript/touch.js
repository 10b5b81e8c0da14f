/** Changes arguments and parts of replies in place, where they can be changed. */
import { every, touch } from './shapes.js';

export const xlator = every({
  fop:
    (row) =>
    (frame, ...args) =>
      frame.wind(...touch(row.args, args)),
  cbk:
    (row) =>
    (frame, opRet, opErrno, ...reply) =>
      frame.unwind(opRet, opErrno, ...touch(row.reply, reply)),
});
