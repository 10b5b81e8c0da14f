/**
 * Runs `glossa bench`: tries all stacks once, then measures every workload in every placement. An
 * error in one measurement does not end the others.
 */
import { join } from 'node:path';
import type { Progress } from '../../../terminal/progress.ts';
import { type MeasurePlan, measure, type StackPlan } from './measure.ts';
import { MeasurementError } from './measurement-error.ts';
import { assignCpus, formatWorkloadTitle, type Placement } from './placement.ts';
import {
  type Machine,
  type Run,
  SCHEMA_VERSION,
  type StackDescription,
  type Workload,
} from './schema.ts';
import { tryAll } from './trial.ts';
import type { WorkloadName } from './workloads/index.ts';

/** All settings of a run. */
export interface RunPlan
  extends Pick<
    MeasurePlan,
    'clients' | 'seed' | 'rounds' | 'seconds' | 'inProcess' | 'sameLookupStacks' | 'signal'
  > {
  readonly question: string;
  /** The command line, to be recorded in the result. */
  readonly commandLine: readonly string[];
  readonly stacks: readonly (StackDescription & StackPlan)[];
  readonly workloads: readonly WorkloadName[];
  readonly placements: readonly Placement[];
  /** The program and arguments of the workload `command`; empty: no such workload. */
  readonly command: readonly string[];
  /** Warnings known before the run. */
  readonly warnings: readonly string[];
  /** Prints the problems found by the trial, before anything is measured. */
  readonly printProblem: (problem: string) => void;
  readonly machine: Machine;
  /** CPUs that may be used, in the kernel's list format. */
  readonly cpus: string;
  /** Flags of `glossa mount`, without those for folders. */
  readonly mountFlags: readonly string[];
  /** An empty folder on the same storage as the stacks' files. */
  readonly folder: string;
  /** Shows at a terminal how far the run is. */
  readonly showProgress: (progress: Progress) => void;
}

/** The result of a run, and its failures. */
export interface BenchOutcome {
  readonly run: Run;
  /** Failures of the trial, which `printProblem` has printed; they fail the run. */
  readonly trialFailures: readonly string[];
  /** Further failures of the run. */
  readonly failures: readonly string[];
}

/** Estimated progress steps of a stack in addition to its rounds: its start, and blocks of the warm-up. */
const STEPS_BESIDE_ROUNDS = 8;

/**
 * Measures until all is done or the signal aborts; the result then has the rounds so far.
 * @param measureOne measures one workload in one placement; tests replace this and `runTrial`
 * @throws {MeasurementError} before measuring, if no stack starts
 */
export async function runBench(
  plan: RunPlan,
  measureOne = measure,
  runTrial = tryAll,
): Promise<BenchOutcome> {
  const { placements, signal } = plan;
  const runStartMs = performance.now();
  const date = new Date().toISOString();
  const stepsPerMeasurement = (plan.stacks.length + 1) * (plan.rounds + STEPS_BESIDE_ROUNDS);
  const plannedMeasurements = plan.workloads.flatMap((workload) =>
    placements.map((place) => ({ workload, place })),
  );
  const showDoneSteps = (doneCount: number, activity: string): void => {
    const elapsedSeconds = (performance.now() - runStartMs) / 1e3;
    plan.showProgress({
      doneCount,
      totalCount: plannedMeasurements.length * stepsPerMeasurement,
      elapsedSeconds,
      item: activity,
    });
  };
  const trial = await runTrial({ ...plan, onStep: (activity) => showDoneSteps(0, activity) });
  const trialFailures = [...trial.startFailures].map(([name, reason]) => `${name}: ${reason}`);
  for (const warning of trial.warnings) plan.printProblem(warning);
  for (const failure of trialFailures) plan.printProblem(`failed: ${failure}`);
  const stacks = plan.stacks.map((stack) => ({
    ...stack,
    startFailure: trial.startFailures.get(stack.name) ?? null,
  }));
  const workloads: Workload[] = [];
  const failures: string[] = [];
  const warnings = [...plan.warnings, ...trial.warnings];
  let partial = trialFailures.length > 0;
  for (const [i, { workload, place }] of plannedMeasurements.entries()) {
    if (signal.aborted) break;
    const title = formatWorkloadTitle({ name: workload, place });
    let stepCount = 0;
    const onStep = (activity: string): void =>
      showDoneSteps(
        // The number of steps is an estimate: more steps must not show the next measurement's share.
        i * stepsPerMeasurement + Math.min(stepCount++, stepsPerMeasurement - 1),
        `${title}, ${activity}`,
      );
    const plainFolder = join(plan.folder, 'plain');
    const command = workload === 'command' ? trial.command : null;
    try {
      const cpus = assignCpus(place, plan.cpus);
      const measurePlan = {
        ...plan,
        stacks,
        command,
        workload,
        placement: place,
        cpus,
        runStartMs,
        plainFolder,
        onStep,
      };
      const measurement = await measureOne(measurePlan);
      workloads.push(measurement.workload);
      failures.push(...measurement.failures);
      warnings.push(...measurement.warnings);
      partial ||= measurement.partial;
    } catch (error) {
      warnings.push(`${title}: not measured: ${(error as Error).message}`);
      if (!(error instanceof MeasurementError))
        failures.push(`${title}: ${(error as Error).stack}`);
      partial = true;
    }
  }
  if (signal.aborted) {
    const count = `${workloads.length} of ${plannedMeasurements.length} measurements`;
    warnings.push(`interrupted: ${count} were begun, with the rounds that they have`);
  }
  const seconds = (performance.now() - runStartMs) / 1e3;
  const { question, commandLine: command, seed, machine, mountFlags } = plan;
  const run: Run = {
    schemaVersion: SCHEMA_VERSION,
    ...{ question, command, date, seconds, seed, partial: partial || signal.aborted, warnings },
    machine,
    stacks: plan.stacks.map(({ name, description, volfile }) => ({ name, description, volfile })),
    ...{ workloads, mountFlags },
  };
  return { run, trialFailures, failures };
}
