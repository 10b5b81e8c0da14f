/** Starts servers of glossa, of GlusterFS and in C, each over its own folder, until the end of a part. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { explainFailure, MeasurementError } from '../../apps/bench/engine/measurement-error.ts';
import { makeVolume, stackVolumes } from '../../apps/bench/engine/stack-volumes.ts';
import type { ServedMount } from '../../apps/bench/engine/target.ts';
import {
  findGlusterProblem,
  makeMountCommand,
  makeTimeoutFlags,
} from '../../apps/bench/run/others/gluster.ts';
import type { OtherStack, Timeouts } from '../../apps/bench/run/others/implementation.ts';
import { libfuse } from '../../apps/bench/run/others/libfuse.ts';
import { makeOtherImplementationPlan } from '../../apps/bench/run/others/other-plan.ts';
import { mountStack } from '../../apps/bench/run/stack-mount.ts';
import { type PlainVolume, printVolumes } from '../../runtime/volfile/description.ts';
import { makeProcessTerminal } from '../../terminal/terminal.ts';
import { type Bench, glossaProgram } from './bench.ts';

/** Seconds for which the kernel caches; GlusterFS's defaults. */
export const TIMEOUTS: Timeouts = { entry: 1, attribute: 1, negative: 0 };

/** Timeouts with which the kernel caches nothing, so that each call is a request. */
export const UNCACHED: Timeouts = { entry: 0, attribute: 0, negative: 0 };

/** Milliseconds after which what the kernel and md-cache's default know has expired. */
export const EXPIRY_MS = (Math.max(TIMEOUTS.entry, TIMEOUTS.attribute) + 0.2) * 1000;

/** Longest time until a client of GlusterFS has connected to all bricks, in milliseconds. */
const CONNECT_MS_MAX = 20_000;
const POLL_MS = 50;

/** Microseconds for which `glossa mount` waits awake for a request by default. */
export const BUSY_POLL_US = 50;

/** Flags with which `glossa mount` sleeps when there is no request, as other servers do. */
export const ASLEEP = ['--busy-poll', '0'] as const;

/** Starts a server until the end of the part. @throws {MeasurementError} when it ends unmounted */
export async function startServer(
  { folder, data, cleanup, signal }: Bench,
  name: string,
  makeCommand: OtherStack['makeCommand'],
  timeouts = TIMEOUTS,
): Promise<ServedMount> {
  const settings = { scratch: folder, dataFolder: data, timeouts, signal };
  const stack = { name, description: '', makeCommand };
  const mount = await makeOtherImplementationPlan(stack, settings).serve();
  cleanup.add(mount.stop);
  return mount;
}

export interface MountSettings {
  /** The storage under the volumes; by default storage/posix with its own folder. */
  readonly storage?: readonly PlainVolume[] | undefined;
  readonly timeouts?: Timeouts;
  /** More flags of the program. */
  readonly flags?: readonly string[];
}

/** Writes a volfile to the part's folder; returns its path. */
export function writeVolfile(
  { folder }: Pick<Bench, 'folder'>,
  name: string,
  storage: readonly PlainVolume[],
  above: readonly PlainVolume[] = [],
): string {
  const path = join(folder, `${name}.vol`);
  writeFileSync(path, printVolumes(stackVolumes(storage, above)));
  return path;
}

/** Makes a storage/posix over an empty folder of this name. */
export function makePosix({ data }: Pick<Bench, 'data'>, name: string): PlainVolume {
  const directory = join(data, name);
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory);
  return makeVolume('posix', 'storage/posix', { directory });
}

/** Mounts these volumes above the storage by glossa. @throws {MeasurementError} */
export async function startGlossa(
  bench: Bench,
  name: string,
  above: readonly PlainVolume[],
  { storage = [makePosix(bench, name)], timeouts = TIMEOUTS, flags = [] }: MountSettings = {},
): Promise<ServedMount> {
  const settings = {
    ...{ name, options: [], scratch: bench.folder, signal: bench.signal, program: glossaProgram },
    volfile: writeVolfile(bench, name, storage, above),
    flags: [...makeTimeoutFlags(timeouts), ...flags],
  };
  const mount = await explainFailure(mountStack(settings, makeProcessTerminal()));
  bench.cleanup.add(mount.stop);
  return mount;
}

/** Mounts these volumes above the storage by GlusterFS; flags are of `glusterfs`. @throws {MeasurementError} */
export async function startGlusterfs(
  bench: Bench,
  name: string,
  above: readonly PlainVolume[],
  { storage = [makePosix(bench, name)], timeouts, flags }: MountSettings = {},
): Promise<ServedMount> {
  const problem = findGlusterProblem();
  if (problem !== null) throw new MeasurementError(problem);
  const volfile = printVolumes(stackVolumes(storage, above));
  const server = await startServer(
    bench,
    name,
    makeMountCommand(() => volfile, flags),
    timeouts,
  );
  // A client mounts with the first brick, and logs the others.
  const bricks = storage.filter(({ type }) => type === 'protocol/client').length;
  const end = performance.now() + CONNECT_MS_MAX;
  for (;;) {
    const log = readFileSync(join(bench.folder, `${name}.log`), 'utf8');
    if ((log.match(/attached to remote volume/g) ?? []).length >= bricks) return server;
    if (performance.now() > end) throw new MeasurementError('the client does not reach all bricks');
    await delay(POLL_MS, undefined, { signal: bench.signal });
  }
}

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
  const { makeCommand } = prepared.stacks.find((stack) => stack.name === stackName)!;
  const addArguments: OtherStack['makeCommand'] = (mountPlan) => {
    const { commandLine, ...others } = makeCommand(mountPlan);
    return { commandLine: [...commandLine, ...extraArguments], ...others };
  };
  return startServer(bench, name, addArguments, timeouts);
}
