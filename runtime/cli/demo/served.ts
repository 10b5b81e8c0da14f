/** What the demo serves and measures, however it is served. */
import { join } from 'node:path';
import type { Busyness } from '../../bench/schema.ts';
import type { Workload } from '../../bench/searches.ts';
import type { PlainVolume } from '../../graph/description.ts';
import { printVolumes } from '../../graph/print.ts';
import { packageRoot } from '../../sys/paths.ts';
import type { Statedump } from '../statedump/volumes.ts';
import type { Outcome } from './searches.ts';

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
    what: 'the storage alone (volfiles/posix.vol)',
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

/** The volumes of these volfiles that count. */
export const counted: Counted = { asked: ['test'], forwarded: ['test-brick'] };
/** The one that needs a folder. */
export const STORAGE = 'test-posix';

/** A volume that keeps every request for so long. */
export const wayVolume = (name: string, delayMs: number): Omit<PlainVolume, 'subvolumes'> => ({
  name,
  type: 'debug/delay-gen',
  options: [
    ['delay-percentage', '100'],
    // Microseconds.
    ['delay-duration', String(Math.round(delayMs * 1000))],
  ],
});

/**
 * The text of a volfile, with volumes above one of its own: what was above that is above the last of
 * them.
 */
export function withAbove(
  text: string,
  name: string,
  above: readonly Omit<PlainVolume, 'subvolumes'>[],
): string {
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

/** Lookups since the stack was started. */
export interface LookupCounts {
  /** At the top, from applications. */
  readonly asked: number;
  /** At the storage. */
  readonly forwarded: number;
}

/** Volumes whose statistics are read. */
export interface Counted {
  readonly asked: readonly string[];
  readonly forwarded: readonly string[];
}

export function countsIn({ volumes }: Statedump, { asked, forwarded }: Counted): LookupCounts {
  const lookups = (names: readonly string[]): number =>
    volumes
      .filter(({ name }) => names.includes(name))
      .reduce((sum, { dump }) => sum + Number(dump['LOOKUP.hits'] ?? 0), 0);
  return { asked: lookups(asked), forwarded: lookups(forwarded) };
}

/** What is needed to serve a stack. */
export interface ServeSettings {
  readonly stack: Pick<DemoStack, 'volfile' | 'options'>;
  /** Of all that are served, this one's, for the names of what it needs. */
  readonly id: string;
  readonly counted: Counted;
  /** A folder for what serving needs besides. */
  readonly scratch: string;
  readonly workload: Workload;
  readonly signal: AbortSignal;
}

/** A stack that runs. */
export interface Served {
  /** Runs the workload's searches, once. */
  search(): Promise<Outcome>;
  /** How many searches are done. */
  done(): number;
  /** Of all processes that answer, this one included. */
  readonly pids: readonly number[];
  counts(): Promise<LookupCounts>;
  /** Takes away what serving has made: mount, process, open directories. */
  stop(): Promise<void>;
}

/** What searching through a stack took. */
export interface Searched {
  /** That came to the server. */
  readonly lookups: number;
  /** That went on to the storage. */
  readonly forwarded: number;
  readonly meanMs: number;
  readonly p99Ms: number;
  /** What else the machine did meanwhile; null where it does not tell. */
  readonly busy: Busyness | null;
}

/** What a stack did with the workload. */
export interface StackResult extends Searched {
  readonly name: DemoStack['name'];
  /** By the translator, without asking below. */
  readonly answered: number;
}

/** What the stacks did over one storage. */
export interface Pass {
  /** On how many bricks it is; 0: it is a folder. */
  readonly bricks: number;
  /** How much farther away it is than it is, for each request. */
  readonly delayMs: number;
  readonly stacks: readonly StackResult[];
}

/** All that was measured. */
export interface Measured {
  /** Otherwise the graphs ran in this process, without the kernel. */
  readonly mounted: boolean;
  /** Over a folder, and over bricks. */
  readonly passes: readonly [near: Pass, away: Pass];
}
