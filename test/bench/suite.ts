/**
 * A suite of measurements as a program: it measures, prints, and leaves nothing behind.
 *
 * Ctrl-C aborts whatever is being waited for; the one `finally` then ends servers and takes mounts
 * and folders away, as after a run and after a failure.
 */
import { closeSync, openSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { readArguments, type Settings } from './arguments.ts';
import { Cleanup } from './cleanup.ts';
import { type Figure, verdict } from './figures.ts';
import type { Report } from './report.ts';
import { figuresText, sectionText } from './table.ts';

const EXIT_MISSED = 1;
const EXIT_USAGE = 2;
const EXIT_SIGNAL = 128;

const QUICK_LEGEND = 'This was a quick run: it shows that all of it works, not how fast it is.';

/** What a suite gets to work with. */
export interface Given {
  readonly quick: boolean;
  readonly cleanup: Cleanup;
  readonly signal: AbortSignal;
  say(message: string): void;
}

export interface Suite<Bench, Part extends string> {
  readonly usage: string;
  /** What its figures mean. */
  readonly legend: string;
  open(given: Given): Bench | Promise<Bench>;
  /** Where it runs, for people and for the file. */
  machine(bench: Bench): Promise<{ readonly text: string; readonly about: object }>;
  readonly parts: Readonly<Record<Part, (bench: Bench) => Promise<Report>>>;
}

export const say = (message: string): void => console.error(`bench: ${message}`);

/** @returns the exit status */
export async function runSuite<Bench, Part extends string>(
  suite: Suite<Bench, Part>,
  args: readonly string[],
): Promise<number> {
  let settings: Settings<Part>;
  try {
    settings = readArguments(args, Object.keys(suite.parts) as Part[]);
    // Rather now than after minutes of measuring.
    if (settings.json !== undefined) closeSync(openSync(settings.json, 'a'));
  } catch (error) {
    say((error as Error).message);
    return EXIT_USAGE;
  }
  if (settings.help) {
    console.log(suite.usage);
    return 0;
  }
  const interruption = new AbortController();
  let interrupted = 0;
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      interrupted = EXIT_SIGNAL + constants.signals[name];
      interruption.abort();
    });
  }
  const cleanup = new Cleanup();
  const { quick } = settings;
  try {
    const bench = await suite.open({ quick, cleanup, signal: interruption.signal, say });
    return statusOf(await measure(suite, bench, settings), settings.strict);
  } catch (error) {
    if (interrupted === 0) throw error;
    say('interrupted');
    return interrupted;
  } finally {
    await cleanup.run(say);
  }
}

async function measure<Bench, Part extends string>(
  suite: Suite<Bench, Part>,
  bench: Bench,
  { parts, quick, json }: Settings<Part>,
): Promise<readonly Figure[]> {
  const { text, about } = await suite.machine(bench);
  console.log(`${text}\n`);
  const figures: Figure[] = [];
  const raw: Partial<Record<Part, unknown>> = {};
  for (const part of parts) {
    const report = await suite.parts[part](bench);
    for (const section of report.sections) console.log(`${sectionText(section)}\n`);
    figures.push(...report.figures);
    raw[part] = report.raw;
  }
  console.log(`${figuresText(figures)}\n`);
  console.log(quick ? `${suite.legend}\n${QUICK_LEGEND}` : suite.legend);
  if (json !== undefined) {
    const judged = figures.map((figure) => ({ ...figure, verdict: verdict(figure) }));
    const date = new Date().toISOString();
    const all = { date, quick, machine: about, figures: judged, raw };
    writeFileSync(json, `${JSON.stringify(all, null, 2)}\n`);
  }
  return figures;
}

function statusOf(figures: readonly Figure[], strict: boolean): number {
  const verdicts = figures.map(verdict);
  if (verdicts.includes('wrong')) return EXIT_MISSED;
  if (verdicts.every((it) => it === 'not measured')) return EXIT_MISSED;
  return strict && verdicts.includes('missed') ? EXIT_MISSED : 0;
}
