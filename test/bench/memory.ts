/** Measures the memory of idle mounts with one Python volume and with two: Pss of all processes of the server. */
import { readFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { MeasurementError, measureOrExplain } from '../../apps/bench/engine/measurement-error.ts';
import { formatWhole } from '../../apps/bench/engine/numbers.ts';
import { listChildren } from '../../apps/bench/engine/process-usage.ts';
import { compare, subtract } from '../../apps/bench/engine/statistics.ts';
import type { PlainVolume } from '../../runtime/volfile/description.ts';
import { type Bench, withTimeLimit } from './bench.ts';
import { startGlossa } from './servers.ts';
import { formatRounds, makeFigure, makeRow, type Report } from './table.ts';
import { pythonVolume } from './volumes.ts';

const STARTS = { full: 5, quick: 2 };
/** Time to free the memory of the start. */
const IDLE_MS = 10_000;

/** Megabytes (10⁶) in each start. */
interface Measured {
  readonly one: readonly number[];
  readonly two: readonly number[];
}

const secondVolume: PlainVolume = { ...pythonVolume, name: 'second' };

export async function measureMemory(bench: Bench): Promise<Report> {
  const starts = bench.quick ? STARTS.quick : STARTS.full;
  bench.log(`memory of Python volumes: ${starts} times`);
  const measured = await measureOrExplain(() => measure(bench, starts));
  const makeMeasuredRow = (title: string, pick: (result: Measured) => readonly number[]) =>
    makeRow(title, measured, (result) => [formatRounds(pick(result), formatWhole)]);
  return {
    sections: [
      {
        title: `memory of an idle mount, MB (Pss): median of ${starts} starts [lowest – highest]`,
        columns: [],
        rows: [
          makeMeasuredRow('one Python volume', ({ one }) => one),
          makeMeasuredRow('two Python volumes', ({ two }) => two),
        ],
      },
    ],
    figures: [
      makeFigure(
        'memory of an idle mount, one Python volume',
        ['MB', { limit: 110, aim: 80 }],
        measured,
        ({ one }) => one,
      ),
      makeFigure(
        'memory that a second Python volume adds',
        ['MB', { limit: 20, aim: 12 }],
        measured,
        ({ one, two }) => compare(two, one, subtract),
      ),
    ],
    raw: { idle: measured },
  };
}

async function measure(bench: Bench, starts: number): Promise<Measured> {
  const measureMount = async (...volumes: readonly PlainVolume[]): Promise<number> => {
    const server = await startGlossa(bench, 'memory', volumes);
    await withTimeLimit(
      bench.signal,
      stat(join(server.mountpoint, 'absent')).catch(() => {}),
    );
    await delay(IDLE_MS, undefined, { signal: bench.signal });
    const bytes = readProportionalBytes(server.pid);
    await server.stop();
    return bytes / 1e6;
  };
  const one: number[] = [];
  const two: number[] = [];
  // The first start fills the cache folder.
  await measureMount(pythonVolume);
  while (one.length < starts) {
    one.push(await measureMount(pythonVolume));
    two.push(await measureMount(pythonVolume, secondVolume));
  }
  return { one, two };
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
