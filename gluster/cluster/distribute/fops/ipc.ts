/** What is asked of all children alike. Source: GlusterFS `dht-common.c` (dht_ipc). */
import { EOPNOTSUPP } from '../../../../runtime/core/errno.ts';
import type { Fop } from '../../../../runtime/core/xlator.ts';
import type { Distribute } from '../distribute.ts';
import { errnoOf } from '../sight.ts';
import { failure, runTask, success } from '../task.ts';

/** One that does not know the question is enough for that answer: who asks would rely on all. */
export const ipc: Fop<'ipc', Distribute> = (frame, xl, op, xdata) => {
  runTask(frame, xl, 'ipc', function* (task) {
    const answers = yield* task.each(xl.priv.all, 'ipc', () => [op, xdata]);
    const isUnknown = answers.some(({ opRet, opErrno }) => opRet < 0 && opErrno === EOPNOTSUPP);
    if (isUnknown) return failure('ipc', EOPNOTSUPP);
    const known = answers.find(({ opRet }) => opRet >= 0);
    return known === undefined ? failure('ipc', errnoOf(answers)) : success('ipc', known.values[0]);
  });
};
