/** Logs created and removed names, with every wind and reply deferred. */
import { type Answer, telling } from './names.ts';
import { later, windTo } from './shapes.ts';

export default telling((row) => {
  const wind = windTo(row, (frame, _cookie, xl, opRet, opErrno, reply) =>
    later(xl, 1, () => (frame.local as Answer)(opRet, opErrno, reply)),
  );
  return (frame, xl, args, answer) => {
    frame.local = answer;
    later(xl, 0, () => wind(frame, xl, args));
  };
});
