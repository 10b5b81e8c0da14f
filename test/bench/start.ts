/**
 * Measures the start of a mount with a Python volume. The first start finds an empty cache folder and
 * makes the interpreter's snapshot; the bar is for the later ones. A compiled module is compared with
 * the translator in TypeScript, which needs no start.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { measureOrExplain, WrongAnswers } from '../../apps/bench/engine/measurement-error.ts';
import { formatDigits, formatEstimate } from '../../apps/bench/engine/numbers.ts';
import { measureFunctions } from '../../apps/bench/engine/rounds.ts';
import { makeBuiltPath } from '../../runtime/sys/paths.ts';
import type { PlainVolume } from '../../runtime/volfile/description.ts';
import type { Bench } from './bench.ts';
import { measureMemory } from './memory.ts';
import { findCacheFolder, startGlossa } from './servers.ts';
import {
  findSamples,
  holdSeries,
  listSeries,
  makeFigure,
  makeRoundsRow,
  makeRow,
  type Report,
} from './table.ts';
import { makeTarget, proveCache } from './targets.ts';
import { timeCommand } from './trees.ts';
import { compileWasmVolume, negativeVolume, pythonVolume } from './volumes.ts';

const NAME = 'start';
const pyodideProgram = makeBuiltPath('test/bench/pyodide-start.cjs');
const STARTS = { full: 7, quick: 3 };

/** Pairs of starts with a compiled module and without one. */
const PAIRS = { full: 15, quick: 3 };

/** Joins the reports of the measurements of a part. */
export const joinReports = (reports: Readonly<Record<string, Report>>): Report => ({
  sections: Object.values(reports).flatMap(({ sections }) => sections),
  figures: Object.values(reports).flatMap(({ figures }) => figures),
  raw: Object.fromEntries(Object.entries(reports).map(([name, { raw }]) => [name, raw])),
});

/** Measures starts, and the memory of idle mounts. */
export const measureStartTime = async (bench: Bench): Promise<Report> =>
  joinReports({
    python: await measurePythonStart(bench),
    compiled: await measureCompiledStart(bench),
    memory: await measureMemory(bench),
  });

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
  return {
    sections: [
      {
        title: `one Python volume, s: median of ${rounds} starts [lowest – highest]`,
        columns: [],
        rows: [
          makeRow('first start, empty cache folder', cold, ([s]) => [formatDigits(s!)]),
          makeRoundsRow('start to mounted, warm cache', series, 'warm'),
          makeRoundsRow('Pyodide alone, from a snapshot of its own', series, 'alone'),
        ],
      },
    ],
    figures: [
      makeFigure(
        'start to mounted, Python, warm cache',
        ['s', { limit: 0.4, aim: 0.3 }],
        findSamples(series, 'warm'),
        (seconds) => seconds,
      ),
    ],
    raw: { cold, ...listSeries(series) },
  };
}

async function measureCompiledStart(bench: Bench): Promise<Report> {
  const rounds = bench.quick ? PAIRS.quick : PAIRS.full;
  bench.log(`start of a compiled module: ${rounds} times`);
  let compiled: PlainVolume | undefined;
  const compileOnce = (): PlainVolume => {
    compiled ??= compileWasmVolume(bench);
    return compiled;
  };
  const series = await measureFunctions(
    {
      without: () => measureStart(bench, negativeVolume),
      with: () => measureStart(bench, compileOnce()),
    },
    { rounds, signal: bench.signal },
  );
  const more = holdSeries(series, {
    ...{ what: 'start with a module in C, over TypeScript', mine: 'with', other: 'without' },
    ...{ unit: 'ms', bar: { limit: 20, aim: 8 } },
    pick: (seconds) => 1000 * seconds,
  });
  return {
    sections: [
      {
        title: `a module in C, in the sandbox: median of ${rounds} pairs of starts [lowest – highest]`,
        columns: [],
        rows: [
          makeRow('more than with TypeScript, ms', more.value, (ms) => [
            formatEstimate(ms, formatDigits) + (ms.doubtful ? ' ?' : ''),
          ]),
        ],
      },
    ],
    figures: [more],
    raw: listSeries(series),
  };
}

/** Runs pyodide-start.ts; resolves to its seconds. */
async function startPyodide(bench: Bench, action: 'make' | 'load'): Promise<number> {
  const snapshot = join(bench.folder, 'pyodide.snapshot');
  const command = [process.execPath, pyodideProgram, action, snapshot] as const;
  const [seconds, printed] = await timeCommand(bench, { client: null }, ...command);
  if (printed.trim() !== '2') throw new WrongAnswers(`Pyodide alone printed '${printed}'`);
  return seconds;
}
