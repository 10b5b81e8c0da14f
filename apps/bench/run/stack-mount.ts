/**
 * Starts the bench's stacks of glossa: mounts, with a server process for each and empty folders for files, and volumes
 * without a mount.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ECONNABORTED, ENOTCONN } from '../../../runtime/core/errno.ts';
import { findMount } from '../../../runtime/mount/mountinfo.ts';
import { makeBuiltPath } from '../../../runtime/sys/paths.ts';
import type { PlainVolume } from '../../../runtime/volfile/description.ts';
import { OwnServer } from '../../../server/child-server.ts';
import { ENDED_TEXT, makeServerFailure, readLogEnd } from '../../../server/server-process.ts';
import { unmountLeftover } from '../../../server/unmount.ts';
import { Failure, formatReason } from '../../../terminal/exit.ts';
import type { Terminal } from '../../../terminal/terminal.ts';
import { Clients, ServerGone } from '../engine/load/clients.ts';
import type { StackPlan } from '../engine/measure.ts';
import { MeasurementError } from '../engine/measurement-error.ts';
import type { StackDescription } from '../engine/schema.ts';
import { findCountingVolumes, findFolderVolumes } from '../engine/stack-volumes.ts';
import type { ServedMount, ServedVolume } from '../engine/target.ts';
import { makeLookupCounter } from './lookup-counter.ts';

/** Settings of one stack of glossa. */
interface StackSettings {
  /** Unique name, for mount point and log in the scratch folder. */
  readonly name: string;
  /** The volfile's path. */
  readonly volfile: string;
  /** Options of its volumes, in the form of --xlator-option. */
  readonly options: readonly string[];
  /** Folder for mount points and logs. */
  readonly scratch: string;
  /** Aborting ends the stack, or the wait for its start. */
  readonly signal?: AbortSignal;
}

/** The program of a client that opens its stack's volume. */
const CLIENT_PROGRAM = makeBuiltPath('apps/bench/run/volume-client.cjs');
/** Time limit in ms for the start of a volume; an interpreter takes seconds on a busy machine. */
const START_TIMEOUT_MS = 120_000;

/** A stack of glossa in the process of its client. */
export interface StackVolume extends ServedVolume {
  /** Makes the failure to report for an error of an operation on the volume. */
  makeFailure(error: Error): Failure;
}

/**
 * Starts the bench's stacks of glossa without a mount: each is a volume in the process of its
 * client, so that the kernel and its cache are left out.
 */
export async function openStackVolume({
  name,
  volfile,
  options,
  scratch,
  signal = new AbortController().signal,
}: StackSettings): Promise<StackVolume> {
  signal.throwIfAborted();
  const logFile = join(scratch, `${name}.log`);
  const startMs = performance.now();
  const clients = new Clients({ count: 1, cpus: null, program: CLIENT_PROGRAM, signal });
  const stop = async (): Promise<void> => {
    clients.kill();
    await clients.waitUntilEnded();
  };
  try {
    const request = { volfile, overrides: options, logFile };
    await clients.requestFirst('openVolume', request, START_TIMEOUT_MS);
  } catch (error) {
    await stop();
    throw error instanceof MeasurementError ? new Failure(error.message) : error;
  }
  return {
    clients,
    startSeconds: (performance.now() - startMs) / 1e3,
    makeFailure: (error) =>
      makeServerFailure(`the volume of ${volfile}`, `failed: ${error.message}`, logFile),
    // The message of a client's end says why.
    explainEnd: async () => null,
    stop,
  };
}

/** Settings of one mount of glossa. */
export interface MountSettings extends StackSettings {
  /** Flags of `glossa mount`. */
  readonly flags: readonly string[];
  /** The program of glossa; default: this one. */
  readonly program?: string;
}

/** A mounted stack of glossa. */
export interface StackMount extends ServedMount {
  /** Makes the failure to report for an error of an operation on the mount. */
  makeFailure(error: Error): Failure;
  /** Unmounts. @throws {Failure} if the server had ended by itself, unless that was reported */
  stop(): Promise<void>;
}

/** Milliseconds to wait for the exit status of a server whose mount has failed. */
const EXIT_STATUS_TIMEOUT_MS = 10_000;
/** Lines of the log in the reason for which a server ended. */
const SHOWN_LOG_LINES = 3;

