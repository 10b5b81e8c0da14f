/**
 * Measures the cost of a lookup in each language, over a translator in TypeScript that does the
 * same; and in the module's own thread (`option isolation thread`), over the caller's thread.
 */
import { isMissing, type MissingResult } from '../../../apps/bench/engine/measurement-error.ts';
import {
  absentLeaf,
  startGraph,
  type VariantName,
  variants,
} from '../../../apps/bench/run/call/graphs.ts';
import { type CallKindName, measureCallRounds } from '../../../apps/bench/run/call/measure.ts';
import {
  type Batch,
  type BatchPlan,
  type CallRounds,
  makeLookupBatch,
  measureBatches,
} from '../../../apps/bench/run/call/request-batches.ts';
import { ENOENT } from '../../../runtime/core/errno.ts';
import type { Bench } from '../bench.ts';
import { hold, type Report, reportSeries } from '../table.ts';

/** A cost: its row, its bar, and the measurement of both sides. */
interface Cost {
  readonly language: VariantName;
  /** The operation, for a table that names the language. */
  readonly call: string;
  readonly bar: string;
  /** Measures the base, and then what costs more. */
  measure(load: BatchPlan): Promise<CallRounds<string>>;
}

type CallTimes = readonly number[] | MissingResult;

/** The pair of a cost in each round: the base, and what costs more. */
function pairRounds(rounds: CallRounds<string>) {
  const [bases, mines] = [...rounds.values()] as [CallTimes, CallTimes];
  if (isMissing(bases)) return bases;
  if (isMissing(mines)) return mines;
  return bases.map((value, round) => ({ base: value, value: mines[round]! }));
}

async function measureCosts(
  bench: Bench,
  load: BatchPlan,
  costs: readonly Cost[],
  heads: readonly [base: string, mine: string],
): Promise<Report> {
  const series = new Map<string, ReturnType<typeof pairRounds>>();
  const titles: Record<string, string> = {};
  for (const cost of costs) {
    const { language, call } = cost;
    const { title } = variants[language];
    bench.log(`${title}: lookup ${call}`);
    titles[`${title}: lookup ${call}`] = `${title}: ${call}`;
    series.set(`${title}: lookup ${call}`, pairRounds(await cost.measure(load)));
  }
  const best = `${load.batchesPerRound} × ${load.requestsPerBatch}`;
  const table = {
    what: 'lookups in process',
    unitText: `µs each, median of ${load.rounds} rounds [lowest – highest], each the best of ${best}`,
    titles,
    columns: [
      [heads[0], 'base'],
      [heads[1], 'value'],
    ] as const,
    held: Object.keys(titles).map((name, index) =>
      hold(name, [name, name], costs[index]!.bar, { otherKey: 'base', unit: 'µs' }),
    ),
  };
  return reportSeries(table, series, load);
}

// -- in each language ----------------------------------------------------------------------------

/** Bars of the kinds of `glossa bench call`, with their operation. */
const LOOKUP_BARS: readonly (readonly [
  kind: CallKindName,
  call: string,
  bars: Readonly<Partial<Record<VariantName, string>>>,
])[] = [
  [
    'decided',
    'decided in the script (negative hit)',
    { python: '≤ 2, aim 1', javascript: '≤ 2, aim 1.2', c: '≤ 0.3', wasm: '≤ 0.25, aim 0.12' },
  ],
  [
    'seen',
    'passed on, seen again in the callback',
    { python: '≤ 4, aim 2', javascript: '≤ 4, aim 2.4', c: '≤ 0.6', wasm: '≤ 0.9, aim 0.6' },
  ],
  ['awaited', 'await child.lookup', { python: '≤ 6, aim 3', javascript: '≤ 6, aim 3.5' }],
];

// Short batches: some of them are not interrupted even on a machine that is busy.
export const FULL: BatchPlan = {
  rounds: 31,
  batchesPerRound: 24,
  requestsPerBatch: 250,
  warmUpRequests: 60_000,
};
export const QUICK: BatchPlan = {
  ...{ rounds: 5, batchesPerRound: 8, requestsPerBatch: 250, warmUpRequests: 10_000 },
};

/** Measures lookups in TypeScript and in another language. */
export function measureLookupCosts(bench: Bench, language: VariantName): Promise<Report> {
  const costs = LOOKUP_BARS.flatMap(([kind, call, { [language]: bar }]): Cost[] => {
    const measure = (load: BatchPlan) => measureCallRounds(bench, kind, [language], load);
    return bar === undefined ? [] : [{ language, call, bar, measure }];
  });
  return measureCosts(bench, bench.quick ? QUICK : FULL, costs, ['in TypeScript', 'here']);
}

// -- in a thread of its own ----------------------------------------------------------------------

const FULL_ISOLATED: BatchPlan = { ...FULL, batchesPerRound: 8, warmUpRequests: 20_000 };
const QUICK_ISOLATED: BatchPlan = { ...QUICK, batchesPerRound: 2, warmUpRequests: 1000 };

/** Measures lookups of modules in a thread of their own, over the caller's thread. */
export function measureIsolatedLookups(bench: Bench): Promise<Report> {
  const costs = (['python', 'javascript'] as const).map((language): Cost => {
    const makeStart =
      (options: Readonly<Record<string, string>>) =>
      async (own: Bench): Promise<Batch> => {
        const volume = await variants[language].makeVolume(own, 'decided');
        const isolated = { ...volume, options: { ...volume.options, ...options } };
        return makeLookupBatch(await startGraph(own, [absentLeaf, isolated]), ENOENT);
      };
    const starts = { here: makeStart({}), thread: makeStart({ isolation: 'thread' }) };
    return {
      language,
      call: 'decided in a thread of its own',
      // The limit is for both threads on one CPU, the aim for two that are busy.
      bar: '≤ 20, aim 8',
      measure: (load) => measureBatches(bench, starts, load),
    };
  });
  const load = bench.quick ? QUICK_ISOLATED : FULL_ISOLATED;
  return measureCosts(bench, load, costs, ['here', 'in a thread']);
}
