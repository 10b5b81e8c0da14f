/**
 * Runs an experiment: starts its targets once, measures them in paired rounds at every CPU
 * placement, and returns a table and the compared figures of each placement.
 */
import { pinProcess as pin } from '../../apps/bench/engine/affinity.ts';
import {
  isMissing,
  type MissingResult,
  measureOrExplain,
} from '../../apps/bench/engine/not-measured.ts';
import { formatDigits } from '../../apps/bench/engine/numbers.ts';
import {
  assignCpus,
  type CpuAssignment,
  type Placement,
  placements,
  placementTitles,
  readAllowedCpus,
} from '../../apps/bench/engine/placement.ts';
import { compare, computeMedian, divide, subtract } from '../../apps/bench/engine/statistics.ts';
import type { Bench } from './bench.ts';
import type { Bar } from './figures.ts';
import { measureRounds, type Series } from './rounds.ts';
import {
  formatComparison,
  formatRounds,
  makeFigure,
  makeRow,
  type Report,
  type Section,
} from './table.ts';
import type { Target, TargetKind } from './targets.ts';

/** The CPU placement and round of a sample. */
export interface RoundSlot {
  readonly place: Placement;
  /** CPUs of client and servers. */
  readonly at: CpuAssignment;
  /** From 1; round 0 warms the target up, and does not count. */
  readonly round: number;
}

/** Measures a target once. @throws {NotMeasured} */
export type MeasureTarget<S extends object, T extends Target = Target> = (
  target: T,
  slot: RoundSlot,
) => Promise<S>;

/** Bars by placement; null: the figure is reported without a bar. */
export type Bars = Readonly<Record<Placement, Bar | null>>;

export const makeBarsEverywhere = (bar: Bar): Bars => ({ same: bar, different: bar, free: bar });

/** Two targets that are compared round by round, by default as a ratio. */
export interface HeldComparison<N extends string, S extends object> {
  readonly what: string;
  readonly mine: N;
  readonly other: N;
  /** The compared value of a sample. */
  pick(sample: S): number;
  /** Compares by the difference in microseconds, not by the ratio. */
  readonly isDifference?: true;
  readonly bars: Bars;
}

export interface Column<S extends object> {
  readonly title: string;
  /** @param first the reference row; null if it was not measured */
  cell(mine: readonly S[], first: readonly S[] | null, name: string): string;
}

export interface Experiment<N extends string, S extends object, T extends Target = Target> {
  /** For headings. */
  readonly what: string;
  /** The unit and the content of a cell; the number of rounds follows. */
  readonly unitText: string;
  readonly rounds: number;
  readonly targets: Readonly<Record<N, TargetKind<T>>>;
  /** CPU placements; default: all. */
  readonly places?: readonly Placement[];
  /** The reference row of the table. */
  readonly first: N;
  /** Prepares the measurement that all targets share. @throws {NotMeasured} */
  prepare(bench: Bench): Promise<MeasureTarget<S, T>>;
  readonly columns: readonly Column<S>[];
  readonly held: readonly HeldComparison<N, S>[];
  /** More parameters of the measurement, for programs. */
  readonly settings: object;
}

// -- columns -------------------------------------------------------------------------------------

type PickValue<S> = (sample: S) => number;

/** The median of the rounds, the lowest and the highest. */
export const makeRoundsColumn = <S extends object>(
  title: string,
  pick: PickValue<S>,
  format = formatDigits,
): Column<S> => ({ title, cell: (mine) => formatRounds(mine.map(pick), format) });

export const makeMedianColumn = <S extends object>(
  title: string,
  pick: PickValue<S>,
  format = formatDigits,
): Column<S> => ({ title, cell: (mine) => format(computeMedian(mine.map(pick))) });

/** The ratio to the first row. */
export const makeRatioColumn = <S extends object>(
  title: string,
  pick: PickValue<S>,
  format?: typeof formatDigits,
): Column<S> => ({
  title,
  cell: (mine, first) =>
    first === null
      ? ''
      : formatComparison(compare(mine.map(pick), first.map(pick), divide), format),
});

// -- the experiment ------------------------------------------------------------------------------

