/** What `--with` knows of another project's servers: what they need, and how they are started. */
import { spawnSync } from 'node:child_process';
import type { WorkloadName } from '../../engine/workloads/index.ts';

/** How long the kernel caches names, attributes, and that a name is absent. Seconds. */
export interface Timeouts {
  readonly entry: number;
  readonly attribute: number;
  readonly negative: number;
}

export interface MountPlan {
  readonly mountpoint: string;
  /** The folder that is to be seen there. */
  readonly directory: string;
  readonly timeouts: Timeouts;
  /** Where the server's output goes. */
  readonly log: string;
  /** For files that it needs. */
  readonly scratch: string;
}

/** A program that serves until it gets SIGTERM, in the foreground. */
export interface ServerCommand {
  readonly line: readonly [string, ...string[]];
  readonly env?: Readonly<Record<string, string>>;
}

export interface OtherStack {
  readonly name: string;
  /** A sentence. */
  readonly description: string;
  command(mounting: MountPlan): ServerCommand;
  /** Its configuration, where that is a text for people. */
  volfile?(directory: string): string;
  /** Why a workload cannot be asked of it; null: it can. */
  unfit?(workload: WorkloadName): string | null;
}

/** A word of `--with`. */
export interface Implementation {
  /** Names of its stacks. */
  readonly names: readonly string[];
  /**
   * Its stacks, ready to be started, or why it cannot be measured here, with what to install.
   * @param scratch for what is built
   */
  prepare(scratch: string): PreparedStacks | string;
}

export interface PreparedStacks {
  readonly stacks: readonly OtherStack[];
  /** Of its programs, by name. */
  readonly versions: Readonly<Record<string, string>>;
}

/** The arguments that all pass-throughs of apps/bench/engine/others take. */
export const passArguments = ({ mountpoint, directory, timeouts }: MountPlan): string[] => [
  mountpoint,
  directory,
  ...timeoutArguments(timeouts),
];

export const timeoutArguments = ({ entry, attribute, negative }: Timeouts): string[] =>
  [entry, attribute, negative].map(String);

/** Longest that a compiler may take, or a program that only says its version. */
const PATIENCE_MS = 60_000;

/** What became of a program that was run to its end. */
export interface ProgramResult {
  /** Null: it is not there. */
  readonly status: number | null;
  readonly out: string;
  /** What it complained of, in a line. */
  readonly complaint: string;
}

export function runToEnd(
  [program, ...args]: readonly [string, ...string[]],
  env: Readonly<Record<string, string>> = {},
): ProgramResult {
  const { status, stdout, stderr } = spawnSync(program, args, {
    encoding: 'utf8',
    env: { ...process.env, ...env },
    timeout: PATIENCE_MS,
  });
  const lines = (stderr ?? '').trim().split('\n');
  const complaint = lines.findLast((line) => /error/i.test(line)) ?? lines.at(-1)!;
  return { status, out: (stdout ?? '').trim(), complaint: complaint.trim() };
}
