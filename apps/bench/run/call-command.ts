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
import { BusySampler, describeBusyness } from '../engine/busy-sampler.ts';
import { isMissing, MeasurementError, type MissingResult } from '../engine/measurement-error.ts';
import { parseCpuList, readAllowedCpus } from '../engine/placement.ts';
import type { Busyness } from '../engine/schema.ts';
import { type GraphEnvironment, type VariantName, variants } from './call/graphs.ts';
import {
  type CallCosts,
  type CallKindName,
  type Cost,
  callKindNames,
  callKinds,
  measureCosts,
} from './call/measure.ts';
import type { BatchPlan } from './call/request-batches.ts';
import { Cleanup } from './cleanup.ts';
import { parseFlagWords } from './flag-words.ts';

const DEFAULT_ROUNDS = 15;
/** Batches are short, so that some run without interruption even on a busy machine. */
const DEFAULT_BATCH_PLAN = { batchesPerRound: 8, requestsPerBatch: 250, warmUpRequests: 20_000 };

const variantNames = Object.keys(variants) as VariantName[];

export default defineCommand({
  usage: ['glossa bench call [options]'],
  description:
    'Calls the same translator in several languages, in this process and without a mount, and shows ' +
    'what a call costs over TypeScript: the way into the language and back, and what the script does.',
  flags: {
    in: listFlag({
      placeholder: 'LANGUAGES',
      values: variantNames,
      help: `of ${variantNames.join(', ')} (all)`,
    }),
    only: listFlag({
      placeholder: 'CALLS',
      values: callKindNames,
      help: `of ${callKindNames.join(', ')} (all)`,
    }),
    rounds: numberFlag({
      placeholder: 'N',
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
    const wantedVariants =
      flags.in.length === 0 ? variantNames : parseFlagWords('--in', flags.in, variantNames);
    const wantedKinds =
      flags.only.length === 0 ? callKindNames : parseFlagWords('--only', flags.only, callKindNames);
    const interruption = new Interruption();
    try {
      const plan = { ...DEFAULT_BATCH_PLAN, rounds };
      const results = await measureCalls(
        wantedKinds,
        wantedVariants,
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

/** The costs of all measured kinds of calls. */
interface CallResults {
  readonly busy: Busyness | null;
  readonly calls: readonly CallCosts[];
}

/**
 * Measures kinds of calls until all are done or `signal` aborts.
 * @throws {Failure} for a wrong reply
 */
async function measureCalls(
  wantedKinds: readonly CallKindName[],
  wantedVariants: readonly VariantName[],
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
  const startMs = performance.now();
  try {
    for (const [index, kind] of wantedKinds.entries()) {
      const elapsedSeconds = (performance.now() - startMs) / 1e3;
      progress.show({
        doneCount: index,
        totalCount: wantedKinds.length,
        elapsedSeconds,
        item: callKinds[kind].title,
      });
      busySampler.begin([process.pid]);
      calls.push(await measureCosts(environment, kind, wantedVariants, plan));
      busySampler.end();
      if (signal.aborted) break;
    }
  } catch (error) {
    if (error instanceof MeasurementError) throw new Failure(error.message);
    // An interruption ends a measurement with an error. The calls measured before it are shown.
    if (!signal.aborted) throw error;
  } finally {
    progress.clear();
    await cleanup.run(terminal.err);
    rmSync(folder, { recursive: true, force: true });
  }
  return { busy: busySampler.computeBusyness(), calls };
}

/** Prints the results as JSON, or as a table with a warning if the machine was busy. */
function printResults(
  results: CallResults & { readonly interrupted: boolean },
  isJson: boolean,
  terminal: Terminal,
): void {
  const { interrupted, busy, calls } = results;
  if (isJson) terminal.out(JSON.stringify(results, null, 1));
  else if (calls.length > 0) {
    const busyWarning = describeBusyness(busy, parseCpuList(readAllowedCpus()).length);
    if (busyWarning !== null)
      terminal.out(`Busy: ${busyWarning}. Times are longer than on a quiet machine.\n`);
    terminal.out(formatCallTable(calls, terminal));
    if (interrupted) terminal.out('\ninterrupted: these are the rounds until then');
  }
}

/**
 * Formats a table with a row for each kind of call and a column for each variant, and explains it.
 */
function formatCallTable(calls: readonly CallCosts[], { colour, width }: Terminal): string {
  const shownVariants = variantNames.filter(
    (variant) => variant === 'typescript' || calls.some(({ over }) => over[variant]),
  );
  const notes = new Set<string>();
  const formatCell = (
    cost: Cost | MissingResult | undefined,
    sign: string,
    title: string,
  ): string => {
    if (cost === undefined) return '';
    if (!isMissing(cost)) return `${sign}${cost.median.toFixed(0)}${cost.doubtful ? ' ?' : ''}`;
    notes.add(`${title}: not measured: ${cost.missing}`);
    return '–';
  };
  const titles = shownVariants.map((variant) =>
    variant === 'typescript' ? 'TypeScript' : variants[variant].title,
  );
  const rows = calls.map(({ typescript, over }) =>
    shownVariants.map((variant, i) =>
      variant === 'typescript'
        ? formatCell(typescript, '', titles[i]!)
        : formatCell(over[variant], makeSign(over[variant]), titles[i]!),
    ),
  );
  const hasDoubtfulCell = rows.flat().some((cell) => cell.endsWith('?'));
  return [
    paint('bold', 'nanoseconds of a call: in TypeScript, and elsewhere over that', colour.out),
    ...formatTable(
      [['', ...titles], ...rows.map((cells, i) => [callKinds[calls[i]!.kind].title, ...cells])],
      {
        isRightAligned: (column) => column > 0,
      },
    ),
    '',
    formatColumns(
      calls.map(({ kind }) => [`  ${callKinds[kind].title}`, callKinds[kind].help] as const),
      width,
    ),
    ...(hasDoubtfulCell
      ? ['', "With a '?', rounds lie more than a factor of 1.5 apart: measure again."]
      : []),
    ...(notes.size > 0 ? ['', ...notes] : []),
  ].join('\n');
}

/** Returns a plus sign for a cost above TypeScript's; negative numbers have their own sign. */
const makeSign = (cost: Cost | MissingResult | undefined): string =>
  cost === undefined || isMissing(cost) || cost.median < 0 ? '' : '+';
