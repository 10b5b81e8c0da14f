/**
 * Starts the targets of experiments: a server with its mount, or the bare directory. Each cache is
 * proven to answer before it is measured.
 */

import { mkdirSync, rmSync } from 'node:fs';
import { mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MeasurementError } from '../../apps/bench/engine/measurement-error.ts';
import { makeVolume } from '../../apps/bench/engine/stack-volumes.ts';
import type { ServedMount } from '../../apps/bench/engine/target.ts';
import { makeLookupCounterVolume } from '../../apps/bench/run/bricks.ts';
import { makeLookupCounter } from '../../apps/bench/run/lookup-counter.ts';
import type { PlainVolume } from '../../runtime/volfile/description.ts';
import { type Bench, withTimeLimit } from './bench.ts';
import {
  ASLEEP,
  BUSY_POLL_US,
  startGlossa,
  startGlusterfs,
  startLibfuse,
  TIMEOUTS,
} from './servers.ts';
import {
  compileCVolume,
  compileWasmVolume,
  javascriptVolume,
  kernelTimeoutVolume,
  makeNlCacheVolume,
  negativeVolume,
  pythonVolume,
} from './volumes.ts';

export interface Target {
  /** The server's process; null without one. */
  readonly pid: number | null;
  /** Processes of the bricks. Away from the client, all of them share all CPUs. */
  readonly bricks?: readonly number[];
  /** CPUs of the server at each placement, in the kernel's list format; default: those of the placement. */
  readonly cpus?: string;
  /** Directories are made and removed here. */
  readonly root: string;
  /** The directory to measure in, on a server where it can be neither made anew nor removed. */
  readonly fixedDirectory?: string;
  /** Reads the number of lookups that have reached the storage. */
  readonly countLookups?: () => Promise<number | null>;
}

export interface TargetKind<T extends Target = Target> {
  readonly title: string;
  /** @param name of its mount point and its folder. @throws {MeasurementError} */
  start(bench: Bench, name: string): Promise<T>;
}

export const makeTarget = ({ pid, mountpoint }: ServedMount): Target => ({ pid, root: mountpoint });

/**
 * Proves that the cache replies, and not the storage: a name that was absent stays absent when a file
 * is created behind the mount.
 * @param storageFolder where the target's files are
 * @throws {MeasurementError} if the cache does not reply
 */
export async function proveCache(
  bench: Bench,
  target: Target,
  storageFolder: string,
): Promise<Target> {
  const { signal } = bench;
  const directory = join(target.root, 'proof');
  const nameExists = (): Promise<boolean> =>
    withTimeLimit(signal, fileExists(join(directory, 'name')));
  await withTimeLimit(signal, mkdir(directory));
  const before = await nameExists();
  await withTimeLimit(signal, writeFile(join(storageFolder, 'proof', 'name'), ''));
  if (before || (await nameExists())) throw new MeasurementError('its cache does not answer');
  return target;
}

const fileExists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false;
      throw error;
    },
  );

/** Calls `use` with an empty directory of the target, and removes it. @throws {MeasurementError} */
export async function withFreshDirectory<T>(
  { signal }: Bench,
  { root, fixedDirectory }: Target,
  name: string,
  use: (path: string) => Promise<T>,
): Promise<T> {
  if (fixedDirectory !== undefined) return use(fixedDirectory);
  const path = join(root, name);
  await withTimeLimit(signal, mkdir(path));
  const result = await use(path);
  await withTimeLimit(signal, rm(path, { recursive: true }));
  return result;
}

/** Calls `use` with a directory of the target that is made the first time. @throws {MeasurementError} */
export async function withKeptDirectory<T>(
  { signal }: Bench,
  { root, fixedDirectory }: Target,
  name: string,
  use: (path: string) => Promise<T>,
): Promise<T> {
  if (fixedDirectory !== undefined) return use(fixedDirectory);
  const path = join(root, name);
  await withTimeLimit(signal, mkdir(path, { recursive: true }));
  return use(path);
}

// -- kinds of targets ----------------------------------------------------------------------------

type Start = (bench: Bench, name: string) => Promise<ServedMount>;

const makePlainKind = (title: string, start: Start): TargetKind => ({
  title,
  start: async (bench, name) => makeTarget(await start(bench, name)),
});

export const makeCacheKind = (title: string, start: Start): TargetKind => ({
  title,
  start: async (bench, name) =>
    proveCache(bench, makeTarget(await start(bench, name)), join(bench.data, name)),
});

const makeGlossaCache = (
  title: string,
  above: PlainVolume,
  flags: readonly string[] = [],
): TargetKind =>
  makeCacheKind(title, (bench, name) => startGlossa(bench, name, [above], { flags }));

/** Makes a target of the minimal server in C, which knows only one directory, and cannot remove it. */
export async function makeFloorTarget(bench: Bench, mount: ServedMount): Promise<Target> {
  const target = makeTarget(mount);
  const fixedDirectory = join(target.root, 'directory');
  await withTimeLimit(bench.signal, mkdir(fixedDirectory));
  return { ...target, fixedDirectory };
}

/** @param more arguments of the server */
const makeFloor = (title: string, ...more: readonly string[]): TargetKind => ({
  title,
  start: async (bench, name) =>
    makeFloorTarget(bench, await startLibfuse(bench, name, 'libfuse-floor', TIMEOUTS, ...more)),
});

