/** Defines the options of performance/open-behind; names and defaults are GlusterFS 10's. */
import { defineReconfigurableOptions, type Values } from '../../../core/options.ts';
import { commonOptions, switchOption } from '../shared/options.ts';

export const options = defineReconfigurableOptions({
  ...commonOptions,
  'open-behind': switchOption(true),
  'lazy-open': {
    type: 'bool',
    default: true,
    description:
      'Files are opened at their first use. Off: they are opened at once, and the caller does not wait.',
  },
  'read-after-open': {
    type: 'bool',
    default: true,
    description: 'A read opens the file, also where use-anonymous-fd would do without.',
  },
  'use-anonymous-fd': {
    type: 'bool',
    default: false,
    description:
      'The attributes of a file are read, and with read-after-open off its data, without an open.',
  },
});

export type OptionValues = Values<typeof options>;
