/** What the suite `mount` measures through: storage alone, nothing above it. */
import { type Timeouts, timeoutArguments } from '../../../runtime/cli/bench/others/other.ts';
import { type Bench, compileServer, makeFolder, type VolumeText } from '../bench.ts';
import type { TargetKind } from '../experiment.ts';
import { type Server, startServer } from '../server.ts';
import {
  CACHE_SECONDS,
  proveCache,
  pythonVolume,
  startGlossa,
  startGlusterfs,
  type Target,
  TIMEOUTS,
  targets,
} from '../targets.ts';

const targetOf = ({ pid, mountpoint }: Server): Target => ({ pid, root: mountpoint });

const kernelTimeoutVolume: VolumeText = {
  ...pythonVolume,
  options: { ...pythonVolume.options, 'kernel-timeout': CACHE_SECONDS },
};

const memoryVolume: VolumeText = { name: 'memory', type: 'storage/memory' };

/** What decides nothing but how fast a request comes and goes. */
export const answerers = {
  floor: targets.floor,
  memory: {
    title: 'glossa, storage/memory',
    start: async (bench, name) =>
      targetOf(await startGlossa(bench, name, [], { storage: memoryVolume })),
  },
} as const satisfies Record<string, TargetKind>;

/** The same directory of the machine, seen through each kind of server, and bare. */
export const directories = (timeouts: Timeouts = TIMEOUTS) =>
  ({
    glossa: {
      title: 'glossa, storage/posix',
      start: async (bench, name) => targetOf(await startGlossa(bench, name, [], { timeouts })),
    },
    pass: {
      title: 'C on libfuse3, passed through',
      start: async (bench, name) => targetOf(await startPass(bench, name, timeouts)),
    },
    glusterfs: {
      title: 'GlusterFS, storage/posix',
      start: async (bench, name) => targetOf(await startGlusterfs(bench, name, [], timeouts)),
    },
    bare: targets.bare,
  }) as const satisfies Record<string, TargetKind>;

/** A cache of absent names in Python that lets the kernel cache them too. */
export const kernelTimeout: TargetKind = {
  title: 'glossa, negative in Python, kernel-timeout',
  start: async (bench, name) =>
    proveCache(bench, name, await startGlossa(bench, name, [kernelTimeoutVolume])),
};

/** Data goes through the server: as on older kernels, and where a translator sees it. */
const served: TargetKind = {
  title: 'glossa, --no-passthrough',
  start: async (bench, name) =>
    targetOf(await startGlossa(bench, name, [], { flags: ['--no-passthrough'] })),
};

/** The same, for data. */
export const dataDirectories = () => ({ ...directories(), served });

export type DirectoryName = keyof ReturnType<typeof directories>;
export type DataDirectoryName = keyof ReturnType<typeof dataDirectories>;

async function startPass(bench: Bench, name: string, timeouts: Timeouts): Promise<Server> {
  const program = compileServer(bench, 'pass');
  await bench.tools.require('fuse');
  const directory = makeFolder(bench.data, name);
  return startServer(bench, {
    name,
    command: (mountpoint) => [program, mountpoint, directory, ...timeoutArguments(timeouts)],
  });
}
