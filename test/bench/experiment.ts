/**
 * An experiment: targets that are started once, measured in paired rounds at every place, shown in
 * a table of each place, and compared with each other there.
 */
import { isMissing, type Missing, orMissing } from '../../runtime/bench/missing.ts';
import { type Place, places, placeTitles } from '../../runtime/bench/placement.ts';
import type { Series } from '../../runtime/bench/rounds.ts';
import { compare, ratio } from '../../runtime/bench/statistics.ts';
import type { Bench } from './bench.ts';
import type { Bar, Figure } from './figures.ts';
import type { Report, Row, Section } from './report.ts';
import { measureRounds, type Started, type Take } from './rounds.ts';
import type { Target } from './targets.ts';

/** What is measured through. */
export interface TargetKind {
  readonly title: string;
  /** @param name of its mount point and its folder. @throws {NotMeasured} */
  start(bench: Bench, name: string): Promise<Target>;
}

/** Null: reported, and held to nothing. */
export type Bars = Readonly<Record<Place, Bar | null>>;

export const everywhere = (bar: Bar): Bars => ({ same: bar, different: bar, free: bar });

/** A ratio of two targets, taken round by round. */
export interface Held<N extends string, S extends object> {
  readonly what: string;
  readonly mine: N;
  readonly other: N;
  /** What is compared of a sample. */
  of(sample: S): number;
  readonly bars: Bars;
}

export interface Experiment<N extends string, S extends object> {
  /** For headings. */
  readonly what: string;
  /** The unit, and what a cell is made of, to be followed by the number of rounds. */
  readonly how: string;
  readonly rounds: number;
  readonly targets: Readonly<Record<N, TargetKind>>;
  /** Where it is measured, unless everywhere. */
  readonly places?: readonly Place[];
  /** The row that others are compared with in the table. */
  readonly first: N;
  /** Makes ready what all targets share. @throws {NotMeasured} */
  prepare(bench: Bench): Promise<Take<S>>;
  readonly columns: readonly string[];
  row(title: string, samples: readonly S[] | Missing, first: readonly S[] | Missing): Row;
  readonly held: readonly Held<N, S>[];
  /** For programs: what else decides how it was measured. */
  readonly settings: object;
}

type Measured<N extends string, S extends object> = Series<N, S> | Missing;

export async function runExperiment<N extends string, S extends object>(
  bench: Bench,
  experiment: Experiment<N, S>,
): Promise<Report> {
  const { what, rounds, held, settings } = experiment;
  const wanted = experiment.places ?? places;
  const take = await orMissing(() => experiment.prepare(bench));
  const started = isMissing(take) ? take : await startAll(bench, experiment.targets);
  const measured = new Map<Place, Measured<N, S>>();
  for (const place of wanted) {
    bench.say(`${what}, ${placeTitles[place]}: ${rounds} rounds`);
    const series = await orMissing(async () => {
      if (isMissing(take)) return take;
      return measureRounds(bench, started as Started<N>, place, rounds, take);
    });
    measured.set(place, series);
  }
  return {
    sections: [...measured].map(([place, series]) => section(experiment, place, series)),
    figures: held.flatMap((one) => [...measured].map((at) => figure(one, ...at))),
    raw: { rounds, ...settings, places: Object.fromEntries([...measured].map(rawPlace)) },
  };
}

async function startAll<N extends string>(
  bench: Bench,
  kinds: Readonly<Record<N, TargetKind>>,
): Promise<Started<N>> {
  const started = new Map<N, Target | Missing>();
  for (const name of Object.keys(kinds) as N[]) {
    bench.say(`starting ${kinds[name].title}`);
    started.set(name, await orMissing(() => kinds[name].start(bench, name)));
  }
  return started;
}

const samplesOf = <N extends string, S extends object>(
  series: Measured<N, S>,
  name: N,
): readonly S[] | Missing => (isMissing(series) ? series : series.get(name)!);

function section<N extends string, S extends object>(
  { what, how, rounds, targets, first, columns, row }: Experiment<N, S>,
  place: Place,
  series: Measured<N, S>,
): Section {
  const names = Object.keys(targets) as N[];
  return {
    title: `${what}, ${placeTitles[place]}: ${how} ${rounds} rounds [lowest – highest]`,
    columns,
    rows: names.map((name) =>
      row(targets[name].title, samplesOf(series, name), samplesOf(series, first)),
    ),
  };
}

function figure<N extends string, S extends object>(
  { what, mine, other, of, bars }: Held<N, S>,
  place: Place,
  series: Measured<N, S>,
): Figure {
  const ours = samplesOf(series, mine);
  const theirs = samplesOf(series, other);
  return {
    what: `${what}, ${placeTitles[place]}`,
    unit: '×',
    bar: bars[place],
    value: isMissing(ours)
      ? ours
      : isMissing(theirs)
        ? theirs
        : compare(ours.map(of), theirs.map(of), ratio),
  };
}

const rawPlace = <N extends string, S extends object>([place, series]: [Place, Measured<N, S>]): [
  Place,
  unknown,
] => [place, isMissing(series) ? series : Object.fromEntries(series)];
