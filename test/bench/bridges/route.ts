/**
 * What a module costs for fops that it does not define: they are not led through it, and a lookup
 * takes the same time with it and without.
 */
import { isMissing, type Missing, orMissing } from '../../../runtime/bench/missing.ts';
import { digits, ranged } from '../../../runtime/bench/numbers.ts';
import { compare, difference, estimate, isJumpy } from '../../../runtime/bench/statistics.ts';
import { lookups } from '../../../runtime/cli/bench/call/callers.ts';
import { type Load, measurePairs, type Series } from '../../../runtime/cli/bench/call/pairs.ts';
import { type FopName, fopNames } from '../../../runtime/core/fops.gen.ts';
import type { Figure } from '../figures.ts';
import type { Report } from '../report.ts';
import { everything, type Lab, startGraph, startModule } from './graphs.ts';

const FULL: Load = { rounds: 31, best: 24, count: 20_000, warm: 500_000 };
const QUICK: Load = { rounds: 5, best: 2, count: 5000, warm: 20_000 };
/** The one fop that the module defines. */
const DEFINED: FopName = 'statfs';

interface Measured {
  /** Fops that it does not define and that arrive at it all the same. */
  readonly strays: readonly FopName[];
  readonly series: Series<'without' | 'with'>;
}

export async function undefinedFops(lab: Lab): Promise<Report> {
  lab.say('Python: fops that the module does not define');
  const load = lab.quick ? QUICK : FULL;
  const measured = await orMissing(() => measure(lab, load));
  return {
    sections: [
      {
        title:
          'fops that a module in Python does not define: ns a lookup, median of ' +
          `${load.rounds} rounds [lowest – highest]`,
        columns: [],
        rows: rows(measured),
      },
    ],
    figures: [
      {
        what: 'fops that the module does not define, led through it all the same',
        unit: 'fops',
        bar: { limit: 0 },
        value: strays(measured),
      },
    ],
    raw: { ...load, ...measured },
  };
}

async function measure(lab: Lab, load: Load): Promise<Measured> {
  const module = await startModule(lab, 'python', 'apart', everything);
  const bare = await startGraph(lab, [everything]);
  const strays = fopNames.filter(
    (name) => name !== DEFINED && module.links[name].xl === module.top,
  );
  const variants = { without: lookups(bare), with: lookups(module) };
  const series = await measurePairs(lab, variants, load);
  await module.stop();
  await bare.stop();
  return { strays, series };
}

const strays = (measured: Measured | Missing): Figure['value'] =>
  isMissing(measured) ? measured : { ...estimate([measured.strays.length]), doubtful: false };

function rows(measured: Measured | Missing): Report['sections'][number]['rows'] {
  if (isMissing(measured)) {
    return [{ title: 'lookup', cells: [`not measured: ${measured.missing}`] }];
  }
  const { series } = measured;
  const ns = (rounds: readonly number[]): number[] => rounds.map((us) => us * 1000);
  const cell = (rounds: readonly number[]): string =>
    ranged(estimate(ns(rounds)), digits) + (isJumpy(rounds) ? ' ?' : '');
  const more = compare(ns(series.with), ns(series.without), difference);
  return [
    { title: 'without the module', cells: [cell(series.without)] },
    { title: 'with it: the same code, by the same route', cells: [cell(series.with)] },
    { title: 'difference', cells: [ranged(more, digits)] },
  ];
}
