/** Answers every fop with a reply of its own. */
import { every, ownReply } from './shapes.js';

export const xlator = every({
  fop:
    (row) =>
    (frame, ...args) =>
      frame.unwind(3, 0, ...ownReply(row, args)),
});
