/** Every fop keeps its child's reply in `frame.local`, and returns that. */
import { unwindArgs } from 'glossa';
import { every, windTo } from './shapes.ts';

export default every((row) =>
  windTo(row, (frame, _cookie, _xl, opRet, opErrno, reply) => {
    frame.local = reply;
    unwindArgs[row.name](frame, opRet, opErrno, frame.local as typeof reply);
  }),
);
