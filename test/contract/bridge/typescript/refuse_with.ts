/** Fails every fop with a reply that carries all it can. */
import { EDQUOT, unwindArgs } from 'glossa';
import { every, ownReply } from './shapes.ts';

export default every(
  (row) => (frame, _xl, args) => unwindArgs[row.name](frame, -1, EDQUOT, ownReply(row, args)),
);
