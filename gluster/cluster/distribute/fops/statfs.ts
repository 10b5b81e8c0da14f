/** Fops that all children answer alike. Source: GlusterFS `dht-common.c` (dht_statfs, dht_ipc). */
import { Dict } from '../../../../runtime/core/dict.ts';
import { EOPNOTSUPP } from '../../../../runtime/core/errno.ts';
import type { Statvfs } from '../../../../runtime/core/iatt.ts';
import { Loc } from '../../../../runtime/core/loc.ts';
import type { Fop } from '../../../../runtime/core/xlator.ts';
import type { Distribute } from '../distribute.ts';
import { mergeSpace } from '../merge.ts';
import { errnoOf } from '../sight.ts';
import { failure, runTask, success } from '../task.ts';

/** A child says so of a limit that a directory has: of the whole volume, not of the child's own disk. */
const OF_LIMIT = 'quota-deem-statfs';

const usedOf = ({ blocks, bfree }: Statvfs): number => blocks - bfree;

/** Of each child's root: a file is on one child only. */
export const statfs: Fop<'statfs', Distribute> = (frame, xl, loc, xdata) => {
  const volume = xl.priv;
  const of = loc.inode?.isDir || xl.inodes === null ? loc : new Loc(xl.inodes.root);
  runTask(frame, xl, 'statfs', function* (task) {
    const answers = yield* task.each(volume.all, 'statfs', () => [of, xdata]);
    const there: Statvfs[] = [];
    const limited: Statvfs[] = [];
    answers.forEach(({ opRet, values: [buf, said] }, child) => {
      if (opRet < 0 || buf === null) return;
      if (said?.number(OF_LIMIT)) limited.push(buf);
      else volume.space.told(child, buf);
      there.push(buf);
    });
    if (there.length === 0) return failure('statfs', errnoOf(answers));
    const [most] = limited.sort((a, b) => usedOf(b) - usedOf(a));
    return success('statfs', most ?? mergeSpace(there), most ? Dict.of({ [OF_LIMIT]: 1 }) : null);
  });
};

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
