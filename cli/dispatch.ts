/**
 * Finds and runs the command of a command line, and turns errors into messages and exit statuses.
 *
 * `glossa -f VOLFILE MNT`, with the flags of glusterfs, is `glossa mount`. A command's file and its
 * imports are loaded when it runs, so that each command starts fast.
 */
import { tmpdir } from 'node:os';
import { formatSuggestion } from '../runtime/core/nearest.ts';
import { tooManyOpenFilesMessage } from '../runtime/sys/open-files.ts';
import { starterChannel } from '../server/starter-channel.ts';
import { type Command, formatUsage } from '../terminal/command.ts';
import {
  EXIT_FAILURE,
  EXIT_OK,
  EXIT_USAGE,
  Failure,
  formatReason,
  UsageError,
} from '../terminal/exit.ts';
import { commonFlags, readFlags } from '../terminal/flags.ts';
import { printWarning, type Terminal, withVerbosity } from '../terminal/terminal.ts';
import { commands } from './commands.ts';
import { oldNames, removedCommands } from './old-names.ts';

/** The command that a command line names. */
interface CommandMatch {
  readonly name: string;
  readonly args: readonly string[];
  /** The name that the user typed, if that is the command's old name. */
  readonly oldName?: string;
}

/** Finds the command of a command line, and its arguments. @throws {UsageError} */
export function findCommand(argv: readonly string[]): CommandMatch {
  const [first, ...args] = argv;
  if (first === undefined) return { name: 'help', args };
  const twoWords = `${first} ${args[0]}`;
  if (commands.has(twoWords)) return { name: twoWords, args: args.slice(1) };
  if (commands.has(first)) return { name: first, args };
  const newName = oldNames.get(first);
  if (newName !== undefined) return { name: newName, args, oldName: first };
  const advice = removedCommands.get(first);
  if (advice !== undefined) throw new UsageError(`'glossa ${first}' is gone: ${advice}`);
  if (first === '-V' || first === '--version') return { name: 'version', args };
  if (first === '-?' || first === '-h' || first === '--help') return { name: 'help', args };
  if (first.startsWith('-')) return { name: 'mount', args: argv };
  // mount.fuse(8) calls glossa with these arguments, for the type fuse.glossa or glossa#VOLFILE.
  if (first.includes('/') && args.includes('-o')) return { name: 'mount.glossa', args: argv };
  const hint = first.endsWith('.vol') ? " (did you mean 'mount'?)" : undefined;
  throw new UsageError(
    `unknown command '${first}'${hint ?? formatSuggestion(first, commands.keys())}`,
  );
}

/** Runs a command line; resolves to the exit status. Never rejects. */
export async function dispatch(argv: readonly string[], terminal: Terminal): Promise<number> {
  let running: RunningCommand | null = null;
  let wantsJson = false;
  try {
    // Called by the completion scripts of shells.
    if (argv[0] === 'complete' && argv[1] === '--') {
      const { findCandidates } = await import('./completion/candidates.ts');
      terminal.out((await findCandidates(argv.slice(2), commands)).join('\n'));
      return EXIT_OK;
    }
    const { name, args, oldName } = findCommand(argv);
    const command = await loadCommand(name);
    running = { name, command };
    const parsed = readFlags({ ...commonFlags, ...command.flags }, args, command);
    const flags: Readonly<Record<string, unknown>> = parsed.flags;
    wantsJson = flags.json === true;
    // A daemon is started with the same arguments, and must not warn a second time.
    if (oldName !== undefined && starterChannel === null) {
      printWarning(`'glossa ${oldName}' will be removed: use 'glossa ${name}'`, terminal);
    }
    if (!parsed.flags.help) return await command.run(parsed, applyVerbosity(flags, terminal));
    const help = await loadCommand('help');
    return await help.run({ flags: {}, operands: [name], rest: null }, terminal);
  } catch (error) {
    if (error instanceof UsageError) return reportUsage(error, running, terminal);
    if (wantsJson) terminal.out(JSON.stringify({ error: formatError(error) }, null, 2));
    return reportFailure(error, argv.includes('--debug'), terminal);
  }
}

