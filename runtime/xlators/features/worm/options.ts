/** Defines the options of features/worm, with GlusterFS 10's names and defaults. */
import { defineReconfigurableOptions } from '../../../core/options.ts';

export const options = defineReconfigurableOptions({
  worm: {
    type: 'bool',
    default: false,
    description: 'Whether existing files cannot be changed, renamed, linked or removed.',
  },
  'worm-file-level': {
    type: 'bool',
    default: false,
    description: 'Whether each file gets a retention of its own, after it was closed.',
  },
  'worm-files-deletable': {
    type: 'bool',
    default: true,
    description: 'Whether files can be removed after their retention, with worm-file-level.',
  },
  'default-retention-period': {
    type: 'time',
    default: 120,
    description: 'Time for which a file is retained, with worm-file-level.',
  },
  'retention-mode': {
    type: 'str',
    default: 'relax',
    values: ['relax', 'enterprise'],
    description: 'Whether the end of a retention can be set earlier (relax) or not (enterprise).',
  },
  'auto-commit-period': {
    type: 'time',
    default: 180,
    description: "Time from a file's last change until it is retained, with worm-file-level.",
  },
});
