/**
 * Whether `glossa bench` finds a difference where there is none: a stack beside itself, run after run,
 * each with another seed. Of a workload's runs, 19 of 20 have to say 'no difference'.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Run, readRun, type Verdict, verdicts } from '../../apps/bench/engine/schema.ts';
import { packageRoot } from '../../runtime/sys/paths.ts';
import { glossaProgram } from './bench.ts';
import { say } from './suite.ts';

const EXIT_MISSED = 1;
const EXIT_USAGE = 2;
/** Of all runs, how many may say something else. */
const OTHERS_MAX = 1 / 20;
/** A result is some tens of kilobytes. */
const OUTPUT_MAX = 64 * 2 ** 20;

const USAGE = `Compares a stack with itself, and counts what 'glossa bench' says.

  npm run bench -- aa [options] [-- options of glossa bench]

  --runs N         how many (20)
  --volfile FILE   the stack (volfiles/negative.vol)
  --help           this text

Without options for it, 'glossa bench' measures miss and hit on one CPU: some seven minutes in all.
Exit status: 0 when 19 of 20 runs of every workload found no difference, otherwise 1; 2 for wrong
use.`;

/** How often a workload at a place had each of the verdicts. */
export type Tally = ReadonlyMap<string, Readonly<Record<Verdict, number>>>;

/** Of the second stack of each run; one that was not measured counts as too noisy. */
export function tallyOf(runs: readonly Run[]): Tally {
  const tally = new Map<string, Record<Verdict, number>>();
  for (const { name, place, results } of runs.flatMap(({ workloads }) => workloads)) {
    const key = `${name}, ${place}`;
    const none = Object.fromEntries(verdicts.map((it) => [it, 0])) as Record<Verdict, number>;
    const counts = tally.get(key) ?? none;
    tally.set(key, counts);
    counts[results[1]?.measured?.toFirst?.verdict ?? 'too noisy to conclude']++;
  }
  return tally;
}

/** Whether 19 of 20 found none, in every workload. */
export const findsNone = (tally: Tally): boolean =>
  tally.size > 0 &&
  [...tally.values()].every((counts) => {
    const all = verdicts.reduce((sum, it) => sum + counts[it], 0);
    return all - counts['no difference'] <= all * OTHERS_MAX;
  });

const wordsOf = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .filter(([, times]) => times > 0)
    .map(([verdict, times]) => `${verdict} ${times}`)
    .join(', ');

/** @throws {Error} in words, when nothing was measured */
function runOnce(volfile: string, seed: number, options: readonly string[]): Run {
  const args = ['bench', volfile, volfile, '--seed', String(seed), '--json', ...options];
  const { stdout, status, signal } = spawnSync(process.execPath, [glossaProgram, ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: OUTPUT_MAX,
  });
  if (status !== 0) throw new Error(`glossa bench ended with ${signal ?? status}`);
  return readRun(stdout, 'glossa bench --json');
}

/** @returns the exit status */
export function aa(args: readonly string[]): number {
  try {
    const { help, runs, volfile, options } = read(args);
    if (!help) return compareWithItself(runs, volfile, options);
    console.log(USAGE);
    return 0;
  } catch (error) {
    say((error as Error).message);
    return error instanceof TypeError ? EXIT_USAGE : EXIT_MISSED;
  }
}

function compareWithItself(count: number, volfile: string, options: readonly string[]): number {
  const runs: Run[] = [];
  for (let seed = 1; seed <= count; seed++) {
    runs.push(runOnce(volfile, seed, options));
    for (const [workload, counts] of tallyOf(runs.slice(-1))) {
      say(`run ${seed} of ${count}: ${workload}: ${wordsOf(counts)}`);
    }
  }
  const tally = tallyOf(runs);
  for (const [workload, counts] of tally) console.log(`${workload}: ${wordsOf(counts)}`);
  return findsNone(tally) ? 0 : EXIT_MISSED;
}

/** @throws {TypeError} with a message for the user */
function read(args: readonly string[]) {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      runs: { type: 'string', default: '20' },
      volfile: { type: 'string', default: join(packageRoot, 'volfiles/negative.vol') },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const runs = Number(values.runs);
  if (!Number.isSafeInteger(runs) || runs < 1) throw new TypeError('--runs takes at least 1');
  const options = positionals.length > 0 ? positionals : ['-w', 'miss,hit', '--cpu', 'same'];
  return { ...values, runs, options };
}
