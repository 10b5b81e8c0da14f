/** Winds every fop after its own call has returned, and answers after the callback. */
import { unwindArgs } from 'glossa';
import { every, later, windTo } from './shapes.ts';

export default every((row) => {
  const wind = windTo(row, (frame, _cookie, xl, opRet, opErrno, reply) =>
    later(xl, 1, () => unwindArgs[row.name](frame, opRet, opErrno, reply)),
  );
  return (frame, xl, args) => later(xl, 0, () => wind(frame, xl, args));
});
