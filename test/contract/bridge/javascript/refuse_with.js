/** Fails every fop with a reply that carries all it can. */
import { EDQUOT } from 'glossa';
import { every, ownReply } from './shapes.js';

export const xlator = every({
  fop:
    (row) =>
    (frame, ...args) =>
      frame.unwind(-1, EDQUOT, ...ownReply(row, args)),
});
