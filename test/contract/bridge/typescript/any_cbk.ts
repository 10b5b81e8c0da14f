/** Sees every reply. */
import { unwindArgs } from 'glossa';
import { every, windTo } from './shapes.ts';

export default every((row) =>
  windTo(row, (frame, _cookie, xl, opRet, opErrno, reply) => {
    xl.log.info(`up ${opRet}`);
    unwindArgs[row.name](frame, opRet, opErrno, reply);
  }),
);
