/** A registry for the tests of this folder: a few types that resemble real ones. */
import { defineOptions } from '../../core/options.ts';
import type { KnownType, TypeRegistry } from '../check-types.ts';

const types = new Map<string, KnownType>([
  [
    'storage/posix',
    {
      children: [0, 0],
      options: defineOptions({ directory: { type: 'path', description: 'The directory.' } }),
    },
  ],
  ['protocol/client', { children: [0, 0], options: {}, openOptions: true }],
  ['cluster/distribute', { children: [1, Number.POSITIVE_INFINITY], options: {} }],
  ['cluster/replicate', { children: [2, Number.POSITIVE_INFINITY], options: {} }],
  ['features/pair', { children: [2, 3], options: {} }],
  ['features/maybe', { children: [0, 1], options: {} }],
  ['features/negative', { children: [1, 1], options: {} }],
  ['features/glupy', { children: [1, 1], options: {}, openOptions: true }],
  [
    'performance/io-cache',
    {
      children: [1, 1],
      options: defineOptions({
        'page-count': { type: 'int', min: 1, max: 16, default: 4, description: 'Pages.' },
        'cache-of': { type: 'xlator', description: 'A volume.' },
        'old-count': { type: 'int', aliases: ['count'], description: 'Has two names.' },
      }),
    },
  ],
]);

for (const name of ['write-behind', 'read-ahead', 'quick-read', 'md-cache']) {
  types.set(`performance/${name}`, { children: [1, 1], options: {} });
}
types.set('debug/io-stats', {
  children: [1, 1],
  options: defineOptions({
    'latency-measurement': { type: 'bool', default: false, description: 'Measure.' },
    'count-fop-hits': { type: 'bool', default: false, description: 'Count.' },
  }),
});

export const registry: TypeRegistry = {
  lookup: (type) => types.get(type),
  listTypeNames: () => types.keys(),
};
