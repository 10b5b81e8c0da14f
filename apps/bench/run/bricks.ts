/**
 * Starts and ends brick processes of glossa and of GlusterFS on this machine, and makes the volumes
 * for the volfiles of bricks and their clients.
 */
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import type { PlainVolume } from '../../../runtime/volfile/description.ts';
import { Failure } from '../../../terminal/exit.ts';
import type { Terminal } from '../../../terminal/terminal.ts';
import { MeasurementError } from '../engine/measurement-error.ts';
import { makeVolume, stackVolumes } from '../engine/stack-volumes.ts';
import { runToEnd } from './others/implementation.ts';
import {
  ENDED_TEXT,
  makeServerFailure,
  makeXlatorOptionFlags,
  OwnServer,
  readLogEnd,
} from './own-server.ts';
import { startServerProcess } from './started-server.ts';

// -- volumes -------------------------------------------------------------------------------------

const LOCALHOST = '127.0.0.1';

/** Options of a client and a server that connect by IPv4. */
const TCP_OPTIONS = { 'transport-type': 'tcp', 'transport.address-family': 'inet' };

/**
 * Makes a brick's volumes: a protocol/server over `volumes`. Clients connect to the last of these
 * by its name.
 * @param port to listen on; if absent, `--xlator-option` sets it at the start
 */
export const makeServerVolumes = (
  volumes: readonly PlainVolume[],
  port?: number,
): PlainVolume[] => {
  const { name } = volumes.at(-1)!;
  const server = makeVolume('server', 'protocol/server', {
    ...TCP_OPTIONS,
    'transport.socket.bind-address': LOCALHOST,
    ...(port === undefined ? {} : { 'transport.socket.listen-port': String(port) }),
    'auth-path': name,
    [`auth.addr.${name}.allow`]: LOCALHOST,
  });
  return stackVolumes([volumes[0]!], [...volumes.slice(1), server]);
};

/** Makes a protocol/client of the volume that the brick at this port exports by `exportName`. */
export const makeClientVolume = (name: string, exportName: string, port: number): PlainVolume =>
  makeVolume(name, 'protocol/client', {
    ...TCP_OPTIONS,
    'remote-host': LOCALHOST,
    'remote-port': String(port),
    'remote-subvolume': exportName,
  });

/** Makes a debug/delay-gen that delays every request. */
export const makeDelayVolume = (name: string, delayMs: number): PlainVolume =>
  makeVolume(name, 'debug/delay-gen', {
    'delay-percentage': '100',
    // The option is in microseconds.
    'delay-duration': String(Math.round(delayMs * 1000)),
  });

/** Makes a debug/io-stats that counts the lookups at its position. */
export const makeLookupCounterVolume = (name: string): PlainVolume =>
  makeVolume(name, 'debug/io-stats', { 'count-fop-hits': 'on' });

// -- processes -----------------------------------------------------------------------------------

/** The running bricks of a measurement, for `withBricks`. */
export interface Bricks {
  readonly ports: readonly number[];
  /** The brick processes. */
  readonly pids: readonly number[];
  /** Aborted when a brick ends by itself, or when a plan's signal is aborted. */
  readonly signal: AbortSignal;
}

/** A running brick. */
export interface Brick {
  readonly port: number;
  readonly pid: number;
  /** Resolves when the process has ended. */
  readonly whenExited: Promise<unknown>;
  /** Returns the failure if the brick ended by itself; null while it serves. */
  findFailure(): Failure | null;
  /** Ends the process. */
  end(): Promise<void>;
}

/** Settings for the start of a brick. */
export interface BrickPlan {
  /** The name by which clients connect to the export. */
  readonly exportName: string;
  readonly volfile: string;
  /** Options in the form of --xlator-option. */
  readonly options: readonly string[];
  readonly logFile: string;
  /** The name of the brick in messages. */
  readonly title: string;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
}

/** Makes the plan of a brick, with its log in the scratch folder of a run. */
export const makeBrickPlan = (
  {
    scratch,
    terminal,
    signal,
  }: Pick<BrickPlan, 'terminal' | 'signal'> & { readonly scratch: string },
  brick: Pick<BrickPlan, 'exportName' | 'volfile' | 'options' | 'title'>,
): BrickPlan => ({ ...brick, terminal, signal, logFile: join(scratch, `${brick.exportName}.log`) });

/** The option that sets a brick's port, in the form of --xlator-option without a value. */
const LISTEN_PORT_OPTION = 'server.transport.socket.listen-port';

/**
 * Starts all bricks at once, calls `use`, and ends them afterwards.
 * @throws {Failure} if a brick ended before `use` did
 */
