/**
 * A stack behind a real mount: a server process of its own serves it, and the searches are system
 * calls of this one, in a thread of their own.
 *
 * Names that were found the kernel remembers, as at any mount, here for as long as the demo runs; of
 * names that are absent it asks each time, unless the translator says how long they may be remembered,
 * too.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ECONNABORTED, ENOTCONN, strerror } from '../../runtime/core/errno.ts';
import { findMount } from '../../runtime/mount/mountinfo.ts';
import { takeLeftAway } from '../../server/unmount.ts';
import type { Failure } from '../../terminal/exit.ts';
import { unlessAborted } from '../../terminal/interruption.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { Searcher } from './searching.ts';
import { lookupsIn, type Served, type ServeSettings } from './served.ts';
import { DemoServer, ENDED, troubleOf } from './server.ts';

/** Seconds: longer than any run, so that the counts do not depend on how long it takes. */
const REMEMBERED = '86400';

/** A mount by a server process of its own. */
export interface Mounted {
  readonly mountpoint: string;
  readonly pid: number;
  /** What to say of an operation on the mount that failed. */
  broken(errno: number): Failure;
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
  const server = new DemoServer(
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
    broken: (errno) => trouble(isGone(errno, mountpoint) ? ENDED : `failed: ${strerror(errno)}`),
    async stop() {
      // One that dies when all is counted is as little to be relied on as one that dies before.
      if (!(await stop()) && !isTold) throw trouble(ENDED);
    },
  };
}

/** @throws {Failure} when it cannot be mounted; nothing is left then. */
export async function serveMounted(settings: ServeSettings, terminal: Terminal): Promise<Served> {
  const { workload, counted, signal } = settings;
  const mounted = await mountStack(settings, terminal);
  const { mountpoint, broken, pid } = mounted;
  const searcher = new Searcher(mountpoint, workload, broken);
  const stop = async (): Promise<void> => {
    // At once: a call of it that hangs ends with the mount, and the mount when no call is under way.
    const over = searcher.end();
    try {
      await mounted.stop();
    } finally {
      await over;
    }
  };
  try {
    await unlessAborted(searcher.ask('open'), signal);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    warmUp: () => searcher.ask('warmUp'),
    search: (round) => searcher.ask('search', round),
    pids: [process.pid, pid],
    lookups: async () => lookupsIn(await searcher.ask('statedump'), counted),
    stop,
  };
}

/** Whether an operation on the mount failed because nobody serves it any more. */
const isGone = (errno: number, mountpoint: string): boolean =>
  // A server that was asked to end by somebody else has taken its mount with it.
  errno === ENOTCONN || errno === ECONNABORTED || findMount(mountpoint) === null;
