/**
 * performance/io-threads: passes all fops; it exists so that volfiles of GlusterFS load unchanged.
 *
 * GlusterFS's translator of this name runs fops on threads, because calls of disk and network block. In glossa no
 * call blocks the graph's only thread: protocol/client sends and continues, and storage/posix reads without waiting,
 * or on threads of its own. So no fop overtakes another in this volume.
 *
 * Source of the options: GlusterFS 10 `xlators/performance/io-threads/src/io-threads.c`.
 */

import { declareEffectlessOptions } from '../../../core/effectless-options.ts';
import { defineReconfigurableOptions } from '../../../core/options.ts';
import { defineTranslator } from '../../../core/xlator.ts';
import { commonOptions } from '../shared/inode-cache.ts';

const options = defineReconfigurableOptions({
  ...commonOptions,
  ...declareEffectlessOptions({
    'thread-count': null,
    'high-prio-threads': null,
    'normal-prio-threads': null,
    'low-prio-threads': null,
    'least-prio-threads': null,
    'enable-least-priority': null,
    'idle-time': null,
    'watchdog-secs': null,
    'cleanup-disconnected-reqs': null,
    'tcp-user-timeout': null,
  }),
});

export default defineTranslator<null, typeof options>({
  type: 'performance/io-threads',
  description: 'Lets everything through: here no fop keeps a thread waiting, so none are needed.',
  children: [1, 1],
  options,
  dataPath: { keepsPages: () => true },
  fops: {},
  init: () => null,
  reconfigure: () => {},
});
