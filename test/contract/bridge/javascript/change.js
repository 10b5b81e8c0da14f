/** Replaces every argument and every part of a reply. */
import { change, every } from './shapes.js';

export const xlator = every({
  fop:
    (row) =>
    (frame, ...args) =>
      frame.wind(...change(row.args, args)),
  cbk:
    (row) =>
    (frame, opRet, opErrno, ...reply) =>
      frame.unwind(opRet, opErrno, ...change(row.reply, reply)),
});
