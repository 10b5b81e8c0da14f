/**
 * A stack behind a real mount: a server process of its own serves it, and the searches are system
 * calls of this one.
 *
 * The ten directories are opened once and names are looked up in them, so that a lookup is one
 * request of the kernel's. Names that were found the kernel remembers, as at any mount, here for as
 * long as the demo runs; of names that are absent it asks each time, unless the translator says how
 * long they may be remembered, too.
 */
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { DIRECTORIES, directoryName, type Workload } from '../../bench/searches.ts';
import { ECONNABORTED, ENOENT, ENOTCONN, strerror } from '../../core/errno.ts';
import { openChannel } from '../../mount/fuse/channel.ts';
import { MountError } from '../../mount/fuse/mount-error.ts';
import { findMount } from '../../mount/mountinfo.ts';
import { O_CLOEXEC, O_PATH, STATX_BASIC_STATS } from '../../sys/constants.ts';
import { open, statx } from '../../sys/libc.ts';
import { cstring, Statx } from '../../sys/struct.ts';
import { Failure } from '../exit.ts';
import { Server } from '../handover.ts';
import { tryStatedump } from '../stats.ts';
import type { Terminal } from '../terminal.ts';
import { takeLeftAway } from '../umount.ts';
import type { Find } from './searches.ts';
import { countsIn, type Served, type ServeSettings, STORAGE } from './served.ts';

/** How long a server may take to unmount and end. */
const GRACE_MS = 5000;
/** Of its log, what is shown when it ended by itself. */
const LOG_LINES = 5;
const ENDED = 'ended unexpectedly';
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

/** @throws {Failure} when it cannot be mounted; nothing is left then. */
export async function serveMounted(settings: ServeSettings, terminal: Terminal): Promise<Served> {
  const { stack, id, tree, scratch, workload } = settings;
  const mountpoint = join(scratch, `${id}-mnt`);
  const logFile = join(scratch, `${id}.log`);
  mkdirSync(mountpoint);
  const said: string[] = [];
  const hear = (text: string): void => void said.push(text);
  const stderr = openSync(logFile, 'a');
  const server = new Server(
    [
      ...['mount', stack.volfile, mountpoint, '--log-file', logFile],
      ...['--attribute-timeout', REMEMBERED, '--entry-timeout', REMEMBERED],
      ...['--negative-timeout', '0'],
      ...[`${STORAGE}.directory=${tree}`, ...stack.options].flatMap((it) => [
        '--xlator-option',
        it,
      ]),
    ],
    { attached: true, stderr, terminal: { ...terminal, out: hear, err: hear } },
  );
  closeSync(stderr);
  const descriptors: number[] = [];
  const stop = async (): Promise<boolean> => {
    for (const fd of descriptors.splice(0)) closeSync(fd);
    return endServer(server, mountpoint);
  };
  let isTold = false;
  const trouble = (why: string): Failure => {
    isTold = true;
    const log = tail(logFile);
    const told = log === '' ? 'it has logged nothing' : `the end of its log:\n${log}`;
    return new Failure(`the server of ${stack.volfile} ${why}; ${told}`);
  };
  if (!(await server.ready)) {
    const { signal } = await server.ended;
    await stop();
    // One that was killed had no time to say why.
    if (signal === null && said.length > 0) throw new Failure(said.join('\n'), said);
    throw trouble(ENDED);
  }
  const broken = (errno: number): Failure =>
    trouble(isGone(errno, mountpoint) ? ENDED : `failed: ${strerror(errno)}`);
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
    pids: [process.pid, server.pid],
    counts: () => countsIn(tryStatedump(mountpoint, broken)),
    async stop() {
      // One that dies when all is counted is as little to be relied on as one that dies before.
      if (!(await stop()) && !isTold) throw trouble(ENDED);
    },
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

/**
 * Ends a server, and takes away its mount if it could not do so itself. Whether it ended because it
 * was told to.
 */
async function endServer(server: Server, mountpoint: string): Promise<boolean> {
  server.release();
  const ended = server.ended.then(() => true);
  const patience = new AbortController();
  const late = delay(GRACE_MS, false, { signal: patience.signal }).catch(() => false);
  const isLate = !(await Promise.race([ended, late]));
  if (isLate) server.kill('SIGKILL');
  patience.abort();
  const { signal } = await server.ended;
  await takeLeftAway(mountpoint);
  return signal === null || isLate;
}

/** The last lines of a log, without the listing of the volfile. */
function tail(path: string): string {
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
  const telling = lines.filter((line) => line !== '' && !/^(\+-| *\d+: )/.test(line));
  return telling
    .slice(-LOG_LINES)
    .map((line) => `    ${line}`)
    .join('\n');
}