/** Returns the terminal with the verbosity of the flags. @throws {UsageError} */
function applyVerbosity(flags: Readonly<Record<string, unknown>>, terminal: Terminal): Terminal {
  if (flags.quiet === true && flags.verbose === true) {
    throw new UsageError('--quiet and --verbose contradict each other');
  }
  if (flags.quiet === true) return withVerbosity(terminal, 'quiet');
  return flags.verbose === true ? withVerbosity(terminal, 'verbose') : terminal;
}

/** Formats an error for JSON output. */
function formatError(error: unknown): string {
  if (error instanceof Failure && error.problems !== null) return error.problems.join('\n');
  return error instanceof Error ? error.message : String(error);
}

/** The command that runs, whose usage a UsageError prints. */
interface RunningCommand {
  readonly name: string;
  readonly command: Command;
}

/** Loads a command by the name that `findCommand` returned. */
async function loadCommand(name: string): Promise<Command> {
  return (await commands.get(name)!.load()).default;
}

/** Prints a wrong use, with the usage of the command; returns the exit status. */
function reportUsage(
  { message }: UsageError,
  running: RunningCommand | null,
  terminal: Terminal,
): number {
  if (running === null) {
    terminal.err(`glossa: ${message}\n'glossa help' lists the commands`);
  } else {
    const { name, command } = running;
    terminal.err(`glossa ${name}: ${message}`);
    terminal.err(formatUsage(command.usage, terminal.colour.err));
    if (name !== 'help') terminal.err(`'glossa help ${name}' explains the options`);
  }
  return EXIT_USAGE;
}

/** Prints any other error; returns the exit status. @param showsStack for --debug */
function reportFailure(error: unknown, showsStack: boolean, terminal: Terminal): number {
  if (error instanceof Failure) {
    terminal.err(error.problems === null ? `glossa: ${error.message}` : error.message);
    return EXIT_FAILURE;
  }
  if (isOutOfDescriptors(error) && !showsStack) {
    terminal.err(`glossa: ${tooManyOpenFilesMessage}`);
    return EXIT_FAILURE;
  }
  const environmentError = showsStack ? null : describeEnvironmentError(error);
  if (environmentError !== null) {
    terminal.err(`glossa: ${environmentError}`);
    return EXIT_FAILURE;
  }
  if (isFileError(error) && !showsStack) {
    const { path = `a file could not be written; temporary ones are in ${tmpdir()}` } = error;
    terminal.err(`glossa: ${formatReason(error)}: ${path}`);
    return EXIT_FAILURE;
  }
  const { message, stack = message } = error instanceof Error ? error : new Error(String(error));
  const details = showsStack ? stack : `${message} (with --debug, where it came from)`;
  terminal.err(`glossa: unexpected error: ${details}`);
  return EXIT_FAILURE;
}

/** Whether the process has run out of file descriptors. */
const isOutOfDescriptors = (error: unknown): boolean =>
  error instanceof Error && (error as NodeJS.ErrnoException).code === 'EMFILE';

/** Describes an error of the working directory, or of starting a program; null for any other. */
function describeEnvironmentError(error: unknown): string | null {
  const { syscall = '', path = 'a program' } = error as NodeJS.ErrnoException;
  if (syscall === 'uv_cwd') {
    return `the working directory cannot be read: ${formatReason(error)}; change to another (cd /)`;
  }
  if (!syscall.startsWith('spawn')) return null;
  const hint = path === process.execPath ? ', which runs glossa: it was moved or replaced' : '';
  return `cannot start ${path}${hint}: ${formatReason(error)}`;
}

/** Codes of errors that are due to the user's files or disk, not to glossa. */
const FILE_ERRORS = ['ENOSPC', 'EDQUOT', 'EROFS', 'EACCES', 'ELOOP', 'ENAMETOOLONG'];

/** Whether an error has one of these codes. */
const isFileError = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && FILE_ERRORS.includes((error as NodeJS.ErrnoException).code ?? '');
