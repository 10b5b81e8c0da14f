/** Defines the options of performance/read-ahead; names, defaults and ranges are GlusterFS 10's. */
import { defineReconfigurableOptions, type Values } from '../../../core/options.ts';
import { commonOptions, makeSwitchOption } from '../shared/inode-cache.ts';

const KB = 1024;
const MB = 1024 * KB;

export const options = defineReconfigurableOptions({
  ...commonOptions,
  'read-ahead': makeSwitchOption(false),
  'page-count': {
    type: 'int',
    default: 4,
    min: 1,
    max: 16,
    description: 'Pages that are read ahead of a program, at most.',
  },
  'page-size': {
    type: 'sizet',
    default: 128 * KB,
    min: 4 * KB,
    max: 64 * MB,
    description: 'Data that is read ahead at a time.',
  },
  'force-atime-update': {
    type: 'bool',
    default: false,
    description: 'Accepted, without effect.',
  },
});

export type OptionValues = Values<typeof options>;
