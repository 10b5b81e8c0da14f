/** What the demo serves and measures, however it is served. */
import { join } from 'node:path';
import type { Busyness } from '../../bench/schema.ts';
import type { Workload } from '../../bench/searches.ts';
import { packageRoot } from '../../sys/paths.ts';
import type { Statedump } from '../statedump/volumes.ts';
import type { Find } from './searches.ts';

export interface DemoStack {
  readonly name: 'baseline' | 'typescript' | 'python' | 'python-kernel';
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
const demoStacks: readonly DemoStack[] = [
  {
    name: 'baseline',
    title: 'no cache',
    what: 'the folder alone (volfiles/posix.vol)',
    volfile: volfile('posix.vol'),
    options: [],
  },
  {
    name: 'typescript',
    title: 'TypeScript',
    what: 'with a cache of absent names (volfiles/negative.vol)',
    volfile: volfile('negative.vol'),
    options: [],
  },
  {
    name: 'python',
    title: 'Python',
    what: 'with the same cache in Python (volfiles/python-negative.vol)',
    volfile: volfile('python-negative.vol'),
    options: [],
  },
  {
    name: 'python-kernel',
    title: 'Python + kernel',
    what: 'the same, and the kernel remembers what Python has answered',
    volfile: volfile('python-negative.vol'),
    options: ['test-negative.kernel-timeout=1h'],
  },
];

/** Where nothing is mounted, no kernel remembers anything. */
export const stacksFor = (mounted: boolean): readonly DemoStack[] =>
  mounted ? demoStacks : demoStacks.filter(({ name }) => name !== 'python-kernel');

/** The volumes of these volfiles whose statistics are read, and the one that needs a folder. */
export const TOP = 'test';
export const BRICK = 'test-brick';
export const STORAGE = 'test-posix';

/** Of the volume that stands for the way to the storage. */
const WAY = 'test-way';

/** The text of such a volfile, with its storage so many milliseconds away. */
export const storageAway = (text: string, delayMs: number): string =>
  text.replace(`subvolumes ${STORAGE}\n`, `subvolumes ${WAY}\n`).replace(
    'end-volume\n',
    `end-volume

# The way to the storage: every request takes so many microseconds more.
volume ${WAY}
    type debug/delay-gen
    option delay-percentage 100
    option delay-duration ${Math.round(delayMs * US_PER_MS)}
    subvolumes ${STORAGE}
end-volume
`,
  );

const US_PER_MS = 1000;

/** Lookups since the stack was started. */
export interface LookupCounts {
  /** At the top, from applications. */
  readonly asked: number;
  /** At the storage. */
  readonly forwarded: number;
}

export function countsIn({ volumes }: Statedump): LookupCounts {
  const lookups = (name: string): number => {
    const dump = volumes.find((volume) => volume.name === name)?.dump ?? {};
    return Number(dump['LOOKUP.hits'] ?? 0);
  };
  return { asked: lookups(TOP), forwarded: lookups(BRICK) };
}

/** What is needed to serve a stack. */
export interface ServeSettings {
  readonly stack: Pick<DemoStack, 'volfile' | 'options'>;
  /** Of all that are served, this one's, for the names of what it needs. */
  readonly id: string;
  /** The folder with the files. */
  readonly tree: string;
  /** A folder for what serving needs besides. */
  readonly scratch: string;
  readonly workload: Workload;
}

/** A stack that runs. */
export interface Served {
  readonly find: Find;
  /** Of all processes that answer, this one included. */
  readonly pids: readonly number[];
  counts(): LookupCounts;
  /** Takes away what serving has made: mount, process, open directories. */
  stop(): Promise<void>;
}

/** What a stack did with the workload. */
export interface StackResult {
  readonly name: DemoStack['name'];
  /** That came to the server. */
  readonly lookups: number;
  /** By the translator, without asking below. */
  readonly answered: number;
  readonly forwarded: number;
  readonly meanMs: number;
  readonly p99Ms: number;
  /** What else the machine did meanwhile; null where it does not tell. */
  readonly busy: Busyness | null;
}

/** What the stacks did with the storage at one distance. */
export interface Pass {
  /** How far away, for each request; 0: a folder as it is. */
  readonly delayMs: number;
  readonly stacks: readonly StackResult[];
}

/** All that was measured. */
export interface Measured {
  /** Otherwise the graphs ran in this process, without the kernel. */
  readonly mounted: boolean;
  /** The folder as it is, and away. */
  readonly passes: readonly [near: Pass, away: Pass];
}
