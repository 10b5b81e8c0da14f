/** Starts server processes, of glossa or others, waits until they serve, and ends them. */
import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { findMount } from '../../../runtime/mount/mountinfo.ts';
import { tryUnmount } from '../../../server/unmount.ts';
import { MeasurementError } from '../engine/measurement-error.ts';

/** Settings for the start and the end of a server process. */
interface ProcessSettings {
  /** The program and its arguments; it serves in the foreground until it gets SIGTERM. */
  readonly commandLine: readonly [string, ...string[]];
  /** Variables to add to the environment. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** File to which the output is appended. */
  readonly logFile: string;
  /** Time limit of the start, in milliseconds. */
  readonly timeoutMs: number;
  /** Aborts the wait and ends the process. */
  readonly signal?: AbortSignal;
  /** `SIGKILL` for a process that needs no cleanup of its own; default SIGTERM. */
  readonly endSignal?: 'SIGKILL';
}

/** A server process that serves. */
export interface StartedServer {
  readonly pid: number;
  /** Seconds from just before the start until the process served. */
  readonly startSeconds: number;
  /** Resolves when the process has ended. */
  readonly whenExited: Promise<void>;
  /** Whether the process has ended. */
  hasEnded(): boolean;
  /** Ends the process; further calls do nothing. */
  stop(): Promise<void>;
}

/** Milliseconds until a process that does not end is killed. */
const STOP_TIMEOUT_MS = 5_000;
/** Milliseconds between two polls, and so the resolution of `startSeconds`. */
const POLL_INTERVAL_MS = 2;

/**
 * Starts a process and waits until it serves.
 * @param isReady polls whether the process serves
 * @param failureText the beginning of the error's message: `it did not mount`
 * @param cleanUp called after the process has ended
 * @throws {MeasurementError} with the last error of its log
 */
export async function startServerProcess(
  settings: ProcessSettings,
  isReady: () => Promise<boolean> | boolean,
  failureText: string,
  cleanUp: () => void = () => {},
): Promise<StartedServer> {
  const { commandLine, env, logFile, timeoutMs, signal, endSignal = 'SIGTERM' } = settings;
  const [program, ...args] = commandLine;
  const outputFd = openSync(logFile, 'a');
  const startMs = performance.now();
  // In its own process group, the child gets no Ctrl-C; the bench ends its servers in order.
  const child = spawn(program, args, {
    detached: true,
    stdio: ['ignore', outputFd, outputFd],
    env: { ...process.env, ...env },
  });
  closeSync(outputFd);
  const whenExited = new Promise<void>((resolve) => {
    child.once('exit', () => resolve()).once('error', () => resolve());
  });
  const stop = async (): Promise<void> => {
    child.kill(endSignal);
    const killTimer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
    await whenExited;
    clearTimeout(killTimer);
    cleanUp();
  };
  let hasEnded = false;
  /** Resolves to false, as the value of `isServing`. */
  const whenEndedEarly = whenExited.then(() => {
    hasEnded = true;
    return false;
  });
  const stopSignal = AbortSignal.any([AbortSignal.timeout(timeoutMs), ...(signal ? [signal] : [])]);
  const whenAborted = new Promise<boolean>((resolve) => {
    stopSignal.addEventListener('abort', () => resolve(false), { once: true });
  });
  for (let isServing = false; !isServing; ) {
    // `isReady` may hang in a mount that does not reply.
    isServing = await Promise.race([isReady(), whenEndedEarly, whenAborted]);
    if (hasEnded || stopSignal.aborted) {
      await stop();
      signal?.throwIfAborted();
      throw new MeasurementError(`${failureText}: ${readLastError(logFile)}`);
    }
    if (!isServing) await delay(POLL_INTERVAL_MS);
  }
  return {
    pid: child.pid!,
    startSeconds: (performance.now() - startMs) / 1e3,
    whenExited,
    hasEnded: () => hasEnded,
    stop,
  };
}

/** Starts a process and waits for its mount; unmounts after its end. @throws {MeasurementError} */
export const startMount = (settings: ProcessSettings, mountpoint: string): Promise<StartedServer> =>
  startServerProcess(
    settings,
    () => isReplying(mountpoint),
    'it did not mount',
    () => {
      if (findMount(mountpoint) !== null) tryUnmount(mountpoint, true);
    },
  );

/** Whether something is mounted at a path and replies to a stat. */
const isReplying = (mountpoint: string): Promise<boolean> | boolean =>
  findMount(mountpoint) !== null &&
  stat(mountpoint).then(
    () => true,
    // The server has ended.
    () => false,
  );

/** Reads the last line of a log that looks like an error; without one, the last line. */
export function readLastError(logFile: string): string {
  const lines = existsSync(logFile) ? readFileSync(logFile, 'utf8').trim().split('\n') : [];
  const lastError = lines.findLast((line) => / E \[|error|fail|cannot/i.test(line)) ?? lines.at(-1);
  return lastError?.trim() || 'it said nothing';
}
