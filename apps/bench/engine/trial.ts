/**
 * Tries a bench before it measures, so that mistakes are reported once and at once: starts each
 * stack, and runs the command in an empty folder.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { Clients } from './load/clients.ts';
import { isSystemError, type MeasurePlan } from './measure.ts';
import { NotMeasured } from './not-measured.ts';
import { allowedCpus } from './placement.ts';
import { patienceOf } from './target.ts';
import { failureOf, refusalOf } from './workloads/command.ts';
import type { TriedCommand } from './workloads/workload.ts';

interface TrialPlan extends Pick<MeasurePlan, 'stacks' | 'signal' | 'turn'> {
  /** The program and its arguments; empty: no command. */
  readonly command: readonly string[];
  /** An empty folder on the storage of the stacks. */
  readonly folder: string;
}

export interface TrialResult {
  /** Null: no command, or the trial was interrupted. */
  readonly command: TriedCommand | null;
  /** Stacks that do not start, and why. */
  readonly broken: ReadonlyMap<string, string>;
  readonly warnings: readonly string[];
}

/** @throws {NotMeasured} when no stack starts */
export async function tryAll(plan: TrialPlan): Promise<TrialResult> {
  const { stacks, signal, turn } = plan;
  const command = plan.command.length === 0 ? null : await tryOne(plan);
  const broken = new Map<string, string>();
  const warnings: string[] = [];
  for (const stack of stacks) {
    if (signal.aborted) break;
    turn(`${stack.name}, first start`);
    try {
      const served = await stack.serve();
      await served.stop();
      if (served.complaint) warnings.push(`${stack.name}: ${served.complaint}`);
    } catch (error) {
      // A folder that cannot be made is a failure of this stack only.
      if (!(error instanceof NotMeasured) && !isSystemError(error)) throw error;
      broken.set(stack.name, error.message);
    } finally {
      stack.discard();
    }
  }
  if (broken.size === stacks.length) {
    throw new NotMeasured([...broken].map(([name, why]) => `${name}: ${why}`).join('\n'));
  }
  const failure = command === null ? null : failureOf(command);
  return { command, broken, warnings: failure === null ? warnings : [...warnings, failure] };
}

async function tryOne({ command, folder, signal, turn }: TrialPlan): Promise<TriedCommand | null> {
  turn('the command, first run');
  const inside = join(folder, 'trial');
  const clients = new Clients({ count: 1, cpus: allowedCpus(), signal });
  try {
    const tried = await clients.one('try', { words: command, folder: inside }, patienceOf(true));
    const refusal = refusalOf(tried);
    if (refusal !== null) throw new NotMeasured(refusal);
    return tried;
  } catch (error) {
    if (signal.aborted) return null;
    throw error;
  } finally {
    clients.kill();
    await clients.ended();
    rmSync(inside, { recursive: true, force: true });
  }
}