/** Mounts a stack. @throws {Failure} if that fails or is aborted, after cleaning up */
export async function mountStack(
  { name, volfile, options, flags, scratch, signal, program }: MountSettings,
  terminal: Terminal,
): Promise<StackMount> {
  const mountpoint = join(scratch, `${name}-mnt`);
  const logFile = join(scratch, `${name}.log`);
  mkdirSync(mountpoint, { recursive: true });
  const startMs = performance.now();
  const server = new OwnServer(
    ['mount', volfile, mountpoint, ...flags],
    { logFile, options, signal, program, volfile, place: { mountpoint } },
    terminal,
  );
  const title = `the server of ${volfile}`;
  /** Ends the server, and unmounts; resolves to false if the server had ended by itself. */
  const endServer = async (): Promise<boolean> => {
    const endedOnRequest = await server.end();
    // A server that was killed does not unmount.
    await unmountLeftover(mountpoint);
    return endedOnRequest;
  };
  /** Whether the end of the server was reported, so that `stop` need not report it. */
  let isReported = false;
  const reportFailure = (cause: string): Failure => {
    isReported = true;
    return makeServerFailure(title, cause, logFile);
  };
  try {
    await server.waitUntilStarted(title);
  } catch (error) {
    await endServer();
    throw error;
  }
  return {
    pid: server.pid,
    mountpoint,
    startSeconds: (performance.now() - startMs) / 1e3,
    startWarning: shortenMessages(server.messages),
    makeFailure: (error) =>
      reportFailure(
        isServerGone(error, mountpoint) ? ENDED_TEXT : `failed: ${formatReason(error)}`,
      ),
    async stop() {
      // A server that dies after the measurement makes it unreliable, too.
      if (!(await endServer()) && !isReported) throw reportFailure(ENDED_TEXT);
    },
    async explainEnd() {
      const timeoutAbort = new AbortController();
      const timeout = delay(EXIT_STATUS_TIMEOUT_MS, null, { signal: timeoutAbort.signal }).catch(
        () => null,
      );
      const exit = await Promise.race([server.whenExited, timeout]);
      timeoutAbort.abort();
      if (exit === null) return null;
      isReported = true;
      if (exit.signal !== null) return `its server ended, killed by ${exit.signal}`;
      const logText = readLogEnd(logFile, SHOWN_LOG_LINES).join('; ');
      return `its server ended, with status ${exit.status}${logText === '' ? '' : `: ${logText}`}`;
    },
  };
}

/** Whether an operation on the mount failed because its server has ended. */
function isServerGone(error: Error, mountpoint: string): boolean {
  const { errno } = error as NodeJS.ErrnoException;
  const isDisconnected = errno === -ENOTCONN || errno === -ECONNABORTED;
  // If another process ended the server with a signal, there is no mount any more.
  return isDisconnected || error instanceof ServerGone || findMount(mountpoint) === null;
}

/** A stack of glossa with its volfile. */
export interface BenchStack extends Omit<StackDescription, 'volfile'> {
  /** The text of the volfile. */
  readonly volfile: string;
  /** The volfile's path. */
  readonly path: string;
  readonly volumes: readonly PlainVolume[];
}

/** Settings for all stacks of glossa. */
export interface StackEnvironment {
  /** Folder for mount points and logs. */
  readonly scratch: string;
  /** Folder for the files of the stacks. */
  readonly dataFolder: string;
  /** Flags of `glossa mount`, without those for folders. */
  readonly mountFlags: readonly string[];
  /** Whether the stacks are opened in the processes of their clients, without a mount. */
  readonly inProcess?: boolean;
  readonly terminal: Terminal;
}

/** Makes the plan by which the bench starts, measures and ends a stack of glossa. */
export function makeStackPlan(
  stack: BenchStack,
  environment: StackEnvironment,
): StackDescription & StackPlan {
  const { name, description, volfile, volumes, path } = stack;
  const { scratch, dataFolder, mountFlags: flags, inProcess, terminal } = environment;
  const counterVolumes = findCountingVolumes(volumes);
  const folder = join(dataFolder, name);
  const discard = (): void => rmSync(folder, { recursive: true, force: true });
  return {
    name,
    description,
    volfile,
    lookupCounter: counterVolumes.length === 0 ? null : makeLookupCounter(counterVolumes),
    async serve() {
      discard();
      const options = findFolderVolumes(volumes).map((volume) => {
        const directory = join(folder, volume);
        mkdirSync(directory, { recursive: true });
        return `${volume}.directory=${directory}`;
      });
      try {
        const settings = { name, volfile: path, options, scratch };
        return inProcess
          ? await openStackVolume(settings)
          : await mountStack({ ...settings, flags }, terminal);
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        throw new MeasurementError(`it did not start: ${shortenMessages([error.message])}`);
      }
    },
    discard,
  };
}

/**
 * Joins messages to one line. Omits Python tracebacks, and the path of the log, as the log is
 * removed.
 */
const shortenMessages = (messages: readonly string[]): string =>
  messages
    .filter((text) => !text.startsWith('glossa: the log is'))
    .map((text) => text.split(/^\s*Traceback /m)[0]!.trim())
    .join('; ')
    .replaceAll(/\s+/g, ' ');
