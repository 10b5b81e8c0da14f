/** The space of all children. Source: GlusterFS `dht-common.c` (dht_statfs). */

import type { Statvfs } from '../../../../core/iatt.ts';
import { Loc } from '../../../../core/loc.ts';
import type { Fop } from '../../../../core/xlator.ts';
import type { Distribute } from '../distribute.ts';
import { mergeSpace } from '../merge.ts';
import { errnoOf } from '../sight.ts';
import { failure, runTask, success } from '../task.ts';

/** Of each child's root: a file is on one child only. */
export const statfs: Fop<'statfs', Distribute> = (frame, xl, loc, xdata) => {
  const volume = xl.priv;
  const of = loc.inode?.isDir || xl.inodes === null ? loc : new Loc(xl.inodes.root);
  runTask(frame, xl, 'statfs', function* (task) {
    const answers = yield* task.each(volume.all, 'statfs', () => [of, xdata]);
    const there: Statvfs[] = [];
    answers.forEach(({ opRet, values: [buf] }, child) => {
      if (opRet < 0 || buf === null) return;
      volume.space.told(child, buf);
      there.push(buf);
    });
    if (there.length === 0) return failure('statfs', errnoOf(answers));
    return success('statfs', mergeSpace(there), null);
  });
};
