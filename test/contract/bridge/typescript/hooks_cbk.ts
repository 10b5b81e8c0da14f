/** Logs created and removed names, with every fop and callback defined. */

import { type Answer, telling } from './names.ts';
import { windTo } from './shapes.ts';

export default telling((row) => {
  const wind = windTo(row, (frame, _cookie, _xl, opRet, opErrno, reply) =>
    (frame.local as Answer)(opRet, opErrno, reply),
  );
  return (frame, xl, args, answer) => {
    frame.local = answer;
    wind(frame, xl, args);
  };
});
