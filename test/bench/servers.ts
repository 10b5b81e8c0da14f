/**
 * Starts servers of glossa, of GlusterFS and in C, each over its own folder, until the end of a
 * part.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MeasurementError } from '../../apps/bench/engine/measurement-error.ts';
import { makeVolume, stackVolumes } from '../../apps/bench/engine/stack-volumes.ts';
import type { ServedMount } from '../../apps/bench/engine/target.ts';
import {
  findGlusterProblem,
  formatVolfile,
  makeMountCommand,
  makeTimeoutFlags,
} from '../../apps/bench/run/others/gluster.ts';
import type { OtherStack, Timeouts } from '../../apps/bench/run/others/implementation.ts';
import { libfuse } from '../../apps/bench/run/others/libfuse.ts';
import { makeOtherImplementationPlan } from '../../apps/bench/run/others/other-plan.ts';
import { type PlainVolume, printVolumes } from '../../runtime/volfile/description.ts';
import { listServerOptions, MALLOC_TUNABLES } from '../../server/child-server.ts';
import { type Bench, glossaProgram } from './bench.ts';

/** Seconds for which the kernel caches; GlusterFS's defaults. */
export const TIMEOUTS: Timeouts = { entry: 1, attribute: 1, negative: 0 };

/** Starts a server until the end of the part. @throws {MeasurementError} when it ends unmounted */
export async function startServer(
  { folder, data, cleanup, signal }: Bench,
  name: string,
  command: OtherStack['makeCommand'],
  timeouts = TIMEOUTS,
): Promise<ServedMount> {
  const settings = { scratch: folder, dataFolder: data, timeouts, signal };
  const mount = await makeOtherImplementationPlan(
    { name, description: '', makeCommand: command },
    settings,
  ).serve();
  cleanup.add(mount.stop);
  return mount;
}

export interface GlossaSettings {
  /** The storage under the volumes; by default storage/posix with its own folder. */
  readonly storage?: readonly PlainVolume[] | undefined;
  readonly timeouts?: Timeouts;
  /** More flags of `glossa mount`. */
  readonly flags?: readonly string[];
}

/** The servers' cache folder, apart from the user's. */
export const findCacheFolder = ({ data }: Bench): string => join(data, 'cache');

/** Mounts these volumes above the storage by glossa. @throws {MeasurementError} */
export function startGlossa(
  bench: Bench,
  name: string,
  above: readonly PlainVolume[],
  { storage, timeouts, flags = [] }: GlossaSettings = {},
): Promise<ServedMount> {
  const command: OtherStack['makeCommand'] = ({ mountpoint, directory, logFile, ...mountPlan }) => {
    const volfile = `${mountpoint}.vol`;
    const storageVolumes = storage ?? [makeVolume('posix', 'storage/posix', { directory })];
    writeFileSync(volfile, printVolumes(stackVolumes(storageVolumes, above)));
    const args = ['mount', volfile, mountpoint, '-N', '--log-file', logFile];
    return {
      commandLine: [
        // As a daemon runs: the server is this process itself, so that it can be measured.
        process.execPath,
        ...listServerOptions(volfile),
        ...[glossaProgram, ...args],
        ...makeTimeoutFlags(mountPlan.timeouts),
        ...flags,
      ],
      env: { XDG_CACHE_HOME: findCacheFolder(bench), GLIBC_TUNABLES: MALLOC_TUNABLES },
    };
  };
  mkdirSync(findCacheFolder(bench), { recursive: true });
  return startServer(bench, name, command, timeouts);
}

/** Mounts these volumes by GlusterFS, above its posix with a folder of its own. */
export async function startGlusterfs(
  bench: Bench,
  name: string,
  above: readonly PlainVolume[],
  timeouts = TIMEOUTS,
): Promise<ServedMount> {
  const problem = findGlusterProblem();
  if (problem !== null) throw new MeasurementError(problem);
  return startServer(
    bench,
    name,
    makeMountCommand((directory) => formatVolfile(directory, above)),
    timeouts,
  );
}

/** Microseconds for which `glossa mount` waits awake for a request by default. */
export const BUSY_POLL_US = 50;

/** Flags with which `glossa mount` sleeps when there is no request, as other servers do. */
export const ASLEEP = ['--busy-poll', '0'] as const;

/** Starts a server in C of `glossa bench`. @param extraArguments of its arguments. @throws {MeasurementError} */
export async function startLibfuse(
  bench: Bench,
  name: string,
  stackName: 'libfuse-floor' | 'libfuse',
  timeouts = TIMEOUTS,
  ...extraArguments: readonly string[]
): Promise<ServedMount> {
  const prepared = libfuse.prepare(bench.folder);
  if (typeof prepared === 'string') throw new MeasurementError(prepared);
  const { makeCommand: command } = prepared.stacks.find((stack) => stack.name === stackName)!;
  const addArguments: OtherStack['makeCommand'] = (mountPlan) => {
    const { commandLine: line, ...others } = command(mountPlan);
    return { commandLine: [...line, ...extraArguments], ...others };
  };
  return startServer(bench, name, addArguments, timeouts);
}
