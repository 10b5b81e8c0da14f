/**
 * Makes the targets of experiments: a server with its mount, or the bare directory. Each cache is proven to answer
 * before it is measured.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MeasurementError } from '../../apps/bench/engine/measurement-error.ts';
import { makeVolume } from '../../apps/bench/engine/stack-volumes.ts';
import type { ServedMount } from '../../apps/bench/engine/target.ts';
import { makeLookupCounterVolume } from '../../apps/bench/run/bricks.ts';
import { makeLookupCounter } from '../../apps/bench/run/lookup-counter.ts';
import type { Timeouts } from '../../apps/bench/run/others/implementation.ts';
import type { PlainVolume } from '../../runtime/volfile/description.ts';
import { type Bench, withTimeLimit } from './bench.ts';
import {
  ASLEEP,
  BUSY_POLL_US,
  type MountSettings,
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
  seenVolume,
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

/** Makes a folder in a mount, and a target of it. @throws {MeasurementError} */
export async function makeTargetIn(
  { signal }: Bench,
  { pid, mountpoint }: ServedMount,
  folder: string,
): Promise<Target> {
  const root = join(mountpoint, folder);
  await withTimeLimit(signal, mkdir(root));
  return { pid, root };
}

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

/**
 * Calls `use` with a directory of the target. @param keeps whether it stays; otherwise it is new, and removed.
 * @throws {MeasurementError}
 */
export async function withDirectory<T>(
  { signal }: Bench,
  { root, fixedDirectory }: Target,
  name: string,
  keeps: boolean,
  use: (path: string) => Promise<T>,
): Promise<T> {
  if (fixedDirectory !== undefined) return use(fixedDirectory);
  const path = join(root, name);
  await withTimeLimit(signal, mkdir(path, { recursive: keeps }));
  const result = await use(path);
  if (!keeps) await withTimeLimit(signal, rm(path, { recursive: true }));
  return result;
}

// -- kinds of targets ----------------------------------------------------------------------------

/** Makes a kind of mounts. @param proves whether its cache of absent names is proven to answer */
export const makeKind = (
  title: string,
  start: (bench: Bench, name: string) => Promise<ServedMount>,
  proves = false,
): TargetKind => ({
  title,
  async start(bench, name) {
    const target = makeTarget(await start(bench, name));
    return proves ? proveCache(bench, target, join(bench.data, name)) : target;
  },
});

/** A volume, or its making, which may compile its module. */
type VolumeSource = PlainVolume | ((bench: Bench) => PlainVolume);

const makeVolumes = (bench: Bench, sources: readonly VolumeSource[]): readonly PlainVolume[] =>
  sources.map((source) => (typeof source === 'function' ? source(bench) : source));

/** A mount by glossa. */
export const makeGlossa = (
  title: string,
  above: readonly VolumeSource[] = [],
  settings: MountSettings = {},
  proves = false,
): TargetKind => {
  const start = (bench: Bench, name: string) =>
    startGlossa(bench, name, makeVolumes(bench, above), settings);
  return makeKind(title, start, proves);
};

/** A mount by glossa with a cache of absent names. */
export const makeGlossaCache = (
  title: string,
  above: readonly VolumeSource[],
  settings?: MountSettings,
): TargetKind => makeGlossa(title, above, settings, true);

export const makeGlusterCache = (above: readonly PlainVolume[]): TargetKind =>
  makeKind('GlusterFS, nl-cache in C', (bench, name) => startGlusterfs(bench, name, above), true);

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

const SAME_ASLEEP = 'the same, --busy-poll 0';

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
  typescript: makeGlossaCache('glossa, negative in TypeScript', [negativeVolume]),
  typescriptAsleep: makeGlossaCache(SAME_ASLEEP, [negativeVolume], { flags: ASLEEP }),
  python: makeGlossaCache('glossa, negative in Python', [pythonVolume]),
  pythonAsleep: makeGlossaCache(SAME_ASLEEP, [pythonVolume], { flags: ASLEEP }),
  wasm: makeGlossaCache('glossa, negative in C, in the sandbox', [compileWasmVolume]),
  nlcache: makeGlusterCache([makeNlCacheVolume()]),
} as const satisfies Record<string, TargetKind>;

const inMemory = { storage: [makeVolume('memory', 'storage/memory')] };

