/**
 * Targets of experiments: a server with its mount, or the bare directory. Each cache is proven to
 * answer before it is measured.
 */

import { mkdirSync, rmSync } from 'node:fs';
import { mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { NotMeasured } from '../../apps/bench/engine/not-measured.ts';
import { makeVolume } from '../../apps/bench/engine/stacks.ts';
import type { ServedMount } from '../../apps/bench/engine/target.ts';
import { makeCounterVolume } from '../../apps/bench/run/bricks.ts';
import { makeLookupCounter } from '../../apps/bench/run/lookup-counter.ts';
import type { PlainVolume } from '../../runtime/volfile/description.ts';
import { type Bench, inTime } from './bench.ts';
import {
  ASLEEP,
  BUSY_POLL_US,
  startGlossa,
  startGlusterfs,
  startLibfuse,
  TIMEOUTS,
} from './servers.ts';
import {
  cVolume,
  javascriptVolume,
  kernelTimeoutVolume,
  negativeVolume,
  nlCacheVolume,
  pythonVolume,
} from './volumes.ts';

export interface Target {
  /** The server's process; null without one. */
  readonly pid: number | null;
  /** Processes of the bricks. Away from the client, all of them share all CPUs. */
  readonly bricks?: readonly number[];
  /** Directories are made and removed here. */
  readonly root: string;
  /** A directory that is always there, where none can be made. */
  readonly fixed?: string;
  /** Where the lookups that come to its storage are counted. */
  readonly counted?: () => Promise<number | null>;
}

export interface TargetKind {
  readonly title: string;
  /** @param name of its mount point and its folder. @throws {NotMeasured} */
  start(bench: Bench, name: string): Promise<Target>;
}

export const targetOf = ({ pid, mountpoint }: ServedMount): Target => ({ pid, root: mountpoint });

/**
 * Whether the cache answers, and not the storage behind it: a name that was absent stays so when it
 * is made behind the mount.
 * @param behind where the target's files are
 * @throws {NotMeasured} when it does not
 */
export async function proveCache(bench: Bench, target: Target, behind: string): Promise<Target> {
  const { signal } = bench;
  const directory = join(target.root, 'proof');
  const ask = (): Promise<boolean> => inTime(signal, isThere(join(directory, 'name')));
  await inTime(signal, mkdir(directory));
  const before = await ask();
  await inTime(signal, writeFile(join(behind, 'proof', 'name'), ''));
  if (before || (await ask())) throw new NotMeasured('its cache does not answer');
  return target;
}

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false;
      throw error;
    },
  );

/** Calls `use` with an empty directory of the target, and removes it. @throws {NotMeasured} */
export async function inFreshDirectory<T>(
  { signal }: Bench,
  { root, fixed }: Target,
  name: string,
  use: (path: string) => Promise<T>,
): Promise<T> {
  if (fixed !== undefined) return use(fixed);
  const path = join(root, name);
  await inTime(signal, mkdir(path));
  const result = await use(path);
  await inTime(signal, rm(path, { recursive: true }));
  return result;
}

/** Calls `use` with a directory of the target that is made the first time. @throws {NotMeasured} */
export async function inKeptDirectory<T>(
  { signal }: Bench,
  { root, fixed }: Target,
  name: string,
  use: (path: string) => Promise<T>,
): Promise<T> {
  if (fixed !== undefined) return use(fixed);
  const path = join(root, name);
  await inTime(signal, mkdir(path, { recursive: true }));
  return use(path);
}

// -- kinds of targets ----------------------------------------------------------------------------

type Start = (bench: Bench, name: string) => Promise<ServedMount>;

const plain = (title: string, start: Start): TargetKind => ({
  title,
  start: async (bench, name) => targetOf(await start(bench, name)),
});

export const cache = (title: string, start: Start): TargetKind => ({
  title,
  start: async (bench, name) =>
    proveCache(bench, targetOf(await start(bench, name)), join(bench.data, name)),
});

const glossaCache = (
  title: string,
  above: PlainVolume,
  flags: readonly string[] = [],
): TargetKind => cache(title, (bench, name) => startGlossa(bench, name, [above], { flags }));

/** The least that a server in C does. @param more of its arguments */
const floorOf = (title: string, ...more: readonly string[]): TargetKind => ({
  title,
  async start(bench: Bench, name: string): Promise<Target> {
    const target = targetOf(await startLibfuse(bench, name, 'libfuse-floor', TIMEOUTS, ...more));
    // There it is one directory, which cannot be removed.
    const fixed = join(target.root, 'directory');
    await inTime(bench.signal, mkdir(fixed));
    return { ...target, fixed };
  },
});

export const glusterCache = (above: readonly PlainVolume[]): TargetKind =>
  cache('GlusterFS, nl-cache in C', (bench, name) => startGlusterfs(bench, name, above));