export const makeGlusterCache = (above: readonly PlainVolume[]): TargetKind =>
  makeCacheKind('GlusterFS, nl-cache in C', (bench, name) => startGlusterfs(bench, name, above));

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
  floor: makeFloor('C on libfuse3, ENOENT at once (the floor)'),
  floorAwake: makeFloor(`the floor, ${BUSY_POLL_US} µs awake`, String(BUSY_POLL_US)),
  typescript: makeGlossaCache('glossa, negative in TypeScript', negativeVolume),
  typescriptAsleep: makeGlossaCache('the same, --busy-poll 0', negativeVolume, ASLEEP),
  python: makeGlossaCache('glossa, negative in Python', pythonVolume),
  pythonAsleep: makeGlossaCache('the same, --busy-poll 0', pythonVolume, ASLEEP),
  wasm: makeCacheKind('glossa, negative in C, in the sandbox', (bench, name) =>
    startGlossa(bench, name, [compileWasmVolume(bench)]),
  ),
  nlcache: makeGlusterCache([makeNlCacheVolume()]),
} as const satisfies Record<string, TargetKind>;

export type TargetName = keyof typeof targets;

const makeMemoryKind = (title: string, flags: readonly string[] = []): TargetKind =>
  makePlainKind(title, (bench, name) =>
    startGlossa(bench, name, [], { storage: [makeVolume('memory', 'storage/memory')], flags }),
  );

/** Servers that answer at once: they show the cost of a request alone. */
export const instantTargets = {
  floor: targets.floor,
  floorAwake: targets.floorAwake,
  memory: makeMemoryKind('glossa, storage/memory'),
  memoryAsleep: makeMemoryKind('the same, --busy-poll 0', ASLEEP),
};

/** The same directory of the machine, seen through each kind of server, and bare. */
export const makeDirectories = (timeouts = TIMEOUTS) => ({
  glossa: makePlainKind('glossa, storage/posix', (bench, name) =>
    startGlossa(bench, name, [], { timeouts }),
  ),
  asleep: makePlainKind('the same, --busy-poll 0', (bench, name) =>
    startGlossa(bench, name, [], { timeouts, flags: ASLEEP }),
  ),
  pass: makePlainKind('C on libfuse3, passed through', (bench, name) =>
    startLibfuse(bench, name, 'libfuse', timeouts),
  ),
  glusterfs: makePlainKind('GlusterFS, storage/posix', (bench, name) =>
    startGlusterfs(bench, name, [], timeouts),
  ),
  bare: targets.bare,
});

/** The same for data, without passthrough, as on kernels before 6.9. */
export const makeDataDirectories = () => ({
  ...makeDirectories(),
  served: makePlainKind('glossa, --no-passthrough', (bench, name) =>
    startGlossa(bench, name, [], { flags: ['--no-passthrough'] }),
  ),
});

/** Does as little for a new file as the pass-through in C. */
const PLAIN = ['--no-passthrough', '--xlator-option', 'posix.gfid-xattrs=off'];

/** The same for new files. */
export const makeCreationDirectories = () => ({
  ...makeDirectories(),
  plain: makePlainKind('the same, without passthrough or gfids', (bench, name) =>
    startGlossa(bench, name, [], { flags: PLAIN }),
  ),
  /** The least time of glossa: this storage makes no system calls. */
  memory: makePlainKind('glossa, storage/memory', (bench, name) =>
    startGlossa(bench, name, [], { storage: [makeVolume('memory', 'storage/memory')] }),
  ),
});

export type DirectoryName = keyof ReturnType<typeof makeDirectories>;

/** A cache in Python that lets the kernel cache absent names, too. */
export const kernelTimeout = makeGlossaCache(
  'glossa, negative in Python, kernel-timeout',
  kernelTimeoutVolume,
);

// -- one cache after the other -------------------------------------------------------------------

/** Caches by the name of their target; the baseline has no cache. */
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
  c: { title: 'glossa, negative in C', above: (bench) => [compileCVolume(bench)] },
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
const counter = makeLookupCounterVolume('counter');

/** The volumes and storage under a cache. */
export interface Ground {
  readonly storage?: readonly PlainVolume[];
  /** Above the storage. */
  readonly volumes?: readonly PlainVolume[];
  /** The folder of its files, if it is not the target's own. */
  readonly storageFolder?: string;
  /** The target's folder in a shared mount. */
  readonly folder?: string;
  /** Processes that stand behind. */
  readonly bricks?: readonly number[];
}

/** A target for each cache, over the ground that `ground` makes. */
export function makeCacheTargets(
  makeGround: (bench: Bench, name: string) => Promise<Ground>,
): Readonly<Record<CacheName, TargetKind>> {
  const kinds = Object.entries<CacheKind>(caches).map(([cacheName, { title, above, flags }]) => {
    const start = async (bench: Bench, name: string): Promise<Target> => {
      const { storageFolder = join(bench.data, name), ...rest } = await makeGround(bench, name);
      const { storage, volumes = [], folder, bricks = [] } = rest;
      const cacheVolumes = above(bench);
      const allVolumes = [counter, ...volumes, ...cacheVolumes];
      const mount = await startGlossa(bench, name, allVolumes, { storage, flags });
      const { pid, mountpoint } = mount;
      const countLookups = () => makeLookupCounter([counter.name])(mount, 600_000);
      const root = folder === undefined ? mountpoint : join(mountpoint, folder);
      if (folder !== undefined) await withTimeLimit(bench.signal, mkdir(root));
      const target = { pid, root, countLookups, bricks };
      return cacheVolumes.length === 0 ? target : proveCache(bench, target, storageFolder);
    };
    return [cacheName, { title, start }];
  });
  return Object.fromEntries(kinds) as Record<CacheName, TargetKind>;
}
