/** Stacks behind mounts of glossa: a server process of each, with empty folders for what it stores. */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ECONNABORTED, ENOTCONN } from '../../../runtime/core/errno.ts';
import { findMount } from '../../../runtime/mount/mountinfo.ts';
import type { PlainVolume } from '../../../runtime/volfile/description.ts';
import { takeLeftAway } from '../../../server/unmount.ts';
import { Failure } from '../../../terminal/exit.ts';
import { reason } from '../../../terminal/reason.ts';
import type { Terminal } from '../../../terminal/terminal.ts';
import { ServerGone } from '../engine/load/clients.ts';
import type { StackPlan } from '../engine/measure.ts';
import { NotMeasured } from '../engine/not-measured.ts';
import type { MeasuredStack } from '../engine/schema.ts';
import { countingVolumes, folderVolumes } from '../engine/stacks.ts';
import type { ServedMount } from '../engine/target.ts';
import { lookupCounterOf } from './lookup-counter.ts';
import { ENDED, logEnd, OwnServer, serverFailure } from './own-server.ts';

export interface MountSettings {
  /** Among those of one folder, for the names of its mount point and its log. */
  readonly name: string;
  /** The volfile's path. */
  readonly volfile: string;
  /** Of its volumes, as --xlator-option takes them. */
  readonly options: readonly string[];
  /** Of `glossa mount`. */
  readonly flags: readonly string[];
  /** For mount points and logs. */
  readonly scratch: string;
  /** Ends it, and the waiting for its start. */
  readonly signal?: AbortSignal;
}

export interface StackMount extends ServedMount {
  /** The message about a failed operation on the mount. */
  broken(error: Error): Failure;
  /** Takes it away. @throws {Failure} when the server had ended by itself, and that was not said yet */
  stop(): Promise<void>;
}

/** The wait until a killed process is known to have ended. */
const KNOWN_MS = 1000;
const LOG_LINES = 3;

/** @throws {Failure} when it cannot be mounted, or is aborted; nothing is left then */
export async function mountStack(
  { name, volfile, options, flags, scratch, signal }: MountSettings,
  terminal: Terminal,
): Promise<StackMount> {
  const mountpoint = join(scratch, `${name}-mnt`);
  const logFile = join(scratch, `${name}.log`);
  mkdirSync(mountpoint, { recursive: true });
  const begun = performance.now();
  const server = new OwnServer(
    ['mount', volfile, mountpoint, ...flags],
    { logFile, options, ...(signal && { signal }) },
    terminal,
  );
  const what = `the server of ${volfile}`;
  const end = async (): Promise<boolean> => {
    const isAsked = await server.end();
    // What it could not take away itself.
    await takeLeftAway(mountpoint);
    return isAsked;
  };
  let isTold = false;
  const trouble = (why: string): Failure => {
    isTold = true;
    return serverFailure(what, why, logFile);
  };
  try {
    const failure = await server.started(what);
    if (failure !== null) throw failure;
  } catch (error) {
    await end();
    throw error;
  }
  return {
    pid: server.pid,
    mountpoint,
    startSeconds: (performance.now() - begun) / 1e3,
    complaint: shortComplaint(server.said),
    broken: (error) => trouble(isGone(error, mountpoint) ? ENDED : `failed: ${reason(error)}`),
    async stop() {
      // One that dies when all is counted is as little to be relied on as one that dies before.
      if (!(await end()) && !isTold) throw trouble(ENDED);
    },
    async ended() {
      const known = new AbortController();
      const late = delay(KNOWN_MS, null, { signal: known.signal }).catch(() => null);
      const ended = await Promise.race([server.ended, late]);
      known.abort();
      if (ended === null) return null;
      isTold = true;
      if (ended.signal !== null) return `its server ended, killed by ${ended.signal}`;
      const words = logEnd(logFile, LOG_LINES).join('; ');
      return `its server ended, with status ${ended.status}${words === '' ? '' : `: ${words}`}`;
    },
  };
}

/** Whether an operation on the mount failed because its server has ended. */
function isGone(error: Error, mountpoint: string): boolean {
  const { errno } = error as NodeJS.ErrnoException;
  const isCut = errno === -ENOTCONN || errno === -ECONNABORTED;
  // A server that another process has ended has taken its mount with it.
  return isCut || error instanceof ServerGone || findMount(mountpoint) === null;
}

/** A stack that can be mounted. */
export interface BenchStack extends Omit<MeasuredStack, 'volfile'> {
  readonly volfile: string;
  /** The volfile's path. */
  readonly path: string;
  readonly volumes: readonly PlainVolume[];
}

export interface StackFolders {
  /** For mount points and logs. */
  readonly scratch: string;
  /** For what the stacks store. */
  readonly data: string;
  /** Of `glossa mount`, besides those for folders. */
  readonly mountFlags: readonly string[];
  readonly terminal: Terminal;
}

/** A stack as it is measured. */
export function stackPlan(stack: BenchStack, serving: StackFolders): MeasuredStack & StackPlan {
  const { name, description, volfile, volumes, path } = stack;
  const { scratch, data, mountFlags: flags, terminal } = serving;
  const counting = countingVolumes(volumes);
  const folder = join(data, name);
  const discard = (): void => rmSync(folder, { recursive: true, force: true });
  return {
    name,
    description,
    volfile,
    counted: counting.length === 0 ? null : lookupCounterOf(counting),
    async serve() {
      discard();
      const options = folderVolumes(volumes).map((volume) => {
        const directory = join(folder, volume);
        mkdirSync(directory, { recursive: true });
        return `${volume}.directory=${directory}`;
      });
      try {
        return await mountStack({ name, volfile: path, options, flags, scratch }, terminal);
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        throw new NotMeasured(`it did not start: ${shortComplaint([error.message])}`);
      }
    },
    discard,
  };
}

/** What a command said, in a line: without a script's stack, and its log, which goes with the bench. */
const shortComplaint = (said: readonly string[]): string =>
  said
    .filter((text) => !text.startsWith('glossa: the log is'))
    .map((text) => text.split(/^\s*Traceback /m)[0]!.trim())
    .join('; ')
    .replaceAll(/\s+/g, ' ');
