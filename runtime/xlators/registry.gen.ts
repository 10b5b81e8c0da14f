/**
 * Generated from the folders of runtime/xlators by tools/gen/registry.ts (npm run gen). Do not edit.
 */

/** Every translator of this folder, by its type, which is also its path. */
export const translators = {
  'debug/delay-gen': () => import('./debug/delay-gen/index.ts'),
  'debug/error-gen': () => import('./debug/error-gen/index.ts'),
  'debug/io-stats': () => import('./debug/io-stats/index.ts'),
  'debug/sink': () => import('./debug/sink/index.ts'),
  'debug/trace': () => import('./debug/trace/index.ts'),
  'features/access-control': () => import('./features/access-control/index.ts'),
  'features/locks': () => import('./features/locks/index.ts'),
  'features/negative': () => import('./features/negative/index.ts'),
  'features/read-only': () => import('./features/read-only/index.ts'),
  'features/upcall': () => import('./features/upcall/index.ts'),
  'features/utime': () => import('./features/utime/index.ts'),
  'features/watch': () => import('./features/watch/index.ts'),
  'features/worm': () => import('./features/worm/index.ts'),
  meta: () => import('./meta/index.ts'),
  'performance/io-cache': () => import('./performance/io-cache/index.ts'),
  'performance/io-threads': () => import('./performance/io-threads/index.ts'),
  'performance/md-cache': () => import('./performance/md-cache/index.ts'),
  'performance/nl-cache': () => import('./performance/nl-cache/index.ts'),
  'performance/open-behind': () => import('./performance/open-behind/index.ts'),
  'performance/quick-read': () => import('./performance/quick-read/index.ts'),
  'performance/read-ahead': () => import('./performance/read-ahead/index.ts'),
  'performance/readdir-ahead': () => import('./performance/readdir-ahead/index.ts'),
  'performance/write-behind': () => import('./performance/write-behind/index.ts'),
  'storage/memory': () => import('./storage/memory/index.ts'),
  'storage/posix': () => import('./storage/posix/index.ts'),
  'system/posix-acl': () => import('./system/posix-acl/index.ts'),
};
