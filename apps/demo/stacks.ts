/** A stack that the demo mounts and measures. */
import { join } from 'node:path';
import { packageRoot } from '../../runtime/sys/paths.ts';
import type { Busyness } from '../bench/engine/schema.ts';
import { SEARCHES_MAX } from '../bench/engine/searches.ts';
import type { Searched } from './experiment.ts';

export interface DemoStack {
  readonly name: 'baseline' | 'typescript' | 'python';
  /** As the table calls it. */
  readonly title: string;
  /** What it is, for people. */
  readonly what: string;
  readonly volfile: string;
}

const volfile = (name: string): string => join(packageRoot, 'volfiles', name);

/** In the order in which they run. */
export const stacks: readonly DemoStack[] = [
  {
    name: 'baseline',
    title: 'no cache',
    what: 'the storage alone',
    volfile: volfile('posix.vol'),
  },
  {
    name: 'typescript',
    title: 'TypeScript',
    what: 'with a cache of absent names',
    volfile: volfile('negative.vol'),
  },
  {
    name: 'python',
    title: 'Python',
    what: 'with the same cache in Python',
    volfile: volfile('python-negative.vol'),
  },
];

/** Whether a stack is searched over the folder as well: one without a cache and one with are enough. */
export const isNear = ({ name }: Pick<DemoStack, 'name'>): boolean =>
  name === 'baseline' || name === 'python';

/** A search over the folder is short, so the first pass makes this many times as many. */
export const NEAR_TIMES = 10;

/** The number of searches over the folder, for a number over the bricks. */
export const nearSearches = (away: number): number => Math.min(NEAR_TIMES * away, SEARCHES_MAX);

/** The volumes of these volfiles at which the lookups that reach the storage are counted. */
export const counted = ['test-brick'];
/** The one that needs a folder. */
export const STORAGE = 'test-posix';

/** The results of a stack for the workload. */
export interface StackResult extends Searched {
  readonly name: DemoStack['name'];
}

/** The results of all stacks over one storage. */
export interface Pass {
  /** On how many bricks it is; 0: it is a folder. */
  readonly bricks: number;
  /** How much farther away it is than it is, for each request. */
  readonly delayMs: number;
  /** The machine's other load meanwhile; null where it took too little time to tell. */
  readonly busy: Busyness | null;
  readonly stacks: readonly StackResult[];
}

/** All that was measured, over a folder and over bricks. */
export type Passes = readonly [near: Pass, away: Pass];
