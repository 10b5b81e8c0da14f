/** Defines the options of performance/quick-read; names, defaults and ranges are GlusterFS 10's. */
import { defineReconfigurableOptions, type Values } from '../../../core/options.ts';
import { commonOptions, switchOption } from '../shared/options.ts';

const KB = 1024;
const MB = 1024 * KB;

export const options = defineReconfigurableOptions({
  ...commonOptions,
  'quick-read': switchOption(true),
  'max-file-size': {
    type: 'sizet',
    default: 64 * KB,
    min: 0,
    max: 1000 * KB,
    description: 'Files that are no larger are fetched whole with the lookup. 0: none.',
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
    description: 'Seconds after which a file is looked at again before its content is believed.',
  },
  'quick-read-cache-invalidation': {
    type: 'bool',
    default: false,
    description:
      'The bricks tell what other clients change: the log says where they do not. What they tell is ' +
      'heeded in any case.',
  },
  'ctime-invalidation': {
    type: 'bool',
    default: false,
    description: 'A file is another one when its change time is, not its modification time.',
  },
  priority: {
    type: 'priority_list',
    default: '',
    description: 'Accepted, without effect: the least recently read data is evicted, by any name.',
  },
});

export type OptionValues = Values<typeof options>;
