/** Sees every fop, and every reply. */
import { unwindArgs } from 'glossa';
import { every, windTo } from './shapes.ts';

export default every((row) => {
  const wind = windTo(row, (frame, _cookie, xl, opRet, opErrno, reply) => {
    xl.log.info(`up ${opRet}`);
    unwindArgs[row.name](frame, opRet, opErrno, reply);
  });
  return (frame, xl, args) => {
    xl.log.info(`down ${row.name}`);
    wind(frame, xl, args);
  };
});
