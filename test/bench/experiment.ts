/**
 * Runs an experiment: starts its targets once, measures them in paired rounds at every CPU placement, and reports a
 * table and the compared figures of each placement.
 */
import { pinProcess } from '../../apps/bench/engine/affinity.ts';
import {
  isMissing,
  type MissingResult,
  measureOrExplain,
} from '../../apps/bench/engine/measurement-error.ts';
import {
  assignCpus,
  type CpuAssignment,
  type Placement,
  placements,
  placementTitles,
  readAllowedCpus,
} from '../../apps/bench/engine/placement.ts';
import { measureRounds } from '../../apps/bench/engine/rounds.ts';
import type { Bench } from './bench.ts';
import { type Measured, makeReport, type Report, type Sample, type Table } from './table.ts';
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
export type MeasureTarget<T extends Target = Target> = (
  target: T,
  slot: RoundSlot,
) => Promise<Sample>;

/** A measurement of some targets, and the figures that compare them. */
export interface Experiment<N extends string, T extends Target = Target>
  extends Omit<Table<N>, 'titles'> {
  readonly rounds: number;
  readonly targets: Readonly<Record<N, TargetKind<T>>>;
  /** CPU placements; default: all. */
  readonly places?: readonly Placement[];
  /** Prepares the measurement that all targets share. @throws {MeasurementError} */
  prepare(bench: Bench): Promise<MeasureTarget<T>>;
  /** More parameters of the measurement, for programs. */
  readonly settings?: object;
}

/** Runs an experiment; after an interruption it reports the finished placements. */
export async function runExperiment<N extends string, T extends Target = Target>(
  bench: Bench,
  experiment: Experiment<N, T>,
): Promise<Report> {
  const { what, rounds, settings, targets, unitText } = experiment;
  const names = Object.keys(targets) as N[];
  const measureTarget = await measureOrExplain(() => experiment.prepare(bench));
  const started = new Map<N, T | MissingResult>();
  for (const name of isMissing(measureTarget) ? [] : names) {
    bench.log(`starting ${targets[name].title}`);
    started.set(name, await measureOrExplain(() => targets[name].start(bench, name)));
  }
  const measured = new Map<Placement, Measured<N>>();
  for (const placement of experiment.places ?? placements) {
    if (measured.size > 0 && bench.signal.aborted) break;
    bench.log(`${what}, ${placementTitles[placement]}: ${rounds} rounds`);
    const measureAtPlace = async (): Promise<Measured<N>> => {
      if (isMissing(measureTarget)) return measureTarget;
      const cpuAssignment = assignCpus(placement, readAllowedCpus());
      const take = (target: T, round: number): Promise<Sample> =>
        measureTarget(target, { placement, cpuAssignment, round });
      const warmUp = (target: T): Promise<Sample> => {
        pinServers(target, placement, cpuAssignment);
        return take(target, 0);
      };
      return measureRounds(started, { rounds, signal: bench.signal, take, warmUp });
    };
    try {
      measured.set(placement, await measureOrExplain(measureAtPlace));
    } catch (error) {
      // Interrupted before the first complete round: the finished placements are kept.
      if (measured.size === 0 || !bench.signal.aborted) throw error;
      break;
    }
  }
  const titles = Object.fromEntries(names.map((name) => [name, targets[name].title]));
  const table: Table<N> = {
    ...experiment,
    titles: titles as Record<N, string>,
    unitText: `${unitText} ${rounds} rounds [lowest – highest]`,
  };
  return makeReport(table, measured, { rounds, ...settings });
}

function pinServers(
  { pid, bricks, cpus: ownCpus }: Target,
  placement: Placement,
  { servers }: CpuAssignment,
): void {
  const placed = bricks === undefined || placement === 'same' ? servers : readAllowedCpus();
  for (const serverPid of [pid, ...(bricks ?? [])])
    if (serverPid !== null) pinProcess(serverPid, ownCpus ?? placed);
}
