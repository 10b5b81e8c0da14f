/** Defines the options of performance/write-behind; names, defaults and ranges are GlusterFS 10's. */
import { defineOptions, defineReconfigurableOptions, type Values } from '../../../core/options.ts';
import { switchOption } from '../shared/options.ts';

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
    'write-behind': switchOption(true),
    'cache-size': {
      type: 'sizet',
      aliases: ['window-size'],
      default: MB,
      min: 512 * KB,
      max: 1024 * MB,
      description:
        'Data of a file that may be on its way, for writes that were answered already. Of all files ' +
        'together it is 64 times as much: with more, writes are waited for.',
    },
    'flush-behind': {
      type: 'bool',
      default: true,
      description: 'A close waits for the data, and not for the flush that comes after it.',
    },
    'trickling-writes': {
      type: 'bool',
      default: true,
      description:
        'Data is sent when none of the file is on its way, however little; after 10 ms where a ' +
        'program writes in sequence. Off: when aggregate-size is full, when something needs it, or ' +
        'after a second.',
    },
    'strict-O_DIRECT': {
      type: 'bool',
      default: false,
      description: 'Writes to files that were opened with O_DIRECT are waited for.',
    },
    'strict-write-ordering': {
      type: 'bool',
      default: false,
      description: 'Writes to a file are sent one after the other, also where they do not overlap.',
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
