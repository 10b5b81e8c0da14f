/**
 * Measures the cost of a lookup in each language, over a translator in TypeScript that does the
 * same; and in the module's own thread (`option isolation thread`), over the caller's thread.
 */
import {
  isMissing,
  type MissingResult,
  measureOrExplain,
} from '../../../apps/bench/engine/measurement-error.ts';
import { compare, subtract } from '../../../apps/bench/engine/statistics.ts';
import {
  type BatchPlan,
  measureAlternately,
} from '../../../apps/bench/run/call/alternating-batches.ts';
import {
  absentLeaf,
  startGraph,
  type VariantName,
  variants,
} from '../../../apps/bench/run/call/graphs.ts';
import { type CallKindName, measureRounds } from '../../../apps/bench/run/call/measure.ts';
import { makeLookupBatch } from '../../../apps/bench/run/call/request-batches.ts';
import { ENOENT } from '../../../runtime/core/errno.ts';
import type { Bench } from '../bench.ts';
import type { Bar } from '../figures.ts';
import { formatRounds, makeFigure, makeRow, type Report } from '../table.ts';

/** Microseconds per lookup of two variants, by round. */
interface Pair {
  /** The variant to compare with: TypeScript, or the caller's thread. */
  readonly base: readonly number[];
  readonly mine: readonly number[];
}

interface Cost {
  readonly language: VariantName;
  /** The operation, for a table that names the language. */
  readonly call: string;
  readonly bar: Bar;
  measure(bench: Bench, load: BatchPlan): Promise<Pair | MissingResult>;
}

async function measureCosts(
  bench: Bench,
  load: BatchPlan,
  costs: readonly Cost[],
  columns: readonly string[],
): Promise<Report> {
  const measurements = [];
  for (const { language, call, bar, measure } of costs) {
    const { title } = variants[language];
    const figureName = `${title}: lookup ${call}`;
    bench.log(figureName);
    const pair = await measureOrExplain(() => measure(bench, load));
    measurements.push({ language, title: `${title}: ${call}`, what: figureName, bar, pair });
  }
  const title =
    `lookups in process: µs each, median of ${load.rounds} rounds [lowest – highest], each the ` +
    `best of ${load.batchesPerRound} × ${load.requestsPerBatch}`;
  return {
    sections: [
      {
        title,
        columns,
        rows: measurements.map((entry) =>
          makeRow(entry.title, entry.pair, ({ base, mine }) => [
            formatRounds(base),
            formatRounds(mine),
          ]),
        ),
      },
    ],
    figures: measurements.map(({ what: figureName, bar, pair }) =>
      makeFigure(figureName, ['µs', bar], pair, ({ base, mine }) => compare(mine, base, subtract)),
    ),
    raw: {
      ...load,
      pairs: measurements.map(({ language, title, pair }) => ({ language, title, ...pair })),
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
    const measure = async (lab: Bench, load: BatchPlan): Promise<Pair | MissingResult> => {
      const rounds = await measureRounds(lab, kind as CallKindName, [language], load);
      const [base, mine] = [rounds.get('typescript')!, rounds.get(language)!];
      return isMissing(base) ? base : isMissing(mine) ? mine : { base, mine };
    };
    return bar === undefined ? [] : [{ language, call, bar, measure }];
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
      measure: (lab, load) => measureInThread(lab, language, load),
    }),
  );
  return measureCosts(bench, bench.quick ? QUICK_ISOLATED : FULL_ISOLATED, costs, [
    'here',
    'in a thread',
  ]);
}

async function measureInThread(
  bench: Bench,
  language: VariantName,
  load: BatchPlan,
): Promise<Pair> {
  const volume = await variants[language].makeVolume(bench, 'decided');
  const isolated = { ...volume, options: { ...volume.options, isolation: 'thread' } };
  const here = await startGraph(bench, [absentLeaf, volume]);
  const thread = await startGraph(bench, [absentLeaf, isolated]);
  try {
    const batches = { base: makeLookupBatch(here, ENOENT), mine: makeLookupBatch(thread, ENOENT) };
    return await measureAlternately(bench, batches, load);
  } finally {
    await here.stop();
    await thread.stop();
  }
}
