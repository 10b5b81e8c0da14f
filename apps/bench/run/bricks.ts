/**
 * Starts and ends brick processes of glossa and of GlusterFS on this machine, and makes the volumes
 * for the volfiles of bricks and their clients.
 */
import { join } from 'node:path';
import type { PlainVolume } from '../../../runtime/volfile/description.ts';
import { makeXlatorOptionFlags, OwnServer } from '../../../server/child-server.ts';
import {
  ENDED_TEXT,
  makeServerFailure,
  readLogEnd,
  type ServerProcess,
} from '../../../server/server-process.ts';
import { findFreePort, isListening, startServerProcess } from '../../../server/start-server.ts';
import { Failure } from '../../../terminal/exit.ts';
import type { Terminal } from '../../../terminal/terminal.ts';
import { makeVolume, stackVolumes } from '../engine/stack-volumes.ts';

// -- volumes -------------------------------------------------------------------------------------

const LOCALHOST = '127.0.0.1';

/** Options of a client and a server that connect by IPv4. */
const TCP_OPTIONS = { 'transport-type': 'tcp', 'transport.address-family': 'inet' };

/**
 * Makes a brick's volumes: a protocol/server over `volumes`. Clients connect to the last of these
 * by its name. `--xlator-option` sets the port at the start.
 */
export const makeServerVolumes = (volumes: readonly PlainVolume[]): PlainVolume[] => {
  const { name } = volumes.at(-1)!;
  const server = makeVolume('server', 'protocol/server', {
    ...TCP_OPTIONS,
    'transport.socket.bind-address': LOCALHOST,
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
  readonly server: ServerProcess;
  /** Returns the failure if the brick ended by itself; null while it serves. */
  findFailure(): Failure | null;
  /** Ends the process. */
  end(): Promise<unknown>;
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
  /** The program of glossa; default: this one. */
  readonly program?: string;
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
    const pids = bricks.map(({ server }) => server.pid);
    // If a brick has ended, its names look absent and results are wrong, so `use` must stop.
    const abortUse = (): void => failureControl.abort(findFailure());
    for (const { server } of bricks) server.whenExited.then(abortUse, abortUse);
    const signal = AbortSignal.any([failureControl.signal, ...plans.map((plan) => plan.signal)]);
    return await use({ ports, pids, signal });
  } catch (error) {
    // The end of a brick explains any other failure.
    throw findFailure() ?? error;
  } finally {
    await Promise.all(bricks.splice(0).map((brick) => brick.end()));
  }
}

const makeBrick = (
  { title, logFile }: BrickPlan,
  port: number,
  server: ServerProcess,
  endSignal?: 'SIGKILL',
): Brick => ({
  port,
  server,
  findFailure: () => (server.hasEnded ? makeServerFailure(title, ENDED_TEXT, logFile) : null),
  end: () => server.end(endSignal),
});

/** Starts a brick of glossa, which chooses a free port and prints it. @throws {Failure} */
export async function startGlossaBrick(plan: BrickPlan): Promise<Brick> {
  const { exportName, volfile, title, terminal } = plan;
  const options = [...plan.options, `${LISTEN_PORT_OPTION}=0`];
  const server = new OwnServer(['brick', volfile], { ...plan, options }, terminal);
  await server.waitUntilStarted(title);
  const portLine = new RegExp(`:(\\d+) ${exportName}$`);
  const port = server.messages
    .map((line) => portLine.exec(line)?.[1])
    .find((candidate) => candidate !== undefined);
  return makeBrick(plan, Number(port), server);
}

/** Maximum number of attempts to start a brick: another program may take the free port first. */
const START_ATTEMPTS_MAX = 3;

/**
 * Starts a brick of GlusterFS. If setpriv is installed, the kernel ends it with this process.
 * @throws {Failure}
 */
async function startGlusterBrick(plan: BrickPlan): Promise<Brick> {
  const { volfile, options, logFile, title, signal } = plan;
  for (let attemptsLeft = START_ATTEMPTS_MAX - 1; ; attemptsLeft -= 1) {
    const port = await findFreePort();
    const flags = makeXlatorOptionFlags([...options, `${LISTEN_PORT_OPTION}=${port}`]);
    const commandLine = ['glusterfsd', '-N', '-f', volfile, '-l', logFile, ...flags] as const;
    try {
      const { process } = await startServerProcess(
        { commandLine, logFile, title, signal, diesWithStarter: true },
        () => isListening(port),
      );
      // SIGKILL, as the brick's folder is removed right afterwards.
      return makeBrick(plan, port, process, 'SIGKILL');
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      const isPortTaken = readLogEnd(logFile, 20).some((line) =>
        /Address already in use/.test(line),
      );
      if (isPortTaken && attemptsLeft > 0) continue;
      throw makeServerFailure(title, 'does not start', logFile);
    }
  }
}

/** Starts a brick, by the program that serves it. */
export const brickStarters = {
  glossa: startGlossaBrick,
  glusterfs: startGlusterBrick,
} as const satisfies Record<string, (plan: BrickPlan) => Promise<Brick>>;
