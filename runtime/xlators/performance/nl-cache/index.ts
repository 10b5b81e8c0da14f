/**
 * performance/nl-cache: GlusterFS's cache of absent names, by GlusterFS's names of options. What it does
 * is what features/negative does, by the same code; README.md says what differs from GlusterFS.
 *
 * Source: GlusterFS 10 `xlators/performance/nl-cache/src/`.
 */
import { reconfigurableOptions, type Values } from '../../../core/options.ts';
import { defaultNotify, defineTranslator, type Fops, type Xlator } from '../../../core/xlator.ts';
import { Absent, type Bounds } from '../../features/negative/absent.ts';
import { heard, fops as negativeFops } from '../../features/negative/fops.ts';
import { commonOptions, switchOption } from '../shared/options.ts';
import { askBricks, checkOrder, type Reliance } from '../shared/order.ts';

const TIMEOUT = 60;
/** What a name takes in memory besides its letters, roughly. */
const OVERHEAD = 128;

const options = reconfigurableOptions({
  ...commonOptions,
  'nl-cache': switchOption(false),
  'nl-cache-limit': {
    type: 'sizet',
    default: 131_072,
    min: 0,
    max: 99 * 1024 * 1024,
    description: 'What the names of all directories may take; the oldest make room.',
  },
  'nl-cache-timeout': {
    type: 'time',
    default: TIMEOUT,
    min: 0,
    description: 'How long a name is remembered: the longest that a new file may stay hidden.',
  },
  'kernel-timeout': {
    type: 'time',
    default: 0,
    description:
      'How long the kernel caches that a name is absent, without asking here: never longer than it ' +
      'is remembered here. 0: as the mount has it (negative-timeout).',
  },
  'nl-cache-positive-entry': {
    type: 'bool',
    default: false,
    description: 'Accepted, without effect: names that are there are what md-cache remembers.',
  },
});

type Given = Values<typeof options>;

const bounds = (given: Given): Bounds => ({
  timeoutMs: given['pass-through'] ? 0 : given['nl-cache-timeout'] * 1000,
  kernelTimeouts: given['kernel-timeout'] > 0 ? { negative: given['kernel-timeout'] } : null,
  kernelFollows: given['kernel-timeout'] > 0,
  limit: given['nl-cache-limit'],
  weigh: (name) => OVERHEAD + 2 * name.length,
});

/** Who remembers names for longer than usual relies on bricks that tell when they are made. */
const relianceOf = (given: Given): Reliance | null =>
  given['nl-cache-timeout'] > TIMEOUT && !given['pass-through']
    ? { option: 'nl-cache-timeout', seconds: given['nl-cache-timeout'] }
    : null;

const fopsFor = (given: Given): Fops<Absent> => (given['pass-through'] ? {} : negativeFops);

class NlCache extends Absent {
  given: Given;

  constructor(xl: Xlator<Absent>, given: Given) {
    super(xl, bounds(given));
    this.given = given;
  }
}

export default defineTranslator<NlCache, typeof options>({
  type: 'performance/nl-cache',
  description: 'Remembers names that are absent, and answers ENOENT without asking the bricks.',
  children: [1, 1],
  options,
  dataPath: { keepsPages: () => true },
  fops: ({ priv }) => fopsFor(priv.given),
  check: async (xl) => checkOrder(xl),
  init(xl, given) {
    checkOrder(xl);
    return new NlCache(xl, given);
  },
  reconfigure(xl, given) {
    xl.priv.given = given;
    // What was made meanwhile was not seen, where it let everything through.
    if (given['pass-through']) xl.priv.clearAll();
    xl.priv.configure(bounds(given));
    xl.exchangeFops(fopsFor(given));
    askBricks(xl as Xlator<unknown>, 'CHILD_UP', relianceOf(given));
  },
  notify(xl, event, data) {
    heard(xl.priv, event, data);
    askBricks(xl as Xlator<unknown>, event, relianceOf(xl.priv.given));
    defaultNotify(xl, event, data);
  },
  forget: (xl, _inode, dir) => xl.priv.clear(dir),
  fini: (xl) => xl.priv.clearAll(),
  dump: (xl) => xl.priv.dump(),
  reset: ({ priv }) => priv.reset(),
});
