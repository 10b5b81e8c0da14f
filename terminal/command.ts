/** The record of a command: one per file, listed in commands.ts. */
import type { Kind } from './completion-kinds.ts';
import type { Flags, Given } from './flags.ts';
import { paint, type Terminal } from './terminal.ts';

export interface Command<F extends Flags = Flags> {
  /** Ways to call it, as the help shows them. */
  readonly usage: readonly string[];
  /** A paragraph for the help. */
  readonly description: string;
  /** Besides the common ones. */
  readonly flags: F;
  /** Words in capitals, in its usage and flags, that stand for something else than in kinds.ts. */
  readonly kinds?: Readonly<Record<string, Kind>>;
  /** Whether what is behind `--` is somebody else's. */
  readonly hasRest?: boolean;
  /**
   * Does it. The result is the exit status.
   * @throws {UsageError | Failure}
   */
  run(given: Given<F>, terminal: Terminal): Promise<number>;
}

/** Checks a record's types where it is written, and keeps them. */
export const defineCommand = <F extends Flags>(command: Command<F>): Command<F> => command;

/** `usage:` and the ways to call a command, a line each. */
export const usageLines = (usage: readonly string[], colour: boolean): string =>
  usage
    .map((line, i) => `${i === 0 ? paint('bold', 'usage:', colour) : '      '} ${line}`)
    .join('\n');

/** The groups of the help, in their order. */
export const groups = ['write', 'run', 'look', 'measure'] as const;
export type Group = (typeof groups)[number];

/** A command that is loaded when it is run, with one line for the help. */
export interface CommandEntry {
  /** Of the help, which lists it there; absent for what belongs to another command, or is for programs. */
  readonly group?: Group;
  readonly summary: string;
  load(): Promise<{ readonly default: Command }>;
}

/** By name. */
export type Commands = ReadonlyMap<string, CommandEntry>;

/** The names of those that belong to a command, whose name is the first word of theirs. */
export const subcommandsOf = (name: string, commands: Commands): string[] =>
  [...commands.keys()].filter((other) => other.startsWith(`${name} `));
