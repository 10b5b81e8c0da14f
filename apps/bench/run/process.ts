/** Processes that serve, glossa's own or not: started, waited for, and ended again. */
import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { findMount } from '../../../runtime/mount/mountinfo.ts';
import { detach } from '../../../server/unmount.ts';
import { NotMeasured } from '../engine/not-measured.ts';

interface ProcessSettings {
  /** The program and its arguments. It serves in the foreground, until it gets SIGTERM. */
  readonly line: readonly [string, ...string[]];
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** Where its output goes, to the end of what is there. */
  readonly log: string;
  /** How long it is waited for. */
  readonly patienceMs: number;
  /** Ends the waiting, and the process. */
  readonly signal?: AbortSignal;
  /** The signal that ends it, for one that has nothing to put in order; otherwise SIGTERM. */
  readonly endBy?: 'SIGKILL';
}

export interface StartedServer {
  readonly pid: number;
  /** From just before it was started until it served. */
  readonly startSeconds: number;
  /** Resolves when it is over. */
  readonly ended: Promise<void>;
  /** Whether it has ended, by itself or not. */
  hasEnded(): boolean;
  /** Ends it. Once more does nothing. */
  stop(): Promise<void>;
}

const STOP_MS_MAX = 5_000;
/** From one look to the next: as exact as the time of a start is. */
const POLL_MS = 2;

/**
 * @param isReady whether it serves by now
 * @param failed what is said when it does not: `it did not mount`
 * @param afterwards what is to be done when it has ended
 * @throws {NotMeasured} with what it complained of last
 */
export async function startProcess(
  settings: ProcessSettings,
  isReady: () => Promise<boolean> | boolean,
  failed: string,
  afterwards: () => void = () => {},
): Promise<StartedServer> {
  const { line, env, log, patienceMs, signal, endBy = 'SIGTERM' } = settings;
  const [program, ...args] = line;
  const output = openSync(log, 'a');
  const begun = performance.now();
  // A session of its own: Ctrl-C is for the bench, which ends its servers in order.
  const child = spawn(program, args, {
    detached: true,
    stdio: ['ignore', output, output],
    env: { ...process.env, ...env },
  });
  closeSync(output);
  const over = new Promise<void>((resolve) => {
    child.once('exit', () => resolve()).once('error', () => resolve());
  });
  const stop = async (): Promise<void> => {
    child.kill(endBy);
    const late = setTimeout(() => child.kill('SIGKILL'), STOP_MS_MAX);
    await over;
    clearTimeout(late);
    afterwards();
  };
  let hasEnded = false;
  const ended = over.then(() => {
    hasEnded = true;
    return false;
  });
  const given = AbortSignal.any([AbortSignal.timeout(patienceMs), ...(signal ? [signal] : [])]);
  const aborted = new Promise<boolean>((resolve) => {
    given.addEventListener('abort', () => resolve(false), { once: true });
  });
  for (let serves = false; !serves; ) {
    // A look at a mount may hang.
    serves = await Promise.race([isReady(), ended, aborted]);
    if (hasEnded || given.aborted) {
      await stop();
      signal?.throwIfAborted();
      throw new NotMeasured(`${failed}: ${complaintIn(log)}`);
    }
    if (!serves) await delay(POLL_MS);
  }
  return {
    pid: child.pid!,
    startSeconds: (performance.now() - begun) / 1e3,
    ended: over,
    hasEnded: () => hasEnded,
    stop,
  };
}

/** A process whose mount answers; the mount is gone after it. @throws {NotMeasured} */
export const startMount = (settings: ProcessSettings, mountpoint: string): Promise<StartedServer> =>
  startProcess(
    settings,
    () => answers(mountpoint),
    'it did not mount',
    () => {
      if (findMount(mountpoint) !== null) detach(mountpoint, true);
    },
  );

const answers = (mountpoint: string): Promise<boolean> | boolean =>
  findMount(mountpoint) !== null &&
  stat(mountpoint).then(
    () => true,
    // Its server has ended since.
    () => false,
  );

/** The last line of a log that is an error. */
export function complaintIn(log: string): string {
  const lines = existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : [];
  const last = lines.findLast((line) => / E \[|error|fail|cannot/i.test(line)) ?? lines.at(-1);
  return last?.trim() || 'it said nothing';
}
