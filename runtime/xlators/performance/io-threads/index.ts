/**
 * performance/io-threads: accepted, so that volfiles of GlusterFS load as they are. It lets everything
 * through.
 *
 * There it hands fops to threads, because a call of the disk or of the network keeps a thread waiting.
 * Here nothing waits for either: protocol/client sends and goes on, and storage/posix reads with
 * RWF_NOWAIT first, and otherwise on threads of its own. So there is one thread for the graph, and no
 * fop overtakes another on its way through here.
 *
 * Source of the options: GlusterFS 10 `xlators/performance/io-threads/src/io-threads.c`.
 */

import { acceptedOptions } from '../../../core/accepted-options.ts';
import { reconfigurableOptions } from '../../../core/options.ts';
import { defineTranslator } from '../../../core/xlator.ts';
import { commonOptions } from '../shared/options.ts';

const options = reconfigurableOptions({
  ...commonOptions,
  ...acceptedOptions({
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
