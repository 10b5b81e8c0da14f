/**
 * Defines the options of io-stats, with GlusterFS 10's names, so that its volfiles load. Options for logging,
 * threads and other formats are accepted without effect.
 */

import { declareEffectlessOptions } from '../../../core/effectless-options.ts';
import { defineOptions } from '../../../core/options.ts';

export const options = defineOptions({
  'latency-measurement': {
    type: 'bool',
    default: false,
    description: 'Count every fop, and measure how long its reply takes.',
    reconfigurable: true,
  },
  'count-fop-hits': {
    type: 'bool',
    default: false,
    description: 'Count every fop, without its time.',
    reconfigurable: true,
  },
  'ios-dump-interval': {
    type: 'int',
    default: 0,
    min: 0,
    max: 3600,
    description: 'Seconds from one writing of the statistics to the next; 0 for never.',
    reconfigurable: true,
  },
  'unique-id': {
    type: 'str',
    default: '/no/such/path',
    description: "Name of the files with statistics, in place of the volume's name.",
    reconfigurable: true,
  },
  // Each with GlusterFS's default; another value causes a warning. Null: no value does, as glusterd writes the option
  // into every volfile.
  ...declareEffectlessOptions({
    'ios-dump-format': 'json',
    'ios-sample-interval': 0,
    'ios-sample-buf-size': 65_535,
    'dump-fd-stats': false,
    'ios-dnscache-ttl-sec': 86_400,
    'client-log-level': null,
    'brick-log-level': null,
    'sys-log-level': null,
    logger: null,
    'client-logger': null,
    'brick-logger': null,
    'log-format': null,
    'client-log-format': null,
    'brick-log-format': null,
    'log-buf-size': null,
    'client-log-buf-size': null,
    'brick-log-buf-size': null,
    'log-flush-timeout': null,
    'client-log-flush-timeout': null,
    'brick-log-flush-timeout': null,
    'global-threading': null,
    threads: null,
    'client-threads': null,
    'brick-threads': null,
    'volume-id': null,
  }),
});
