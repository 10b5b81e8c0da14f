/** Checks paths before a process enters them: a mount on the way may hang, and a new one may fail. */
import { stat } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { describeStuck, findStuckMount } from '../runtime/mount/mount-health.ts';
import { Failure } from '../terminal/exit.ts';
import { reason } from '../terminal/reason.ts';
import { CONSOLE } from './log-sink.ts';

/** @throws {Failure} when a mount on the way to one of the paths does not reply */
export async function refuseStuck(...paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    const stuck = await findStuckMount(path);
    if (stuck !== null) throw new Failure(`cannot look at ${path}: ${describeStuck(stuck)}`);
  }
}

/** Time limit for the `stat`: while it waits, every process that enters the mount waits as well. */
const STAT_MS = 5000;

/**
 * Returns why a new mount cannot be entered, as when a module fails the `stat` of its root; null
 * when it can be, or when its server is slow.
 */
export async function findEntryProblem(
  mountpoint: string,
  logFile = CONSOLE,
): Promise<string | null> {
  const controller = new AbortController();
  const timeout = delay(STAT_MS, null, { signal: controller.signal }).catch(() => null);
  try {
    await Promise.race([stat(mountpoint), timeout]);
    return null;
  } catch (error) {
    const log =
      logFile === CONSOLE ? "the server's log has the reason" : `the log ${logFile} has the reason`;
    const { code = '' } = error as NodeJS.ErrnoException;
    return `cannot enter the mount ${mountpoint}: stat of its root fails: ${code} (${reason(error)}); ${log}`;
  } finally {
    controller.abort();
  }
}
