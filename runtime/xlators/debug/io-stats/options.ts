/**
 * Options of io-stats: GlusterFS 10's names, types, bounds and defaults, so that its volfiles load.
 * Those that steer its logging, its files and its threads are accepted and do nothing here.
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
  },
  'count-fop-hits': {
    type: 'bool',
    default: false,
    description: 'Count every fop, without its time.',
  },
  'ios-dump-interval': {
    type: 'int',
    default: 0,
    min: 0,
    max: 3600,
    description: 'Seconds from one writing of the statistics to the log to the next; 0 for never.',
  },
  'ios-dump-format': {
    type: 'str',
    default: 'json',
    values: ['text', 'json', 'dict', 'samples'],
    description: `${NO_EFFECT} What is written is text.`,
  },
  'dump-fd-stats': bool,
  'ios-sample-interval': int(0, 0, 65_535),
  'ios-sample-buf-size': int(65_535, 1024, 1_048_576),
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
  'unique-id': { ...text, default: '/no/such/path' },
  'global-threading': bool,
  threads: { type: 'int', description: NO_EFFECT },
  'client-threads': int(16, 1, 128),
  'brick-threads': int(16, 1, 128),
  'volume-id': text,
});
