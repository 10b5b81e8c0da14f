/** Every fop is passed on, and so is its reply. */
import { unwindArgs } from 'glossa';
import { every, windTo } from './shapes.ts';

export default every((row) =>
  windTo(row, (frame, _cookie, _xl, opRet, opErrno, reply) =>
    unwindArgs[row.name](frame, opRet, opErrno, reply),
  ),
);
