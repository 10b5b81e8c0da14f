/** Finds and makes volumes of the stacks that the bench measures. */
import type { PlainVolume } from '../../../runtime/volfile/description.ts';

/** Finds the debug/io-stats volumes directly above the storage, which count its lookups. */
export function findCountingVolumes(volumes: readonly PlainVolume[]): string[] {
  const types = new Map(volumes.map(({ name, type }) => [name, type]));
  return volumes
    .filter(({ type, subvolumes, options }) => {
      const isCounting = options.some(
        ([key, value]) => key === 'count-fop-hits' && value !== 'off',
      );
      const isAboveStorage = subvolumes.every((name) => types.get(name)?.startsWith('storage/'));
      return type === 'debug/io-stats' && isCounting && isAboveStorage;
    })
    .map(({ name }) => name);
}

/** Finds the volumes that store files in a folder of the machine. */
export const findFolderVolumes = (volumes: readonly PlainVolume[]): string[] =>
  volumes.filter(({ type }) => type === 'storage/posix').map(({ name }) => name);

/** Makes names unique by numbers after repeated ones: `negative`, `negative-2`. */
export function numberRepeats(names: readonly string[]): string[] {
  const usedNames = new Set<string>();
  return names.map((name) => {
    let uniqueName = name;
    for (
      let n = 2;
      usedNames.has(uniqueName) || (uniqueName !== name && names.includes(uniqueName));
      n++
    ) {
      uniqueName = `${name}-${n}`;
    }
    usedNames.add(uniqueName);
    return uniqueName;
  });
}

/** Makes a volume without subvolumes. */
export const makeVolume = (
  name: string,
  type: string,
  options: Readonly<Record<string, string>> = {},
): PlainVolume => ({ name, type, options: Object.entries(options), subvolumes: [] });

/** Stacks each volume of `above` on the one before it, the first on the last of `below`. */
export function stackVolumes(
  below: readonly PlainVolume[],
  above: readonly PlainVolume[],
): PlainVolume[] {
  const volumes = [...below];
  for (const volume of above) volumes.push({ ...volume, subvolumes: [volumes.at(-1)!.name] });
  return volumes;
}
