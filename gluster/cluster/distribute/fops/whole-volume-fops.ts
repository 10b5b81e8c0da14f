/**
 * Handles the fops that concern the whole volume, statfs and ipc: sends them to all children, and merges the replies.
 * Source: GlusterFS `dht-common.c` (dht_statfs, dht_ipc).
 */
import { Dict } from '../../../../runtime/core/dict.ts';
import { EOPNOTSUPP } from '../../../../runtime/core/errno.ts';
import type { Statvfs } from '../../../../runtime/core/iatt.ts';
import { Loc } from '../../../../runtime/core/operands.ts';
import type { Fop } from '../../../../runtime/core/xlator.ts';
import { chooseErrno } from '../directory-view.ts';
import type { Distribute } from '../distribute.ts';
import { mergeSpace } from '../merge.ts';
import { makeFailure, makeSuccess, runTask } from '../task.ts';

/**
 * Xdata key: the reply has the space left by the directory's quota, which counts for the whole volume, instead of the
 * child's disk.
 */
const QUOTA_KEY = 'quota-deem-statfs';

const countUsedBlocks = ({ blocks, bfree }: Statvfs): number => blocks - bfree;

/** Requests the space of a directory on each child; for a file, which only one child has, that of the root. */
export const statfs: Fop<'statfs', Distribute> = (frame, xl, loc, xdata) => {
  const volume = xl.priv;
  const target = loc.inode?.isDir || xl.inodes === null ? loc : new Loc(xl.inodes.root);
  runTask(frame, xl, 'statfs', function* (task) {
    const replies = yield* task.windEach(volume.children, 'statfs', () => [target, xdata]);
    const bufs: Statvfs[] = [];
    const quotaBufs: Statvfs[] = [];
    replies.forEach(({ opRet, values: [buf, replyXdata] }, child) => {
      if (opRet < 0 || buf === null) return;
      if (replyXdata?.number(QUOTA_KEY)) quotaBufs.push(buf);
      else volume.freeSpace.recordUsage(child, buf);
      bufs.push(buf);
    });
    if (bufs.length === 0) return makeFailure('statfs', chooseErrno(replies));
    // Each child replies with the whole quota, so the replies are not added: the one with the most used space counts.
    const [fullest] = quotaBufs.sort((a, b) => countUsedBlocks(b) - countUsedBlocks(a));
    return makeSuccess(
      'statfs',
      fullest ?? mergeSpace(bufs),
      fullest ? Dict.of({ [QUOTA_KEY]: 1 }) : null,
    );
  });
};

/** Sends a request to all children. It fails if one of them does not support it, as the caller relies on all. */
export const ipc: Fop<'ipc', Distribute> = (frame, xl, op, xdata) => {
  runTask(frame, xl, 'ipc', function* (task) {
    const replies = yield* task.windEach(xl.priv.children, 'ipc', () => [op, xdata]);
    const isUnsupported = replies.some(({ opRet, opErrno }) => opRet < 0 && opErrno === EOPNOTSUPP);
    if (isUnsupported) return makeFailure('ipc', EOPNOTSUPP);
    const firstSuccess = replies.find(({ opRet }) => opRet >= 0);
    return firstSuccess === undefined
      ? makeFailure('ipc', chooseErrno(replies))
      : makeSuccess('ipc', firstSuccess.values[0]);
  });
};
