/** Logs created and removed names, with every fop defined and a callback for each request. */
import { collectCbk, windArgs } from 'glossa';
import { telling } from './names.ts';

export default telling(({ name }) => (frame, xl, args, answer) => {
  const cbk = collectCbk[name]((_frame, _cookie, _xl, opRet, opErrno, reply) =>
    answer(opRet, opErrno, reply),
  );
  windArgs[name](frame, 0, cbk as never, xl.children[0]!, args);
});
