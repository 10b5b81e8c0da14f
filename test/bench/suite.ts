/**
 * Runs a suite of measurements as a program and prints its figures. Ctrl-C aborts the current wait;
 * the program then prints the finished figures and removes servers, mounts and folders.
 */
import { closeSync, openSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { BusySampler, describeBusyness } from '../../apps/bench/engine/busy-sampler.ts';
import { describeMachine } from '../../apps/bench/engine/machine.ts';
import { assignCpus, parseCpuList, readAllowedCpus } from '../../apps/bench/engine/placement.ts';
import { formatMachineSentence } from '../../apps/bench/engine/report/run-sentences.ts';
import { Cleanup } from '../../apps/bench/run/cleanup.ts';
import { readVersion } from '../../apps/bench/run/others/gluster.ts';
import { runToEnd } from '../../apps/bench/run/others/implementation.ts';
import { Interruption } from '../../terminal/interruption.ts';
import { readPackageVersion } from '../../terminal/package-version.ts';
import { type Bench, openBench } from './bench.ts';
import { type Figure, judgeFigure } from './figures.ts';
import { writeRecord } from './record.ts';
import { formatFigures, formatSection, type Report } from './table.ts';

const EXIT_MISSED = 1;
const EXIT_USAGE = 2;

export interface Suite {
  /** The comparison, for its usage. */
  readonly about: string;
  /** The meaning of its figures, besides `LEGEND`. */
  readonly legend?: string;
  /** Whether servers and clients are pinned to CPUs, which the heading then names. */
  readonly isPlaced: boolean;
  readonly parts: Readonly<Record<string, (bench: Bench) => Promise<Report>>>;
}

const LEGEND = `A figure is the median over the rounds [the lowest – the highest]. With a "?", the rounds of one row lie
more than a factor of 1.5 apart: measure again.`;

const makeUsage = ({ about, parts }: Suite, name: string): string => `\
usage: npm run bench -- ${name}${name === '' ? '' : ' '}[options]

${about}

  --only PART   ${Object.keys(parts).join(', ')}; may be repeated
  --quick       fewer rounds: to see that it works; the figures mean little
  --json FILE   write everything that was measured, too
  --record      write the figures with a bar to test/bench/records: npm run gen makes speed.md of them
  --strict      exit with 1 when a bar is missed, or nothing can be said: the machine was busy
  --help        this text

Exit status: 0 when something was measured, 1 when nothing was or an answer was wrong, 2 for wrong
use.`;

const QUICK_LEGEND = 'This was a quick run: it shows that all of it works, not how fast it is.';

export const logProgress = (message: string): void => console.error(`bench: ${message}`);

/**
 * @param parts what the suite can measure, in order
 * @throws {TypeError} with a message for the user
 */
export function readArguments(args: readonly string[], parts: readonly string[]) {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string', multiple: true, default: [...parts] },
      quick: { type: 'boolean', default: false },
      json: { type: 'string' },
      record: { type: 'boolean', default: false },
      strict: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const unknown = values.only.find((name) => !parts.includes(name));
  if (unknown !== undefined) {
    throw new TypeError(`--only takes ${parts.join(', ')}, not '${unknown}'`);
  }
  if (values.quick && values.record) throw new TypeError('--record takes a full run, not --quick');
  return { ...values, parts: parts.filter((part) => values.only.includes(part)) };
}

type Settings = ReturnType<typeof readArguments>;

/**
 * @param name of the suite in the command line; '' for the default one
 * @returns the exit status
 */
export async function runSuite(
  suite: Suite,
  args: readonly string[],
  name: string,
): Promise<number> {
  let settings: Settings;
  try {
    settings = readArguments(args, Object.keys(suite.parts));
    // Rather now than after minutes of measuring.
    if (settings.json !== undefined) closeSync(openSync(settings.json, 'a'));
  } catch (error) {
    logProgress((error as Error).message);
    return EXIT_USAGE;
  }
  if (settings.help) {
    console.log(makeUsage(suite, name));
    return 0;
  }
  const interruption = new Interruption();
  const cleanup = new Cleanup();
  try {
    const { quick } = settings;
    const bench = openBench({ quick, cleanup, signal: interruption.signal, log: logProgress });
    const figures = await measure(suite, bench, settings, name);
    return (await interruption.awaitStatus()) ?? chooseStatus(figures, settings.strict);
  } catch (error) {
    const status = await interruption.awaitStatus();
    if (status === null) throw error;
    logProgress('interrupted');
    return status;
  } finally {
    await cleanup.run(logProgress);
    interruption.close();
  }
}

async function measure(
  suite: Suite,
  bench: Bench,
  { parts, quick, json, record }: Settings,
  suiteName: string,
): Promise<readonly Figure[]> {
  const { signal } = bench;
  const machine = describeMachine(bench.data, versions());
  console.log(
    `${formatMachineSentence(machine)}\n${suite.isPlaced ? `${describePlaces()}\n` : ''}`,
  );
  const figures: Figure[] = [];
  const raw: Record<string, unknown> = {};
  const cpus = readAllowedCpus();
  for (const part of parts) {
    const busySampler = new BusySampler(cpus);
    busySampler.begin(null);
    const report = await measurePart(suite.parts[part]!, bench);
    busySampler.end();
    if (report === null) break;
    const busy = describeBusyness(busySampler.computeBusyness(), parseCpuList(cpus).length);
    if (busy !== null) console.log(`Too noisy: ${busy}. No figure of these is firm.\n`);
    for (const section of report.sections) console.log(`${formatSection(section)}\n`);
    const partFigures = report.figures.map((figure) => ({ ...figure, isNoisy: busy !== null }));
    figures.push(...partFigures);
    raw[part] = report.raw;
    if (signal.aborted) break;
    if (record) writeRecord({ suiteName, part, machine }, partFigures);
  }
  if (signal.aborted) console.log('Interrupted: this is what was measured until then.\n');
  console.log(`${formatFigures(figures)}\n`);
  const legend = suite.legend === undefined ? LEGEND : `${LEGEND} ${suite.legend}`;
  console.log(quick ? `${legend}\n${QUICK_LEGEND}` : legend);
  if (json !== undefined) {
    const judgedFigures = figures.map((figure) => ({ ...figure, verdict: judgeFigure(figure) }));
    const date = new Date().toISOString();
    const interrupted = signal.aborted;
    const document = { date, quick, interrupted, machine, figures: judgedFigures, raw };
    writeFileSync(json, `${JSON.stringify(document, null, 2)}\n`);
  }
  return figures;
}

/** Measures a part and ends its servers. Returns null after an interruption. */
async function measurePart(part: Suite['parts'][string], bench: Bench): Promise<Report | null> {
  const cleanup = new Cleanup();
  try {
    return await part({ ...bench, cleanup });
  } catch (error) {
    if (!bench.signal.aborted) throw error;
    return null;
  } finally {
    await cleanup.run(bench.log);
  }
}

function chooseStatus(figures: readonly Figure[], strict: boolean): number {
  const verdicts = figures.map(judgeFigure);
  if (verdicts.includes('wrong')) return EXIT_MISSED;
  if (verdicts.every((verdict) => verdict === 'not measured')) return EXIT_MISSED;
  const isSure = !verdicts.includes('missed') && !verdicts.includes('too noisy');
  return strict && !isSure ? EXIT_MISSED : 0;
}

/** Versions of the compared programs on this machine. */
function versions(): Record<string, string | null> {
  const readLine = (...line: readonly [string, ...string[]]): string | null =>
    runToEnd(line).output.split('\n')[0] || null;
  return {
    glossa: readPackageVersion(),
    gcc: readLine('gcc', '-dumpfullversion'),
    libfuse: readLine('pkg-config', '--modversion', 'fuse3'),
    GlusterFS: readVersion('glusterfs'),
  };
}

function describePlaces(): string {
  const cpus = readAllowedCpus();
  const { client } = assignCpus('same', cpus);
  const places = `there (same CPU), on CPU ${parseCpuList(cpus)[0]} (different CPUs), or both anywhere`;
  return `Client on CPU ${client}; servers ${places} (unpinned).`;
}
