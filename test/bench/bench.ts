/** The context that all parts of a bench run share: folders, cleanup, and running programs. */
import { type ExecFileException, execFile } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { MeasurementError } from '../../apps/bench/engine/measurement-error.ts';
import type { Cleanup } from '../../apps/bench/run/cleanup.ts';
import { Workspace } from '../../apps/bench/run/workspace.ts';
import { packageRoot } from '../../runtime/sys/paths.ts';

export interface Bench {
  readonly quick: boolean;
  /** Runs at the end of a part. */
  readonly cleanup: Cleanup;
  /** Aborted when the bench is interrupted. */
  readonly signal: AbortSignal;
  /** Prints progress for people. */
  log(message: string): void;
  /** For mount points, logs and programs. */
  readonly folder: string;
  /** The folder of the servers' storages: in memory where there is room. */
  readonly data: string;
}

/** Bytes that the largest part stores: copies of a tree of sources. */
const BYTES_MAX = 2 * 2 ** 30;

export function openBench(context: Omit<Bench, 'folder' | 'data'>): Bench {
  const workspace = new Workspace(undefined, BYTES_MAX);
  context.cleanup.add(async () => {
    const message = workspace.remove();
    if (message !== null) throw new Error(message);
  });
  const bench = { ...context, folder: workspace.scratchFolder, data: workspace.dataFolder };
  process.env.XDG_CACHE_HOME = findCacheFolder(bench);
  return bench;
}

/** The servers' cache folder, apart from the user's. */
export const findCacheFolder = ({ data }: Bench): string => join(data, 'cache');

export const glossaProgram = join(packageRoot, 'dist/cli/main.cjs');

/** Makes a function that calls `start` the first time, and returns the same result each time. */
export function startOnce<A extends readonly unknown[], T>(
  start: (...args: A) => Promise<T>,
): (...args: A) => Promise<T> {
  let started: Promise<T> | undefined;
  return (...args) => {
    started ??= start(...args);
    return started;
  };
}

// -- what may take too long ----------------------------------------------------------------------

const execute = promisify(execFile);

/** Longest time of a command, in milliseconds. */
const COMMAND_TIMEOUT_MS = 600_000;
const OPERATION_TIMEOUT_MS = 10_000;

/** Debian's packages of commands whose names differ. */
const PACKAGES: Readonly<Record<string, string>> = { taskset: 'util-linux' };

/**
 * Runs a command and returns its standard output.
 * @throws {MeasurementError} with the last line of stderr, or the package to install
 */
export async function runCommand(
  { signal }: Pick<Bench, 'signal'>,
  [command, ...args]: readonly [string, ...string[]],
): Promise<string> {
  try {
    const limits = { timeout: COMMAND_TIMEOUT_MS, killSignal: 'SIGKILL', signal } as const;
    return (await execute(command, args, limits)).stdout;
  } catch (error) {
    signal.throwIfAborted();
    const { stderr = '', message, code } = error as ExecFileException;
    if ((code as unknown) === 'ENOENT') {
      throw new MeasurementError(
        `${command} is missing (apt install ${PACKAGES[command] ?? command})`,
      );
    }
    const status = typeof code === 'number' ? code : undefined;
    throw new MeasurementError(stderr.trim().split('\n').at(-1) || message, status);
  }
}

/**
 * Awaits an operation on a mount, which hangs if its server does.
 * @throws {MeasurementError} when it fails or takes too long
 */
export async function withTimeLimit<T>(signal: AbortSignal, operation: Promise<T>): Promise<T> {
  const timer = new AbortController();
  const stopSignal = AbortSignal.any([signal, timer.signal]);
  const timeout = delay(OPERATION_TIMEOUT_MS, undefined, { signal: stopSignal }).then(() => {
    throw new Error('the server does not answer');
  });
  try {
    return await Promise.race([operation, timeout]);
  } catch (error) {
    signal.throwIfAborted();
    throw new MeasurementError((error as Error).message);
  } finally {
    timer.abort();
  }
}
