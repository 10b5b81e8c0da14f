/**
 * Starts servers of glossa, of GlusterFS and in C, each over its own folder, until the end of a
 * part.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { NotMeasured } from '../../apps/bench/engine/not-measured.ts';
import { makeVolume, stackVolumes } from '../../apps/bench/engine/stacks.ts';
import type { ServedMount } from '../../apps/bench/engine/target.ts';
import {
  findGlusterProblem,
  makeMountCommand,
  timeoutFlags,
  writeVolfile,
} from '../../apps/bench/run/others/gluster.ts';
import type { OtherStack, Timeouts } from '../../apps/bench/run/others/implementation.ts';
import { libfuse } from '../../apps/bench/run/others/libfuse.ts';
import { makeOtherPlan } from '../../apps/bench/run/others/other-plan.ts';
import type { PlainVolume } from '../../runtime/volfile/description.ts';
import { printVolumes } from '../../runtime/volfile/print.ts';
import { type Bench, glossaProgram } from './bench.ts';

/** GlusterFS's. */
export const TIMEOUTS: Timeouts = { entry: 1, attribute: 1, negative: 0 };

/** Starts a server until the end of the part. @throws {NotMeasured} when it ends unmounted */
export async function serve(
  { folder, data, cleanup, signal }: Bench,
  name: string,
  command: OtherStack['makeCommand'],
  timeouts = TIMEOUTS,
): Promise<ServedMount> {
  const serving = { scratch: folder, data, timeouts, signal };
  const served = await makeOtherPlan(
    { name, description: '', makeCommand: command },
    serving,
  ).serve();
  cleanup.add(served.stop);
  return served;
}

export interface GlossaSettings {
  /** The storage under the volumes; by default storage/posix with its own folder. */
  readonly storage?: readonly PlainVolume[] | undefined;
  readonly timeouts?: Timeouts;
  /** More flags of `glossa mount`. */
  readonly flags?: readonly string[];
}

/** The servers' cache folder, apart from the user's. */
export const cacheFolder = ({ data }: Bench): string => join(data, 'cache');

/** A glossa mount of these volumes above the storage. @throws {NotMeasured} */
export function startGlossa(
  bench: Bench,
  name: string,
  above: readonly PlainVolume[],
  { storage, timeouts, flags = [] }: GlossaSettings = {},
): Promise<ServedMount> {
  const command: OtherStack['makeCommand'] = ({ mountpoint, directory, log, ...mounting }) => {
    const volfile = `${mountpoint}.vol`;
    const below = storage ?? [makeVolume('posix', 'storage/posix', { directory })];
    writeFileSync(volfile, printVolumes(stackVolumes(below, above)));
    const own = ['mount', volfile, mountpoint, '-N', '--log-file', log];
    return {
      words: [
        process.execPath,
        glossaProgram,
        ...own,
        ...timeoutFlags(mounting.timeouts),
        ...flags,
      ],
      env: { XDG_CACHE_HOME: cacheFolder(bench) },
    };
  };
  mkdirSync(cacheFolder(bench), { recursive: true });
  return serve(bench, name, command, timeouts);
}

/** A mount by GlusterFS of these volumes above its posix with a folder of its own. */
export async function startGlusterfs(
  bench: Bench,
  name: string,
  above: readonly PlainVolume[],
  timeouts = TIMEOUTS,
): Promise<ServedMount> {
  const problem = findGlusterProblem();
  if (problem !== null) throw new NotMeasured(problem);
  return serve(
    bench,
    name,
    makeMountCommand((directory) => writeVolfile(directory, above)),
    timeouts,
  );
}

/** As long as `glossa mount` waits awake for a request by default; microseconds. */
export const BUSY_POLL_US = 50;

/** Of `glossa mount`: it sleeps when there is no request, as all servers do that have no such option. */
export const ASLEEP = ['--busy-poll', '0'] as const;

/** A server in C that `glossa bench` has, too. @param more of its arguments. @throws {NotMeasured} */
export async function startLibfuse(
  bench: Bench,
  name: string,
  which: 'libfuse-floor' | 'libfuse',
  timeouts = TIMEOUTS,
  ...more: readonly string[]
): Promise<ServedMount> {
  const found = libfuse.prepare(bench.folder);
  if (typeof found === 'string') throw new NotMeasured(found);
  const { makeCommand: command } = found.stacks.find((it) => it.name === which)!;
  const withMore: OtherStack['makeCommand'] = (mounting) => {
    const { words: line, ...others } = command(mounting);
    return { words: [...line, ...more], ...others };
  };
  return serve(bench, name, withMore, timeouts);
}
