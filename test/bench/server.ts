/** A process that serves a mount or another process: started, waited for, and ended again. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { NotMeasured } from '../../runtime/bench/missing.ts';
import { type Bench, makeFolder } from './bench.ts';
import { isMounted } from './mounts.ts';
import { isRoot, Tools } from './tools.ts';

export interface ServerCommand {
  /** For its log and its mount point; one at a time has it. */
  readonly name: string;
  /** The program and its arguments. */
  command(mountpoint: string, log: string): readonly [string, ...string[]];
  readonly env?: Readonly<Record<string, string>>;
}

export interface Server {
  readonly pid: number;
  readonly mountpoint: string;
  /** From just before the process was started until its mount answered. */
  readonly startMs: number;
  /** Ends it and takes its mount away. */
  stop(): Promise<void>;
}

const START_MS_MAX = 60_000;
const STOP_MS_MAX = 5_000;
const OPERATION_MS_MAX = 10_000;
/** From one look for the mount to the next: as exact as the time of a start is. */
const LOOK_MS = 2;

/** @throws {NotMeasured} when the process ends without having mounted, with its last words */
export async function startServer(bench: Bench, what: ServerCommand): Promise<Server> {
  const mountpoint = makeFolder(bench.folder, 'mnt', what.name);
  const log = logOf(bench, what.name);
  const started = await startProcess(bench, {
    name: what.name,
    command: what.command(mountpoint, log),
    env: what.env,
    isReady: () => answers(bench, mountpoint),
    afterwards: () => unmount(mountpoint),
  });
  return { ...started, mountpoint };
}

/** Where a process of this name writes its log. */
export const logOf = ({ folder }: Bench, name: string): string => join(folder, `${name}.log`);

interface Process {
  /** Of its log; one at a time has it. */
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  readonly env?: Readonly<Record<string, string>> | undefined;
  isReady(): Promise<boolean>;
  /** What is to be done when it has ended. */
  afterwards?(): Promise<void>;
}

/** @throws {NotMeasured} when the process ends before it is ready, with its last words */
export async function startProcess(
  bench: Bench,
  { name, command, env, isReady, afterwards }: Process,
): Promise<Omit<Server, 'mountpoint'>> {
  const log = logOf(bench, name);
  // Some write to it themselves, too: everything goes to its end.
  const output = openSync(log, 'a');
  const [program, ...args] = command;
  const begun = performance.now();
  // A session of its own: Ctrl-C is for the bench, which ends its servers in order.
  const child = spawn(program, args, {
    detached: true,
    stdio: ['ignore', output, output],
    env: { ...process.env, ...env },
  });
  closeSync(output);
  const ended = whenEnded(child);
  const stop = async (): Promise<void> => {
    await end(child, ended);
    await afterwards?.();
  };
  bench.cleanup.add(stop);
  let over = false;
  ended.then(() => {
    over = true;
  });
  while (!(await isReady())) {
    const waited = performance.now() - begun;
    if (over || waited > START_MS_MAX) {
      const why = over ? 'ended before it was ready' : 'was not ready in time';
      throw new NotMeasured(`${name} ${why}: ${lastWords(bench, log)}`);
    }
    await delay(LOOK_MS, undefined, { signal: bench.signal });
  }
  return { pid: child.pid!, startMs: performance.now() - begun, stop };
}

const LOG_LINES = 20;

/** What a server that failed said about it; the end of its log is shown, too. */
function lastWords({ say }: Bench, log: string): string {
  const lines = readFileSync(log, 'utf8').trim().split('\n').slice(-LOG_LINES);
  for (const line of lines) say(`  ${line}`);
  const complaint = lines.findLast((line) => /error|fail|cannot/i.test(line));
  return (complaint ?? lines.at(-1)!).trim() || 'it said nothing';
}

function whenEnded(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    // It could not be started; that it is not there is all there is to know.
    child.once('error', () => resolve());
  });
}

async function answers({ signal }: Bench, mountpoint: string): Promise<boolean> {
  if (!isMounted(mountpoint)) return false;
  try {
    await inTime(signal, stat(mountpoint));
    return true;
  } catch {
    // Mounted by a server that has ended since, or that hangs; the caller looks at that.
    signal.throwIfAborted();
    return false;
  }
}

/**
 * The result of an operation on a mount, which may hang when its server does.
 * @throws {NotMeasured} when it fails or takes too long
 */
export async function inTime<T>(signal: AbortSignal, operation: Promise<T>): Promise<T> {
  const timer = new AbortController();
  const either = AbortSignal.any([signal, timer.signal]);
  const late = delay(OPERATION_MS_MAX, undefined, { signal: either }).then(() => {
    throw new Error('the server does not answer');
  });
  try {
    return await Promise.race([operation, late]);
  } catch (error) {
    signal.throwIfAborted();
    throw new NotMeasured((error as Error).message);
  } finally {
    timer.abort();
  }
}

async function end(child: ChildProcess, ended: Promise<void>): Promise<void> {
  // All of the servers unmount and end at this.
  child.kill('SIGTERM');
  const late = setTimeout(() => child.kill('SIGKILL'), STOP_MS_MAX);
  await ended;
  clearTimeout(late);
}

async function unmount(mountpoint: string): Promise<void> {
  if (!isMounted(mountpoint)) return;
  const tools = new Tools();
  if (isRoot) await tools.output('umount', ['-l', mountpoint]);
  else await tools.output('fusermount3', ['-u', '-z', mountpoint]);
}
