/**
 * Defines the interface of a command: each file of cli/ exports one, and cli/commands.ts lists
 * them.
 */
import type { CompletionKind } from './completion-kinds.ts';
import type { Flags, ParsedFlags } from './flags.ts';
import { paint, type Terminal } from './terminal.ts';

/** A command of glossa. */
export interface Command<F extends Flags = Flags> {
  /** The ways to call it, such as `glossa mount VOLFILE MNT [options]`: for help and completion. */
  readonly usage: readonly string[];
  /** A paragraph for the help. */
  readonly description: string;
  /** Its flags besides the common ones. */
  readonly flags: F;
  /** The completion of placeholders (`MNT`), where it differs from completion-kinds.ts. */
  readonly placeholderKinds?: Readonly<Record<string, CompletionKind>>;
  /** Whether the arguments after `--` belong to another program, which the command runs. */
  readonly passesRest?: boolean;
  /**
   * Runs the command, and resolves to the exit status.
   * @throws {UsageError | Failure}
   */
  run(parsed: ParsedFlags<F>, terminal: Terminal): Promise<number>;
}

/** Returns the command unchanged: TypeScript checks it here, and infers the types of its flags. */
export const defineCommand = <F extends Flags>(command: Command<F>): Command<F> => command;

/** Formats the ways to call a command, one on each line, after `usage:`. */
export const formatUsage = (usage: readonly string[], colour: boolean): string =>
  usage
    .map((line, i) => `${i === 0 ? paint('bold', 'usage:', colour) : '      '} ${line}`)
    .join('\n');

/** The groups of the help, in their order. */
export const helpGroups = ['write', 'run', 'look', 'measure'] as const;
export type HelpGroup = (typeof helpGroups)[number];

/** A command of the table: its line in the help, and the function that loads its file. */
export interface CommandEntry {
  /** Its group in the help; absent for subcommands and for commands that only programs run. */
  readonly group?: HelpGroup;
  readonly summary: string;
  /** Imports the file that exports the command. */
  load(): Promise<{ readonly default: Command }>;
}

/** Commands by name. */
export type Commands = ReadonlyMap<string, CommandEntry>;

/** Lists the full names of a command's subcommands: `bench report` is one of `bench`. */
export const listSubcommands = (name: string, commands: Commands): string[] =>
  [...commands.keys()].filter((other) => other.startsWith(`${name} `));
