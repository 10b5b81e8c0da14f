/**
 * Lists the stacks of `glossa tutorial` (the one printed in the talk, and those with a cache), and
 * writes their volfiles with delays and lookup counters.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../../runtime/sys/paths.ts';
import { type PlainVolume, printVolumes } from '../../../runtime/volfile/description.ts';
import { makeDelayVolume, makeLookupCounterVolume } from '../../bench/run/bricks.ts';

/** A stack of the tutorial, and its texts. */
export interface TutorialStack {
  readonly name: 'baseline' | 'native' | 'python' | 'python-kernel';
  /** Name in the table. */
  readonly title: string;
  /** Description in the introduction. */
  readonly description: string;
  /** Name of its volfile in examples/tutorial. */
  readonly volfile: string;
  /** Options that differ from the volfile, in the form of --xlator-option. */
  readonly options: readonly string[];
  /** Time of a search in the talk; null: not in the talk. */
  readonly talkMs: number | null;
}

/** The folder of the volfiles within the package. */
export const VOLFILE_FOLDER = 'examples/tutorial';

/**
 * The stacks in running order. Source of the times: Jeff Darcy, GlusterFS Translators Almost Live
 * Tutorial (2012).
 */
export const stacks: readonly TutorialStack[] = [
  {
    name: 'baseline',
    title: 'no cache',
    description: 'the printed stack',
    volfile: 'original.vol',
    options: [],
    talkMs: 7.357,
  },
  {
    name: 'native',
    title: 'native',
    description: 'with the cache of absent names, here in TypeScript, there in C',
    volfile: 'negative.vol',
    options: [],
    talkMs: 1.095,
  },
  {
    name: 'python',
    title: 'Python',
    description: 'with the cache in Python',
    volfile: 'python.vol',
    options: [],
    talkMs: 1.286,
  },
  {
    name: 'python-kernel',
    title: 'Python + kernel',
    description: 'the same, and Python tells the kernel how long a name stays absent',
    volfile: 'python.vol',
    options: ['test-negative.kernel-timeout=1h'],
    talkMs: null,
  },
];

/** Makes the path of a stack's volfile as a reader of the tutorial mounts it: without delays. */
export const makeVolfilePath = ({ volfile }: Pick<TutorialStack, 'volfile'>): string =>
  join(packageRoot, VOLFILE_FOLDER, volfile);

/** The volumes of the volfiles that connect to the bricks. */
const clients = [0, 1].map((index) => ({ client: `test-client-${index}`, index }));
const makeCounterName = (index: number): string => `test-counter-${index}`;

/** Names of the volumes that count the lookups sent to bricks. */
export const countingVolumes = clients.map(({ index }) => makeCounterName(index));

/**
 * Inserts volumes into a volfile's text, one above the other, above the volume `name`. Volumes that
 * had `name` as a subvolume get the last inserted volume instead.
 */
function insertAbove(text: string, name: string, insertedVolumes: readonly PlainVolume[]): string {
  const inserted = insertedVolumes.map((volume, index) => ({
    ...volume,
    subvolumes: [index === 0 ? name : insertedVolumes[index - 1]!.name],
  }));
  return text
    .replace(/^( *subvolumes )(.*)$/gm, (_, key: string, names: string) => {
      const subvolumes = names
        .split(' ')
        .map((subvolume) => (subvolume === name ? insertedVolumes.at(-1)!.name : subvolume));
      return key + subvolumes.join(' ');
    })
    .replace(
      new RegExp(`^volume ${name}\n[^]*?^end-volume\n`, 'm'),
      (block) => `${block}\n${printVolumes(inserted)}`,
    );
}

/**
 * Adds two volumes above each client in a volfile's text: a delay (0: none), and above it a counter
 * of lookups.
 */
export function addDelaysAndCounters(text: string, delayMs: number): string {
  return clients.reduce((result, { client, index }) => {
    const delay = delayMs === 0 ? [] : [makeDelayVolume(`test-delay-${index}`, delayMs)];
    return insertAbove(result, client, [...delay, makeLookupCounterVolume(makeCounterName(index))]);
  }, text);
}

/** Writes a stack's volfile, with delays and counters, to `path`. @returns the path */
export function writeMeasurableVolfile(
  stack: TutorialStack,
  path: string,
  delayMs: number,
): string {
  writeFileSync(path, addDelaysAndCounters(readFileSync(makeVolfilePath(stack), 'utf8'), delayMs));
  return path;
}
