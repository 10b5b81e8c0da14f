/**
 * What a workload is: a tree that is made beforehand, and requests that a client asks it, one after
 * the other. All of this runs in a client's process (load/client.ts) and blocks it.
 *
 * Rules for a workload
 * - Request number `i` of a client is the same on every stack: it depends on the seed, the client
 *   and `i`, and on nothing that the stack said before.
 * - `ask` is what is timed: system calls and no more. Whatever gets a request ready is in `prepare`;
 *   whether the answer is right is for `check`.
 * - What is right is what the plain directory beside the mounts says, where the same tree was made.
 */
import type { Workload } from '../searches.ts';

/** What became of a run of a command. */
export interface CommandRun {
  /** Null: a signal ended it, or it could not be run. */
  readonly status: number | null;
  readonly signal: string | null;
  /** Of what it printed. */
  readonly digest: string;
  /** Why it could not be run, as `ENOENT`, and minus that errno; null and 0: it was. */
  readonly code: string | null;
  readonly errno: number;
  /** The last line of what it complained of; '' where nobody listens. */
  readonly complaint: string;
}

/** A command that is measured, and how it ends in a plain directory. */
export interface TriedCommand {
  readonly words: readonly string[];
  readonly expected: CommandRun;
}

export interface WorkloadSetting {
  /** The folder to ask in: below a mount, or plain. */
  readonly root: string;
  /** The plain folder with the same tree. */
  readonly reference: string;
  readonly seed: number;
  /** From 0; clients that write have names of their own. */
  readonly client: number;
  /** For `command`, otherwise null. */
  readonly command: TriedCommand | null;
  /** For `phpsim`: other searches than its own, of files that are there already. */
  readonly searches?: Workload;
}

/** The requests of a round, of each client. */
export interface RequestRange {
  /** Number of the first. */
  readonly from: number;
  readonly count: number;
  /** Ends it sooner, between two requests. */
  readonly forMs?: number;
}

export interface Requests {
  /** Gets request `i` ready. */
  prepare?(i: number): void;
  /** Does it: at least 0, or minus the errno of the system call that failed. */
  ask(i: number): number;
  /** What is wrong with the answer; null when it is right. */
  check(i: number, status: number): string | null;
  /** What was counted since the last call, by name. */
  counts?(): Readonly<Record<string, number>>;
  close(): void;
}

/** Bytes that one stores at most, of a client. */
export const STORED_MAX = 40 << 20;

export interface WorkloadKind {
  /** A sentence about what it stands for. */
  readonly description: string;
  /** What a request is. */
  readonly request: string;
  /** Requests of a client after which it has asked for everything once; 0: that is not wanted. */
  readonly once: number;
  /** Makes the tree that all clients ask, in a folder that is empty. */
  make(root: string): void;
  open(setting: WorkloadSetting): Requests;
}

/** A system call that must not fail did. The message says which, the number is for who knows more. */
export class CallError extends Error {
  readonly errno: number;

  constructor(what: string, errno: number, words: string) {
    super(`${what}: ${words}`);
    this.name = 'CallError';
    this.errno = errno;
  }
}
