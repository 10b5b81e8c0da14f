/** What a lookup costs in each language, over a translator in TypeScript that does the same. */
import { isMissing, type Missing, orMissing } from '../../../runtime/bench/missing.ts';
import { digits, ranged } from '../../../runtime/bench/numbers.ts';
import { compare, difference, estimate, isJumpy } from '../../../runtime/bench/statistics.ts';
import { type Batch, lookups } from '../../../runtime/cli/bench/call/callers.ts';
import { type Load, measurePairs } from '../../../runtime/cli/bench/call/pairs.ts';
import { ENOENT } from '../../../runtime/core/errno.ts';
import type { Graph } from '../../../runtime/core/graph.ts';
import type { Bar, Figure } from '../figures.ts';
import type { Report, Row } from '../report.ts';
import {
  everything,
  type Lab,
  type LanguageName,
  languages,
  nothing,
  startModule,
  type Volume,
} from './graphs.ts';

interface Kind {
  readonly what: string;
  /** The module in each language; in TypeScript, whose callbacks need no other form, this one. */
  readonly module: string;
  readonly base: string;
  readonly below: Volume;
  readonly errno: number;
  readonly bars: Readonly<Partial<Record<LanguageName, Bar>>>;
}

const kinds: readonly Kind[] = [
  {
    what: 'decided in the script (negative hit)',
    module: 'hit',
    base: 'hit',
    below: nothing,
    errno: ENOENT,
    bars: { python: { limit: 2, aim: 1 }, javascript: { limit: 2, aim: 1.2 }, c: { limit: 0.3 } },
  },
  {
    what: 'passed on, seen again in the callback',
    module: 'seen',
    base: 'seen',
    below: everything,
    errno: 0,
    bars: { python: { limit: 4, aim: 2 }, javascript: { limit: 4, aim: 2.4 }, c: { limit: 0.6 } },
  },
  {
    what: 'await child.lookup',
    module: 'awaited',
    base: 'seen',
    below: everything,
    errno: 0,
    bars: { python: { limit: 6, aim: 3 }, javascript: { limit: 6, aim: 3.5 } },
  },
];

// Short batches: some of them are not interrupted even on a machine that is busy.
const FULL: Load = { rounds: 31, best: 24, count: 250, warm: 60_000 };
const QUICK: Load = { rounds: 5, best: 8, count: 250, warm: 10_000 };

interface Pair {
  readonly base: readonly number[];
  readonly mine: readonly number[];
}

/** @param wanted languages besides TypeScript */
export async function lookupCosts(lab: Lab, wanted: readonly LanguageName[]): Promise<Report> {
  const load = lab.quick ? QUICK : FULL;
  const rows: Row[] = [];
  const figures: Figure[] = [];
  const raw: unknown[] = [];
  for (const language of wanted) {
    for (const kind of kinds) {
      const bar = kind.bars[language];
      if (bar === undefined) continue;
      const { title } = languages[language];
      lab.say(`${title}: lookup ${kind.what}`);
      const pair = await orMissing(() => measure(lab, language, kind, load));
      rows.push(rowOf(`${title}: ${kind.what}`, pair));
      const what = `${title}: lookup ${kind.what}`;
      figures.push({ what, unit: 'µs', bar, value: costOf(pair) });
      raw.push({ language, kind: kind.module, ...pair });
    }
  }
  const title =
    `lookups in process: µs each, median of ${load.rounds} rounds [lowest – highest], each the ` +
    `best of ${load.best} × ${load.count}`;
  return {
    sections: [{ title, columns: ['in TypeScript', 'here'], rows }],
    figures,
    raw: { ...load, pairs: raw },
  };
}

async function measure(lab: Lab, language: LanguageName, kind: Kind, load: Load): Promise<Pair> {
  const mine = await startModule(lab, language, kind.module, kind.below);
  const base = await startModule(lab, 'typescript', kind.base, kind.below);
  const ask = (graph: Graph): Batch => lookups(graph, kind.errno);
  try {
    return await measurePairs(lab, { base: ask(base), mine: ask(mine) }, load);
  } finally {
    await base.stop();
    await mine.stop();
  }
}

const costOf = (pair: Pair | Missing): Figure['value'] =>
  isMissing(pair) ? pair : compare(pair.mine, pair.base, difference);

function rowOf(title: string, pair: Pair | Missing): Row {
  if (isMissing(pair)) return { title, cells: [`not measured: ${pair.missing}`] };
  const cell = (rounds: readonly number[]): string =>
    ranged(estimate(rounds), digits) + (isJumpy(rounds) ? ' ?' : '');
  return { title, cells: [cell(pair.base), cell(pair.mine)] };
}
