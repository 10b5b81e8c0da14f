/**
 * What the tutorial's experiment is made through: one cache of absent names after the other, over a
 * brick that is a directory, one behind a delay, and one that is a volume of GlusterFS.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { packageRoot } from '../../../runtime/sys/paths.ts';
import type { Bench, VolumeText } from '../bench.ts';
import type { TargetKind } from '../experiment.ts';
import { inTime, type Server } from '../server.ts';
import {
  CACHE_SECONDS,
  glossaProgram,
  negativeVolume,
  nlCacheVolume as nlCacheDefault,
  proveCache,
  pythonVolume,
  startGlossa,
  startGlusterfs,
  type Target,
  targets,
} from '../targets.ts';
import { startBricks, startClient } from './gluster.ts';

// -- caches --------------------------------------------------------------------------------------

const javascriptVolume: VolumeText = {
  name: 'negative',
  type: 'features/glupy',
  options: {
    'module-name': 'negative.js',
    'module-path': join(packageRoot, 'examples/negative/javascript'),
    timeout: CACHE_SECONDS,
  },
};

const kernelTimeoutVolume: VolumeText = {
  ...pythonVolume,
  options: { ...pythonVolume.options, 'kernel-timeout': CACHE_SECONDS },
};

/** The example in C, compiled. @throws {NotMeasured} */
async function cVolume({ tools, folder }: Bench): Promise<VolumeText> {
  await tools.require('gcc');
  const object = join(folder, 'negative.so');
  await tools.output('gcc', [
    ...['-std=c99', '-O2', '-Wall', '-shared', '-fPIC'],
    ...['-I', join(packageRoot, 'bridges/native'), '-o', object],
    join(packageRoot, 'examples/negative/c/negative.c'),
  ]);
  const options = { 'module-path': object, timeout: CACHE_SECONDS };
  return { name: 'negative', type: 'features/native', options };
}

/** With room for all names of the experiment; GlusterFS's default has it for a thousand or two. */
const nlCacheVolume: VolumeText = {
  ...nlCacheDefault,
  options: { ...nlCacheDefault.options, 'nl-cache-limit': '16777216' },
};

/** A cache by the name of its target; none is the baseline. */
const caches = {
  baseline: { title: 'glossa, no cache', volume: async () => null },
  typescript: { title: 'glossa, negative in TypeScript', volume: async () => negativeVolume },
  python: { title: 'glossa, negative in Python', volume: async () => pythonVolume },
  javascript: { title: 'glossa, negative in JavaScript', volume: async () => javascriptVolume },
  c: { title: 'glossa, negative in C', volume: cVolume },
  kernelTimeout: {
    title: 'glossa, Python, kernel-timeout',
    volume: async () => kernelTimeoutVolume,
  },
} as const satisfies Record<
  string,
  { title: string; volume(bench: Bench): Promise<VolumeText | null> }
>;

type CacheName = keyof typeof caches;

/** Above the storage: what comes this far, the cache has not decided. */
const counter: VolumeText = {
  name: 'counter',
  type: 'debug/io-stats',
  options: { 'count-fop-hits': 'on' },
};

/** Of `glossa stats`. */
interface Stats {
  readonly volumes: readonly { readonly name: string; readonly dump: Record<string, number> }[];
}

const lookups = async ({ tools }: Bench, { mountpoint }: Server): Promise<number> => {
  const args = [glossaProgram, 'stats', mountpoint, '--json'];
  const { volumes } = JSON.parse(await tools.output(process.execPath, args)) as Stats;
  return volumes.find(({ name }) => name === counter.name)?.dump['LOOKUP.hits'] ?? 0;
};

const target = ({ pid, mountpoint }: Server): Target => ({ pid, root: mountpoint });

/** What is under a cache. */
interface Ground {
  readonly storage?: VolumeText;
  /** Above the storage. */
  readonly volumes?: readonly VolumeText[];
  /** Where its files are. */
  readonly behind?: string;
}

