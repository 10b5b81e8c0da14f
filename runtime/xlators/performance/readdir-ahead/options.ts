/** Defines the options of performance/readdir-ahead; names, defaults and ranges are GlusterFS 10's. */
import { defineReconfigurableOptions, type Values } from '../../../core/options.ts';
import { commonOptions, makeSwitchOption } from '../shared/inode-cache.ts';

const KB = 1024;
const MB = 1024 * KB;

export const options = defineReconfigurableOptions({
  ...commonOptions,
  'readdir-ahead': makeSwitchOption(false),
  // glusterd's name for it below cluster/distribute (parallel-readdir).
  'performance.readdir-ahead': makeSwitchOption(false),
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
    description: 'Reading ahead resumes when fewer bytes than this are ahead of the client.',
  },
  'rda-high-wmark': {
    type: 'sizet',
    default: 128 * KB,
    min: 0,
    max: 100 * MB,
    description: 'Reading ahead pauses when this many bytes are ahead of the client.',
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
    description:
      'Accepted without effect: glusterd decides by it where a volfile has readdir-ahead.',
  },
});

export type OptionValues = Values<typeof options>;
