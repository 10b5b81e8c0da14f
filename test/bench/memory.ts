/** Measures the memory of idle mounts with one Python volume and with two: Pss of all processes of the server. */
import { readFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { MeasurementError } from '../../apps/bench/engine/measurement-error.ts';
import { formatWhole } from '../../apps/bench/engine/numbers.ts';
import { listChildren } from '../../apps/bench/engine/process-usage.ts';
import { measureFunctions } from '../../apps/bench/engine/rounds.ts';
import type { PlainVolume } from '../../runtime/volfile/description.ts';
import { type Bench, withTimeLimit } from './bench.ts';
import { startGlossa } from './servers.ts';
import { type Report, reportSeries } from './table.ts';
import { pythonVolume } from './volumes.ts';

const STARTS = { full: 5, quick: 2 };
/** Time to free the memory of the start. */
const IDLE_MS = 10_000;

const secondVolume: PlainVolume = { ...pythonVolume, name: 'second' };

/** Measures the memory of an idle mount, in megabytes (10⁶). */
async function measureMount(bench: Bench, volumes: readonly PlainVolume[]): Promise<number> {
  const mount = await startGlossa(bench, 'memory', volumes);
  const absent = join(mount.mountpoint, 'absent');
  await withTimeLimit(
    bench.signal,
    stat(absent).catch(() => {}),
  );
  await delay(IDLE_MS, undefined, { signal: bench.signal });
  const bytes = readProportionalBytes(mount.pid);
  await mount.stop();
  return bytes / 1e6;
}

export async function measureMemory(bench: Bench): Promise<Report> {
  const rounds = bench.quick ? STARTS.quick : STARTS.full;
  bench.log(`memory of Python volumes: ${rounds} times`);
  const one = () => measureMount(bench, [pythonVolume]);
  const two = () => measureMount(bench, [pythonVolume, secondVolume]);
  const series = await measureFunctions(
    { one, two },
    // The first start fills the cache folder.
    { rounds, signal: bench.signal, warmUp: async (start) => start === one && start() },
  );
  return reportSeries(series, {
    title: `memory of an idle mount, MB (Pss): median of ${rounds} starts [lowest – highest]`,
    titles: { one: 'one Python volume', two: 'two Python volumes' },
    format: formatWhole,
    held: [
      {
        ...{ what: 'memory of an idle mount, one Python volume', mine: 'one', unit: 'MB' },
        bar: { limit: 110, aim: 80 },
      },
      {
        ...{ what: 'memory that a second Python volume adds', mine: 'two', other: 'one' },
        ...{ unit: 'MB', bar: { limit: 20, aim: 12 } },
      },
    ],
  });
}

/**
 * Sums the proportional memory of a process and its descendants: pages that several share count in parts.
 * See proc_pid_smaps(5), whose kB are of 1024 bytes.
 * @throws {MeasurementError}
 */
function readProportionalBytes(pid: number): number {
  const children = listChildren(pid).reduce((sum, child) => sum + readProportionalBytes(child), 0);
  try {
    const kb = /^Pss:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))![1];
    return Number(kb) * 1024 + children;
  } catch (error) {
    throw new MeasurementError(`the memory of the server: ${(error as Error).message}`);
  }
}
