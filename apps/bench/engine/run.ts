/** Runs the bench: every workload in every placement; an error in one does not end the others. */
import { join } from 'node:path';
import type { Progress } from '../../../terminal/progress.ts';
import { type MeasurePlan, measure, type StackPlan } from './measure.ts';
import { NotMeasured } from './not-measured.ts';
import { assignCpus, type Placement, workloadTitle } from './placement.ts';
import {
  type Machine,
  type MeasuredStack,
  type Run,
  SCHEMA_VERSION,
  type Workload,
} from './schema.ts';
import { tryAll } from './trial.ts';
import type { WorkloadName } from './workloads/index.ts';

export interface RunPlan
  extends Pick<MeasurePlan, 'clients' | 'seed' | 'rounds' | 'seconds' | 'alike' | 'signal'> {
  readonly question: string;
  /** The command line, to be recorded in the result. */
  readonly line: readonly string[];
  readonly stacks: readonly (MeasuredStack & StackPlan)[];
  readonly workloads: readonly WorkloadName[];
  readonly places: readonly Placement[];
  /** Words of the workload `command`. */
  readonly command: readonly string[];
  /** Warnings known before the run. */
  readonly warnings: readonly string[];
  /** Prints the problems found by the trial, before anything is measured. */
  readonly tell: (problem: string) => void;
  readonly machine: Machine;
  /** CPUs that may be used, in the kernel's list format. */
  readonly cpus: string;
  /** Flags of `glossa mount`, without those for folders. */
  readonly mountFlags: readonly string[];
  /** An empty folder on the same storage as the stacks' files. */
  readonly folder: string;
  readonly progress: (progress: Progress) => void;
}

export interface BenchOutcome {
  readonly run: Run;
  /** Failures of the trial, which `tell` has printed; they fail the run. */
  readonly told: readonly string[];
  /** Further failures of the run. */
  readonly failures: readonly string[];
}

/** Turns of a stack that are no rounds, roughly: its start and the warm-up. */
const BESIDES = 5;

/**
 * Measures until all is done or the signal aborts; the result has the rounds so far. A workload
 * that ends with an error leaves the results of the others.
 * @throws {NotMeasured} before measuring, when no stack starts
 */
export async function runBench(
  plan: RunPlan,
  measureOne = measure,
  tryAllOf = tryAll,
): Promise<BenchOutcome> {
  const { places, signal } = plan;
  const since = performance.now();
  const date = new Date().toISOString();
  const turns = (plan.stacks.length + 1) * (plan.rounds + BESIDES);
  const all = plan.workloads.flatMap((workload) => places.map((place) => ({ workload, place })));
  const progress = (done: number, what: string): void => {
    const elapsedSeconds = (performance.now() - since) / 1e3;
    plan.progress({ doneCount: done, total: all.length * turns, elapsedSeconds, item: what });
  };
  const tried = await tryAllOf({ ...plan, turn: (what) => progress(0, what) });
  const told = [...tried.broken].map(([name, why]) => `${name}: ${why}`);
  for (const warning of tried.warnings) plan.tell(warning);
  for (const failure of told) plan.tell(`failed: ${failure}`);
  const stacks = plan.stacks.map((it) => ({ ...it, broken: tried.broken.get(it.name) ?? null }));
  const workloads: Workload[] = [];
  const failures: string[] = [];
  const warnings = [...plan.warnings, ...tried.warnings];
  let partial = told.length > 0;
  for (const [i, { workload, place }] of all.entries()) {
    if (signal.aborted) break;
    const title = workloadTitle({ name: workload, place });
    let done = 0;
    const turn = (stack: string): void =>
      progress(i * turns + Math.min(done++, turns - 1), `${title}, ${stack}`);
    const reference = join(plan.folder, 'plain');
    const command = workload === 'command' ? tried.command : null;
    try {
      const at = assignCpus(place, plan.cpus);
      const one = { ...plan, stacks, command, workload, place, at, since, reference, turn };
      const measured = await measureOne(one);
      workloads.push(measured.workload);
      failures.push(...measured.failures);
      warnings.push(...measured.warnings);
      partial ||= measured.partial;
    } catch (error) {
      warnings.push(`${title}: not measured: ${(error as Error).message}`);
      if (!(error instanceof NotMeasured)) failures.push(`${title}: ${(error as Error).stack}`);
      partial = true;
    }
  }
  if (signal.aborted) {
    const count = `${workloads.length} of ${all.length} measurements`;
    warnings.push(`interrupted: ${count} were begun, with the rounds that they have`);
  }
  const seconds = (performance.now() - since) / 1e3;
  const { question, line: command, seed, machine, mountFlags } = plan;
  const run: Run = {
    schemaVersion: SCHEMA_VERSION,
    ...{ question, command, date, seconds, seed, partial: partial || signal.aborted, warnings },
    machine,
    stacks: plan.stacks.map(({ name, description, volfile }) => ({ name, description, volfile })),
    ...{ workloads, mountFlags },
  };
  return { run, told, failures };
}