type Measured<N extends string, S extends object> = Series<N, S> | MissingResult;

export async function runExperiment<N extends string, S extends object, T extends Target = Target>(
  bench: Bench,
  experiment: Experiment<N, S, T>,
): Promise<Report> {
  const { what, rounds, held, settings } = experiment;
  const measureTarget = await measureOrExplain(() => experiment.prepare(bench));
  const startedTargets = isMissing(measureTarget)
    ? null
    : await startTargets(bench, experiment.targets);
  const measured = new Map<Placement, Measured<N, S>>();
  for (const place of experiment.places ?? placements) {
    if (measured.size > 0 && bench.signal.aborted) break;
    bench.log(`${what}, ${placementTitles[place]}: ${rounds} rounds`);
    const measureAtPlace = async (): Promise<Measured<N, S>> => {
      if (isMissing(measureTarget)) return measureTarget;
      const at = assignCpus(place, readAllowedCpus());
      return measureRounds(startedTargets!, {
        rounds,
        signal: bench.signal,
        async take(target, round) {
          if (round === 0) pinServers(target, place, at);
          return measureTarget(target, { place, at, round });
        },
      });
    };
    const series = await measureOrExplain(measureAtPlace).catch((error: unknown) => {
      // Interrupted before the first complete round: the finished placements are kept.
      if (measured.size === 0 || !bench.signal.aborted) throw error;
      return null;
    });
    if (series === null) break;
    measured.set(place, series);
  }
  return {
    sections: [...measured].map(([place, series]) => makeSection(experiment, place, series)),
    figures: held.flatMap(({ what: title, mine, other, pick, isDifference, bars }) =>
      [...measured].map(([place, series]) => {
        const [ours, theirs] = [findSamples(series, mine), findSamples(series, other)];
        const pair = isMissing(ours) ? ours : isMissing(theirs) ? theirs : { ours, theirs };
        const held = [isDifference ? 'µs' : '×', bars[place]] as const;
        const comparison = isDifference ? subtract : divide;
        return makeFigure(`${title}, ${placementTitles[place]}`, held, pair, (rounds) =>
          compare(rounds.ours.map(pick), rounds.theirs.map(pick), comparison),
        );
      }),
    ),
    raw: {
      rounds,
      ...settings,
      places: Object.fromEntries(
        [...measured].map(([place, series]) => [
          place,
          isMissing(series) ? series : Object.fromEntries(series),
        ]),
      ),
    },
  };
}

function pinServers({ pid, bricks }: Target, place: Placement, { servers }: CpuAssignment): void {
  const cpus = bricks === undefined || place === 'same' ? servers : readAllowedCpus();
  for (const serverPid of [pid, ...(bricks ?? [])]) if (serverPid !== null) pin(serverPid, cpus);
}

async function startTargets<N extends string, T extends Target>(
  bench: Bench,
  kinds: Readonly<Record<N, TargetKind<T>>>,
): Promise<Map<N, T | MissingResult>> {
  const startedTargets = new Map<N, T | MissingResult>();
  for (const name of Object.keys(kinds) as N[]) {
    bench.log(`starting ${kinds[name].title}`);
    startedTargets.set(name, await measureOrExplain(() => kinds[name].start(bench, name)));
  }
  return startedTargets;
}

const findSamples = <N extends string, S extends object>(
  series: Measured<N, S>,
  name: N,
): readonly S[] | MissingResult => (isMissing(series) ? series : series.get(name)!);

function makeSection<N extends string, S extends object, T extends Target>(
  { what, unitText, rounds, targets, first, columns }: Experiment<N, S, T>,
  place: Placement,
  series: Measured<N, S>,
): Section {
  const firstSamples = findSamples(series, first);
  return {
    title: `${what}, ${placementTitles[place]}: ${unitText} ${rounds} rounds [lowest – highest]`,
    columns: columns.map(({ title }) => title),
    rows: (Object.keys(targets) as N[]).map((name) =>
      makeRow(targets[name].title, findSamples(series, name), (mine) =>
        columns.map(({ cell }) => cell(mine, isMissing(firstSamples) ? null : firstSamples, name)),
      ),
    ),
  };
}
