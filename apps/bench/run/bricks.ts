/**
 * Bricks on this machine alone, each a process of its own: of glossa and of GlusterFS; and the volumes by
 * which they serve, and are reached.
 */
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import type { PlainVolume } from '../../../runtime/volfile/description.ts';
import { Failure } from '../../../terminal/exit.ts';
import type { Terminal } from '../../../terminal/terminal.ts';
import { NotMeasured } from '../engine/not-measured.ts';
import { stacked, volume } from '../engine/stacks.ts';
import { runToEnd } from './others/implementation.ts';
import { ENDED, logEnd, OwnServer, serverFailure, xlatorOptionFlags } from './own-server.ts';
import { startProcess } from './process.ts';

// -- volumes -------------------------------------------------------------------------------------

const HERE = '127.0.0.1';

const TCP = { 'transport-type': 'tcp', 'transport.address-family': 'inet' };

/**
 * A server of `volumes`; clients ask for the last of them by its name.
 * @param port where it listens, unless that is said when it is started
 */
export const servedVolumes = (volumes: readonly PlainVolume[], port?: number): PlainVolume[] => {
  const { name } = volumes.at(-1)!;
  const server = volume('server', 'protocol/server', {
    ...TCP,
    'transport.socket.bind-address': HERE,
    ...(port === undefined ? {} : { 'transport.socket.listen-port': String(port) }),
    'auth-path': name,
    [`auth.addr.${name}.allow`]: HERE,
  });
  return stacked([volumes[0]!], [...volumes.slice(1), server]);
};

/** A client of the volume `brick` of the brick at this port. */
export const clientVolume = (name: string, brick: string, port: number): PlainVolume =>
  volume(name, 'protocol/client', {
    ...TCP,
    'remote-host': HERE,
    'remote-port': String(port),
    'remote-subvolume': brick,
  });

/** Every request is kept for so long. */
export const delayVolume = (name: string, delayMs: number): PlainVolume =>
  volume(name, 'debug/delay-gen', {
    'delay-percentage': '100',
    // Microseconds.
    'delay-duration': String(Math.round(delayMs * 1000)),
  });

/** Counts the lookups that come this far. */
export const counterVolume = (name: string): PlainVolume =>
  volume(name, 'debug/io-stats', { 'count-fop-hits': 'on' });

// -- processes -----------------------------------------------------------------------------------

export interface Bricks {
  readonly ports: readonly number[];
  /** Their processes. */
  readonly pids: readonly number[];
  /** Aborted when one ends by itself, and with the plans' own. */
  readonly signal: AbortSignal;
}

/** One that serves. */
export interface Brick {
  readonly port: number;
  readonly pid: number;
  /** Resolves when it is over. */
  readonly ended: Promise<unknown>;
  /** A sentence about its end by itself; null while it serves. */
  trouble(): Failure | null;
  end(): Promise<void>;
}

/** The parts from which a brick is started. */
export interface BrickPlan {
  /** By which clients ask for it. */
  readonly name: string;
  readonly volfile: string;
  /** As --xlator-option takes them. */
  readonly options: readonly string[];
  readonly logFile: string;
  /** For messages. */
  readonly what: string;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
}

/** A brick by this name, its log in the scratch folder of a run. */
export const brickPlan = (
  {
    scratch,
    terminal,
    signal,
  }: Pick<BrickPlan, 'terminal' | 'signal'> & { readonly scratch: string },
  brick: Pick<BrickPlan, 'name' | 'volfile' | 'options' | 'what'>,
): BrickPlan => ({ ...brick, terminal, signal, logFile: join(scratch, `${brick.name}.log`) });

const LISTEN_PORT = 'server.transport.socket.listen-port';

