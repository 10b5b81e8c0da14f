/**
 * From the command to a mount that answers, for a volume written in Python, and what its process
 * takes of memory when nobody asks anything. The first start finds an empty cache folder and makes
 * the interpreter's snapshot; the bar is for those after it.
 */
import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { isMissing, type Missing, NotMeasured, orMissing } from '../../runtime/bench/missing.ts';
import { digits, ranged, whole } from '../../runtime/bench/numbers.ts';
import { estimate, isJumpy } from '../../runtime/bench/statistics.ts';
import type { Bench } from './bench.ts';
import type { Figure } from './figures.ts';
import type { Report, Row } from './report.ts';
import type { Server } from './server.ts';
import { proveCache, pythonVolume, startGlossa } from './targets.ts';

const NAME = 'start';
/** Empty at first. */
const CACHE = 'start-cache';
const STARTS = { full: 7, quick: 3 };
const START = { unit: 's', bar: { limit: 0.8 } } as const;
const MEMORY = { unit: 'MB', bar: { limit: 250 } } as const;
/** Time to give back what only starting needed. */
const IDLE_MS = 3000;

interface Measured {
  /** Seconds. */
  readonly cold: number;
  readonly warm: readonly number[];
  /** Megabytes (10⁶) of VmRSS. */
  readonly idle: readonly number[];
}

export async function startTime(bench: Bench): Promise<Report> {
  const starts = bench.quick ? STARTS.quick : STARTS.full;
  bench.say(`start of a Python volume: ${starts} times`);
  const measured = await orMissing(() => measure(bench, starts));
  return {
    sections: [
      {
        title: `one Python volume: median of ${starts} starts [lowest – highest]`,
        columns: [],
        rows: rows(measured),
      },
    ],
    figures: [
      figure('start to mounted, Python, warm cache', 'warm', START, measured),
      figure('resident memory when idle, Python', 'idle', MEMORY, measured),
    ],
    raw: measured,
  };
}

async function measure(bench: Bench, starts: number): Promise<Measured> {
  const start = (): Promise<Server> => startGlossa(bench, NAME, [pythonVolume], { cache: CACHE });
  const first = await start();
  await proveCache(bench, NAME, first);
  await first.stop();
  const warm: number[] = [];
  const idle: number[] = [];
  while (warm.length < starts) {
    const server = await start();
    warm.push(server.startMs / 1000);
    await delay(IDLE_MS, undefined, { signal: bench.signal });
    idle.push(residentMegabytes(server.pid));
    await server.stop();
  }
  return { cold: first.startMs / 1000, warm, idle };
}

/** See proc_pid_status(5), whose kB are of 1024 bytes. @throws {NotMeasured} */
function residentMegabytes(pid: number): number {
  const path = `/proc/${pid}/status`;
  const kb = existsSync(path) && /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(path, 'utf8'));
  if (!kb) throw new NotMeasured('the server ended while it was idle');
  return (Number(kb[1]) * 1024) / 1e6;
}

function rows(measured: Measured | Missing): Row[] {
  if (isMissing(measured)) {
    return [{ title: 'start to mounted', cells: [`not measured: ${measured.missing}`] }];
  }
  const { cold, warm, idle } = measured;
  return [
    { title: 'first start, empty cache folder, s', cells: [digits(cold)] },
    { title: 'start to mounted, warm cache, s', cells: [ranged(estimate(warm), digits)] },
    { title: 'resident memory when idle, MB', cells: [ranged(estimate(idle), whole)] },
  ];
}

function figure(
  what: string,
  key: 'warm' | 'idle',
  { unit, bar }: Pick<Figure, 'unit' | 'bar'>,
  measured: Measured | Missing,
): Figure {
  if (isMissing(measured)) return { what, unit, bar, value: measured };
  const rounds = measured[key];
  return { what, unit, bar, value: { ...estimate(rounds), doubtful: isJumpy(rounds) } };
}
