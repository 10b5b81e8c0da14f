/** Handles every interrupted caller in one generic cancel method. */
import { EINTR, fail, unwindArgs } from 'glossa';
import { every, windTo } from './shapes.ts';

export default every((row) => {
  const wind = windTo(row, (frame, _cookie, _xl, opRet, opErrno, reply) => {
    if (!frame.answered) unwindArgs[row.name](frame, opRet, opErrno, reply);
  });
  return (frame, xl, args) => {
    frame.root.whenInterrupted(() => {
      if (frame.answered) return;
      xl.log.info(`${row.name === 'stat' ? 'own' : 'any'} ${row.name}`);
      fail[row.name](frame, EINTR);
    });
    wind(frame, xl, args);
  };
});
