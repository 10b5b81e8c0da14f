/** A whole run: every workload at every place, whatever happens on the way. */
import { join } from 'node:path';
import { type MeasurePlan, measure, type StackPlan } from './measure.ts';
import { NotMeasured } from './missing.ts';
import { type Place, placed, placeTitles } from './placement.ts';
import type { Progress } from './report/progress.ts';
import {
  type Machine,
  type MeasuredStack,
  type Run,
  SCHEMA_VERSION,
  type Workload,
} from './schema.ts';
import type { WorkloadName } from './workloads/index.ts';

export interface RunPlan
  extends Pick<
    MeasurePlan,
    'clients' | 'rate' | 'cold' | 'seed' | 'rounds' | 'seconds' | 'breakdown' | 'alike' | 'signal'
  > {
  readonly question: string;
  /** The command line, for the result. */
  readonly line: readonly string[];
  readonly stacks: readonly (MeasuredStack & StackPlan)[];
  readonly workloads: readonly WorkloadName[];
  readonly places: readonly Place[];
  /** Of the workload `command`. */
  readonly command: readonly string[];
  /** What is known before. */
  readonly warnings: readonly string[];
  readonly machine: Machine;
  /** CPUs that may be used, as the kernel lists them. */
  readonly cpus: string;
  /** Of `glossa mount`, besides those for folders. */
  readonly mountFlags: readonly string[];
  /** An empty folder on the same storage as the stacks' files. */
  readonly folder: string;
  readonly progress: (progress: Progress) => void;
}

export interface Ran {
  readonly run: Run;
  /** What must make the run fail. */
  readonly failures: readonly string[];
}

/** Turns of a stack besides its rounds, roughly: its start, and the warm-up. */
const BESIDES = 5;

/**
 * Measures until all is done or the signal comes; either way the result says what there is. A workload
 * that ends with an error takes nothing away from the others.
 */
export async function runBench(plan: RunPlan, measureOne = measure): Promise<Ran> {
  const { stacks, places, signal, warnings } = plan;
  const since = performance.now();
  const date = new Date().toISOString();
  const workloads: Workload[] = [];
  const failures: string[] = [];
  let partial = false;
  const said = [...warnings];
  const all = plan.workloads.flatMap((workload) => places.map((place) => ({ workload, place })));
  const turns = (stacks.length + 1) * (plan.rounds + BESIDES);
  for (const [i, { workload, place }] of all.entries()) {
    if (signal.aborted) break;
    let turn = 0;
    const begin = (stack: string): void => {
      plan.progress({
        done: i * turns + Math.min(turn++, turns - 1),
        total: all.length * turns,
        elapsedSeconds: (performance.now() - since) / 1e3,
        what: `${workload}, ${placeTitles[place]}, ${stack}`,
      });
    };
    const at = placeOrNot(place, plan.cpus);
    if (typeof at === 'string') {
      said.push(`${workload}, ${placeTitles[place]}: not measured: ${at}`);
      partial = true;
      continue;
    }
    const reference = join(plan.folder, 'plain');
    const turnsOf = { workload, place, at, since, reference, turn: begin };
    try {
      const measured = await measureOne({ ...plan, ...turnsOf });
      workloads.push(measured.workload);
      failures.push(...measured.failures);
      said.push(...measured.warnings);
      partial ||= measured.partial;
    } catch (error) {
      const title = `${workload}, ${placeTitles[place]}`;
      said.push(`${title}: not measured: ${(error as Error).message}`);
      failures.push(`${title}: ${(error as Error).stack}`);
      partial = true;
    }
  }
  const { question, line, seed, machine } = plan;
  const run: Run = {
    schemaVersion: SCHEMA_VERSION,
    question,
    command: line,
    date,
    seconds: (performance.now() - since) / 1e3,
    seed,
    partial: partial || signal.aborted,
    warnings: said,
    machine,
    stacks: stacks.map(({ name, description, volfile }) => ({ name, description, volfile })),
    workloads,
    mountFlags: [...plan.mountFlags],
    micro: [],
  };
  return { run, failures };
}

/** Where client and servers are, or why not. */
function placeOrNot(place: Place, cpus: string): ReturnType<typeof placed> | string {
  try {
    return placed(place, cpus);
  } catch (error) {
    if (error instanceof NotMeasured) return error.message;
    throw error;
  }
}
