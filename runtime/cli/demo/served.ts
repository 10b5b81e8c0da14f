/** What the demo serves and measures, however it is served. */
import { join } from 'node:path';
import type { Workload } from '../../bench/searches.ts';
import { packageRoot } from '../../sys/paths.ts';
import type { Statedump } from '../statedump.ts';
import type { Find } from './searches.ts';

export interface DemoStack {
  readonly name: 'baseline' | 'typescript' | 'python';
  /** As the table calls it. */
  readonly title: string;
  readonly volfile: string;
}

const volfile = (name: string): string => join(packageRoot, 'volfiles', name);

/** In the order in which they run. */
export const demoStacks: readonly DemoStack[] = [
  { name: 'baseline', title: 'baseline', volfile: volfile('posix.vol') },
  { name: 'typescript', title: 'TypeScript', volfile: volfile('negative.vol') },
  { name: 'python', title: 'Python', volfile: volfile('python-negative.vol') },
];

/** The volumes of these volfiles whose statistics are read, and the one that needs a folder. */
export const TOP = 'test';
export const BRICK = 'test-brick';
export const STORAGE = 'test-posix';

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
  readonly stack: DemoStack;
  /** The folder with the files. */
  readonly tree: string;
  /** A folder for what serving needs besides. */
  readonly scratch: string;
  readonly workload: Workload;
}

/** A stack that runs. */
export interface Served {
  readonly find: Find;
  counts(): LookupCounts;
  /** Takes away what serving has made: mount, process, open directories. */
  stop(): Promise<void>;
}

/** What a stack did with the workload. */
export interface StackResult {
  readonly name: DemoStack['name'];
  readonly lookups: number;
  /** By the translator, without asking below. */
  readonly answered: number;
  readonly forwarded: number;
  readonly meanMs: number;
  readonly p99Ms: number;
}
