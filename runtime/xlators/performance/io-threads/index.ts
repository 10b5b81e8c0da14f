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
import { defineOptions } from '../../../core/options.ts';
import { defineTranslator } from '../../../core/xlator.ts';
import { commonOptions } from '../shared/options.ts';

const threads = (of: string, count = 16) =>
  ({
    type: 'int',
    default: count,
    min: 1,
    max: 64,
    description: `Accepted, without effect: threads for ${of}.`,
    reconfigurable: true,
  }) as const;

const options = defineOptions({
  ...commonOptions,
  'thread-count': threads('all fops'),
  'high-prio-threads': threads('lookup, open, stat and the like'),
  'normal-prio-threads': threads('changes of names and attributes'),
  'low-prio-threads': threads('reads, writes and syncs'),
  'least-prio-threads': threads("fops of GlusterFS's own programs", 1),
  'enable-least-priority': {
    type: 'bool',
    default: true,
    description: "Accepted, without effect: GlusterFS's own programs wait for all others.",
    reconfigurable: true,
  },
  'idle-time': {
    type: 'int',
    default: 120,
    min: 1,
    max: 0x7fff_ffff,
    description: 'Accepted, without effect: seconds after which a thread ends that has no work.',
    reconfigurable: true,
  },
  'watchdog-secs': {
    type: 'int',
    default: 0,
    min: 0,
    description: 'Accepted, without effect: seconds after which a queue is said to be stuck.',
    reconfigurable: true,
  },
  'cleanup-disconnected-reqs': {
    type: 'bool',
    default: false,
    description: 'Accepted, without effect: requests of a client that has gone are interrupted.',
    reconfigurable: true,
  },
  'tcp-user-timeout': {
    type: 'int',
    default: 0,
    min: 0,
    description: 'Accepted, without effect: glusterd writes it here, and it is for a connection.',
    reconfigurable: true,
  },
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
