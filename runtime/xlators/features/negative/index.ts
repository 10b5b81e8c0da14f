/**
 * features/negative: caches absent names, and replies ENOENT to lookups of them without asking the storage.
 * `absent-name-fops.ts` has the fops, `absent-names.ts` the cache.
 *
 * Source: Jeff Darcy's negative-lookup translator; GlusterFS performance/nl-cache for invalidation.
 */
import { defineReconfigurableOptions, type Values } from '../../../core/options.ts';
import { defaultNotify, defineTranslator } from '../../../core/xlator.ts';
import { fops, handleEvent } from './absent-name-fops.ts';
import { AbsentNames, type CacheBounds } from './absent-names.ts';

const options = defineReconfigurableOptions({
  timeout: {
    type: 'time',
    default: 60,
    description:
      'How long a name is remembered: the longest that a file made by another client stays ' +
      'hidden. With 0 nothing is remembered.',
  },
  'kernel-timeout': {
    type: 'time',
    default: 0,
    description:
      'How long the kernel caches that a name is absent, without asking here: a name that was ' +
      'just looked up costs no request then. 0: as the mount has it (negative-timeout).',
  },
  limit: {
    type: 'int',
    default: 65_536,
    min: 1,
    max: 16_777_216,
    description: 'Names remembered in all directories together; the oldest make room.',
  },
});

const makeBounds = (values: Values<typeof options>): CacheBounds => ({
  timeoutMs: values.timeout * 1000,
  kernelTimeouts: values['kernel-timeout'] > 0 ? { negative: values['kernel-timeout'] } : null,
  limit: values.limit,
});

export default defineTranslator<AbsentNames, typeof options>({
  type: 'features/negative',
  description: 'Remembers failed lookups, and answers them without asking the storage again.',
  children: [1, 1],
  options,
  fops,
  init: (xl, values) => new AbsentNames(xl, makeBounds(values)),
  reconfigure: (xl, values) => xl.priv.applyBounds(makeBounds(values)),
  notify(xl, event, data) {
    handleEvent(xl.priv, event, data);
    defaultNotify(xl, event, data);
  },
  forget: (xl, _inode, dir) => xl.priv.dropDirectory(dir),
  fini: (xl) => xl.priv.dropAll(),
  dump: (xl) => xl.priv.dump(),
  reset: ({ priv }) => priv.reset(),
});
