/**
 * Generated from the folders of gluster by tools/gen/registry.ts (npm run gen). Do not edit.
 */

/** Every translator of this folder, by its type, which is also its path. */
export const translators = {
  'cluster/distribute': () => import('./cluster/distribute/index.ts'),
  'protocol/client': () => import('./protocol/client/index.ts'),
  'protocol/server': () => import('./protocol/server/index.ts'),
};
