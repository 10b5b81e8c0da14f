/**
 * The program behind `npm run bench`: measures, prints, and leaves nothing behind.
 *
 * Ctrl-C aborts whatever is being waited for; the one `finally` then ends servers and takes mounts
 * and folders away, as after a run and after a failure.
 */
import { closeSync, openSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { type Part, readArguments, type Settings, usage } from './arguments.ts';
import { type Bench, openBench } from './bench.ts';
import { benchBridges } from './bridges/main.ts';
import { Cleanup } from './cleanup.ts';
import { failedStat } from './failed-stat.ts';
import { type Figure, verdict } from './figures.ts';
import { describeMachine, machineText } from './machine.ts';
import { passThroughCost } from './pass-through.ts';
import type { Report } from './report.ts';
import { startTime } from './start.ts';
import { figuresText, sectionText } from './table.ts';

const EXIT_MISSED = 1;
const EXIT_USAGE = 2;
const EXIT_SIGNAL = 128;

const LEGEND = `A figure is the median over the rounds [the lowest – the highest]. With a "?", the
rounds of one row lie more than a factor of 1.5 apart: do not use it.`;
const QUICK_LEGEND = 'This was a quick run: it shows that all of it works, not how fast it is.';

const measures: Readonly<Record<Part, (bench: Bench) => Promise<Report>>> = {
  stat: failedStat,
  pass: passThroughCost,
  start: startTime,
};

const say = (message: string): void => console.error(`bench: ${message}`);

/** With servers of its own, which are gone before those of the next part come. */
async function measure(part: Part, bench: Bench): Promise<Report> {
  const cleanup = new Cleanup();
  try {
    return await measures[part]({ ...bench, cleanup });
  } finally {
    await cleanup.run(say);
  }
}

async function run(bench: Bench, settings: Settings): Promise<Figure[]> {
  const machine = await describeMachine(bench);
  console.log(`${machineText(machine)}\n`);
  const figures: Figure[] = [];
  const raw: Partial<Record<Part, unknown>> = {};
  for (const part of settings.parts) {
    const report = await measure(part, bench);
    for (const section of report.sections) console.log(`${sectionText(section)}\n`);
    figures.push(...report.figures);
    raw[part] = report.raw;
  }
  console.log(`${figuresText(figures)}\n`);
  console.log(settings.quick ? `${LEGEND}\n${QUICK_LEGEND}` : LEGEND);
  if (settings.json !== undefined) {
    const judged = figures.map((figure) => ({ ...figure, verdict: verdict(figure) }));
    const { quick } = settings;
    const all = { date: new Date().toISOString(), quick, machine, figures: judged, raw };
    writeFileSync(settings.json, `${JSON.stringify(all, null, 2)}\n`);
  }
  return figures;
}

function statusOf(figures: readonly Figure[], { strict }: Settings): number {
  const verdicts = figures.map(verdict);
  if (verdicts.every((it) => it === 'not measured')) return EXIT_MISSED;
  return strict && verdicts.includes('missed') ? EXIT_MISSED : 0;
}

async function main(): Promise<number> {
  let settings: Settings;
  try {
    settings = readArguments(process.argv.slice(2));
    // Rather now than after minutes of measuring.
    if (settings.json !== undefined) closeSync(openSync(settings.json, 'a'));
  } catch (error) {
    say((error as Error).message);
    return EXIT_USAGE;
  }
  if (settings.help) {
    console.log(usage);
    return 0;
  }
  const interruption = new AbortController();
  let interrupted = 0;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      interrupted = EXIT_SIGNAL + constants.signals[signal];
      interruption.abort();
    });
  }
  const cleanup = new Cleanup();
  try {
    const { quick } = settings;
    const bench = await openBench({ quick, cleanup, signal: interruption.signal, say });
    return statusOf(await run(bench, settings), settings);
  } catch (error) {
    if (interrupted === 0) throw error;
    say('interrupted');
    return interrupted;
  } finally {
    await cleanup.run(say);
  }
}

const [first, ...rest] = process.argv.slice(2);
process.exit(await (first === 'bridges' ? benchBridges(rest) : main()));
