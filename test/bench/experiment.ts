/**
 * Runs an experiment: starts its targets once, measures them in paired rounds at every CPU
 * placement, and returns a table and the compared figures of each placement.
 */
import { pinProcess } from '../../apps/bench/engine/affinity.ts';
import {
  isMissing,
  type MissingResult,
  measureOrExplain,
} from '../../apps/bench/engine/measurement-error.ts';
import { formatDigits } from '../../apps/bench/engine/numbers.ts';
import {
  assignCpus,
  type CpuAssignment,
  type Placement,
  placements,
  placementTitles,
  readAllowedCpus,
} from '../../apps/bench/engine/placement.ts';
import { measureRounds, type Series } from '../../apps/bench/engine/rounds.ts';
import { compare, computeMedian, divide } from '../../apps/bench/engine/statistics.ts';
import type { Bench } from './bench.ts';
import type { Bar, Unit } from './figures.ts';
import {
  findSamples,
  formatComparison,
  formatRounds,
  holdSeries,
  listSeries,
  makeRow,
  type Report,
  type Section,
} from './table.ts';
import type { Target, TargetKind } from './targets.ts';

/** The CPU placement and round of a sample. */
export interface RoundSlot {
  readonly placement: Placement;
  /** CPUs of client and servers. */
  readonly cpuAssignment: CpuAssignment;
  /** From 1; round 0 warms the target up, and does not count. */
  readonly round: number;
}

/** Measures a target once. @throws {MeasurementError} */
export type MeasureTarget<S extends object, T extends Target = Target> = (
  target: T,
  slot: RoundSlot,
) => Promise<S>;

/** Bars by placement; null: the figure is reported without a bar. */
export type Bars = Readonly<Record<Placement, Bar | null>>;

export const makeBarsEverywhere = (bar: Bar): Bars => ({ same: bar, different: bar, free: bar });

/** Two targets that are compared round by round, by default as a ratio, and held to a bar. */
export interface HeldComparison<N extends string, S extends object> {
  /** Name of the figure, without the placement. */
  readonly what: string;
  readonly mine: N;
  readonly other: N;
  /** The compared value of a sample. */
  pick(sample: S): number;
  /** That of the other target's sample; default: the same. */
  pickOther?(sample: S): number;
  /** Default: ×, the ratio; else the difference counts. */
  readonly unit?: Unit;
  readonly bars: Bars;
}

/** A column of the table of rounds. */
export interface Column<S extends object> {
  readonly title: string;
  /** Formats the cell of a row. @param first samples of the reference row; null: not measured */
  cell(mine: readonly S[], first: readonly S[] | null, name: string): string;
}

/** A measurement of some targets, and the figures that compare them. */
export interface Experiment<N extends string, S extends object, T extends Target = Target> {
  /** The measured calls or data, for headings. */
  readonly what: string;
  /** The unit and the content of a cell; the number of rounds follows. */
  readonly unitText: string;
  readonly rounds: number;
  readonly targets: Readonly<Record<N, TargetKind<T>>>;
  /** CPU placements; default: all. */
  readonly places?: readonly Placement[];
  /** The reference row of the table. */
  readonly first: N;
  /** Prepares the measurement that all targets share. @throws {MeasurementError} */
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

/** Runs an experiment; after an interruption it reports the finished placements. */
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
  for (const placement of experiment.places ?? placements) {
    if (measured.size > 0 && bench.signal.aborted) break;
    bench.log(`${what}, ${placementTitles[placement]}: ${rounds} rounds`);
    const measureAtPlace = async (): Promise<Measured<N, S>> => {
      if (isMissing(measureTarget)) return measureTarget;
      const cpuAssignment = assignCpus(placement, readAllowedCpus());
      const take = (target: T, round: number): Promise<S> =>
        measureTarget(target, { placement, cpuAssignment, round });
      return measureRounds(startedTargets!, {
        ...{ rounds, signal: bench.signal, take },
        warmUp(target) {
          pinServers(target, placement, cpuAssignment);
          return take(target, 0);
        },
      });
    };
    const series = await measureOrExplain(measureAtPlace).catch((error: unknown) => {
      // Interrupted before the first complete round: the finished placements are kept.
      if (measured.size === 0 || !bench.signal.aborted) throw error;
      return null;
    });
    if (series === null) break;
    measured.set(placement, series);
  }
  return {
    sections: [...measured].map(([placement, series]) =>
      makeSection(experiment, placement, series),
    ),
    figures: held.flatMap(({ what: title, mine, other, pick, pickOther, unit = '×', bars }) =>
      [...measured].map(([placement, series]) =>
        holdSeries(series, {
          what: `${title}, ${placementTitles[placement]}`,
          ...{ mine, other, pick, pickOther, unit, bar: bars[placement] },
        }),
      ),
    ),
    raw: {
      rounds,
      ...settings,
      places: Object.fromEntries(
        [...measured].map(([placement, series]) => [placement, listSeries(series)]),
      ),
    },
  };
}

function pinServers(
  { pid, bricks, cpus: ownCpus }: Target,
  placement: Placement,
  { servers }: CpuAssignment,
): void {
  const placed = bricks === undefined || placement === 'same' ? servers : readAllowedCpus();
  const cpus = ownCpus ?? placed;
  for (const serverPid of [pid, ...(bricks ?? [])])
    if (serverPid !== null) pinProcess(serverPid, cpus);
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

function makeSection<N extends string, S extends object, T extends Target>(
  { what, unitText, rounds, targets, first, columns }: Experiment<N, S, T>,
  placement: Placement,
  series: Measured<N, S>,
): Section {
  const firstSamples = findSamples(series, first);
  return {
    title: `${what}, ${placementTitles[placement]}: ${unitText} ${rounds} rounds [lowest – highest]`,
    columns: columns.map(({ title }) => title),
    rows: (Object.keys(targets) as N[]).map((name) =>
      makeRow(targets[name].title, findSamples(series, name), (mine) =>
        columns.map(({ cell }) => cell(mine, isMissing(firstSamples) ? null : firstSamples, name)),
      ),
    ),
  };
}
