/**
 * Options of io-stats: GlusterFS 10's names, types, bounds and defaults, so that its volfiles load.
 * Those that steer its logging and its threads are accepted and do nothing here.
 */
import { defineOptions, type OptionSpec } from '../../../core/options.ts';

const NO_EFFECT = 'Accepted for the volfiles of GlusterFS; has no effect here.';

const bool = { type: 'bool', default: false, description: NO_EFFECT } as const satisfies OptionSpec;
const text = { type: 'str', description: NO_EFFECT } as const satisfies OptionSpec;
const int = (value: number, min: number, max: number) =>
  ({ type: 'int', default: value, min, max, description: NO_EFFECT }) as const satisfies OptionSpec;
const flush = {
  type: 'time',
  default: 120,
  min: 30,
  max: 300,
  description: NO_EFFECT,
} as const satisfies OptionSpec;
const level = {
  ...text,
  values: ['DEBUG', 'WARNING', 'ERROR', 'INFO', 'CRITICAL', 'NONE', 'TRACE'],
} as const satisfies OptionSpec;
const logger = { ...text, values: ['gluster-log', 'syslog'] } as const satisfies OptionSpec;
const format = { ...text, values: ['no-msg-id', 'with-msg-id'] } as const satisfies OptionSpec;

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
  'dump-fd-stats': {
    type: 'bool',
    default: false,
    description: 'Write into the log what was read and written of a file when it is closed.',
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
  'ios-dump-format': {
    type: 'str',
    default: 'json',
    values: ['text', 'json', 'dict', 'samples'],
    description:
      "What is written then: GlusterFS's text, json or dict, or the samples alone, which are " +
      'written with each of the others as well.',
    reconfigurable: true,
  },
  'ios-sample-interval': {
    type: 'int',
    default: 0,
    min: 0,
    max: 65_535,
    description: 'Of so many requests that are measured one is kept as a sample; 0 for none.',
    reconfigurable: true,
  },
  'ios-sample-buf-size': {
    type: 'int',
    default: 65_535,
    min: 1024,
    max: 1_048_576,
    description: 'How many samples are kept from one writing to the next.',
    reconfigurable: true,
  },
  'ios-dnscache-ttl-sec': int(86_400, 1, 259_200),
  'client-log-level': { ...level, default: 'INFO' },
  'brick-log-level': { ...level, default: 'INFO' },
  'sys-log-level': {
    ...text,
    values: ['WARNING', 'ERROR', 'INFO', 'CRITICAL'],
    default: 'CRITICAL',
  },
  logger,
  'client-logger': { ...logger, default: 'gluster-log' },
  'brick-logger': { ...logger, default: 'gluster-log' },
  'log-format': format,
  'client-log-format': { ...format, default: 'with-msg-id' },
  'brick-log-format': { ...format, default: 'with-msg-id' },
  'log-buf-size': int(5, 0, 20),
  'client-log-buf-size': int(5, 0, 20),
  'brick-log-buf-size': int(5, 0, 20),
  'log-flush-timeout': flush,
  'client-log-flush-timeout': flush,
  'brick-log-flush-timeout': flush,
  'unique-id': {
    type: 'str',
    default: '/no/such/path',
    description: "What the files with statistics are called by, in place of the volume's name.",
    reconfigurable: true,
  },
  'global-threading': bool,
  threads: { type: 'int', description: NO_EFFECT },
  'client-threads': int(16, 1, 128),
  'brick-threads': int(16, 1, 128),
  'volume-id': text,
});
