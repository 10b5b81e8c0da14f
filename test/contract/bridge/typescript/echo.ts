/** Logs all that every fop and every reply carry, and passes them on. */
import { unwindArgs } from 'glossa';
import { describe, every, windTo } from './shapes.ts';

export default every((row) => {
  const wind = windTo(row, (frame, _cookie, xl, opRet, opErrno, reply) => {
    xl.log.info(describe(row.reply, reply));
    unwindArgs[row.name](frame, opRet, opErrno, reply);
  });
  return (frame, xl, args) => {
    xl.log.info(describe(row.args, args));
    wind(frame, xl, args);
  };
});
