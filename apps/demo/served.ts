/** What the demo serves and measures, however it is served. */
import { join } from 'node:path';
import { packageRoot } from '../../runtime/sys/paths.ts';
import type { PlainVolume } from '../../runtime/volfile/description.ts';
import { printVolumes } from '../../runtime/volfile/print.ts';
import type { Loop } from '../bench/engine/load/loop.ts';
import type { Busyness } from '../bench/engine/schema.ts';
import { SEARCHES_MAX, type Workload } from '../bench/engine/searches.ts';

export interface DemoStack {
  readonly name: 'baseline' | 'typescript' | 'python';
  /** As the table calls it. */
  readonly title: string;
  /** What it is, for people. */
  readonly what: string;
  readonly volfile: string;
  /** Options of the volfile's volumes that differ, as --xlator-option takes them. */
  readonly options: readonly string[];
}

const volfile = (name: string): string => join(packageRoot, 'volfiles', name);

/** In the order in which they run. */
export const stacks: readonly DemoStack[] = [
  {
    name: 'baseline',
    title: 'no cache',
    what: 'the storage alone',
    volfile: volfile('posix.vol'),
    options: [],
  },
  {
    name: 'typescript',
    title: 'TypeScript',
    what: 'with a cache of absent names',
    volfile: volfile('negative.vol'),
    options: [],
  },
  {
    name: 'python',
    title: 'Python',
    what: 'with the same cache in Python',
    volfile: volfile('python-negative.vol'),
    options: [],
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

/**
 * The text of a volfile, with volumes above one of its own: what was above that is above the last of
 * them.
 */
export function withAbove(text: string, name: string, above: readonly PlainVolume[]): string {
  const places = above.map((volume, at) => ({
    ...volume,
    subvolumes: [at === 0 ? name : above[at - 1]!.name],
  }));
  return text
    .replace(/^( *subvolumes )(.*)$/gm, (_, key: string, names: string) => {
      const known = names.split(' ').map((it) => (it === name ? above.at(-1)!.name : it));
      return key + known.join(' ');
    })
    .replace(
      new RegExp(`^volume ${name}\n[^]*?^end-volume\n`, 'm'),
      (own) => `${own}\n${printVolumes(places)}`,
    );
}

/** What is needed to serve a stack. */
export interface ServeSettings {
  readonly stack: Pick<DemoStack, 'volfile' | 'options'>;
  /** Of all that are served, this one's, for the names of what it needs. */
  readonly id: string;
  /** Volumes at which lookups are counted. */
  readonly counted: readonly string[];
  /** A folder for what serving needs besides. */
  readonly scratch: string;
  readonly workload: Workload;
  readonly signal: AbortSignal;
}

/** A stack that runs. */
export interface Served {
  /** Looks up names that are absent, for a moment, until the code on their way is compiled. */
  warmUp(): Promise<void>;
  /** Runs the workload's searches of a round. */
  search(round: number): Promise<Loop>;
  /** Of all processes that answer, this one included. */
  readonly pids: readonly number[];
  /** Lookups that have come to the counted volumes. */
  lookups(): Promise<number>;
  /** Takes away what serving has made: mount, process, open directories. */
  stop(): Promise<void>;
}

/** What searching through a stack took. */
export interface Searched {
  /** That the searches made: the same through every stack. */
  readonly lookups: number;
  /** That reached the storage. */
  readonly forwarded: number;
  /** The mean time of a search in each round; equal rounds of two stacks ran beside each other. */
  readonly roundsMs: readonly number[];
  /** Of all rounds. */
  readonly meanMs: number;
  readonly p99Ms: number;
}

/** What a stack did with the workload. */
export interface StackResult extends Searched {
  readonly name: DemoStack['name'];
}

/** What the stacks did over one storage. */
export interface Pass {
  /** On how many bricks it is; 0: it is a folder. */
  readonly bricks: number;
  /** How much farther away it is than it is, for each request. */
  readonly delayMs: number;
  /** The machine's other load meanwhile; null where the machine does not report it. */
  readonly busy: Busyness | null;
  readonly stacks: readonly StackResult[];
}

/** All that was measured, over a folder and over bricks. */
export type Passes = readonly [near: Pass, away: Pass];
