/**
 * The options of cluster/distribute, with GlusterFS's names and defaults. Source: GlusterFS 10
 * `dht-shared.c` (dht_options).
 */

import { acceptedOptions } from '../../../runtime/core/accepted-options.ts';
import { defineOptions, type Values } from '../../../runtime/core/options.ts';
import { RSYNC_REGEX } from './hash.ts';

const forManagement = 'Set by the management of a volume.';

export const options = defineOptions({
  ...acceptedOptions(
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
      'Whether a name that is not where its hash says is looked for everywhere; auto counts as on. ' +
      'Counts only while lookup-optimize is off.',
    reconfigurable: true,
  },
  'lookup-optimize': {
    type: 'bool',
    default: true,
    description:
      'A name that is not where its hash says is looked for nowhere else, in directories of which ' +
      'it is known that all their names are in their places.',
    reconfigurable: true,
  },
  'min-free-disk': {
    type: 'percent_or_sizet',
    default: { percent: 10 },
    description:
      "Less space than that, and new files go to another child. A number below 100 is a percentage, also without its '%'.",
    reconfigurable: true,
  },
  'min-free-inodes': {
    type: 'percent',
    default: 5,
    description: 'Fewer free inodes than that, and new files go to another child.',
    reconfigurable: true,
  },
  'assert-no-child-down': {
    type: 'bool',
    default: false,
    description: 'As soon as one child is down, all are.',
  },
  'directory-layout-spread': {
    type: 'int',
    min: 1,
    description:
      'Among how many children the names of a new directory are spread; without it, all.',
    reconfigurable: true,
  },
  'decommissioned-bricks': {
    type: 'any',
    description: `Children that are being emptied, with commas between: they get no new files. ${forManagement}`,
    reconfigurable: true,
  },
  'commit-hash': {
    type: 'int',
    description: `The commit hash of the volume, whatever its root says. ${forManagement}`,
  },
  'readdir-optimize': {
    type: 'bool',
    default: false,
    description: 'Directories are listed by the first child that is up, and by no other.',
    reconfigurable: true,
  },
  'rsync-hash-regex': {
    type: 'str',
    default: RSYNC_REGEX,
    description:
      'An extended regular expression whose first group is hashed in place of the name, so that ' +
      "a temporary name has the place of the final one. 'none' for none.",
    reconfigurable: true,
  },
  'extra-hash-regex': {
    type: 'str',
    description: 'Another, which is tried first.',
    reconfigurable: true,
  },
  'xattr-name': {
    type: 'str',
    default: 'trusted.glusterfs.dht',
    description: 'The extended attribute of layouts, with which the names of the others begin.',
  },
  'weighted-rebalance': {
    type: 'bool',
    default: true,
    description: 'Larger children get larger ranges.',
    reconfigurable: true,
  },
  'randomize-hash-range-by-gfid': {
    type: 'bool',
    default: false,
    description: 'Which child has the first range of a directory is by its gfid, not by its path.',
    reconfigurable: true,
  },
});

export type Settings = Values<typeof options>;
