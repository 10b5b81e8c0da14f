/**
 * Defines the interface of another project's FUSE server, which `--with` measures beside glossa.
 */
import { spawnSync } from 'node:child_process';
import type { WorkloadName } from '../../engine/workloads/index.ts';

/** Seconds for which the kernel caches names, attributes, and the absence of a name. */
export interface Timeouts {
  readonly entry: number;
  readonly attribute: number;
  readonly negative: number;
}

/** Settings of one mount. */
export interface MountPlan {
  readonly mountpoint: string;
  /** The folder that the mount shows. */
  readonly directory: string;
  readonly timeouts: Timeouts;
  /** File for the server's output. */
  readonly logFile: string;
  /** Folder for files of the server. */
  readonly scratch: string;
}

/** A program that serves in the foreground until it gets SIGTERM. */
export interface ServerCommand {
  readonly commandLine: readonly [string, ...string[]];
  /** Variables to add to the environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A stack of another implementation. */
export interface OtherStack {
  readonly name: string;
  /** A sentence for reports. */
  readonly description: string;
  /** Makes the command of its server; may write files that the server reads. */
  makeCommand(plan: MountPlan): ServerCommand;
  /** Formats the volfile, for reports; absent for a server that is not configured by a volfile. */
  makeVolfile?(directory: string): string;
  /** Returns why a workload does not fit this stack, or null. */
  findUnfitReason?(workload: WorkloadName): string | null;
}

/** Another implementation, a word of `--with`. */
export interface Implementation {
  /** Names of its stacks. */
  readonly names: readonly string[];
  /**
   * Returns its stacks, or why it cannot run here, with the package to install.
   * @param scratch folder for compiled programs
   */
  prepare(scratch: string): PreparedStacks | string;
}

/** The stacks of implementations that can run here. */
export interface PreparedStacks {
  readonly stacks: readonly OtherStack[];
  /** Versions of its programs, by name. */
  readonly versions: Readonly<Record<string, string>>;
}

/** Makes the arguments that all pass-throughs in apps/bench/engine/others take. */
export const makePassArguments = ({ mountpoint, directory, timeouts }: MountPlan): string[] => [
  mountpoint,
  directory,
  ...makeTimeoutArguments(timeouts),
];

/** Makes the last three arguments of those programs: the seconds of each timeout. */
export const makeTimeoutArguments = ({ entry, attribute, negative }: Timeouts): string[] =>
  [entry, attribute, negative].map(String);

/** Time limit of a compiler, or of a program that prints its version. */
const PROGRAM_TIMEOUT_MS = 60_000;

/** The result of a program that has ended. */
export interface ProgramResult {
  /** Exit status; null: the program does not exist. */
  readonly status: number | null;
  readonly output: string;
  /** Its whole stderr. */
  readonly errors: string;
  /** The last line of stderr that has the word `error`; without one, the last line. */
  readonly lastError: string;
}

/** Runs a program to its end in a folder, by default this one, for at most PROGRAM_TIMEOUT_MS. */
export function runToEnd(
  [program, ...args]: readonly [string, ...string[]],
  { env, folder }: { env?: Readonly<Record<string, string>>; folder?: string } = {},
): ProgramResult {
  const { status, stdout, stderr } = spawnSync(program, args, {
    encoding: 'utf8',
    cwd: folder,
    env: { ...process.env, ...env },
    timeout: PROGRAM_TIMEOUT_MS,
  });
  const errors = (stderr ?? '').trim();
  const lines = errors.split('\n');
  const lastError = lines.findLast((line) => /error/i.test(line)) ?? lines.at(-1)!;
  return { status, output: (stdout ?? '').trim(), errors, lastError: lastError.trim() };
}
