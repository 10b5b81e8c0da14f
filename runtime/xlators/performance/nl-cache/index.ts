/**
 * performance/nl-cache: caches absent names, with GlusterFS's options. The cache and the fops come from
 * features/negative; README.md lists the differences from GlusterFS.
 *
 * Source: GlusterFS 10 `xlators/performance/nl-cache/src/`.
 */
import { defineReconfigurableOptions, type Values } from '../../../core/options.ts';
import { defaultNotify, defineTranslator, type Fops, type Xlator } from '../../../core/xlator.ts';
import { handleEvent, fops as negativeFops } from '../../features/negative/absent-name-fops.ts';
import { AbsentNames, type CacheBounds } from '../../features/negative/absent-names.ts';
import { selectChangingFops } from '../shared/change-taps.ts';
import { commonOptions, makeSwitchOption } from '../shared/inode-cache.ts';
import { checkOrder, checkUpcalls, type UpcallReliance } from '../shared/stack-checks.ts';
import { listNames } from './listing.ts';

/** Default of nl-cache-timeout: a longer timeout relies on upcalls. */
const DEFAULT_TIMEOUT_S = 60;
/** Approximate bytes of a name in memory besides its characters. */
const NAME_OVERHEAD_BYTES = 128;

const options = defineReconfigurableOptions({
  ...commonOptions,
  'nl-cache': makeSwitchOption(false),
  'nl-cache-limit': {
    type: 'sizet',
    default: 131_072,
    min: 0,
    max: 99 * 1024 * 1024,
    description: 'Memory limit of the names of all directories; the oldest make room.',
  },
  'nl-cache-timeout': {
    type: 'time',
    default: DEFAULT_TIMEOUT_S,
    min: 0,
    description:
      'Time for which a name is remembered: the longest that a new file may stay hidden.',
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
    description:
      'Whether a name needs no request in a directory that was made here, where it has not appeared since. Relies on ' +
      'bricks that tell of changes.',
  },
});

type OptionValues = Values<typeof options>;

const makeBounds = (xl: Xlator<unknown>, values: OptionValues): CacheBounds => ({
  timeoutMs: values['pass-through'] ? 0 : values['nl-cache-timeout'] * 1000,
  kernelTimeouts: values['kernel-timeout'] > 0 ? { negative: values['kernel-timeout'] } : null,
  // The kernel's entries are invalidated when the cache evicts its own.
  invalidatesKernel: values['kernel-timeout'] > 0,
  limit: values['nl-cache-limit'],
  // A character of a string takes up to 2 bytes.
  weigh: (name) => NAME_OVERHEAD_BYTES + 2 * name.length,
  ...(values['nl-cache-positive-entry'] && !values['pass-through']
    ? { listMade: (inode, end) => listNames(xl, inode, end) }
    : {}),
});

/** Returns the option that relies on upcalls, as other clients may create names; null for none. */
function findUpcallReliance(values: OptionValues): UpcallReliance | null {
  const seconds = values['nl-cache-timeout'];
  if (values['pass-through'] || seconds === 0) return null;
  if (values['nl-cache-positive-entry']) return { option: 'nl-cache-positive-entry', seconds };
  return seconds > DEFAULT_TIMEOUT_S ? { option: 'nl-cache-timeout', seconds } : null;
}

const passThroughFops = selectChangingFops(negativeFops);

const selectFops = (values: OptionValues): Fops<AbsentNames> =>
  values['pass-through'] ? passThroughFops : negativeFops;

/** The absent names of one volume of performance/nl-cache, with its options. */
class NlCache extends AbsentNames {
  values: OptionValues;

  constructor(xl: Xlator<AbsentNames>, values: OptionValues) {
    super(xl, makeBounds(xl as Xlator<unknown>, values));
    this.values = values;
  }
}

export default defineTranslator<NlCache, typeof options>({
  type: 'performance/nl-cache',
  description: 'Remembers names that are absent, and answers ENOENT without asking the bricks.',
  children: [1, 1],
  options,
  dataPath: { keepsPages: () => true },
  fops: ({ priv }) => selectFops(priv.values),
  check: async (xl) => checkOrder(xl),
  init(xl, values) {
    checkOrder(xl);
    return new NlCache(xl, values);
  },
  reconfigure(xl, values) {
    xl.priv.values = values;
    if (values['pass-through']) xl.priv.dropAll();
    xl.priv.applyBounds(makeBounds(xl as Xlator<unknown>, values));
    xl.exchangeFops(selectFops(values));
    checkUpcalls(xl as Xlator<unknown>, 'CHILD_UP', findUpcallReliance(values));
  },
  notify(xl, event, data) {
    handleEvent(xl.priv, event, data);
    checkUpcalls(xl as Xlator<unknown>, event, findUpcallReliance(xl.priv.values));
    defaultNotify(xl, event, data);
  },
  forget: (xl, _inode, dir) => xl.priv.dropDirectory(dir),
  fini: (xl) => xl.priv.dropAll(),
  dump: (xl) => xl.priv.dump(),
  reset: ({ priv }) => priv.reset(),
});
