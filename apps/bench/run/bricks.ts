/** Bricks on this machine alone, each a process of its own: those of glossa, and what all have in common. */
import type { Failure } from '../../terminal/exit.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { DemoServer, ENDED, troubleOf } from './server.ts';
import type { Status } from './status.ts';

export interface Bricks {
  readonly ports: readonly number[];
  /** Their processes. */
  readonly pids: readonly number[];
  /** What to say of one that has ended by itself; null when all serve. */
  trouble(): Failure | null;
  end(): Promise<void>;
}

/** One that serves. */
export interface Brick extends Pick<Bricks, 'trouble' | 'end'> {
  readonly port: number;
  readonly pid: number;
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

export const LISTEN_PORT = 'server.transport.socket.listen-port';

/** Starts all at once, and ends them after `act`. @throws {Failure} of one that ended by itself, too */
export async function withBricks<T>(
  plans: readonly BrickPlan[],
  start: (plan: BrickPlan) => Promise<Brick>,
  status: Status,
  act: (bricks: Bricks) => Promise<T>,
): Promise<T> {
  status.begin('the bricks');
  const bricks: Brick[] = [];
  const trouble = (): Failure | null =>
    bricks.map((brick) => brick.trouble()).find((it) => it !== null) ?? null;
  const end = async (): Promise<void> => {
    await Promise.all(bricks.splice(0).map((brick) => brick.end()));
  };
  try {
    for (const { signal } of plans) signal.throwIfAborted();
    const starts = await Promise.allSettled(plans.map(start));
    for (const it of starts) if (it.status === 'fulfilled') bricks.push(it.value);
    for (const it of starts) if (it.status === 'rejected') throw it.reason;
    const ports = bricks.map(({ port }) => port);
    const pids = bricks.map(({ pid }) => pid);
    return await act({ ports, pids, trouble, end });
  } catch (error) {
    // What fails over a brick that is no more fails because of that.
    throw trouble() ?? error;
  } finally {
    await end();
  }
}

/** One of glossa: it takes any port, and says which. */
export async function startOurs(plan: BrickPlan): Promise<Brick> {
  const { name, volfile, logFile, what, terminal, signal } = plan;
  const options = [...plan.options, `${LISTEN_PORT}=0`];
  const server = new DemoServer(['brick', volfile], { logFile, options, signal }, terminal);
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
    trouble: () => (server.hasEnded ? troubleOf(what, ENDED, logFile) : null),
    end: async () => void (await server.end()),
  };
}
