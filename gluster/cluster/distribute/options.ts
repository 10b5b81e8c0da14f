/**
 * Defines the options of cluster/distribute, with GlusterFS's names and defaults. Source: GlusterFS
 * 10 `dht-shared.c` (dht_options).
 */

import { declareEffectlessOptions } from '../../../runtime/core/effectless-options.ts';
import { defineOptions, type Values } from '../../../runtime/core/options.ts';
import { RSYNC_REGEX } from './name-hash.ts';

const MANAGEMENT_NOTE = 'Set by the management of a volume.';

export const options = defineOptions({
  ...declareEffectlessOptions(
    {
      'use-readdirp': true,
      'unhashed-sticky-bit': false,
      'rmdir-optimize': true,
      'rebalance-cmd': undefined,
      'node-uuid': undefined,
      'rebalance-filter': undefined,
      'rebalance-stats': false,
      'rebal-throttle': 'normal',
      'lock-migration': false,
      'force-migration': false,
      'ensure-durability': true,
    },
    'Accepted, without effect: most are for a rebalance that moves files.',
  ),
  'lookup-unhashed': {
    type: 'str',
    values: ['auto', 'yes', 'no', 'enable', 'disable', '1', '0', 'on', 'off'],
    default: 'on',
    description:
      'Whether a name that is not on its own child is looked up on all others; auto counts as on. ' +
      'Counts only while lookup-optimize is off.',
    reconfigurable: true,
  },
  'lookup-optimize': {
    type: 'bool',
    default: true,
    description:
      'Skips the lookup on all children for a name that is not on its own child, in directories ' +
      'known to have no misplaced names.',
    reconfigurable: true,
  },
  'min-free-disk': {
    type: 'percent_or_sizet',
    default: { percent: 10 },
    description:
      "With less free space, new files go to another child. A number below 100 is a percentage, even without '%'.",
    reconfigurable: true,
  },
  'min-free-inodes': {
    type: 'percent',
    default: 5,
    description: 'With fewer free inodes, new files go to another child.',
    reconfigurable: true,
  },
  'assert-no-child-down': {
    type: 'bool',
    default: false,
    description: 'Whether the volume is down as soon as one child is.',
  },
  'directory-layout-spread': {
    type: 'int',
    min: 1,
    description: 'The number of children that share the names of a new directory; without it, all.',
    reconfigurable: true,
  },
  'decommissioned-bricks': {
    type: 'any',
    description: `Children that are being emptied, with commas between: they get no new files. ${MANAGEMENT_NOTE}`,
    reconfigurable: true,
  },
  'commit-hash': {
    type: 'int',
    description: `The commit hash of the volume, which overrides the one at its root. ${MANAGEMENT_NOTE}`,
  },
  'readdir-optimize': {
    type: 'bool',
    default: false,
    description: 'Whether the first child that is up lists all directories.',
    reconfigurable: true,
  },
  'rsync-hash-regex': {
    type: 'str',
    default: RSYNC_REGEX,
    description:
      'An extended regular expression whose first group is hashed in place of the name, so that ' +
      "a temporary name belongs to the same child as the final one. 'none' disables it.",
    reconfigurable: true,
  },
  'extra-hash-regex': {
    type: 'str',
    description: 'Another such expression, which is tried first.',
    reconfigurable: true,
  },
  'xattr-name': {
    type: 'str',
    default: 'trusted.glusterfs.dht',
    description: 'The extended attribute of layouts, whose name is the prefix of the others.',
  },
  'weighted-rebalance': {
    type: 'bool',
    default: true,
    description: 'Whether larger children get larger ranges.',
    reconfigurable: true,
  },
  'randomize-hash-range-by-gfid': {
    type: 'bool',
    default: false,
    description:
      'Whether the gfid, not the path, of a directory selects the child of its first range.',
    reconfigurable: true,
  },
});

export type Settings = Values<typeof options>;
