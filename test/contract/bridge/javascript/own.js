/** Answers every fop with a reply of its own. */
import { every, ownReply, ownRet } from './shapes.js';

export const xlator = every({
  fop:
    (row) =>
    (frame, ...args) =>
      frame.unwind(ownRet(row, args), 0, ...ownReply(row, args)),
});
