/** Changes arguments and parts of replies field by field, in copies of its own. */
import { unwindArgs } from 'glossa';
import { every, opRetOf, touch, windTo } from './shapes.ts';

export default every((row) => {
  const wind = windTo(row, (frame, _cookie, _xl, opRet, opErrno, reply) => {
    const changed = touch(row.reply, reply);
    const counted = reply[0] === null ? opRet : opRetOf(row, changed, opRet);
    unwindArgs[row.name](frame, counted, opErrno, changed);
  });
  return (frame, xl, args) => wind(frame, xl, touch(row.args, args));
});
