/**
 * The time of a failed stat through a mount, for names that were asked before: glossa's cache of
 * absent names in TypeScript and in Python, beside the least that a server in C can do and beside
 * GlusterFS's own cache.
 */
import type { Bench } from './bench.ts';
import { type Bar, type Figure, isMissing, type Missing, orMissing } from './figures.ts';
import { type Place, places, placeTitles } from './placement.ts';
import type { Report, Section } from './report.ts';
import { type Load, measureRounds, NAMES, type Series, type Started } from './rounds.ts';
import { compareSamples, type Samples, sampleColumns, samplesRow } from './samples.ts';
import { ratio } from './statistics.ts';
import { type Target, type TargetName, targets } from './targets.ts';

const FULL: Load = { rounds: 9, count: 4000, warm: 40_000 };
const QUICK: Load = { rounds: 3, count: 1000, warm: 5_000 };

interface Held {
  readonly what: string;
  readonly mine: TargetName;
  readonly other: TargetName;
  readonly bars: Readonly<Record<Place, Bar | null>>;
}

/** Without pins the scheduler decides, and may do so anew in each round: that is not held. */
const comparisons: readonly Held[] = [
  {
    what: 'TypeScript / floor',
    mine: 'typescript',
    other: 'floor',
    bars: { same: { limit: 1.25 }, different: { limit: 1 }, free: null },
  },
  {
    what: 'Python / TypeScript',
    mine: 'python',
    other: 'typescript',
    bars: { same: { limit: 1.2 }, different: { limit: 1.1 }, free: null },
  },
  {
    what: 'Python / nl-cache in C',
    mine: 'python',
    other: 'nlcache',
    bars: { same: { limit: 1, below: true }, different: { limit: 1, below: true }, free: null },
  },
];

const names = Object.keys(targets) as TargetName[];

type Measured = Series<TargetName> | Missing;

export async function failedStat(bench: Bench): Promise<Report> {
  const load = bench.quick ? QUICK : FULL;
  const started = await startAll(bench);
  const measured = new Map<Place, Measured>();
  for (const place of places) {
    bench.say(`failed stat, ${placeTitles[place]}: ${load.rounds} rounds`);
    measured.set(place, await orMissing(() => measureRounds(bench, started, place, load)));
  }
  return {
    sections: [...measured].map(([place, series]) => section(place, series, load)),
    figures: comparisons.flatMap((held) =>
      [...measured].map(([place, series]) => figure(held, place, series)),
    ),
    raw: { names: NAMES, ...load, places: Object.fromEntries([...measured].map(rawPlace)) },
  };
}

async function startAll(bench: Bench): Promise<Started<TargetName>> {
  const started = new Map<TargetName, Target | Missing>();
  for (const name of names) {
    bench.say(`starting ${targets[name].title}`);
    started.set(name, await orMissing(() => targets[name].start(bench, name)));
  }
  return started;
}

const samplesOf = (series: Measured, name: TargetName): Samples | Missing =>
  isMissing(series) ? series : series.get(name)!;

function section(place: Place, series: Measured, { rounds, count }: Load): Section {
  const floor = samplesOf(series, 'floor');
  return {
    title:
      `failed stat, ${placeTitles[place]}: µs, median of ${rounds} rounds of ${count} ` +
      '[lowest – highest]',
    columns: sampleColumns('floor'),
    rows: names.map((name) => samplesRow(targets[name].title, samplesOf(series, name), floor)),
  };
}

function figure({ what, mine, other, bars }: Held, place: Place, series: Measured): Figure {
  const value = compareSamples(samplesOf(series, mine), samplesOf(series, other), ratio);
  return { what: `${what}, ${placeTitles[place]}`, unit: '×', bar: bars[place], value };
}

const rawPlace = ([place, series]: [Place, Measured]): [Place, unknown] => [
  place,
  isMissing(series) ? series : Object.fromEntries(series),
];
