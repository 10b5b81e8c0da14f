/**
 * Implements `glossa bench call`: measures one call of a translator in each language, in this
 * process and without a mount.
 */
import { rmSync } from 'node:fs';
import { makeScratch } from '../../../server/scratch-folders.ts';
import { defineCommand } from '../../../terminal/command.ts';
import { EXIT_FAILURE, EXIT_OK, Failure, UsageError } from '../../../terminal/exit.ts';
import { listFlag, numberFlag, takeOperands, toggleFlag } from '../../../terminal/flags.ts';
import { Interruption } from '../../../terminal/interruption.ts';
import { formatColumns, formatTable } from '../../../terminal/layout.ts';
import { ProgressLine } from '../../../terminal/progress.ts';
import { paint, type Terminal } from '../../../terminal/terminal.ts';
import { BusySampler, describeBusyness } from '../engine/busy.ts';
import { isMissing, type MissingResult, NotMeasured } from '../engine/not-measured.ts';
import { parseCpuList, readAllowedCpus } from '../engine/placement.ts';
import type { Busyness } from '../engine/schema.ts';
import type { BatchPlan } from './call/alternating-batches.ts';
import { type GraphEnvironment, type LanguageName, languages } from './call/graphs.ts';
import {
  type CallCosts,
  type Cost,
  type KindName,
  kindNames,
  kinds,
  measureCosts,
} from './call/measure.ts';
import { Cleanup } from './cleanup.ts';
import { parseFlagWords } from './flag-words.ts';

const DEFAULT_ROUNDS = 15;
/** Batches are short, so that some run without interruption even on a busy machine. */
const DEFAULT_BATCH_PLAN = { batchesPerRound: 8, requestsPerBatch: 250, warmUpRequests: 20_000 };

const languageNames = Object.keys(languages) as LanguageName[];

export default defineCommand({
  usage: ['glossa bench call [options]'],
  description:
    'Calls the same translator in several languages, in this process and without a mount, and shows ' +
    'what a call costs over TypeScript: the way into the language and back, and what the script does.',
  flags: {
    in: listFlag({
      value: 'LANGUAGES',
      values: languageNames,
      help: `of ${languageNames.join(', ')} (all)`,
    }),
    only: listFlag({ value: 'CALLS', values: kindNames, help: `of ${kindNames.join(', ')} (all)` }),
    rounds: numberFlag({
      value: 'N',
      isWhole: true,
      help: `of each kind of call (${DEFAULT_ROUNDS})`,
    }),
    json: toggleFlag({
      help: 'print {interrupted, busy, calls: [{kind, typescript, over: {LANGUAGE: COST}}]}, in ns',
    }),
  },
  async run({ flags, operands }, terminal) {
    takeOperands(operands, []);
    const { rounds = DEFAULT_ROUNDS } = flags;
    if (rounds < 1) throw new UsageError('--rounds takes at least 1');
    const wantedLanguages =
      flags.in.length === 0 ? languageNames : parseFlagWords('--in', flags.in, languageNames);
    const wantedKinds =
      flags.only.length === 0 ? kindNames : parseFlagWords('--only', flags.only, kindNames);
    const interruption = new Interruption();
    try {
      const plan = { ...DEFAULT_BATCH_PLAN, rounds };
      const results = await measureCalls(
        wantedKinds,
        wantedLanguages,
        plan,
        interruption.signal,
        terminal,
      );
      const status = await interruption.awaitStatus();
      printResults({ interrupted: status !== null, ...results }, flags.json, terminal);
      if (status !== null) return status;
      return results.calls.some(({ typescript }) => isMissing(typescript)) ? EXIT_FAILURE : EXIT_OK;
    } finally {
      interruption.close();
    }
  },
});

interface CallResults {
  readonly busy: Busyness | null;
  readonly calls: readonly CallCosts[];
}

/**
 * Measures kinds of calls until all are done or `signal` aborts.
 * @throws {Failure} for a wrong reply
 */
async function measureCalls(
  wantedKinds: readonly KindName[],
  wantedLanguages: readonly LanguageName[],
  plan: BatchPlan,
  signal: AbortSignal,
  terminal: Terminal,
): Promise<CallResults> {
  const folder = makeScratch('call');
  const cleanup = new Cleanup();
  const environment: GraphEnvironment = { signal, folder, cleanup, log: terminal.err };
  const busySampler = new BusySampler(readAllowedCpus());
  const progress = new ProgressLine(terminal);
  const calls: CallCosts[] = [];
  const start = performance.now();
  try {
    for (const [index, kind] of wantedKinds.entries()) {
      const elapsedSeconds = (performance.now() - start) / 1e3;
      progress.show({
        doneCount: index,
        total: wantedKinds.length,
        elapsedSeconds,
        item: kinds[kind].title,
      });
      busySampler.begin([process.pid]);
      calls.push(await measureCosts(environment, kind, wantedLanguages, plan));
      busySampler.end();
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
  return { busy: busySampler.computeBusyness(), calls };
}

function printResults(
  results: CallResults & { readonly interrupted: boolean },
  json: boolean,
  terminal: Terminal,
): void {
  const { interrupted, busy, calls } = results;
  if (json) terminal.out(JSON.stringify(results, null, 1));
  else if (calls.length > 0) {
    const busyWarning = describeBusyness(busy, parseCpuList(readAllowedCpus()).length);
    if (busyWarning !== null)
      terminal.out(`Busy: ${busyWarning}. Times are longer than on a quiet machine.\n`);
    terminal.out(formatCallTable(calls, terminal));
    if (interrupted) terminal.out('\ninterrupted: these are the rounds until then');
  }
}

/**
 * Formats a table with a row for each kind of call and a column for each language, and explains it.
 */
function formatCallTable(calls: readonly CallCosts[], { colour, width }: Terminal): string {
  const shownLanguages = languageNames.filter(
    (language) => language === 'typescript' || calls.some(({ over }) => over[language]),
  );
  const notes = new Set<string>();
  const formatCell = (
    cost: Cost | MissingResult | undefined,
    sign: string,
    language: string,
  ): string => {
    if (cost === undefined) return '';
    if (!isMissing(cost)) return `${sign}${cost.median.toFixed(0)}${cost.doubtful ? ' ?' : ''}`;
    notes.add(`${language}: not measured: ${cost.missing}`);
    return '–';
  };
  const titles = shownLanguages.map((language) =>
    language === 'typescript' ? 'TypeScript' : languages[language].title,
  );
  const rows = calls.map(({ typescript, over }) =>
    shownLanguages.map((language, i) =>
      language === 'typescript'
        ? formatCell(typescript, '', titles[i]!)
        : formatCell(over[language], makeSign(over[language]), titles[i]!),
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

/** Returns a plus sign for a cost above TypeScript's; negative numbers have their own sign. */
const makeSign = (cost: Cost | MissingResult | undefined): string =>
  cost === undefined || isMissing(cost) || cost.median < 0 ? '' : '+';
