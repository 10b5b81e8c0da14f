/**
 * Defines the interface of a workload: it makes a tree of files beforehand, and a client sends its
 * requests one after the other. All of it runs in a client's process: by system calls that block it
 * (load/client.ts), or through a volume of that process (run/volume-client.ts).
 *
 * - Request `i` of a client depends only on the seed, the client and `i`, so it is equal on every
 *   stack.
 * - Only `send` is timed: it makes the calls and no more. `prepare` runs before it, `check` after
 *   it.
 * - The expected results are those of a plain directory outside the mounts, which has the same
 *   tree.
 */
import { errnoName } from '../../../../runtime/core/errno.ts';
import type { SearchPlan } from '../searches.ts';

/** The result of one run of a command. */
export interface CommandRun {
  /** Exit status; null: a signal ended the command, or it could not be run. */
  readonly status: number | null;
  /** Name of the signal that ended the command; null without one. */
  readonly signal: string | null;
  /** Digest of the output, in which the working directory is replaced by a dot. */
  readonly digest: string;
  /**
   * Name and negative number of the errno with which the command could not be run: `ENOENT` and -2.
   * Null and 0 if it ran.
   */
  readonly code: string | null;
  readonly errno: number;
  /** The last line of stderr; '' if stderr is not read. */
  readonly lastErrorLine: string;
}

/** A command to be measured, with its result in a plain directory. */
export interface TriedCommand {
  /** The program and its arguments. */
  readonly words: readonly string[];
  /** The result that it must have on every stack. */
  readonly expected: CommandRun;
}

/** The folder, seed and client of a workload's requests. */
export interface WorkloadSetting {
  /** The folder of the requests: below a mount, or plain. */
  readonly root: string;
  /** The plain folder with the same tree. */
  readonly plainFolder: string;
  readonly seed: number;
  /** Number of the client, from 0, which names its files. */
  readonly client: number;
  /** The command of the workload `command`; null for other workloads. */
  readonly command: TriedCommand | null;
  /** Planned searches of files that exist already, for the workload `phpsim`. */
  readonly searches?: SearchPlan;
}

/** The requests of each client in a round. */
export interface RequestRange {
  /** Number of the first request. */
  readonly from: number;
  /** Number of requests. */
  readonly count: number;
  /**
   * Milliseconds after which the client sends no further request of the range; absent: no limit.
   */
  readonly timeLimitMs?: number;
}

/** The requests of one client. */
export interface Requests {
  /** Prepares request `i`; not timed. */
  prepare?(i: number): void;
  /** Sends request `i`; returns at least 0, or minus the errno of the failed call. */
  send(i: number): number | Promise<number>;
  /** Returns the complaint about the result; null if it is right. */
  check(i: number, status: number): string | null;
  /** Returns the counters since the last call, by name. */
  takeCounts?(): Readonly<Record<string, number>>;
  /** Closes the open files. */
  close(): void;
}

/** Requests by system calls, which have their results at once. */
export interface BlockingRequests extends Requests {
  send(i: number): number;
}

/** The most bytes that any workload stores for one client. */
export const STORED_BYTES_MAX = 40 << 20;

/** A workload: how its tree is made, and how its requests are sent. */
export interface WorkloadKind {
  /** A sentence about the use that the workload stands for. */
  readonly description: string;
  /** Description of a request. */
  readonly request: string;
  /** Requests after which a client has touched the whole tree once; 0 if that is not needed. */
  readonly warmUpRequests: number;
  /** Requests of a client before they begin again; without, a cache is as full after `warmUpRequests`. */
  readonly cycleRequests?: number;
  /** Makes the tree of all clients in an empty folder. */
  make(root: string): void;
  /** Opens the tree, and returns the requests of one client. */
  open(setting: WorkloadSetting): BlockingRequests;
}

/** Returns the name of a result's errno; 'success' for a result of at least 0. */
export const describeStatus = (status: number): string =>
  status < 0 ? errnoName(-status) : 'success';

/** Thrown if a system call fails. The message names the call; callers may handle the errno. */
export class CallError extends Error {
  readonly errno: number;

  constructor(call: string, errno: number, reason: string) {
    super(`${call}: ${reason}`);
    this.name = 'CallError';
    this.errno = errno;
  }
}
