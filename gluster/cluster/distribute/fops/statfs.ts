/** Merges statfs and ipc over all children. Source: GlusterFS `dht-common.c` (dht_statfs, dht_ipc). */
import { Dict } from '../../../../runtime/core/dict.ts';
import { EOPNOTSUPP } from '../../../../runtime/core/errno.ts';
import type { Statvfs } from '../../../../runtime/core/iatt.ts';
import { Loc } from '../../../../runtime/core/loc.ts';
import type { Fop } from '../../../../runtime/core/xlator.ts';
import { errnoOf } from '../directory-view.ts';
import type { Distribute } from '../distribute.ts';
import { mergeSpace } from '../merge.ts';
import { failure, runTask, success } from '../task.ts';

/** A child's mark that its reply describes a directory's quota, which spans the volume, not its disk. */
const OF_LIMIT = 'quota-deem-statfs';

const usedOf = ({ blocks, bfree }: Statvfs): number => blocks - bfree;

/** Asks for the root of each child, as a file is on one child only. */
export const statfs: Fop<'statfs', Distribute> = (frame, xl, loc, xdata) => {
  const volume = xl.priv;
  const of = loc.inode?.isDir || xl.inodes === null ? loc : new Loc(xl.inodes.root);
  runTask(frame, xl, 'statfs', function* (task) {
    const replies = yield* task.each(volume.all, 'statfs', () => [of, xdata]);
    const there: Statvfs[] = [];
    const limited: Statvfs[] = [];
    replies.forEach(({ opRet, values: [buf, xdata] }, child) => {
      if (opRet < 0 || buf === null) return;
      if (xdata?.number(OF_LIMIT)) limited.push(buf);
      else volume.space.record(child, buf);
      there.push(buf);
    });
    if (there.length === 0) return failure('statfs', errnoOf(replies));
    const [most] = limited.sort((a, b) => usedOf(b) - usedOf(a));
    return success('statfs', most ?? mergeSpace(there), most ? Dict.of({ [OF_LIMIT]: 1 }) : null);
  });
};

/** EOPNOTSUPP of one child decides, since the caller would rely on all. */
export const ipc: Fop<'ipc', Distribute> = (frame, xl, op, xdata) => {
  runTask(frame, xl, 'ipc', function* (task) {
    const replies = yield* task.each(xl.priv.all, 'ipc', () => [op, xdata]);
    const isUnknown = replies.some(({ opRet, opErrno }) => opRet < 0 && opErrno === EOPNOTSUPP);
    if (isUnknown) return failure('ipc', EOPNOTSUPP);
    const known = replies.find(({ opRet }) => opRet >= 0);
    return known === undefined ? failure('ipc', errnoOf(replies)) : success('ipc', known.values[0]);
  });
};
