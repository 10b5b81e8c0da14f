/**
 * Starts a server of another program as a child process, and waits until it serves: the bench and the tests start bricks
 * and mounts of GlusterFS with it, and programs in C. Failures have the last error of its log.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { findMount } from '../runtime/mount/mountinfo.ts';
import { Failure } from '../terminal/exit.ts';
import { readLastError, ServerProcess } from './server-process.ts';
import { tryUnmount } from './unmount.ts';

/** A program and its arguments. */
export type CommandLine = readonly [program: string, ...args: string[]];

/** Settings for the start of a server. */
export interface ServerSettings {
  /** It serves in the foreground until it gets SIGTERM. */
  readonly commandLine: CommandLine;
  /** Variables to add to the environment. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** The working folder, where the kernel writes a core dump; by default this process's. */
  readonly folder?: string;
  /** File to which the output is appended. */
  readonly logFile: string;
  /** The name of the server, for messages. */
  readonly title: string;
  /** Whether the kernel kills it when this process ends, if setpriv is installed. */
  readonly diesWithStarter?: true;
  /** Aborts the start, and ends the server. */
  readonly signal?: AbortSignal | undefined;
}

/** A server that serves. */
export interface StartedServer {
  readonly process: ServerProcess;
  /** Seconds from just before the start until it served. */
  readonly startSeconds: number;
}

/** Time limit of a start, in milliseconds. */
const START_TIMEOUT_MS = 60_000;
/** Milliseconds between two polls, and so the resolution of `startSeconds`. */
const POLL_INTERVAL_MS = 2;

/**
 * Starts a server and waits until it serves.
 * @param isReady polls whether it serves
 * @param cleanUp called after its end
 * @throws {Failure} with the last error of its log
 */
export async function startServerProcess(
  settings: ServerSettings,
  isReady: () => Promise<boolean> | boolean,
  cleanUp?: () => void,
): Promise<StartedServer> {
  const { commandLine, env, folder, logFile, title, signal } = settings;
  signal?.throwIfAborted();
  const [program, ...args] = settings.diesWithStarter ? tieToStarter(commandLine) : commandLine;
  const outputFd = openSync(logFile, 'a');
  const startMs = performance.now();
  // In its own session, the child gets no Ctrl-C; its starter ends its servers in order.
  const child = spawn(program, args, {
    detached: true,
    cwd: folder,
    stdio: ['ignore', outputFd, outputFd],
    env: { ...process.env, ...env },
  });
  closeSync(outputFd);
  const server = new ServerProcess(child, signal, cleanUp);
  const whenEndedEarly = server.whenExited.then(
    () => false,
    () => false,
  );
  const timeLimit = AbortSignal.timeout(START_TIMEOUT_MS);
  const whenLate = new Promise<boolean>((resolve) => {
    timeLimit.addEventListener('abort', () => resolve(false), { once: true });
  });
  for (let isServing = false; !isServing; ) {
    // `isReady` may hang in a mount that does not reply.
    isServing = await Promise.race([isReady(), whenEndedEarly, whenLate]);
    if (server.hasEnded || timeLimit.aborted || signal?.aborted) {
      await server.end().catch(() => {});
      signal?.throwIfAborted();
      throw new Failure(`${title}: ${await explainStart(server, logFile)}`);
    }
    if (!isServing) await delay(POLL_INTERVAL_MS);
  }
  return { process: server, startSeconds: (performance.now() - startMs) / 1e3 };
}

/** Prefixes a command line so that the kernel kills the program when its parent ends. */
const tieToStarter = (line: CommandLine): CommandLine =>
  spawnSync('setpriv', ['--version']).status === 0
    ? ['setpriv', '--pdeathsig', 'KILL', '--', ...line]
    : line;

/** Starts a server and waits for its mount, which is detached after its end. @throws {Failure} */
export const startMountProcess = (
  settings: ServerSettings,
  mountpoint: string,
): Promise<StartedServer> =>
  startServerProcess(
    settings,
    () => isReplying(mountpoint),
    () => {
      if (findMount(mountpoint) !== null) tryUnmount(mountpoint, true);
    },
  );

/** Whether something is mounted at a path and replies to a stat. */
const isReplying = (mountpoint: string): Promise<boolean> | boolean =>
  findMount(mountpoint) !== null &&
  stat(mountpoint).then(
    // A client that a brick refuses is mounted for a moment.
    () => findMount(mountpoint) !== null,
    // The server has ended.
    () => false,
  );

/** Finds the reason why a server did not start. */
const explainStart = ({ whenExited }: ServerProcess, logFile: string): Promise<string> =>
  whenExited.then(
    () => readLastError(logFile),
    // The program cannot be run.
    (error: Error) => error.message,
  );

// -- ports ---------------------------------------------------------------------------------------

/** Finds a free port of this machine. */
export async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

/** Whether a program of this machine accepts connections at the port. */
export async function isListening(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    // The brick does not listen yet.
    return false;
  } finally {
    socket.destroy();
  }
}
