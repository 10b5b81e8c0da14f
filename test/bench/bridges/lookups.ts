/**
 * Measures the cost of a lookup in each language, over a translator in TypeScript that does the
 * same; and in the module's own thread (`option isolation thread`), over the caller's thread.
 */
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
import type { Bar } from '../figures.ts';
import { holdSeries, listSeries, makeRoundsRow, type Report } from '../table.ts';

interface Cost {
  readonly language: VariantName;
  /** The operation, for a table that names the language. */
  readonly call: string;
  readonly bar: Bar;
  /** The variant to compare with: TypeScript, or the caller's thread. */
  readonly base: string;
  readonly mine: string;
  measure(load: BatchPlan): Promise<CallRounds<string>>;
}

async function measureCosts(
  bench: Bench,
  load: BatchPlan,
  costs: readonly Cost[],
  columns: readonly string[],
): Promise<Report> {
  const measured: (Cost & { readonly title: string; readonly series: CallRounds<string> })[] = [];
  for (const cost of costs) {
    const { title } = variants[cost.language];
    bench.log(`${title}: lookup ${cost.call}`);
    measured.push({ ...cost, title, series: await cost.measure(load) });
  }
  const title =
    `lookups in process: µs each, median of ${load.rounds} rounds [lowest – highest], each the ` +
    `best of ${load.batchesPerRound} × ${load.requestsPerBatch}`;
  return {
    sections: [
      {
        title,
        columns,
        rows: measured.map(({ title, call, base, mine, series }) => ({
          title: `${title}: ${call}`,
          cells: [base, mine].flatMap((name) => makeRoundsRow('', series, name).cells),
        })),
      },
    ],
    figures: measured.map(({ title, call, base: other, mine, bar, series }) =>
      holdSeries(series, {
        ...{ what: `${title}: lookup ${call}`, mine, other },
        ...{ unit: 'µs', bar },
      }),
    ),
    raw: {
      ...load,
      pairs: measured.map(({ language, call, series }) => ({
        ...{ language, call, ...listSeries(series) },
      })),
    },
  };
}

// -- in each language ----------------------------------------------------------------------------

interface LookupBars {
  readonly call: string;
  readonly bars: Readonly<Partial<Record<VariantName, Bar>>>;
}

/** Bars of the kinds of `glossa bench call`. */
const LOOKUP_BARS: Readonly<Partial<Record<CallKindName, LookupBars>>> = {
  decided: {
    call: 'decided in the script (negative hit)',
    bars: {
      python: { limit: 2, aim: 1 },
      javascript: { limit: 2, aim: 1.2 },
      c: { limit: 0.3 },
      wasm: { limit: 0.25, aim: 0.12 },
    },
  },
  seen: {
    call: 'passed on, seen again in the callback',
    bars: {
      python: { limit: 4, aim: 2 },
      javascript: { limit: 4, aim: 2.4 },
      c: { limit: 0.6 },
      wasm: { limit: 0.9, aim: 0.6 },
    },
  },
  awaited: {
    call: 'await child.lookup',
    bars: { python: { limit: 6, aim: 3 }, javascript: { limit: 6, aim: 3.5 } },
  },
};

// Short batches: some of them are not interrupted even on a machine that is busy.
export const FULL: BatchPlan = {
  rounds: 31,
  batchesPerRound: 24,
  requestsPerBatch: 250,
  warmUpRequests: 60_000,
};
export const QUICK: BatchPlan = {
  rounds: 5,
  batchesPerRound: 8,
  requestsPerBatch: 250,
  warmUpRequests: 10_000,
};

/** Measures lookups in TypeScript and in another language. */
export function measureLookupCosts(bench: Bench, language: VariantName): Promise<Report> {
  const costs = Object.entries(LOOKUP_BARS).flatMap(([kind, { call, bars }]): Cost[] => {
    const bar = bars[language];
    const measure = (load: BatchPlan) =>
      measureCallRounds(bench, kind as CallKindName, [language], load);
    return bar === undefined
      ? []
      : [{ language, call, bar, base: 'typescript', mine: language, measure }];
  });
  return measureCosts(bench, bench.quick ? QUICK : FULL, costs, ['in TypeScript', 'here']);
}

// -- in a thread of its own ----------------------------------------------------------------------

const FULL_ISOLATED: BatchPlan = {
  rounds: 31,
  batchesPerRound: 8,
  requestsPerBatch: 250,
  warmUpRequests: 20_000,
};
const QUICK_ISOLATED: BatchPlan = {
  rounds: 5,
  batchesPerRound: 2,
  requestsPerBatch: 250,
  warmUpRequests: 1000,
};

/** Measures lookups of modules in a thread of their own, over the caller's thread. */
export function measureIsolatedLookups(bench: Bench): Promise<Report> {
  const costs = (['python', 'javascript'] as const).map(
    (language): Cost => ({
      language,
      call: 'decided in a thread of its own',
      // The limit is for both threads on one CPU, the aim for two that are busy.
      bar: { limit: 20, aim: 8 },
      ...{ base: 'here', mine: 'thread' },
      measure: (load) => measureInThread(bench, language, load),
    }),
  );
  return measureCosts(bench, bench.quick ? QUICK_ISOLATED : FULL_ISOLATED, costs, [
    'here',
    'in a thread',
  ]);
}

function measureInThread(
  bench: Bench,
  language: VariantName,
  load: BatchPlan,
): Promise<CallRounds<'here' | 'thread'>> {
  const makeStart =
    (options: Readonly<Record<string, string>>) =>
    async (own: Bench): Promise<Batch> => {
      const volume = await variants[language].makeVolume(own, 'decided');
      const isolated = { ...volume, options: { ...volume.options, ...options } };
      return makeLookupBatch(await startGraph(own, [absentLeaf, isolated]), ENOENT);
    };
  const starts = { here: makeStart({}), thread: makeStart({ isolation: 'thread' }) };
  return measureBatches(bench, starts, load);
}
