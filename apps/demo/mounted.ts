/**
 * A stack behind a mount: a server process of its own serves it, and a client of the bench, another
 * process, searches through it.
 *
 * Names that were found the kernel remembers, as at any mount, here for as long as the demo runs; of
 * names that are absent it asks each time, unless the translator says how long they may be remembered,
 * too.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ECONNABORTED, ENOTCONN } from '../../runtime/core/errno.ts';
import { findMount } from '../../runtime/mount/mountinfo.ts';
import { takeLeftAway } from '../../server/unmount.ts';
import type { Failure } from '../../terminal/exit.ts';
import { reason } from '../../terminal/reason.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { Clients, ServerGone } from '../bench/engine/load/clients.ts';
import type { Answers, AskName, Asks } from '../bench/engine/load/messages.ts';
import { NotMeasured } from '../bench/engine/missing.ts';
import { roundOf } from '../bench/engine/searches.ts';
import { lookupsAt } from '../bench/run/counted-lookups.ts';
import { ENDED, OwnServer, troubleOf } from '../bench/run/own-server.ts';
import type { Served, ServeSettings } from './served.ts';

/** Seconds: longer than any run, so that the counts do not depend on how long it takes. */
const REMEMBERED = '86400';

/** A mount by a server process of its own. */
export interface Mounted {
  readonly mountpoint: string;
  readonly pid: number;
  /** What to say of an operation on the mount that failed. */
  broken(error: Error): Failure;
  /** Takes it away. @throws {Failure} when the server had ended by itself, and nobody has said so yet */
  stop(): Promise<void>;
}

/** @throws {Failure} when it cannot be mounted, or is aborted; nothing is left then. */
export async function mountStack(
  { stack, id, scratch, signal }: Pick<ServeSettings, 'stack' | 'id' | 'scratch' | 'signal'>,
  terminal: Terminal,
): Promise<Mounted> {
  const mountpoint = join(scratch, `${id}-mnt`);
  const logFile = join(scratch, `${id}.log`);
  mkdirSync(mountpoint);
  const server = new OwnServer(
    [
      ...['mount', stack.volfile, mountpoint],
      ...['--attribute-timeout', REMEMBERED, '--entry-timeout', REMEMBERED],
      ...['--negative-timeout', '0'],
    ],
    { logFile, options: stack.options, signal },
    terminal,
  );
  const what = `the server of ${stack.volfile}`;
  const stop = async (): Promise<boolean> => {
    const isAsked = await server.end();
    // What it could not take away itself.
    await takeLeftAway(mountpoint);
    return isAsked;
  };
  let isTold = false;
  const trouble = (why: string): Failure => {
    isTold = true;
    return troubleOf(what, why, logFile);
  };
  try {
    const failure = await server.started(what);
    if (failure !== null) throw failure;
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    mountpoint,
    pid: server.pid,
    broken: (error) => trouble(isGone(error, mountpoint) ? ENDED : `failed: ${reason(error)}`),
    async stop() {
      // One that dies when all is counted is as little to be relied on as one that dies before.
      if (!(await stop()) && !isTold) throw trouble(ENDED);
    },
  };
}

/** Longer than anybody waits: a server that does not answer is given up by a signal. */
const PATIENCE_MS = 2 ** 31 - 1;
/** Longest that warming up takes: it is for code that is compiled when it has run a while. */
const WARM_UP_MS = 400;
const WARM_UP_COUNT = 100_000;

/** @throws {Failure} when it cannot be mounted; nothing is left then. */
export async function serveMounted(settings: ServeSettings, terminal: Terminal): Promise<Served> {
  const { workload, counted, signal } = settings;
  const mounted = await mountStack(settings, terminal);
  const { mountpoint, broken, pid } = mounted;
  const clients = new Clients({ count: 1, cpus: null, signal });
  const ask = async <N extends AskName>(name: N, of: Asks[N]): Promise<Answers[N]> => {
    try {
      return await clients.one(name, of, PATIENCE_MS);
    } catch (error) {
      throw error instanceof NotMeasured ? broken(error) : error;
    }
  };
  const run = (from: number, count: number, forMs?: number): Promise<Answers['run']> =>
    ask('run', { from, count, ...(forMs && { forMs }) });
  const stop = async (): Promise<void> => {
    // At once: a call of it that hangs ends with the mount, and the mount when no call is under way.
    clients.kill();
    try {
      await mounted.stop();
    } finally {
      await clients.ended();
    }
  };
  try {
    const root = { root: mountpoint, reference: '', seed: 0, client: 0, command: null };
    await ask('open', { workload: 'phpsim', setting: { ...root, searches: workload } });
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    async warmUp() {
      await run(-WARM_UP_COUNT, WARM_UP_COUNT, WARM_UP_MS);
    },
    search(round) {
      const { from, to } = roundOf(workload, round);
      return run(from, to - from);
    },
    pids: [process.pid, pid, ...clients.pids],
    async lookups() {
      const found = await lookupsAt(counted)(mountpoint, PATIENCE_MS).catch((error) => {
        throw error instanceof NotMeasured ? broken(error) : error;
      });
      if (found === null) throw broken(new NotMeasured('it tells no counters'));
      return found;
    },
    stop,
  };
}

/** Whether an operation on the mount failed because its server has ended. */
function isGone(error: Error, mountpoint: string): boolean {
  const { errno } = error as NodeJS.ErrnoException;
  const isCut = errno === -ENOTCONN || errno === -ECONNABORTED;
  // A server that was asked to end by somebody else has taken its mount with it.
  return isCut || error instanceof ServerGone || findMount(mountpoint) === null;
}
