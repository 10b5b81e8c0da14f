/**
 * A stack behind a real mount: a server process of its own serves it, and the searches are system
 * calls of this one.
 *
 * The ten directories are opened once and names are looked up in them, so that a lookup is one
 * request of the kernel's. Names that were found the kernel remembers, as at any mount, here for as
 * long as the demo runs; of names that are absent it asks each time, unless the translator says how
 * long they may be remembered, too.
 */
import { closeSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DIRECTORIES, directoryName, type Workload } from '../../bench/searches.ts';
import { ECONNABORTED, ENOENT, ENOTCONN, strerror } from '../../core/errno.ts';
import { openChannel } from '../../mount/fuse/channel.ts';
import { MountError } from '../../mount/fuse/mount-error.ts';
import { findMount } from '../../mount/mountinfo.ts';
import { O_CLOEXEC, O_PATH, STATX_BASIC_STATS } from '../../sys/constants.ts';
import { open, statx } from '../../sys/libc.ts';
import { cstring, Statx } from '../../sys/struct.ts';
import type { Failure } from '../exit.ts';
import { tryStatedump } from '../stats.ts';
import type { Terminal } from '../terminal.ts';
import { takeLeftAway } from '../umount.ts';
import type { Find } from './searches.ts';
import { countsIn, type Served, type ServeSettings } from './served.ts';
import { DemoServer, ENDED, troubleOf } from './server.ts';

/** Seconds: longer than any run, so that the counts do not depend on how long it takes. */
const REMEMBERED = '86400';

/** Why nothing can be mounted here; null when it can. */
export async function mountProblem(scratch: string): Promise<string | null> {
  const mountpoint = join(scratch, 'probe');
  mkdirSync(mountpoint);
  try {
    const options = { source: 'glossa', allowOther: false, readOnly: true, maxRead: 4096 };
    const channel = await openChannel({ mountpoint, ...options });
    channel.close();
    await channel.unmount();
    return null;
  } catch (error) {
    if (error instanceof MountError) return error.message.replace(/^cannot mount on .*?: /, '');
    throw error;
  }
}

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
    { logFile, options: stack.options },
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
    const failure = await server.started(what, signal);
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
  const { workload, counted } = settings;
  const mounted = await mountStack(settings, terminal);
  const { mountpoint, broken, pid } = mounted;
  const descriptors: number[] = [];
  const stop = (): Promise<void> => {
    for (const fd of descriptors.splice(0)) closeSync(fd);
    return mounted.stop();
  };
  for (let directory = 0; directory < DIRECTORIES; directory += 1) {
    const path = cstring(join(mountpoint, directoryName(directory)));
    const fd = open(path, O_PATH | O_CLOEXEC, 0);
    if (fd >= 0) descriptors.push(fd);
    else {
      const error = broken(-fd);
      await stop();
      throw error;
    }
  }
  return {
    find: finder(descriptors, workload, broken),
    pids: [process.pid, pid],
    counts: () => countsIn(tryStatedump(mountpoint, broken), counted),
    stop,
  };
}

/** Whether an operation on the mount failed because nobody serves it any more. */
const isGone = (errno: number, mountpoint: string): boolean =>
  // A server that was asked to end by somebody else has taken its mount with it.
  errno === ENOTCONN || errno === ECONNABORTED || findMount(mountpoint) === null;

/** Looks names up with one system call each, and nothing else that takes time. */
function finder(
  descriptors: readonly number[],
  { names }: Workload,
  broken: (errno: number) => Failure,
): Find {
  const paths = names.map(cstring);
  const out = new Statx();
  return (directory, file) => {
    const status = statx(descriptors[directory]!, paths[file]!, 0, STATX_BASIC_STATS, out.bytes);
    if (status === 0) return true;
    if (status === -ENOENT) return false;
    throw broken(-status);
  };
}
