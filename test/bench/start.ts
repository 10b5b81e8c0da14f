/**
 * Measures the start of a mount with a Python volume, and the memory of its idle process. The first
 * start finds an empty cache folder and makes the interpreter's snapshot; the bar is for the later
 * ones. A compiled module is compared with the translator in TypeScript, which needs no start.
 */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { MeasurementError, measureOrExplain } from '../../apps/bench/engine/measurement-error.ts';
import { formatDigits, formatWhole } from '../../apps/bench/engine/numbers.ts';
import type { ServedMount } from '../../apps/bench/engine/target.ts';
import type { PlainVolume } from '../../runtime/volfile/description.ts';
import type { Bench } from './bench.ts';
import { findCacheFolder, startGlossa } from './servers.ts';
import { formatRounds, makeFigure, makeRow, type Report } from './table.ts';
import { makeTarget, proveCache } from './targets.ts';
import { compileWasmVolume, negativeVolume, pythonVolume } from './volumes.ts';

const NAME = 'start';
const STARTS = { full: 7, quick: 3 };
/** Time to free the memory of the start. */
const IDLE_MS = 3000;

/** Pairs of starts with a compiled module and without one. */
const PAIRS = { full: 15, quick: 3 };

interface Measured {
  /** Seconds. */
  readonly cold: number;
  readonly warm: readonly number[];
  /** Megabytes (10⁶) of VmRSS. */
  readonly idle: readonly number[];
}

export async function measureStartTime(bench: Bench): Promise<Report> {
  const starts = bench.quick ? STARTS.quick : STARTS.full;
  bench.log(`start of a Python volume: ${starts} times`);
  const measured = await measureOrExplain(() => measure(bench, starts));
  const pairs = bench.quick ? PAIRS.quick : PAIRS.full;
  bench.log(`start of a compiled module: ${pairs} times`);
  const compiled = await measureOrExplain(() => measureCompiled(bench, pairs));
  const makeMeasuredRow = (title: string, cell: (result: Measured) => string) =>
    makeRow(title, measured, (result) => [cell(result)]);
  return {
    sections: [
      {
        title: `one Python volume: median of ${starts} starts [lowest – highest]`,
        columns: [],
        rows: [
          makeMeasuredRow('first start, empty cache folder, s', ({ cold }) => formatDigits(cold)),
          makeMeasuredRow('start to mounted, warm cache, s', ({ warm }) => formatRounds(warm)),
          makeMeasuredRow('resident memory when idle, MB', ({ idle }) =>
            formatRounds(idle, formatWhole),
          ),
        ],
      },
      {
        title: `a module in C, in the sandbox: median of ${pairs} pairs of starts [lowest – highest]`,
        columns: [],
        rows: [
          makeRow('more than with TypeScript, ms', compiled, (times) => [formatRounds(times)]),
        ],
      },
    ],
    figures: [
      makeFigure(
        'start to mounted, Python, warm cache',
        ['s', { limit: 0.8 }],
        measured,
        ({ warm }) => warm,
      ),
      makeFigure(
        'resident memory when idle, Python',
        ['MB', { limit: 250 }],
        measured,
        ({ idle }) => idle,
      ),
      makeFigure(
        'start with a module in C, over TypeScript',
        ['ms', { limit: 20, aim: 8 }],
        compiled,
        (times) => times,
      ),
    ],
    raw: { ...measured, compiled },
  };
}

async function measure(bench: Bench, starts: number): Promise<Measured> {
  rmSync(findCacheFolder(bench), { recursive: true, force: true });
  const start = (): Promise<ServedMount> => startGlossa(bench, NAME, [pythonVolume]);
  const first = await start();
  await proveCache(bench, makeTarget(first), join(bench.data, NAME));
  await first.stop();
  const warm: number[] = [];
  const idle: number[] = [];
  while (warm.length < starts) {
    const server = await start();
    warm.push(server.startSeconds);
    await delay(IDLE_MS, undefined, { signal: bench.signal });
    idle.push(readResidentMegabytes(server.pid));
    await server.stop();
  }
  return { cold: first.startSeconds, warm, idle };
}

/** Milliseconds that the start takes longer with the compiled module, of each pair. */
async function measureCompiled(bench: Bench, pairs: number): Promise<number[]> {
  const compiledVolume = compileWasmVolume(bench);
  const measureStart = async (volume: PlainVolume): Promise<number> => {
    const server = await startGlossa(bench, NAME, [volume]);
    await server.stop();
    return server.startSeconds;
  };
  const differences: number[] = [];
  while (differences.length < pairs) {
    const without = await measureStart(negativeVolume);
    differences.push(1000 * ((await measureStart(compiledVolume)) - without));
  }
  return differences;
}

/** See proc_pid_status(5), whose kB are of 1024 bytes. @throws {MeasurementError} */
function readResidentMegabytes(pid: number): number {
  const path = `/proc/${pid}/status`;
  const kb = existsSync(path) && /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(path, 'utf8'));
  if (!kb) throw new MeasurementError('the server ended while it was idle');
  return (Number(kb[1]) * 1024) / 1e6;
}
