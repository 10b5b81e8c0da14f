/** Whether stacks are fit to be compared: they ought to differ in one volume. Pure. */
import type { PlainVolume } from '../../../runtime/volfile/description.ts';

/** Options that name a place and not what is done there: each stack has folders of its own. */
const PLACES: Readonly<Record<string, readonly string[]>> = { 'storage/posix': ['directory'] };

const shownOptions = ({ type, options }: PlainVolume): string =>
  options
    .filter(([key]) => !PLACES[type]?.includes(key))
    .map(([key, value]) => `${key}=${value}`)
    .toSorted()
    .join('\n');

const ownOf = (volume: PlainVolume): string => `${volume.type}\n${shownOptions(volume)}`;

/**
 * In what two stacks differ, a text for each volume. A volume that one of them has under another name
 * at the same place counts once; where a volume stands above another, only that is a difference which
 * does not come from a volume that is added or missing.
 */
export function differences(
  first: readonly PlainVolume[],
  other: readonly PlainVolume[],
): string[] {
  const [mine, theirs] = [byName(first), byName(other)];
  const missing = first.filter(({ name }) => !theirs.has(name));
  const added = other.filter(({ name }) => !mine.has(name));
  const changed = other.filter(({ name }) => {
    const was = mine.get(name);
    return was !== undefined && ownOf(was) !== ownOf(theirs.get(name)!);
  });
  const found = changed.map(({ name, type }) => {
    const was = mine.get(name)!;
    return was.type === type ? `options of ${name}` : `type of ${name} (${was.type}, ${type})`;
  });
  for (let i = 0; i < Math.max(missing.length, added.length); i++) {
    const [gone, come] = [missing[i], added[i]];
    if (gone === undefined) found.push(`${come!.name} (${come!.type}) is added`);
    else if (come === undefined) found.push(`${gone.name} (${gone.type}) is missing`);
    else if (ownOf(gone) !== ownOf(come)) found.push(`${come.name} in place of ${gone.name}`);
  }
  if (missing.length > 0 || added.length > 0) return found;
  const moved = other.filter(
    ({ name, subvolumes }) => mine.get(name)!.subvolumes.join(' ') !== subvolumes.join(' '),
  );
  return [...found, ...moved.map(({ name }) => `subvolumes of ${name}`)];
}

const byName = (volumes: readonly PlainVolume[]): Map<string, PlainVolume> =>
  new Map(volumes.map((volume) => [volume.name, volume]));

/** What to say about stacks that differ in more than one volume; null when there is nothing. */
export function differenceWarning(
  first: string,
  other: string,
  found: readonly string[],
): string | null {
  if (found.length <= 1) return null;
  return (
    `${other} differs from ${first} in ${found.length} volumes, so that no one of them explains a ` +
    `difference: ${found.join('; ')}`
  );
}

/** Volumes that count what reaches the storage: of debug/io-stats, right above it. */
export function countingVolumes(volumes: readonly PlainVolume[]): string[] {
  const types = new Map(volumes.map(({ name, type }) => [name, type]));
  return volumes
    .filter(({ type, subvolumes, options }) => {
      const counts = options.some(([key, value]) => key === 'count-fop-hits' && value !== 'off');
      const above = subvolumes.every((name) => types.get(name)?.startsWith('storage/'));
      return type === 'debug/io-stats' && counts && above;
    })
    .map(({ name }) => name);
}

/** Volumes that keep files in a folder of the machine. */
export const folderVolumes = (volumes: readonly PlainVolume[]): string[] =>
  volumes.filter(({ type }) => type === 'storage/posix').map(({ name }) => name);

/** Each with a name of its own: `negative`, `negative-2`. One that is given once is kept. */
export function distinct(names: readonly string[]): string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    let own = name;
    for (let n = 2; taken.has(own) || (own !== name && names.includes(own)); n++) {
      own = `${name}-${n}`;
    }
    taken.add(own);
    return own;
  });
}

/** One volume, with nothing below it yet. */
export const volume = (
  name: string,
  type: string,
  options: Readonly<Record<string, string>> = {},
): PlainVolume => ({ name, type, options: Object.entries(options), subvolumes: [] });

/** Each of `above` on the one before it, the first on the last of `below`. */
export function stacked(
  below: readonly PlainVolume[],
  above: readonly PlainVolume[],
): PlainVolume[] {
  const all = [...below];
  for (const one of above) all.push({ ...one, subvolumes: [all.at(-1)!.name] });
  return all;
}