/** Starts all at once, and ends them after `act`. @throws {Failure} of one that ended by itself, too */
export async function withBricks<T>(
  plans: readonly BrickPlan[],
  start: (plan: BrickPlan) => Promise<Brick>,
  act: (bricks: Bricks) => Promise<T>,
): Promise<T> {
  const bricks: Brick[] = [];
  const trouble = (): Failure | null =>
    bricks.map((brick) => brick.trouble()).find((it) => it !== null) ?? null;
  const loss = new AbortController();
  try {
    for (const { signal } of plans) signal.throwIfAborted();
    const starts = await Promise.allSettled(plans.map(start));
    for (const it of starts) if (it.status === 'fulfilled') bricks.push(it.value);
    for (const it of starts) if (it.status === 'rejected') throw it.reason;
    const ports = bricks.map(({ port }) => port);
    const pids = bricks.map(({ pid }) => pid);
    // Names on a brick that has ended look absent: to go on is no use.
    const lost = (): void => loss.abort(trouble());
    for (const { ended } of bricks) ended.then(lost, lost);
    const signal = AbortSignal.any([loss.signal, ...plans.map((plan) => plan.signal)]);
    return await act({ ports, pids, signal });
  } catch (error) {
    // A failure over a brick that has ended is due to its end.
    throw trouble() ?? error;
  } finally {
    await Promise.all(bricks.splice(0).map((brick) => brick.end()));
  }
}

/** One of glossa: it takes any port, and says which. */
export async function startGlossaBrick(plan: BrickPlan): Promise<Brick> {
  const { name, volfile, logFile, what, terminal, signal } = plan;
  const options = [...plan.options, `${LISTEN_PORT}=0`];
  const server = new OwnServer(['brick', volfile], { logFile, options, signal }, terminal);
  try {
    const failure = await server.started(what);
    if (failure !== null) throw failure;
  } catch (error) {
    await server.end();
    throw error;
  }
  const listening = new RegExp(`:(\\d+) ${name}$`);
  const port = server.said.map((line) => listening.exec(line)?.[1]).find((it) => it !== undefined);
  return {
    port: Number(port),
    pid: server.pid,
    ended: server.ended,
    trouble: () => (server.hasEnded ? serverFailure(what, ENDED, logFile) : null),
    end: async () => void (await server.end()),
  };
}

/** Another program may take the port that was free before the brick does. */
const TRIES = 3;
const START_MS_MAX = 60_000;

/** A brick of GlusterFS. Where the system can, it ends when this process does, also by a signal. */
export async function startGlusterBrick(plan: BrickPlan): Promise<Brick> {
  const { volfile, options, logFile, what, signal } = plan;
  for (let left = TRIES - 1; ; left -= 1) {
    const port = await freePort();
    const flags = xlatorOptionFlags([...options, `${LISTEN_PORT}=${port}`]);
    const own = ['glusterfsd', '-N', '-f', volfile, '-l', logFile, ...flags] as const;
    try {
      const { pid, ended, hasEnded, stop } = await startProcess(
        // Its folder is removed in a moment: it has nothing to put in order.
        {
          ...{ line: killedWithParent(own), log: logFile, patienceMs: START_MS_MAX },
          ...{ signal, endBy: 'SIGKILL' },
        },
        () => isListening(port),
        what,
      );
      const trouble = (): Failure | null =>
        hasEnded() ? serverFailure(what, ENDED, logFile) : null;
      return { port, pid, ended, trouble, end: stop };
    } catch (error) {
      if (!(error instanceof NotMeasured)) throw error;
      const isTaken = logEnd(logFile, 20).some((line) => /Address already in use/.test(line));
      if (isTaken && left > 0) continue;
      const { message } = serverFailure(what, 'does not start', logFile);
      throw new Failure(`${message}\n--bricks glossa takes bricks of glossa instead`);
    }
  }
}

/** The command line that runs a program which the kernel ends with its starter. */
function killedWithParent(line: readonly [string, ...string[]]): readonly [string, ...string[]] {
  const hasIt = runToEnd(['setpriv', '--version']).status === 0;
  return hasIt ? ['setpriv', '--pdeathsig', 'KILL', '--', ...line] : line;
}

/** A port of this machine that is free at the moment. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, HERE);
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

export async function isListening(port: number): Promise<boolean> {
  const socket = connect(port, HERE);
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    // It does not listen yet.
    return false;
  } finally {
    socket.destroy();
  }
}
