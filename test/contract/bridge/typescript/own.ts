/** Answers every fop with a reply of its own. */
import { unwindArgs } from 'glossa';
import { every, meantRet, opRetOf, ownReply } from './shapes.ts';

export default every((row) => (frame, _xl, args) => {
  const reply = ownReply(row, args);
  unwindArgs[row.name](
    frame,
    row.name === 'writev' ? meantRet(row, args, reply) : opRetOf(row, reply, 3),
    0,
    reply,
  );
});
