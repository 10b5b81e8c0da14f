/**
 * Checks paths before a command uses them: `refuseStuck` for a mount on the way that hangs,
 * `findEntryProblem` for a new mount whose root cannot be entered.
 */
import { stat } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { describeStuck, findStuckMount } from '../runtime/mount/mount-health.ts';
import { Failure, formatReason } from '../terminal/exit.ts';
import { CONSOLE } from './log-sink.ts';

/**
 * Refuses paths behind a mount that does not reply, where this process would hang.
 * @throws {Failure}
 */
export async function refuseStuck(...paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    const stuck = await findStuckMount(path);
    if (stuck !== null) throw new Failure(`cannot look at ${path}: ${describeStuck(stuck)}`);
  }
}

/** The time limit for the `stat` of a new mount's root. */
const STAT_TIMEOUT_MS = 5000;

/**
 * Resolves to the reason why a new mount cannot be entered, such as a module that fails the `stat`
 * of its root. Resolves to null if it can be entered, or if its server has not replied in time.
 */
export async function findEntryProblem(
  mountpoint: string,
  logFile = CONSOLE,
): Promise<string | null> {
  const controller = new AbortController();
  const timeout = delay(STAT_TIMEOUT_MS, null, { signal: controller.signal }).catch(() => null);
  try {
    await Promise.race([stat(mountpoint), timeout]);
    return null;
  } catch (error) {
    const logHint =
      logFile === CONSOLE ? "the server's log has the reason" : `the log ${logFile} has the reason`;
    const { code = '' } = error as NodeJS.ErrnoException;
    return `cannot enter the mount ${mountpoint}: stat of its root fails: ${code} (${formatReason(error)}); ${logHint}`;
  } finally {
    controller.abort();
  }
}