export async function withBricks<T>(
  plans: readonly BrickPlan[],
  startBrick: (plan: BrickPlan) => Promise<Brick>,
  use: (bricks: Bricks) => Promise<T>,
): Promise<T> {
  const bricks: Brick[] = [];
  const findFailure = (): Failure | null =>
    bricks.map((brick) => brick.findFailure()).find((result) => result !== null) ?? null;
  const failureControl = new AbortController();
  try {
    for (const { signal } of plans) signal.throwIfAborted();
    const starts = await Promise.allSettled(plans.map(startBrick));
    for (const result of starts) if (result.status === 'fulfilled') bricks.push(result.value);
    for (const result of starts) if (result.status === 'rejected') throw result.reason;
    const ports = bricks.map(({ port }) => port);
    const pids = bricks.map(({ pid }) => pid);
    // If a brick has ended, its names look absent and results are wrong, so `use` must stop.
    const abortUse = (): void => failureControl.abort(findFailure());
    for (const { whenExited } of bricks) whenExited.then(abortUse, abortUse);
    const signal = AbortSignal.any([failureControl.signal, ...plans.map((plan) => plan.signal)]);
    return await use({ ports, pids, signal });
  } catch (error) {
    // The end of a brick explains any other failure.
    throw findFailure() ?? error;
  } finally {
    await Promise.all(bricks.splice(0).map((brick) => brick.end()));
  }
}

/** Starts a brick of glossa, which chooses a free port and prints it. @throws {Failure} */
export async function startGlossaBrick(plan: BrickPlan): Promise<Brick> {
  const { exportName, volfile, logFile, title, terminal, signal } = plan;
  const options = [...plan.options, `${LISTEN_PORT_OPTION}=0`];
  const server = new OwnServer(['brick', volfile], { logFile, options, signal }, terminal);
  try {
    const failure = await server.waitUntilStarted(title);
    if (failure !== null) throw failure;
  } catch (error) {
    await server.end();
    throw error;
  }
  const portLine = new RegExp(`:(\\d+) ${exportName}$`);
  const port = server.messages
    .map((line) => portLine.exec(line)?.[1])
    .find((candidate) => candidate !== undefined);
  return {
    port: Number(port),
    pid: server.pid,
    whenExited: server.whenEnded,
    findFailure: () => (server.hasEnded ? makeServerFailure(title, ENDED_TEXT, logFile) : null),
    end: async () => void (await server.end()),
  };
}

/** Maximum number of attempts to start a brick: another program may take the free port first. */
const START_ATTEMPTS_MAX = 3;
/** Time limit of an attempt. */
const START_TIMEOUT_MS = 60_000;

/**
 * Starts a brick of GlusterFS. If setpriv is installed, the kernel ends it with this process.
 * @throws {Failure}
 */
export async function startGlusterBrick(plan: BrickPlan): Promise<Brick> {
  const { volfile, options, logFile, title, signal } = plan;
  for (let attemptsLeft = START_ATTEMPTS_MAX - 1; ; attemptsLeft -= 1) {
    const port = await findFreePort();
    const flags = makeXlatorOptionFlags([...options, `${LISTEN_PORT_OPTION}=${port}`]);
    const commandLine = ['glusterfsd', '-N', '-f', volfile, '-l', logFile, ...flags] as const;
    try {
      const { pid, whenExited, hasEnded, stop } = await startServerProcess(
        {
          ...{
            commandLine: addParentDeathSignal(commandLine),
            logFile,
            timeoutMs: START_TIMEOUT_MS,
          },
          // SIGKILL, as the brick's folder is removed right afterwards.
          ...{ signal, endSignal: 'SIGKILL' },
        },
        () => isListening(port),
        title,
      );
      const findFailure = (): Failure | null =>
        hasEnded() ? makeServerFailure(title, ENDED_TEXT, logFile) : null;
      return { port, pid, whenExited, findFailure, end: stop };
    } catch (error) {
      if (!(error instanceof MeasurementError)) throw error;
      const isPortTaken = readLogEnd(logFile, 20).some((line) =>
        /Address already in use/.test(line),
      );
      if (isPortTaken && attemptsLeft > 0) continue;
      const { message } = makeServerFailure(title, 'does not start', logFile);
      throw new Failure(`${message}\n--bricks glossa takes bricks of glossa instead`);
    }
  }
}

/** Prefixes a command line so that the kernel kills the program when its parent ends. */
function addParentDeathSignal(
  line: readonly [string, ...string[]],
): readonly [string, ...string[]] {
  const hasSetpriv = runToEnd(['setpriv', '--version']).status === 0;
  return hasSetpriv ? ['setpriv', '--pdeathsig', 'KILL', '--', ...line] : line;
}

/** Finds a free port of this machine. */
export async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, LOCALHOST);
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

/** Whether a program of this machine accepts connections at the port. */
export async function isListening(port: number): Promise<boolean> {
  const socket = connect(port, LOCALHOST);
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
