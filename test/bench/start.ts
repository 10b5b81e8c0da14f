/**
 * Measures the start of a mount with a Python volume. The first start finds an empty cache folder and
 * makes the interpreter's snapshot; the bar is for the later ones. A compiled module is compared with
 * the translator in TypeScript, which needs no start.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { measureOrExplain, WrongAnswers } from '../../apps/bench/engine/measurement-error.ts';
import { formatDigits } from '../../apps/bench/engine/numbers.ts';
import type { ServedMount } from '../../apps/bench/engine/target.ts';
import { makeBuiltPath } from '../../runtime/sys/paths.ts';
import type { PlainVolume } from '../../runtime/volfile/description.ts';
import type { Bench } from './bench.ts';
import { measureMemory } from './memory.ts';
import { findCacheFolder, startGlossa } from './servers.ts';
import { formatRounds, makeFigure, makeRow, type Report } from './table.ts';
import { makeTarget, proveCache } from './targets.ts';
import { timeCommand } from './trees.ts';
import { compileWasmVolume, negativeVolume, pythonVolume } from './volumes.ts';

const NAME = 'start';
const pyodideProgram = makeBuiltPath('test/bench/pyodide-start.cjs');
const STARTS = { full: 7, quick: 3 };

/** Pairs of starts with a compiled module and without one. */
const PAIRS = { full: 15, quick: 3 };

/** Seconds. */
interface Measured {
  readonly cold: number;
  readonly warm: readonly number[];
  /** Of Pyodide without glossa, from a snapshot of its own: what other programs take at least. */
  readonly alone: readonly number[];
}

/** Measures starts, and the memory of idle mounts. */
export async function measureStartTime(bench: Bench): Promise<Report> {
  const python = await measurePythonStart(bench);
  const compiled = await measureCompiledStart(bench);
  const memory = await measureMemory(bench);
  return {
    sections: [python, compiled, memory].flatMap(({ sections }) => sections),
    figures: [python, compiled, memory].flatMap(({ figures }) => figures),
    raw: { python: python.raw, compiled: compiled.raw, memory: memory.raw },
  };
}

export async function measurePythonStart(bench: Bench): Promise<Report> {
  const starts = bench.quick ? STARTS.quick : STARTS.full;
  bench.log(`start of a Python volume: ${starts} times`);
  const measured = await measureOrExplain(() => measure(bench, starts));
  return {
    sections: [
      {
        title: `one Python volume, s: median of ${starts} starts [lowest – highest]`,
        columns: [],
        rows: [
          makeRow('first start, empty cache folder', measured, ({ cold }) => [formatDigits(cold)]),
          makeRow('start to mounted, warm cache', measured, ({ warm }) => [formatRounds(warm)]),
          makeRow('Pyodide alone, from a snapshot of its own', measured, ({ alone }) => [
            formatRounds(alone),
          ]),
        ],
      },
    ],
    figures: [
      makeFigure(
        'start to mounted, Python, warm cache',
        ['s', { limit: 0.4, aim: 0.3 }],
        measured,
        ({ warm }) => warm,
      ),
    ],
    raw: measured,
  };
}

async function measureCompiledStart(bench: Bench): Promise<Report> {
  const pairs = bench.quick ? PAIRS.quick : PAIRS.full;
  bench.log(`start of a compiled module: ${pairs} times`);
  const compiled = await measureOrExplain(() => measureCompiled(bench, pairs));
  return {
    sections: [
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
        'start with a module in C, over TypeScript',
        ['ms', { limit: 20, aim: 8 }],
        compiled,
        (times) => times,
      ),
    ],
    raw: compiled,
  };
}

async function measure(bench: Bench, starts: number): Promise<Measured> {
  rmSync(findCacheFolder(bench), { recursive: true, force: true });
  const start = (): Promise<ServedMount> => startGlossa(bench, NAME, [pythonVolume]);
  const first = await start();
  await proveCache(bench, makeTarget(first), join(bench.data, NAME));
  await first.stop();
  const warm: number[] = [];
  const alone: number[] = [];
  await startPyodide(bench, 'make');
  while (warm.length < starts) {
    const server = await start();
    warm.push(server.startSeconds);
    await server.stop();
    alone.push(await startPyodide(bench, 'load'));
  }
  return { cold: first.startSeconds, warm, alone };
}

/** Runs pyodide-start.ts; resolves to its seconds. */
async function startPyodide(bench: Bench, action: 'make' | 'load'): Promise<number> {
  const snapshot = join(bench.folder, 'pyodide.snapshot');
  const command = [process.execPath, pyodideProgram, action, snapshot] as const;
  const [seconds, printed] = await timeCommand(bench, { client: null }, ...command);
  if (printed.trim() !== '2') throw new WrongAnswers(`Pyodide alone printed '${printed}'`);
  return seconds;
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
