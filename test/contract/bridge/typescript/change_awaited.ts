/** Replaces arguments and parts of replies; defers the reply. */
import { unwindArgs } from 'glossa';
import { change, every, later, opRetOf, windTo } from './shapes.ts';

export default every((row) => {
  const wind = windTo(row, (frame, _cookie, xl, opRet, opErrno, reply) => {
    frame.local = change(row.reply, reply);
    later(xl, 0, () => {
      const changed = frame.local as unknown[];
      const counted = reply[0] === null ? opRet : opRetOf(row, changed, opRet);
      unwindArgs[row.name](frame, counted, opErrno, changed);
    });
  });
  return (frame, xl, args) => wind(frame, xl, change(row.args, args));
});
