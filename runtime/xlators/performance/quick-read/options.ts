/** Defines the options of performance/quick-read; names, defaults and ranges are GlusterFS 10's. */
import { defineReconfigurableOptions, type Values } from '../../../core/options.ts';
import { commonOptions, makeSwitchOption } from '../shared/inode-cache.ts';

const KB = 1024;
const MB = 1024 * KB;

export const options = defineReconfigurableOptions({
  ...commonOptions,
  'quick-read': makeSwitchOption(true),
  'max-file-size': {
    type: 'sizet',
    default: 64 * KB,
    min: 0,
    max: 1000 * KB,
    description: 'Size of the largest files that are fetched whole with the lookup. 0: none.',
  },
  'cache-size': {
    type: 'sizet',
    default: 128 * MB,
    min: 0,
    description:
      'Memory limit of the content of all files; those not read for longest are evicted.',
  },
  'cache-timeout': {
    type: 'int',
    default: 1,
    min: 0,
    description: 'Seconds for which content is used after its attributes were last checked.',
  },
  'quick-read-cache-invalidation': {
    type: 'bool',
    default: false,
    description:
      "Relies on the bricks to report other clients' changes, and logs a warning if they do not. " +
      'Reports are used even if this is off.',
  },
  'ctime-invalidation': {
    type: 'bool',
    default: false,
    description: 'A changed file is detected by its change time, not by its modification time.',
  },
  priority: {
    type: 'priority_list',
    default: '',
    description: 'Accepted without effect: data is evicted by its last read, not by file names.',
  },
});

export type OptionValues = Values<typeof options>;
