/** Starts server processes, of glossa or others, waits until they serve, and ends them. */
import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { findMount } from '../../../runtime/mount/mountinfo.ts';
import { detach } from '../../../server/unmount.ts';
import { NotMeasured } from '../engine/not-measured.ts';

interface ProcessSettings {
  /** The program and its arguments; it serves in the foreground until it gets SIGTERM. */
  readonly line: readonly [string, ...string[]];
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** File to which the output is appended. */
  readonly log: string;
  /** Time limit of the start. */
  readonly patienceMs: number;
  /** Aborts the wait and ends the process. */
  readonly signal?: AbortSignal;
  /** The signal that ends a process without cleanup; default SIGTERM. */
  readonly endBy?: 'SIGKILL';
}

export interface StartedServer {
  readonly pid: number;
  /** Time from just before the start until it served. */
  readonly startSeconds: number;
  /** Resolves when the process has ended. */
  readonly ended: Promise<void>;
  /** Whether the process has ended. */
  hasEnded(): boolean;
  /** Ends the process; further calls do nothing. */
  stop(): Promise<void>;
}

const STOP_MS_MAX = 5_000;
/** Interval of polling, and so the resolution of `startSeconds`. */
const POLL_MS = 2;

/**
 * @param isReady polls whether the process serves
 * @param failed the message when it does not: `it did not mount`
 * @param afterwards cleanup after its end
 * @throws {NotMeasured} with the last error of its log
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
  // A process group of its own: Ctrl-C reaches only the bench, which ends its servers in order.
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
    // `isReady` may hang in a mount.
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

/** Starts a process and waits for its mount; unmounts after its end. @throws {NotMeasured} */
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
    // The server has ended.
    () => false,
  );

/** The last error line of a log. */
export function complaintIn(log: string): string {
  const lines = existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : [];
  const last = lines.findLast((line) => / E \[|error|fail|cannot/i.test(line)) ?? lines.at(-1);
  return last?.trim() || 'it said nothing';
}
