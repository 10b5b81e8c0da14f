/** Defines the options of performance/write-behind; names, defaults and ranges are GlusterFS 10's. */
import { defineOptions, defineReconfigurableOptions, type Values } from '../../../core/options.ts';
import { makeSwitchOption } from '../shared/inode-cache.ts';

const KB = 1024;
const MB = 1024 * KB;

export const options = defineOptions({
  'pass-through': {
    type: 'bool',
    default: false,
    description: 'Lets everything through, as if the volume were not there.',
  },
  'aggregate-size': {
    type: 'sizet',
    default: 128 * KB,
    min: 1,
    description: 'Writes that follow one another are joined up to this. At most the cache-size.',
  },
  ...defineReconfigurableOptions({
    'write-behind': makeSwitchOption(true),
    'cache-size': {
      type: 'sizet',
      aliases: ['window-size'],
      default: MB,
      min: 512 * KB,
      max: 1024 * MB,
      description:
        'Limit of the data of one file that was answered and is not written yet; of all files together, ' +
        '64 times as much. A write beyond the limit waits.',
    },
    'flush-behind': {
      type: 'bool',
      default: true,
      description: 'A close waits for the data, but not for the flush that follows it.',
    },
    'trickling-writes': {
      type: 'bool',
      default: true,
      description:
        'On: data is sent once no other data of the file is under way; 10 ms later if a program writes ' +
        'in sequence. Off: it is sent when aggregate-size is full, when another request needs it, or ' +
        'after a second.',
    },
    'strict-O_DIRECT': {
      type: 'bool',
      default: false,
      description:
        'Writes to files that were opened with O_DIRECT are answered after the storage has them.',
    },
    'strict-write-ordering': {
      type: 'bool',
      default: false,
      description: 'Writes to a file are sent one after the other, even if they do not overlap.',
    },
    'resync-failed-syncs-after-fsync': {
      type: 'bool',
      default: false,
      description:
        'Accepted, without effect: data that could not be written is not tried again, and each program ' +
        'that has the file open gets the error.',
    },
  }),
});

export type OptionValues = Values<typeof options>;
