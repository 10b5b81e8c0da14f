/**
 * Tries a bench before it measures: starts each stack once, and runs the command in an empty
 * folder. The user's mistakes are then reported at once, and not again for every workload.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { Clients } from './load/clients.ts';
import { isSystemError, type MeasurePlan } from './measure.ts';
import { MeasurementError } from './measurement-error.ts';
import { readAllowedCpus } from './placement.ts';
import { findBaseTimeoutMs } from './target.ts';
import { describeFailure, describeRefusal } from './workloads/command.ts';
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
 * Starts each stack and runs the command.
 * @throws {MeasurementError} if no stack starts, or the command cannot be run
 */
export async function tryAll(plan: TrialPlan): Promise<TrialResult> {
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
