/** What failed stats are measured through: each is started, and proven to be what it says. */
import { mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packageRoot } from '../../runtime/sys/paths.ts';
import { type Bench, compileC, makeFolder, type VolumeText, writeVolfile } from './bench.ts';
import { NotMeasured } from './figures.ts';
import { inTime, type Server, startServer } from './server.ts';

export interface Target {
  /** Of its server; null without one. */
  readonly pid: number | null;
  /** Directories are made and removed here. */
  readonly root: string;
  /** A directory that is always there, where none can be made. */
  readonly fixed?: string;
}

/** As GlusterFS has them, and said so that no default decides what is measured. */
const TIMEOUTS = ['--attribute-timeout=1', '--entry-timeout=1', '--negative-timeout=0'];

/** Longer than any run, for all caches. */
const CACHE_SECONDS = '600';

const glossaProgram = join(packageRoot, 'dist/runtime/cli/main.js');

const storageVolume = (directory: string): VolumeText => ({
  name: 'posix',
  type: 'storage/posix',
  options: { directory },
});

export const negativeVolume: VolumeText = {
  name: 'negative',
  type: 'features/negative',
  options: { timeout: CACHE_SECONDS },
};

export const pythonVolume: VolumeText = {
  name: 'negative',
  type: 'features/glupy',
  options: {
    'module-name': 'negative.py',
    'module-path': join(packageRoot, 'examples/negative'),
    timeout: CACHE_SECONDS,
  },
};

/** As many volumes as glossa has: without the io-stats that GlusterFS's own tools put on top. */
const nlCacheVolume: VolumeText = {
  name: 'nl-cache',
  type: 'performance/nl-cache',
  options: {
    'nl-cache': 'on',
    'nl-cache-timeout': CACHE_SECONDS,
    // GlusterFS's default, in bytes: room for a thousand names and more.
    'nl-cache-limit': '131072',
    'nl-cache-positive-entry': 'off',
  },
};

/**
 * A glossa mount of these volumes above a folder of its own. Servers with the same name for their
 * cache folder share what they keep to start faster; the user's own is left alone.
 * @throws {NotMeasured}
 */
export async function startGlossa(
  bench: Bench,
  name: string,
  volumes: readonly VolumeText[],
  cache = 'cache',
): Promise<Server> {
  await bench.tools.require('fuse');
  const storage = storageVolume(makeFolder(bench.data, name));
  const volfile = writeVolfile(bench, name, [storage, ...volumes]);
  return startServer(bench, {
    name,
    env: { XDG_CACHE_HOME: makeFolder(bench.data, cache) },
    command: (mountpoint, log) => {
      const args = ['mount', volfile, mountpoint, '-N', '--log-file', log, ...TIMEOUTS];
      return [process.execPath, glossaProgram, ...args];
    },
  });
}

async function startNlCache(bench: Bench, name: string): Promise<Server> {
  await bench.tools.require('fuse', 'glusterfs', 'root');
  const storage = storageVolume(makeFolder(bench.data, name));
  const volfile = writeVolfile(bench, name, [storage, nlCacheVolume]);
  return startServer(bench, {
    name,
    command: (mountpoint, log) => [
      'glusterfs',
      ...['-N', '-f', volfile, '-l', log, ...TIMEOUTS, mountpoint],
    ],
  });
}

/**
 * Whether the cache answers, and not the storage behind it: a name that was absent stays so when it
 * is made behind the mount.
 * @throws {NotMeasured} when it does not
 */
export async function proveCache(bench: Bench, name: string, server: Server): Promise<Target> {
  const { signal } = bench;
  const directory = join(server.mountpoint, 'proof');
  const ask = (): Promise<boolean> => inTime(signal, isThere(join(directory, 'name')));
  await inTime(signal, mkdir(directory));
  const before = await ask();
  await writeFile(join(bench.data, name, 'proof', 'name'), '');
  if (before || (await ask())) throw new NotMeasured('its cache does not answer');
  return { pid: server.pid, root: server.mountpoint };
}

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false;
      throw error;
    },
  );

const glossa =
  (cache: VolumeText) =>
  async (bench: Bench, name: string): Promise<Target> =>
    proveCache(bench, name, await startGlossa(bench, name, [cache]));

export const targets = {
  bare: {
    title: 'the bare directory',
    start: async (bench: Bench, name: string): Promise<Target> => {
      return { pid: null, root: makeFolder(bench.data, name) };
    },
  },
  floor: {
    title: 'C on libfuse3, ENOENT at once (the floor)',
    start: async (bench: Bench, name: string): Promise<Target> => {
      const program = await compileC(bench, 'floor');
      await bench.tools.require('fuse');
      const command = (mountpoint: string) => [program, '-f', mountpoint] as const;
      const { pid, mountpoint } = await startServer(bench, { name, command });
      return { pid, root: mountpoint, fixed: join(mountpoint, 'directory') };
    },
  },
  typescript: { title: 'glossa, negative in TypeScript', start: glossa(negativeVolume) },
  python: { title: 'glossa, negative in Python', start: glossa(pythonVolume) },
  nlcache: {
    title: 'GlusterFS, nl-cache in C',
    start: async (bench: Bench, name: string): Promise<Target> =>
      proveCache(bench, name, await startNlCache(bench, name)),
  },
} as const;

export type TargetName = keyof typeof targets;

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
