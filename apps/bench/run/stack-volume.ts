/**
 * Starts the bench's stacks of glossa without a mount: each is a volume in the process of its
 * client, so that the kernel and its cache are left out.
 */
import { join } from 'node:path';
import { makeBuiltPath } from '../../../runtime/sys/paths.ts';
import { makeServerFailure } from '../../../server/server-process.ts';
import { Failure } from '../../../terminal/exit.ts';
import { Clients } from '../engine/load/clients.ts';
import { MeasurementError } from '../engine/measurement-error.ts';
import type { ServedVolume } from '../engine/target.ts';

/** Settings of one stack of glossa. */
export interface StackSettings {
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

/** Opens the volume of a stack. @throws {Failure} if that fails or is aborted, after cleaning up */
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
