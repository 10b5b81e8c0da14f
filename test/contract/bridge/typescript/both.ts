/** Passes every fop and its reply on. */
import { unwindArgs } from 'glossa';
import { every, windTo } from './shapes.ts';

export default every((row) =>
  windTo(row, (frame, _cookie, _xl, opRet, opErrno, reply) =>
    unwindArgs[row.name](frame, opRet, opErrno, reply),
  ),
);