/** Targets of the part `stat`; other parts build on them. */
export const targets = {
  bare: {
    title: 'the bare directory',
    async start({ data }: Bench, name: string): Promise<Target> {
      const root = join(data, name);
      rmSync(root, { recursive: true, force: true });
      mkdirSync(root);
      return { pid: null, root };
    },
  },
  floor: floorOf('C on libfuse3, ENOENT at once (the floor)'),
  floorAwake: floorOf(`the floor, ${BUSY_POLL_US} µs awake`, String(BUSY_POLL_US)),
  typescript: glossaCache('glossa, negative in TypeScript', negativeVolume),
  typescriptAsleep: glossaCache('the same, --busy-poll 0', negativeVolume, ASLEEP),
  python: glossaCache('glossa, negative in Python', pythonVolume),
  pythonAsleep: glossaCache('the same, --busy-poll 0', pythonVolume, ASLEEP),
  nlcache: glusterCache([nlCacheVolume()]),
} as const satisfies Record<string, TargetKind>;

export type TargetName = keyof typeof targets;

const inMemory = (title: string, flags: readonly string[] = []): TargetKind =>
  plain(title, (bench, name) =>
    startGlossa(bench, name, [], { storage: [makeVolume('memory', 'storage/memory')], flags }),
  );

/** Servers that answer at once: they show the cost of a request alone. */
export const answerers = {
  floor: targets.floor,
  floorAwake: targets.floorAwake,
  memory: inMemory('glossa, storage/memory'),
  memoryAsleep: inMemory('the same, --busy-poll 0', ASLEEP),
};

/** The same directory of the machine, seen through each kind of server, and bare. */
export const directories = (timeouts = TIMEOUTS) => ({
  glossa: plain('glossa, storage/posix', (bench, name) =>
    startGlossa(bench, name, [], { timeouts }),
  ),
  asleep: plain('the same, --busy-poll 0', (bench, name) =>
    startGlossa(bench, name, [], { timeouts, flags: ASLEEP }),
  ),
  pass: plain('C on libfuse3, passed through', (bench, name) =>
    startLibfuse(bench, name, 'libfuse', timeouts),
  ),
  glusterfs: plain('GlusterFS, storage/posix', (bench, name) =>
    startGlusterfs(bench, name, [], timeouts),
  ),
  bare: targets.bare,
});

/** The same for data, without passthrough, as on kernels before 6.9. */
export const dataDirectories = () => ({
  ...directories(),
  served: plain('glossa, --no-passthrough', (bench, name) =>
    startGlossa(bench, name, [], { flags: ['--no-passthrough'] }),
  ),
});

export type DirectoryName = keyof ReturnType<typeof directories>;
export type DataDirectoryName = keyof ReturnType<typeof dataDirectories>;

/** A cache in Python that lets the kernel cache absent names, too. */
export const kernelTimeout = glossaCache(
  'glossa, negative in Python, kernel-timeout',
  kernelTimeoutVolume,
);

// -- one cache after the other -------------------------------------------------------------------

/** Caches by the name of their target; the baseline has none. */
const caches = {
  baseline: { title: 'glossa, no cache', above: () => [] },
  typescript: { title: 'glossa, negative in TypeScript', above: () => [negativeVolume] },
  python: { title: 'glossa, negative in Python', above: () => [pythonVolume] },
  pythonAsleep: {
    title: 'the same, --busy-poll 0',
    above: () => [pythonVolume],
    flags: ASLEEP,
  },
  javascript: { title: 'glossa, negative in JavaScript', above: () => [javascriptVolume] },
  c: { title: 'glossa, negative in C', above: (bench) => [cVolume(bench)] },
  kernelTimeout: { title: 'glossa, Python, kernel-timeout', above: () => [kernelTimeoutVolume] },
} as const satisfies Record<string, CacheKind>;

interface CacheKind {
  readonly title: string;
  above(bench: Bench): readonly PlainVolume[];
  /** Flags of `glossa mount`. */
  readonly flags?: readonly string[];
}

type CacheName = keyof typeof caches;

/** The counter above the storage: it counts the lookups that the cache did not answer. */
const counter = makeCounterVolume('counter');

/** The volumes and storage under a cache. */
export interface Ground {
  readonly storage?: readonly PlainVolume[];
  /** Above the storage. */
  readonly volumes?: readonly PlainVolume[];
  /** Where its files are, unless in the target's own folder. */
  readonly behind?: string;
  /** The target's folder in a shared mount. */
  readonly folder?: string;
  /** Processes that stand behind. */
  readonly bricks?: readonly number[];
}

/** A target for each cache, over the ground that `ground` makes. */
export function overEach(
  ground: (bench: Bench, name: string) => Promise<Ground>,
): Readonly<Record<CacheName, TargetKind>> {
  const kinds = Object.entries<CacheKind>(caches).map(([cacheName, { title, above, flags }]) => {
    const start = async (bench: Bench, name: string): Promise<Target> => {
      const { behind = join(bench.data, name), ...under } = await ground(bench, name);
      const { storage, volumes = [], folder, bricks = [] } = under;
      const cacheVolumes = above(bench);
      const all = [counter, ...volumes, ...cacheVolumes];
      const { pid, mountpoint } = await startGlossa(bench, name, all, { storage, flags });
      const counted = () => makeLookupCounter([counter.name])(mountpoint, 600_000);
      const root = folder === undefined ? mountpoint : join(mountpoint, folder);
      if (folder !== undefined) await inTime(bench.signal, mkdir(root));
      const target = { pid, root, counted, bricks };
      return cacheVolumes.length === 0 ? target : proveCache(bench, target, behind);
    };
    return [cacheName, { title, start }];
  });
  return Object.fromEntries(kinds) as Record<CacheName, TargetKind>;
}
