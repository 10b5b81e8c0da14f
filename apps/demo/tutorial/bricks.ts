/**
 * The two bricks of the tutorial, on this machine alone: GlusterFS's own where it is installed, otherwise
 * ours. Both serve the volfiles of examples/tutorial, at ports that are free.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { packageRoot } from '../../../runtime/sys/paths.ts';
import { Failure } from '../../../terminal/exit.ts';
import { version } from '../../../terminal/package-version.ts';
import type { Terminal } from '../../../terminal/terminal.ts';
import { versionOf } from '../../bench/run/others/gluster.ts';
import { runToEnd } from '../../bench/run/others/other.ts';
import { type Brick, type BrickPlan, type Bricks, LISTEN_PORT, startOurs } from '../bricks.ts';
import { asFlags, ENDED, troubleOf } from '../server.ts';

/** Who can serve bricks. */
export const makers = ['glusterfs', 'glossa'] as const;

/** Whose the bricks are. */
export interface Maker {
  readonly by: (typeof makers)[number];
  readonly version: string;
  /** Why they are not GlusterFS's; null when they are, or ours were asked for. */
  readonly why: string | null;
}

const PROGRAM = 'glusterfsd';

/** @param asked null: GlusterFS, if it can be had @throws {Failure} when none can be had, or not the one asked for */
export function makerOf(asked: Maker['by'] | null): Maker {
  if (process.getuid?.() !== 0) {
    throw new Failure(
      'the tutorial is for root: cluster/distribute keeps on its bricks, in extended attributes trusted.*, ' +
        'what only root can keep there; glossa demo does without',
    );
  }
  const ours: Maker = { by: 'glossa', version: version(), why: null };
  if (asked === 'glossa') return ours;
  const found = versionOf(PROGRAM);
  if (found !== null) return { by: 'glusterfs', version: found, why: null };
  const why = `${PROGRAM} is not installed (apt install glusterfs-server)`;
  if (asked !== null) throw new Failure(why);
  return { ...ours, why };
}

const COUNT = 2;

/** How a maker's bricks are started. */
export const starts: Readonly<Record<Maker['by'], (plan: BrickPlan) => Promise<Brick>>> = {
  glossa: startOurs,
  glusterfs: startTheirs,
};

/** Their files and logs are in the scratch folder. */
export function brickPlans(given: {
  readonly scratch: string;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
}): BrickPlan[] {
  const { scratch, terminal, signal } = given;
  return Array.from({ length: COUNT }, (_, at) => {
    const name = `brick${at}`;
    const files = join(scratch, name);
    mkdirSync(files);
    const volfile = join(packageRoot, 'examples/tutorial', `${name}.vol`);
    return {
      ...{ name, volfile, options: [`files.directory=${files}`], terminal, signal },
      logFile: join(scratch, `${name}.log`),
      what: `the brick ${volfile}`,
    };
  });
}

/** With which clients find them, as --xlator-option takes them. */
export const portsOf = ({ ports }: Bricks): string[] =>
  ports.map((port, at) => `test-client-${at}.remote-port=${port}`);

/** Another program may take the port that was free before the brick does. */
const TRIES = 3;
const START_MS_MAX = 60_000;
const STEP_MS = 20;

async function startTheirs(plan: BrickPlan): Promise<Brick> {
  for (let left = TRIES - 1; ; left -= 1) {
    const port = await freePort();
    const child = startProgram(plan, port);
    const brick: Brick = {
      port,
      pid: child.pid!,
      trouble: () => (hasEnded(child) ? troubleOf(plan.what, ENDED, plan.logFile) : null),
      async end() {
        if (hasEnded(child)) return;
        // What it has served is removed in a moment: it has nothing to put in order.
        child.kill('SIGKILL');
        await once(child, 'exit');
      },
    };
    if (await isUp(child, port, plan.signal)) return brick;
    const hasFailed = hasEnded(child);
    await brick.end();
    plan.signal.throwIfAborted();
    const failure = troubleOf(plan.what, hasFailed ? ENDED : 'does not start', plan.logFile);
    const isTaken = /Address already in use/.test(failure.message);
    if (!isTaken || left === 0) {
      throw new Failure(`${failure.message}\n--bricks glossa takes bricks of glossa instead`);
    }
  }
}

/** A process that no terminal reaches. Where the system can, it ends when this one does, whatever ends it. */
function startProgram({ volfile, options, logFile }: BrickPlan, port: number): ChildProcess {
  const own = ['-N', '-f', volfile, '-l', logFile];
  const flags = asFlags([...options, `${LISTEN_PORT}=${port}`]);
  const line = [...endingWithUs(), PROGRAM, ...own, ...flags];
  return spawn(line[0]!, line.slice(1), { detached: true, stdio: 'ignore' });
}

/** What runs a program that the kernel ends with the one who has started it. */
function endingWithUs(): string[] {
  const hasIt = runToEnd(['setpriv', '--version']).status === 0;
  return hasIt ? ['setpriv', '--pdeathsig', 'KILL', '--'] : [];
}

const hasEnded = ({ exitCode, signalCode }: ChildProcess): boolean =>
  exitCode !== null || signalCode !== null;

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

/** Whether a brick listens at last. */
async function isUp(child: ChildProcess, port: number, signal: AbortSignal): Promise<boolean> {
  const end = performance.now() + START_MS_MAX;
  while (!(await isListening(port))) {
    if (hasEnded(child) || signal.aborted || performance.now() > end) return false;
    await delay(STEP_MS);
  }
  return !hasEnded(child);
}

async function isListening(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
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
