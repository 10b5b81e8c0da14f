/** Logs created and removed names; defines no other fop. */
import { collectCbk, windArgs } from 'glossa';
import { type Answer, tellingOnly } from './names.ts';

export default tellingOnly(({ name }) => {
  const cbk = collectCbk[name]((frame, _cookie, _xl, opRet, opErrno, reply) =>
    (frame.local as Answer)(opRet, opErrno, reply),
  ) as never;
  return (frame, xl, args, answer) => {
    frame.local = answer;
    windArgs[name](frame, 0, cbk, xl.children[0]!, args);
  };
});
