/**
 * Measures the start and the memory of mounts with a Python volume. The first start finds an empty cache folder and makes
 * the interpreter's snapshot; the bar is for the later ones. A compiled module is compared with the translator in
 * TypeScript, which needs no start.
 */
import { readFileSync, rmSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  MeasurementError,
  type MissingResult,
  measureOrExplain,
  WrongAnswers,
} from '../../apps/bench/engine/measurement-error.ts';
import { formatWhole } from '../../apps/bench/engine/numbers.ts';
import { listChildren } from '../../apps/bench/engine/process-usage.ts';
import { measureFunctions } from '../../apps/bench/engine/rounds.ts';
import { makeBuiltPath } from '../../runtime/sys/paths.ts';
import type { PlainVolume } from '../../runtime/volfile/description.ts';
import { type Bench, findCacheFolder, withTimeLimit } from './bench.ts';
import { timeCommand } from './programs.ts';
import { startGlossa } from './servers.ts';
import { hold, joinReports, type Report, reportSeries, type Sample } from './table.ts';
import { makeTarget, proveCache } from './targets.ts';
import { compileWasmVolume, negativeVolume, pythonVolume } from './volumes.ts';

const NAME = 'start';
const pyodideProgram = makeBuiltPath('test/bench/pyodide-start.cjs');
const STARTS = { full: 7, quick: 3 };
/** Pairs of starts with a compiled module and without one. */
const PAIRS = { full: 15, quick: 3 };

/** Measures starts, and the memory of idle mounts. */
export const measureStartTime = async (bench: Bench): Promise<Report> =>
  joinReports([
    await measurePythonStart(bench),
    await measureCompiledStart(bench),
    await measureMemory(bench),
  ]);

/** Measures the seconds of a start. */
async function measureStart(bench: Bench, volume: PlainVolume): Promise<number> {
  const mount = await startGlossa(bench, NAME, [volume]);
  await mount.stop();
  return mount.startSeconds;
}

/** Measures the first start, which finds an empty cache folder, and proves that its cache answers. */
async function measureColdStart(bench: Bench): Promise<readonly number[]> {
  rmSync(findCacheFolder(bench), { recursive: true, force: true });
  const mount = await startGlossa(bench, NAME, [pythonVolume]);
  await proveCache(bench, makeTarget(mount), join(bench.data, NAME));
  await mount.stop();
  return [mount.startSeconds];
}

export async function measurePythonStart(bench: Bench): Promise<Report> {
  const rounds = bench.quick ? STARTS.quick : STARTS.full;
  bench.log(`start of a Python volume: ${rounds} times`);
  const cold = await measureOrExplain(() => measureColdStart(bench));
  const functions = {
    warm: () => measureStart(bench, pythonVolume),
    // The least that other programs take.
    alone: () => startPyodide(bench, 'load'),
  };
  const series = await measureFunctions(functions, {
    ...{ rounds, signal: bench.signal },
    warmUp: async (start) => start === functions.alone && startPyodide(bench, 'make'),
  });
  const titles = {
    cold: 'first start, empty cache folder',
    warm: 'start to mounted, warm cache',
    alone: 'Pyodide alone, from a snapshot of its own',
  };
  return reportSeries<keyof typeof titles>(
    {
      what: 'one Python volume',
      unitText: `s, median of ${rounds} starts [lowest – highest]`,
      titles,
      held: [
        hold('start to mounted, Python, warm cache', ['warm'], '≤ 0.4, aim 0.3', { unit: 's' }),
      ],
    },
    new Map<keyof typeof titles, readonly number[] | MissingResult>([['cold', cold], ...series]),
  );
}

async function measureCompiledStart(bench: Bench): Promise<Report> {
  const rounds = bench.quick ? PAIRS.quick : PAIRS.full;
  bench.log(`start of a compiled module: ${rounds} times`);
  let compiled: PlainVolume | undefined;
  const measureMs = async (volume: PlainVolume) => 1000 * (await measureStart(bench, volume));
  const series = await measureFunctions(
    {
      without: () => measureMs(negativeVolume),
      with() {
        compiled ??= compileWasmVolume(bench);
        return measureMs(compiled);
      },
    },
    { rounds, signal: bench.signal },
  );
  return reportSeries(
    {
      what: 'a module in C, in the sandbox',
      unitText: `ms, median of ${rounds} pairs of starts [lowest – highest]`,
      titles: { without: 'with TypeScript', with: 'with the module' },
      first: 'without',
      columns: [
        ['start', 'value'],
        ['more than with TypeScript', 'value', 'difference'],
      ],
      held: [
        hold('start with a module in C, over TypeScript', ['with', 'without'], '≤ 20, aim 8', {
          unit: 'ms',
        }),
      ],
    },
    series,
  );
}

/** Runs pyodide-start.ts; resolves to its seconds. */
async function startPyodide(bench: Bench, action: 'make' | 'load'): Promise<number> {
  const snapshot = join(bench.folder, 'pyodide.snapshot');
  const command = [process.execPath, pyodideProgram, action, snapshot] as const;
  const [seconds, printed] = await timeCommand(bench, { client: null }, ...command);
  if (printed.trim() !== '2') throw new WrongAnswers(`Pyodide alone printed '${printed}'`);
  return seconds;
}

// -- memory --------------------------------------------------------------------------------------

const MEMORY_STARTS = { full: 5, quick: 2 };
/** Time to free the memory of the start. */
const IDLE_MS = 10_000;

const secondVolume: PlainVolume = { ...pythonVolume, name: 'second' };

/** Measures the memory of an idle mount, in megabytes (10⁶), and the seconds of its start. */
async function measureMount(bench: Bench, volumes: readonly PlainVolume[]): Promise<Sample> {
  const mount = await startGlossa(bench, 'memory', volumes);
  const absent = join(mount.mountpoint, 'absent');
  await withTimeLimit(
    bench.signal,
    stat(absent).catch(() => {}),
  );
  await delay(IDLE_MS, undefined, { signal: bench.signal });
  const bytes = readProportionalBytes(mount.pid);
  await mount.stop();
  return { value: bytes / 1e6, seconds: mount.startSeconds };
}

/** Measures idle mounts with one Python volume and with two: Pss of all processes of the server. */
export async function measureMemory(bench: Bench): Promise<Report> {
  const rounds = bench.quick ? MEMORY_STARTS.quick : MEMORY_STARTS.full;
  bench.log(`memory of Python volumes: ${rounds} times`);
  const one = () => measureMount(bench, [pythonVolume]);
  const two = () => measureMount(bench, [pythonVolume, secondVolume]);
  const series = await measureFunctions(
    { one, two },
    // The first start fills the cache folder.
    { rounds, signal: bench.signal, warmUp: async (start) => start === one && start() },
  );
  return reportSeries(
    {
      what: 'an idle mount',
      unitText: `median of ${rounds} starts [lowest – highest]`,
      titles: { one: 'one Python volume', two: 'two Python volumes' },
      columns: [
        ['memory (Pss), MB', 'value', 'rounds', formatWhole],
        ['start, s', 'seconds'],
      ],
      held: [
        hold('memory of an idle mount, one Python volume', ['one'], '≤ 110, aim 80', {
          unit: 'MB',
        }),
        hold('memory that a second Python volume adds', ['two', 'one'], '≤ 20, aim 12', {
          unit: 'MB',
        }),
        hold('start that a second Python volume adds', ['two', 'one'], '≤ 0.3, aim 0.2', {
          ...{ unit: 's', key: 'seconds' },
        }),
      ],
    },
    series,
  );
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
