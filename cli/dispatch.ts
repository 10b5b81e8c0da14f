/**
 * Finds and runs the command of a command line, and turns errors into messages and exit statuses.
 *
 * `glossa -f VOLFILE MNT`, with the flags of glusterfs, is `glossa mount`. A command's file and its
 * imports are loaded when it runs, so that each command starts fast.
 */
import { tmpdir } from 'node:os';
import { didYouMean } from '../runtime/core/nearest.ts';
import { tooManyOpenFiles } from '../runtime/sys/open-files.ts';
import { parent } from '../server/child-server.ts';
import { type Command, usageLines } from '../terminal/command.ts';
import { EXIT_FAILURE, EXIT_OK, EXIT_USAGE, Failure, UsageError } from '../terminal/exit.ts';
import { commonFlags, readFlags } from '../terminal/flags.ts';
import { reason } from '../terminal/reason.ts';
import { type Terminal, warn, withVerbosity } from '../terminal/terminal.ts';
import { commands } from './commands.ts';
import { oldNames, removedCommands } from './old-names.ts';

interface FoundCommand {
  readonly name: string;
  readonly args: readonly string[];
  /** The typed name, if it is the command's old name. */
  readonly oldName?: string;
}

/** Finds the command, and the arguments left for it. @throws {UsageError} */
export function findCommand(argv: readonly string[]): FoundCommand {
  const [first, ...args] = argv;
  if (first === undefined) return { name: 'help', args };
  const both = `${first} ${args[0]}`;
  if (commands.has(both)) return { name: both, args: args.slice(1) };
  if (commands.has(first)) return { name: first, args };
  const renamed = oldNames.get(first);
  if (renamed !== undefined) return { name: renamed, args, oldName: first };
  const instead = removedCommands.get(first);
  if (instead !== undefined) throw new UsageError(`'glossa ${first}' is gone: ${instead}`);
  if (first === '-V' || first === '--version') return { name: 'version', args };
  if (first === '-?' || first === '-h' || first === '--help') return { name: 'help', args };
  if (first.startsWith('-')) return { name: 'mount', args: argv };
  // mount.fuse(8) calls the program of a type fuse.NAME, or a source NAME#SOURCE, in this way.
  if (first.includes('/') && args.includes('-o')) return { name: 'mount.glossa', args: argv };
  const hint = first.endsWith('.vol') ? " (did you mean 'mount'?)" : undefined;
  throw new UsageError(`unknown command '${first}'${hint ?? didYouMean(first, commands.keys())}`);
}

/** Runs a command line; resolves to the exit status. Never rejects. */
export async function dispatch(argv: readonly string[], terminal: Terminal): Promise<number> {
  let found: RunningCommand | null = null;
  let json = false;
  try {
    // For the completion scripts of shells.
    if (argv[0] === 'complete' && argv[1] === '--') {
      const { candidates } = await import('./completion/candidates.ts');
      terminal.out((await candidates(argv.slice(2), commands)).join('\n'));
      return EXIT_OK;
    }
    const { name, args, oldName } = findCommand(argv);
    const command = await load(name);
    found = { name, command };
    const given = readFlags({ ...commonFlags, ...command.flags }, args, command);
    const flags: Readonly<Record<string, unknown>> = given.flags;
    json = flags.json === true;
    // A server in the background has the same arguments, and does not warn again.
    if (oldName !== undefined && parent === null) {
      warn(`'glossa ${oldName}' will be removed: use 'glossa ${name}'`, terminal);
    }
    if (!given.flags.help) return await command.run(given, withFlags(flags, terminal));
    const help = await load('help');
    return await help.run({ flags: {}, operands: [name], rest: null }, terminal);
  } catch (error) {
    if (error instanceof UsageError) return reportUsage(error, found, terminal);
    if (json) terminal.out(JSON.stringify({ error: inShort(error) }, null, 2));
    return reportFailure(error, argv.includes('--debug'), terminal);
  }
}

/** The terminal with the verbosity of the flags. */
function withFlags(flags: Readonly<Record<string, unknown>>, terminal: Terminal): Terminal {
  if (flags.quiet === true && flags.verbose === true) {
    throw new UsageError('--quiet and --verbose contradict each other');
  }
  if (flags.quiet === true) return withVerbosity(terminal, 'quiet');
  return flags.verbose === true ? withVerbosity(terminal, 'verbose') : terminal;
}

/** The error message in JSON output. */
function inShort(error: unknown): string {
  if (error instanceof Failure && error.problems !== null) return error.problems.join('\n');
  return error instanceof Error ? error.message : String(error);
}

interface RunningCommand {
  readonly name: string;
  readonly command: Command;
}

async function load(name: string): Promise<Command> {
  return (await commands.get(name)!.load()).default;
}

function reportUsage(
  { message }: UsageError,
  found: RunningCommand | null,
  terminal: Terminal,
): number {
  if (found === null) {
    terminal.err(`glossa: ${message}\n'glossa help' lists the commands`);
  } else {
    const { name, command } = found;
    terminal.err(`glossa ${name}: ${message}`);
    terminal.err(usageLines(command.usage, terminal.colour.err));
    if (name !== 'help') terminal.err(`'glossa help ${name}' explains the options`);
  }
  return EXIT_USAGE;
}

function reportFailure(error: unknown, debug: boolean, terminal: Terminal): number {
  if (error instanceof Failure) {
    terminal.err(error.problems === null ? `glossa: ${error.message}` : error.message);
    return EXIT_FAILURE;
  }
  if (isOutOfFiles(error) && !debug) {
    terminal.err(`glossa: ${tooManyOpenFiles}`);
    return EXIT_FAILURE;
  }
  const surroundings = debug ? null : ofSurroundings(error);
  if (surroundings !== null) {
    terminal.err(`glossa: ${surroundings}`);
    return EXIT_FAILURE;
  }
  if (isOfFiles(error) && !debug) {
    const { path = `a file could not be written; temporary ones are in ${tmpdir()}` } = error;
    terminal.err(`glossa: ${reason(error)}: ${path}`);
    return EXIT_FAILURE;
  }
  const { message, stack = message } = error instanceof Error ? error : new Error(String(error));
  const tells = debug ? stack : `${message} (with --debug, where it came from)`;
  terminal.err(`glossa: unexpected error: ${tells}`);
  return EXIT_FAILURE;
}

/** Whether the process has run out of file descriptors. */
const isOutOfFiles = (error: unknown): boolean =>
  error instanceof Error && (error as NodeJS.ErrnoException).code === 'EMFILE';

/** Describes an error of the working directory, or of a program that could not be started. */
function ofSurroundings(error: unknown): string | null {
  const { syscall = '', path = 'a program' } = error as NodeJS.ErrnoException;
  if (syscall === 'uv_cwd') {
    return `the working directory cannot be read: ${reason(error)}; change to another (cd /)`;
  }
  if (!syscall.startsWith('spawn')) return null;
  const moved = path === process.execPath ? ', which runs glossa: it was moved or replaced' : '';
  return `cannot start ${path}${moved}: ${reason(error)}`;
}

/** Errors of the user's files or disk, not of the program. */
const OF_FILES = ['ENOSPC', 'EDQUOT', 'EROFS', 'EACCES', 'ELOOP', 'ENAMETOOLONG'];

const isOfFiles = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && OF_FILES.includes((error as NodeJS.ErrnoException).code ?? '');