/** A target for each cache, over what `ground` makes for it. */
function overEach(
  ground: (bench: Bench, name: string) => Promise<Ground>,
): Readonly<Record<CacheName, TargetKind>> {
  const kind = ({ title, volume }: (typeof caches)[CacheName]): TargetKind => ({
    title,
    async start(bench, name) {
      const { storage, volumes = [], behind } = await ground(bench, name);
      const cache = await volume(bench);
      const above = [counter, ...volumes, ...(cache === null ? [] : [cache])];
      const server = await startGlossa(bench, name, above, storage && { storage });
      const proven =
        cache === null ? target(server) : await proveCache(bench, name, server, behind);
      return { ...proven, lookups: () => lookups(bench, server) };
    },
  });
  const entries = Object.entries(caches).map(([name, cache]) => [name, kind(cache)]);
  return Object.fromEntries(entries) as Record<CacheName, TargetKind>;
}

// -- a directory ---------------------------------------------------------------------------------

export const onPosix = {
  ...overEach(async () => ({})),
  glusterfs: {
    title: 'GlusterFS, no cache',
    start: async (bench, name) => target(await startGlusterfs(bench, name, [])),
  },
  nlcache: {
    title: 'GlusterFS, nl-cache in C',
    start: async (bench, name) =>
      proveCache(bench, name, await startGlusterfs(bench, name, [nlCacheVolume])),
  },
  bare: targets.bare,
} as const satisfies Record<string, TargetKind>;

// -- behind a delay ------------------------------------------------------------------------------

/**
 * Of every request; microseconds. Of a search without a cache 4.9 lookups reach the storage: the
 * tutorial's 7.357 ms are 1510 µs for each, of which the mount and the brick take some 100.
 */
export const NETWORK_US = 1400;

/** The same volume is one of GlusterFS and one of ours. */
const network: VolumeText = {
  name: 'network',
  type: 'debug/delay-gen',
  options: { 'delay-percentage': '100', 'delay-duration': String(NETWORK_US) },
};

export const onNetwork = {
  ...overEach(async () => ({ volumes: [network] })),
  nlcache: {
    title: 'GlusterFS, nl-cache in C',
    start: async (bench, name) =>
      proveCache(bench, name, await startGlusterfs(bench, name, [network, nlCacheVolume])),
  },
} as const satisfies Record<string, TargetKind>;

// -- a volume of GlusterFS -----------------------------------------------------------------------

/** Two bricks and a mount of them, which are started for the first target that needs them. */
export function onGlusterfs() {
  let ports: Promise<readonly number[]> | undefined;
  let mount: Promise<Server> | undefined;
  const bricks = (bench: Bench): Promise<readonly number[]> => {
    ports ??= startBricks(bench);
    return ports;
  };
  const volume = async (bench: Bench): Promise<Server> => {
    mount ??= startClient(bench, 'volume', await bricks(bench));
    return mount;
  };
  /** A folder of its own in a mount of the volume. */
  const folderIn = async (bench: Bench, { mountpoint }: Server, name: string): Promise<string> => {
    const folder = join(mountpoint, name);
    await inTime(bench.signal, mkdir(folder));
    return folder;
  };
  return {
    ...overEach(async (bench, name) => {
      const directory = await folderIn(bench, await volume(bench), name);
      const storage = { name: 'remote', type: 'storage/posix', options: { directory } };
      return { storage, behind: directory };
    }),
    glusterfs: {
      title: 'GlusterFS itself, no cache',
      async start(bench, name) {
        const server = await volume(bench);
        return { pid: server.pid, root: await folderIn(bench, server, name) };
      },
    },
    nlcache: {
      title: 'GlusterFS itself, nl-cache in C',
      async start(bench, name) {
        const behind = join((await volume(bench)).mountpoint, name);
        const client = await startClient(bench, name, await bricks(bench), [nlCacheVolume]);
        const mountpoint = await folderIn(bench, client, name);
        return proveCache(bench, name, { pid: client.pid, mountpoint }, behind);
      },
    },
  } as const satisfies Record<string, TargetKind>;
}
