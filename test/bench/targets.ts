/** What is measured through: each is started, and a cache is proven to be what it says. */
import { mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { NotMeasured } from '../../runtime/bench/missing.ts';
import { type Timeouts, timeoutArguments } from '../../runtime/cli/bench/others/other.ts';
import { packageRoot } from '../../runtime/sys/paths.ts';
import { type Bench, compileServer, makeFolder, type VolumeText, writeVolfile } from './bench.ts';
import { inTime, type Server, startServer } from './server.ts';

export interface Target {
  /** Of its server; null without one. */
  readonly pid: number | null;
  /** Directories are made and removed here. */
  readonly root: string;
  /** A directory that is always there, where none can be made. */
  readonly fixed?: string;
  /** How many lookups have come to its storage, where somebody counts them. */
  readonly lookups?: () => Promise<number>;
}

/** GlusterFS's. */
export const TIMEOUTS: Timeouts = { entry: 1, attribute: 1, negative: 0 };

/** Said to every server, so that no default decides what is measured. */
export const timeoutFlags = ({ entry, attribute, negative }: Timeouts): string[] => [
  `--attribute-timeout=${attribute}`,
  `--entry-timeout=${entry}`,
  `--negative-timeout=${negative}`,
];

/** Longer than any run, for all caches. */
export const CACHE_SECONDS = '600';

export const glossaProgram = join(packageRoot, 'dist/runtime/cli/main.js');

const ownFolder = (bench: Bench, name: string): VolumeText => ({
  name: 'posix',
  type: 'storage/posix',
  options: { directory: makeFolder(bench.data, name) },
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

/**
 * GlusterFS's. As many volumes as glossa has: without the io-stats that GlusterFS's own tools put on
 * top.
 */
export const nlCacheVolume: VolumeText = {
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

export interface GlossaSettings {
  /** Under the volumes; storage/posix with a folder of its own unless told otherwise. */
  readonly storage?: VolumeText;
  /**
   * Servers with the same name for their cache folder share what they keep to start faster; the
   * user's own is left alone.
   */
  readonly cache?: string;
  readonly timeouts?: Timeouts;
  /** Of `glossa mount`, besides those that every run has. */
  readonly flags?: readonly string[];
}

/** A glossa mount of these volumes above the storage. @throws {NotMeasured} */
export async function startGlossa(
  bench: Bench,
  name: string,
  volumes: readonly VolumeText[],
  settings: GlossaSettings = {},
): Promise<Server> {
  const { cache = 'cache', timeouts = TIMEOUTS, flags = [] } = settings;
  await bench.tools.require('fuse');
  const storage = settings.storage ?? ownFolder(bench, name);
  const volfile = writeVolfile(bench, name, [storage, ...volumes]);
  return startServer(bench, {
    name,
    env: { XDG_CACHE_HOME: makeFolder(bench.data, cache) },
    command: (mountpoint, log) => {
      const args = [
        'mount',
        volfile,
        mountpoint,
        '-N',
        '--log-file',
        log,
        ...timeoutFlags(timeouts),
      ];
      return [process.execPath, glossaProgram, ...args, ...flags];
    },
  });
}

/** A mount by GlusterFS of these volumes above its posix with a folder of its own. */
export async function startGlusterfs(
  bench: Bench,
  name: string,
  volumes: readonly VolumeText[],
  timeouts = TIMEOUTS,
): Promise<Server> {
  await bench.tools.require('fuse', 'glusterfs', 'root');
  const volfile = writeVolfile(bench, name, [ownFolder(bench, name), ...volumes]);
  return startServer(bench, {
    name,
    command: (mountpoint, log) => [
      'glusterfs',
      ...['-N', '-f', volfile, '-l', log, ...timeoutFlags(timeouts), mountpoint],
    ],
  });
}

/**
 * Whether the cache answers, and not the storage behind it: a name that was absent stays so when it
 * is made behind the mount.
 * @param behind where the mount's files are
 * @throws {NotMeasured} when it does not
 */
export async function proveCache(
  bench: Bench,
  name: string,
  server: Pick<Server, 'pid' | 'mountpoint'>,
  behind = join(bench.data, name),
): Promise<Target> {
  const { signal } = bench;
  const directory = join(server.mountpoint, 'proof');
  const ask = (): Promise<boolean> => inTime(signal, isThere(join(directory, 'name')));
  await inTime(signal, mkdir(directory));
  const before = await ask();
  await inTime(signal, writeFile(join(behind, 'proof', 'name'), ''));
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
      const program = compileServer(bench, 'floor');
      await bench.tools.require('fuse');
      const command = (mountpoint: string) =>
        [program, mountpoint, ...timeoutArguments(TIMEOUTS)] as const;
      const { pid, mountpoint } = await startServer(bench, { name, command });
      // There it is one directory, which cannot be removed.
      const fixed = join(mountpoint, 'directory');
      await inTime(bench.signal, mkdir(fixed));
      return { pid, root: mountpoint, fixed };
    },
  },
  typescript: { title: 'glossa, negative in TypeScript', start: glossa(negativeVolume) },
  python: { title: 'glossa, negative in Python', start: glossa(pythonVolume) },
  nlcache: {
    title: 'GlusterFS, nl-cache in C',
    start: async (bench: Bench, name: string): Promise<Target> =>
      proveCache(bench, name, await startGlusterfs(bench, name, [nlCacheVolume])),
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
