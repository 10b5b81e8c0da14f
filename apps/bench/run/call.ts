/** `glossa bench call`: measures one call of a translator in each language, without a mount. */
import { rmSync } from 'node:fs';
import { makeScratch } from '../../../server/scratch-folders.ts';
import { defineCommand } from '../../../terminal/command.ts';
import { EXIT_FAILURE, EXIT_OK, Failure, UsageError } from '../../../terminal/exit.ts';
import { listFlag, numberFlag, takeOperands, toggleFlag } from '../../../terminal/flags.ts';
import { Interruption } from '../../../terminal/interruption.ts';
import { formatColumns, formatTable } from '../../../terminal/layout.ts';
import { ProgressLine } from '../../../terminal/progress.ts';
import { paint, type Terminal } from '../../../terminal/terminal.ts';
import { BusySampler, busyText } from '../engine/busy.ts';
import { isMissing, type Missing, NotMeasured } from '../engine/not-measured.ts';
import { allowedCpus, parseCpuList } from '../engine/placement.ts';
import type { Busyness } from '../engine/schema.ts';
import { type Lab, type LanguageName, languages } from './call/graphs.ts';
import {
  type CallCosts,
  type Cost,
  callCosts,
  type KindName,
  kindNames,
  kinds,
} from './call/measure.ts';
import type { Load } from './call/pairs.ts';
import { Cleanup } from './cleanup.ts';
import { parseFlagWords } from './flag-words.ts';

const ROUNDS = 15;
/** Short batches: even on a busy machine, some run without interruption. */
const BATCHES = { best: 8, count: 250, warm: 20_000 };

const names = Object.keys(languages) as LanguageName[];

export default defineCommand({
  usage: ['glossa bench call [options]'],
  description:
    'Calls the same translator in several languages, in this process and without a mount, and shows ' +
    'what a call costs over TypeScript: the way into the language and back, and what the script does.',
  flags: {
    in: listFlag({ value: 'LANGUAGES', values: names, help: `of ${names.join(', ')} (all)` }),
    only: listFlag({ value: 'CALLS', values: kindNames, help: `of ${kindNames.join(', ')} (all)` }),
    rounds: numberFlag({ value: 'N', whole: true, help: `of each kind of call (${ROUNDS})` }),
    json: toggleFlag({
      help: 'print {interrupted, busy, calls: [{kind, typescript, over: {LANGUAGE: COST}}]}, in ns',
    }),
  },
  async run({ flags, operands }, terminal) {
    takeOperands(operands, []);
    const { rounds = ROUNDS } = flags;
    if (rounds < 1) throw new UsageError('--rounds takes at least 1');
    const wanted = flags.in.length === 0 ? names : parseFlagWords('--in', flags.in, names);
    const asked =
      flags.only.length === 0 ? kindNames : parseFlagWords('--only', flags.only, kindNames);
    const interruption = new Interruption();
    try {
      const load = { ...BATCHES, rounds };
      const found = await measureCalls(asked, wanted, load, interruption.signal, terminal);
      const status = await interruption.awaitStatus();
      printResults({ interrupted: status !== null, ...found }, flags.json, terminal);
      if (status !== null) return status;
      return found.calls.some(({ typescript }) => isMissing(typescript)) ? EXIT_FAILURE : EXIT_OK;
    } finally {
      interruption.close();
    }
  },
});

interface CallResults {
  readonly busy: Busyness | null;
  readonly calls: readonly CallCosts[];
}

/** Measures kinds of calls until all are done or interrupted. @throws {Failure} for a wrong reply */
async function measureCalls(
  asked: readonly KindName[],
  wanted: readonly LanguageName[],
  load: Load,
  signal: AbortSignal,
  terminal: Terminal,
): Promise<CallResults> {
  const folder = makeScratch('call');
  const cleanup = new Cleanup();
  const lab: Lab = { signal, folder, cleanup, say: terminal.err };
  const watch = new BusySampler(allowedCpus());
  const progress = new ProgressLine(terminal);
  const calls: CallCosts[] = [];
  const begun = performance.now();
  try {
    for (const [done, kind] of asked.entries()) {
      const elapsedSeconds = (performance.now() - begun) / 1e3;
      progress.show({
        doneCount: done,
        total: asked.length,
        elapsedSeconds,
        item: kinds[kind].title,
      });
      watch.begin([process.pid]);
      calls.push(await callCosts(lab, kind, wanted, load));
      watch.end();
      if (signal.aborted) break;
    }
  } catch (error) {
    if (error instanceof NotMeasured) throw new Failure(error.message);
    if (!signal.aborted) throw error;
  } finally {
    progress.clear();
    await cleanup.run(terminal.err);
    rmSync(folder, { recursive: true, force: true });
  }
  return { busy: watch.busyness(), calls };
}

function printResults(
  found: CallResults & { readonly interrupted: boolean },
  json: boolean,
  terminal: Terminal,
): void {
  const { interrupted, busy, calls } = found;
  if (json) terminal.out(JSON.stringify(found, null, 1));
  else if (calls.length > 0) {
    const doubt = busyText(busy, parseCpuList(allowedCpus()).length);
    if (doubt !== null) terminal.out(`Busy: ${doubt}. Times are longer than on a quiet machine.\n`);
    terminal.out(callsText(calls, terminal));
    if (interrupted) terminal.out('\ninterrupted: these are the rounds until then');
  }
}

/** A table with a row for each kind of call and a column for each language, and an explanation. */
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
  const doubtful = rows.flat().some((cell) => cell.endsWith('?'));
  return [
    paint('bold', 'nanoseconds of a call: in TypeScript, and elsewhere over that', colour.out),
    ...formatTable(
      [['', ...titles], ...rows.map((cells, i) => [kinds[calls[i]!.kind].title, ...cells])],
      {
        isRightAligned: (column) => column > 0,
      },
    ),
    '',
    formatColumns(
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
