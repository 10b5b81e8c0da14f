/**
 * Runs `glossa bench`: tries all stacks once, then measures every workload in every placement. An
 * error in one measurement does not end the others.
 */

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Progress } from '../../../terminal/progress.ts';
import { Clients } from './load/clients.ts';
import { isSystemError, type MeasurePlan, measure, type StackPlan } from './measure.ts';
import { MeasurementError } from './measurement-error.ts';
import { assignCpus, formatWorkloadTitle, type Placement, readAllowedCpus } from './placement.ts';
import {
  type Machine,
  type Run,
  SCHEMA_VERSION,
  type StackDescription,
  type Workload,
} from './schema.ts';
import { findBaseTimeoutMs } from './target.ts';
import { describeFailure, describeRefusal } from './workloads/command.ts';
import type { WorkloadName } from './workloads/index.ts';
import type { TriedCommand } from './workloads/workload.ts';

/** The stacks and the command to try. */
interface TrialPlan extends Pick<MeasurePlan, 'stacks' | 'signal' | 'onStep'> {
  /** The program and its arguments; empty: no command. */
  readonly command: readonly string[];
  /** An empty folder on the storage of the stacks. */
  readonly folder: string;
}

/** The results of a trial. */
export interface TrialResult {
  /** The command with its result; null without a command, or if the trial was interrupted. */
  readonly command: TriedCommand | null;
  /** Stacks that do not start, and why. */
  readonly startFailures: ReadonlyMap<string, string>;
  readonly warnings: readonly string[];
}

/**
 * Tries a bench before it measures: starts each stack once, and runs the command in an empty
 * folder. The user's mistakes are then reported at once, and not again for every workload.
 * @throws {MeasurementError} if no stack starts, or the command cannot be run
 */
async function tryAll(plan: TrialPlan): Promise<TrialResult> {
  const { stacks, signal, onStep } = plan;
  const command = plan.command.length === 0 ? null : await tryCommandOnce(plan);
  const startFailures = new Map<string, string>();
  const warnings: string[] = [];
  for (const stack of stacks) {
    if (signal.aborted) break;
    onStep(`${stack.name}, first start`);
    try {
      const mount = await stack.serve();
      await mount.stop();
      if (mount.startWarning) warnings.push(`${stack.name}: ${mount.startWarning}`);
    } catch (error) {
      // A folder that cannot be made is a failure of this stack only.
      if (!(error instanceof MeasurementError) && !isSystemError(error)) throw error;
      startFailures.set(stack.name, error.message);
    } finally {
      stack.discard();
    }
  }
  if (startFailures.size === stacks.length) {
    throw new MeasurementError(
      [...startFailures].map(([name, reason]) => `${name}: ${reason}`).join('\n'),
    );
  }
  const failure = command === null ? null : describeFailure(command);
  return { command, startFailures, warnings: failure === null ? warnings : [...warnings, failure] };
}

/** Runs the command once, in a client; null if interrupted. @throws {MeasurementError} */
async function tryCommandOnce({
  command,
  folder,
  signal,
  onStep,
}: TrialPlan): Promise<TriedCommand | null> {
  onStep('the command, first run');
  const trialFolder = join(folder, 'trial');
  const clients = new Clients({ count: 1, cpus: readAllowedCpus(), signal });
  try {
    const triedCommand = await clients.requestFirst(
      'try',
      { words: command, folder: trialFolder },
      findBaseTimeoutMs(true),
    );
    const refusal = describeRefusal(triedCommand);
    if (refusal !== null) throw new MeasurementError(refusal);
    return triedCommand;
  } catch (error) {
    if (signal.aborted) return null;
    throw error;
  } finally {
    clients.kill();
    await clients.waitUntilEnded();
    rmSync(trialFolder, { recursive: true, force: true });
  }
}

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
