/** Processes that serve, glossa's own or not: started, waited for, and ended again. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { findMount } from '../../../runtime/mount/mountinfo.ts';
import { detach } from '../../../server/unmount.ts';
import { NotMeasured } from '../engine/missing.ts';

export interface ProcessSettings {
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

export interface Started {
  readonly pid: number;
  /** From just before it was started until it served. */
  readonly startSeconds: number;
  /** Whether it has ended, by itself or not. */
  hasEnded(): boolean;
  /** Ends it. Once more does nothing. */
  stop(): Promise<void>;
}

const STOP_MS_MAX = 5_000;
/** From one look to the next: as exact as the time of a start is. */
const LOOK_MS = 2;

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
): Promise<Started> {
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
    await end(child, over, endBy);
    afterwards();
  };
  const looking = new AbortController();
  const either = AbortSignal.any([looking.signal, ...(signal === undefined ? [] : [signal])]);
  const late = delay(patienceMs, false, { signal: either }).catch(() => false);
  const serves = await Promise.race([
    untilReady(isReady, either).catch(() => false),
    over.then(() => false),
    late,
  ]);
  looking.abort();
  if (!serves) {
    await stop();
    signal?.throwIfAborted();
    throw new NotMeasured(`${failed}: ${complaintIn(log)}`);
  }
  return {
    pid: child.pid!,
    startSeconds: (performance.now() - begun) / 1e3,
    hasEnded: () => child.exitCode !== null || child.signalCode !== null,
    stop,
  };
}

/** A process whose mount answers; the mount is gone after it. @throws {NotMeasured} */
export const startMount = (settings: ProcessSettings, mountpoint: string): Promise<Started> =>
  startProcess(
    settings,
    () => answers(mountpoint),
    'it did not mount',
    () => {
      if (findMount(mountpoint) !== null) detach(mountpoint, true);
    },
  );

async function untilReady(
  isReady: () => Promise<boolean> | boolean,
  signal: AbortSignal,
): Promise<boolean> {
  while (!(await isReady())) {
    if (signal.aborted) return false;
    await delay(LOOK_MS);
  }
  return true;
}

const answers = (mountpoint: string): Promise<boolean> | boolean =>
  findMount(mountpoint) !== null &&
  stat(mountpoint).then(
    () => true,
    // Its server has ended since.
    () => false,
  );

async function end(
  child: ChildProcess,
  over: Promise<void>,
  by: 'SIGTERM' | 'SIGKILL',
): Promise<void> {
  child.kill(by);
  const late = setTimeout(() => child.kill('SIGKILL'), STOP_MS_MAX);
  await over;
  clearTimeout(late);
}

/** The last line of a log that is an error. */
export function complaintIn(log: string): string {
  const lines = existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : [];
  const last = lines.findLast((line) => / E \[|error|fail|cannot/i.test(line)) ?? lines.at(-1);
  return last?.trim() || 'it said nothing';
}
