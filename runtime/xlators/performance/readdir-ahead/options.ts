/** Defines the options of performance/readdir-ahead; names, defaults and ranges are GlusterFS 10's. */
import { defineReconfigurableOptions, type Values } from '../../../core/options.ts';
import { commonOptions, switchOption } from '../shared/options.ts';

const KB = 1024;
const MB = 1024 * KB;

export const options = defineReconfigurableOptions({
  ...commonOptions,
  'readdir-ahead': switchOption(false),
  // glusterd's name for it below cluster/distribute (parallel-readdir).
  'performance.readdir-ahead': switchOption(false),
  'rda-request-size': {
    type: 'sizet',
    default: 128 * KB,
    min: 4 * KB,
    max: 128 * KB,
    description: 'Size of a request to the volume below.',
  },
  'rda-low-wmark': {
    type: 'sizet',
    default: 4 * KB,
    min: 0,
    max: 10 * MB,
    description: 'With less than this ahead of the client, more is read.',
  },
  'rda-high-wmark': {
    type: 'sizet',
    default: 128 * KB,
    min: 0,
    max: 100 * MB,
    description: 'With this much ahead of the client, no more is read.',
  },
  'rda-cache-limit': {
    type: 'sizet',
    default: 10 * MB,
    min: 0,
    description: 'Limit of the entries read ahead, of all directories together.',
  },
  'parallel-readdir': {
    type: 'bool',
    default: false,
    description: 'Accepted, without effect: glusterd says by it where these volumes are.',
  },
});

export type OptionValues = Values<typeof options>;
