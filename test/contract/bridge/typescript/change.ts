/** Replaces every argument and every part of a reply. */
import { unwindArgs } from 'glossa';
import { change, every, opRetOf, windTo } from './shapes.ts';

export default every((row) => {
  const wind = windTo(row, (frame, _cookie, _xl, opRet, opErrno, reply) => {
    const changed = change(row.reply, reply);
    const counted = reply[0] === null ? opRet : opRetOf(row, changed, opRet);
    unwindArgs[row.name](frame, counted, opErrno, changed);
  });
  return (frame, xl, args) => wind(frame, xl, change(row.args, args));
});
