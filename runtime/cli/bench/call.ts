/** `glossa bench call`: what one call of a translator costs in each language, without a mount. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isMissing, type Missing, NotMeasured } from '../../bench/missing.ts';
import { overwriting, progressText } from '../../bench/report/progress.ts';
import { defineCommand } from '../command.ts';
import { EXIT_FAILURE, EXIT_OK, Failure, UsageError } from '../exit.ts';
import { list, number, takeOperands, toggle } from '../flags.ts';
import { Interruption } from '../interruption.ts';
import { columns } from '../layout.ts';
import { paint, type Terminal } from '../terminal.ts';
import { type Lab, type LanguageName, languages } from './call/graphs.ts';
import { type CallCosts, type Cost, callCosts, kindNames, kinds } from './call/measure.ts';
import { chosen } from './settings.ts';

const ROUNDS = 15;
/** Short batches: some of them are not interrupted even on a machine that is busy. */
const BATCHES = { best: 8, count: 250, warm: 20_000 };

const names = Object.keys(languages) as LanguageName[];

export default defineCommand({
  usage: ['glossa bench call [options]'],
  description:
    'Calls the same translator in several languages, in this process and without a mount, and shows ' +
    'what a call costs over TypeScript: the way into the language and back, and what the script does.',
  flags: {
    in: list({ value: 'LANGUAGES', help: `of ${names.join(', ')} (all)` }),
    only: list({ value: 'CALLS', help: `of ${kindNames.join(', ')} (all)` }),
    rounds: number({ value: 'N', whole: true, help: `of each kind of call (${ROUNDS})` }),
    json: toggle({ help: 'print {calls: [{kind, typescript, over: {LANGUAGE: COST}}]}, in ns' }),
  },
  async run({ flags, operands }, terminal) {
    takeOperands(operands, []);
    const { rounds = ROUNDS } = flags;
    if (rounds < 1) throw new UsageError('--rounds takes at least 1');
    const wanted = flags.in.length === 0 ? names : chosen('--in', flags.in, names);
    const asked = flags.only.length === 0 ? kindNames : chosen('--only', flags.only, kindNames);
    const interruption = new Interruption();
    const lab = new CallLab(interruption.signal, terminal);
    const calls: CallCosts[] = [];
    const begun = performance.now();
    try {
      for (const [done, kind] of asked.entries()) {
        lab.progress(done, asked.length, kinds[kind].title, begun);
        calls.push(await callCosts(lab, kind, wanted, { ...BATCHES, rounds }));
      }
    } catch (error) {
      if (error instanceof NotMeasured) throw new Failure(error.message);
      const status = await interruption.status();
      if (status === null) throw error;
      lab.clear();
      if (calls.length > 0 && !flags.json) terminal.out(callsText(calls, terminal));
      return status;
    } finally {
      await lab.close();
      interruption.close();
    }
    if (flags.json) terminal.out(JSON.stringify({ calls }, null, 1));
    else terminal.out(callsText(calls, terminal));
    return calls.some(({ typescript }) => isMissing(typescript)) ? EXIT_FAILURE : EXIT_OK;
  },
});

class CallLab implements Lab {
  readonly folder = mkdtempSync(join(tmpdir(), 'glossa-call-'));
  readonly signal: AbortSignal;
  readonly cleanup = { add: (step: () => Promise<void>): void => void this.steps.push(step) };
  private readonly steps: (() => Promise<void>)[] = [];
  private readonly terminal: Terminal;

  constructor(signal: AbortSignal, terminal: Terminal) {
    this.signal = signal;
    this.terminal = terminal;
  }

  readonly say = (line: string): void => this.terminal.err(line);

  progress(done: number, total: number, what: string, begun: number): void {
    if (!process.stderr.isTTY) return;
    const elapsedSeconds = (performance.now() - begun) / 1e3;
    const text = progressText({ done, total, elapsedSeconds, what }, this.terminal.width - 1);
    process.stderr.write(overwriting(text));
  }

  clear(): void {
    if (process.stderr.isTTY) process.stderr.write(overwriting(''));
  }

  async close(): Promise<void> {
    this.clear();
    // Graphs that have been stopped are stopped: doing so again does nothing.
    for (const step of this.steps.toReversed()) await step();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

const GAP = '  ';

/** A row for each kind of call, a column for each language, and what the rows mean. */
function callsText(calls: readonly CallCosts[], { colour, width }: Terminal): string {
  const shown = names.filter((it) => it === 'typescript' || calls.some(({ over }) => over[it]));
  const notes = new Set<string>();
  const cellOf = (cost: Cost | Missing | undefined, sign: string, language: string): string => {
    if (cost === undefined) return '';
    if (!isMissing(cost)) return `${sign}${cost.median.toFixed(0)}${cost.doubtful ? ' ?' : ''}`;
    notes.add(`${language}: not measured: ${cost.missing}`);
    return '–';
  };
  const titles = shown.map((it) => (it === 'typescript' ? 'TypeScript' : languages[it].title));
  const rows = calls.map(({ typescript, over }) =>
    shown.map((it, i) =>
      it === 'typescript'
        ? cellOf(typescript, '', titles[i]!)
        : cellOf(over[it], overSign(over[it]), titles[i]!),
    ),
  );
  const widths = titles.map((title, i) =>
    Math.max(title.length, ...rows.map((cells) => cells[i]!.length)),
  );
  const left = Math.max(...calls.map(({ kind }) => kinds[kind].title.length));
  const line = (title: string, cells: readonly string[]): string =>
    [title.padEnd(left), ...cells.map((cell, i) => cell.padStart(widths[i]!))].join(GAP).trimEnd();
  const doubtful = rows.flat().some((cell) => cell.endsWith('?'));
  return [
    paint('bold', 'nanoseconds of a call: in TypeScript, and elsewhere over that', colour.out),
    line('', titles),
    ...rows.map((cells, i) => line(kinds[calls[i]!.kind].title, cells)),
    '',
    columns(
      calls.map(({ kind }) => [`  ${kinds[kind].title}`, kinds[kind].help] as const),
      width,
    ),
    ...(doubtful
      ? ['', "With a '?', rounds lie more than a factor of 1.5 apart: measure again."]
      : []),
    ...(notes.size > 0 ? ['', ...notes] : []),
  ].join('\n');
}

const overSign = (cost: Cost | Missing | undefined): string =>
  cost === undefined || isMissing(cost) || cost.median < 0 ? '' : '+';
