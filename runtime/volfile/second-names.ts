/**
 * Lists second names of types: GlusterFS finds the same translator under each, by symbolic links between its files.
 *
 * Source: the links in GlusterFS 10's folder of xlators.
 */
const mainTypes: Readonly<Record<string, string>> = {
  'cluster/afr': 'cluster/replicate',
  'cluster/dht': 'cluster/distribute',
  'cluster/ec': 'cluster/disperse',
  'features/posix-locks': 'features/locks',
  'performance/stat-prefetch': 'performance/md-cache',
};

/** Returns the main name of a type, by which its translator is registered. */
export const findMainType = (type: string): string =>
  Object.hasOwn(mainTypes, type) ? mainTypes[type]! : type;

/** Lists the second names of a type. */
export const listSecondNames = (type: string): readonly string[] =>
  Object.keys(mainTypes).filter((name) => mainTypes[name] === type);
