/** Defines the options of performance/open-behind; names and defaults are GlusterFS 10's. */
import { defineReconfigurableOptions, type Values } from '../../../core/options.ts';
import { commonOptions, makeSwitchOption } from '../shared/inode-cache.ts';

export const options = defineReconfigurableOptions({
  ...commonOptions,
  'open-behind': makeSwitchOption(true),
  'lazy-open': {
    type: 'bool',
    default: true,
    description:
      'On: a file is opened at its first use. Off: it is opened in the background as soon as the open ' +
      'is answered.',
  },
  'read-after-open': {
    type: 'bool',
    default: true,
    description: 'A read opens the file even if use-anonymous-fd is on.',
  },
  'use-anonymous-fd': {
    type: 'bool',
    default: false,
    description:
      'fstat and seek do not open the file. With read-after-open off, a read does not either.',
  },
});

export type OptionValues = Values<typeof options>;