/** Servers that answer at once: they show the cost of a request alone. */
export const instantTargets = {
  floor: targets.floor,
  floorAwake: targets.floorAwake,
  memory: makeGlossa('glossa, storage/memory', [], inMemory),
  memoryAsleep: makeGlossa(SAME_ASLEEP, [], { ...inMemory, flags: ASLEEP }),
};

/** The same directory of the machine, seen through each kind of server, and bare. */
export const makeDirectories = (timeouts: Timeouts = TIMEOUTS) => ({
  glossa: makeGlossa('glossa, storage/posix', [], { timeouts }),
  asleep: makeGlossa(SAME_ASLEEP, [], { timeouts, flags: ASLEEP }),
  pass: makeKind('C on libfuse3, passed through', (bench, name) =>
    startLibfuse(bench, name, 'libfuse', timeouts),
  ),
  glusterfs: makeKind('GlusterFS, storage/posix', (bench, name) =>
    startGlusterfs(bench, name, [], { timeouts }),
  ),
  bare: targets.bare,
});

const SERVED = ['--no-passthrough'] as const;

/** The same for data, without passthrough, as on kernels before 6.9. */
export const makeDataDirectories = () => ({
  ...makeDirectories(),
  served: makeGlossa('glossa, --no-passthrough', [], { flags: SERVED }),
});

/**
 * The same for new files. The storage in memory makes no system calls: the least time of glossa. A server in C that does as
 * much for a new file as glossa is the limit.
 */
export const makeCreationDirectories = () => {
  const { glossa, served, pass, glusterfs, bare } = makeDataDirectories();
  const python = makeGlossaCache('the same, negative in Python', [pythonVolume], { flags: SERVED });
  const kept = makeKind('C, which stores gfids and has xattrs', (bench, name) =>
    startLibfuse(bench, name, 'libfuse', TIMEOUTS, '1', 'gfids'),
  );
  const seen = makeGlossa(SEEN_TITLE, [seenVolume], { flags: SERVED });
  const { memory } = instantTargets;
  return { glossa, served, python, seen, memory, pass, kept, glusterfs, bare };
};

/** The least that a module in Python costs which sees the replies to lookups. */
const SEEN_TITLE = 'Python that only passes lookups on';

/** Caches of absent names, which pass each stat of a file on: the kernel keeps no name. */
export const makePassedTargets = () => {
  const settings = { timeouts: { ...TIMEOUTS, entry: 0 } };
  const { glossa, pass } = makeDirectories(settings.timeouts);
  const typescript = makeGlossaCache(targets.typescript.title, [negativeVolume], settings);
  const python = makeGlossaCache(targets.python.title, [pythonVolume], settings);
  const seen = makeGlossa(SEEN_TITLE, [seenVolume], settings);
  return { glossa, typescript, python, seen, pass };
};

/** A cache in Python that lets the kernel cache absent names, too. */
export const kernelTimeout = makeGlossaCache('glossa, negative in Python, kernel-timeout', [
  kernelTimeoutVolume,
]);

// -- one cache after the other -------------------------------------------------------------------

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

/** Makes a target for each cache, over the ground that `makeGround` makes; the baseline has no cache. */
export function makeCacheTargets(makeGround: (bench: Bench, name: string) => Promise<Ground>) {
  const make = (title: string, cache: VolumeSource | null, flags: readonly string[] = []) => ({
    title,
    async start(bench: Bench, name: string): Promise<Target> {
      const { storageFolder = join(bench.data, name), ...ground } = await makeGround(bench, name);
      const { storage, volumes = [], folder, bricks = [] } = ground;
      const above = makeVolumes(bench, [counter, ...volumes, ...(cache === null ? [] : [cache])]);
      const mount = await startGlossa(bench, name, above, { storage, flags });
      const countLookups = () => makeLookupCounter([counter.name])(mount, 600_000);
      const served =
        folder === undefined ? makeTarget(mount) : await makeTargetIn(bench, mount, folder);
      const target = { ...served, countLookups, bricks };
      return cache === null ? target : proveCache(bench, target, storageFolder);
    },
  });
  return {
    baseline: make('glossa, no cache', null),
    typescript: make('glossa, negative in TypeScript', negativeVolume),
    python: make('glossa, negative in Python', pythonVolume),
    pythonAsleep: make(SAME_ASLEEP, pythonVolume, ASLEEP),
    javascript: make('glossa, negative in JavaScript', javascriptVolume),
    c: make('glossa, negative in C', compileCVolume),
    kernelTimeout: make('glossa, Python, kernel-timeout', kernelTimeoutVolume),
  };
}
