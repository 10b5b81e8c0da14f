/** Lists the stacks that the demo measures; defines the types of their results. */
import { join } from 'node:path';
import { packageRoot } from '../../runtime/sys/paths.ts';
import type { Busyness } from '../bench/engine/schema.ts';
import { SEARCHES_MAX } from '../bench/engine/searches.ts';
import type { SearchTimes } from './experiment.ts';

/** A stack of the demo, and its texts. */
export interface DemoStack {
  readonly name: 'baseline' | 'typescript' | 'python';
  /** Name in the table. */
  readonly title: string;
  /** Description in the introduction. */
  readonly description: string;
  /** Path of its volfile. */
  readonly volfile: string;
}

const makeVolfilePath = (name: string): string => join(packageRoot, 'volfiles', name);

/** The stacks in running order. */
export const stacks: readonly DemoStack[] = [
  {
    name: 'baseline',
    title: 'no cache',
    description: 'the storage alone',
    volfile: makeVolfilePath('posix.vol'),
  },
  {
    name: 'typescript',
    title: 'TypeScript',
    description: 'with a cache of absent names',
    volfile: makeVolfilePath('negative.vol'),
  },
  {
    name: 'python',
    title: 'Python',
    description: 'with the same cache in Python',
    volfile: makeVolfilePath('python-negative.vol'),
  },
];

/** Whether a stack also runs in the first pass: one without and one with a cache suffice there. */
export const runsNear = ({ name }: Pick<DemoStack, 'name'>): boolean =>
  name === 'baseline' || name === 'python';

/** The first pass makes this many times as many searches, because each is short. */
export const NEAR_SEARCH_FACTOR = 10;

/** Computes the number of searches of the first pass from the number of the second. */
export const computeNearSearchCount = (awaySearchCount: number): number =>
  Math.min(NEAR_SEARCH_FACTOR * awaySearchCount, SEARCHES_MAX);

/** Names of the volumes in the stacks' volfiles that count the lookups which reach the storage. */
export const countingVolumes = ['test-brick'];
/** The volume that stores files in a folder; the top of any other storage takes its name. */
export const STORAGE_VOLUME = 'test-posix';

/** The results of a stack for the workload. */
export interface StackResult extends SearchTimes {
  readonly name: DemoStack['name'];
}

/** The results of all stacks over one storage. */
export interface Pass {
  /** The storage: a folder, bricks, or the memory of each stack's process. */
  readonly storage: 'folder' | 'bricks' | 'memory';
  /** Added distance to the storage: milliseconds per request. */
  readonly delayMs: number;
  /** Load of other processes; null for runs too short to sample. */
  readonly busy: Busyness | null;
  readonly stacks: readonly StackResult[];
}

/** The results over a near storage and over one that is farther away. */
export type Passes = readonly [near: Pass, away: Pass];
