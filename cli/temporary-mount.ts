/**
 * Runs a command in a temporary mount, for `glossa run` and `glossa trace`.
 *
 * The server must be another process. While this process starts a program in the mount, it is
 * blocked, so it could not reply to the requests that the kernel sends for the start.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmdirSync, statSync } from 'node:fs';
import { constants } from 'node:os';
import type { MountPlace } from '../runtime/mount/fuse/mounter.ts';
import { ChildServer } from '../server/child-server.ts';
import { isServerRunning } from '../server/control/control-client.ts';
import type { RecordRequest } from '../server/graph-recording.ts';
import { CONSOLE } from '../server/log-sink.ts';
import { makeScratch } from '../server/scratch-folders.ts';
import { findEntryProblem, refuseStuck } from '../server/stuck-mounts.ts';
import { refuseNonVolfile } from '../server/volfile-operand.ts';
import type { MountingCommand } from '../server/without-mount.ts';
import {
  EXIT_FAILURE,
  EXIT_NOT_EXECUTABLE,
  EXIT_NOT_FOUND,
  EXIT_SIGNAL,
  Failure,
  formatReason,
  UsageError,
} from '../terminal/exit.ts';
import { type FlagValues, stepFlags, takeOperands } from '../terminal/flags.ts';
import { printStep, type Terminal, type Verbosity } from '../terminal/terminal.ts';
import type { serverFlags } from './mount.ts';
import { chooseLogLevel } from './server-command.ts';

type ServerFlags = FlagValues<typeof serverFlags>;

/** A command to run in a temporary mount. */
export interface MountTask {
  /** The name of the glossa command in messages, as `run`. */
  readonly commandName: MountingCommand;
  readonly volfile: string;
  readonly flags: ServerFlags;
  readonly command: readonly string[];
  /** The recording that the server is to make, if any. */
  readonly recordRequest?: RecordRequest;
}

/**
 * Reads the operands `VOLFILE -- COMMAND`.
 * @param rest the words after `--`; null without `--`
 * @throws {UsageError}
 */
export function takeVolfileAndCommand(
  operands: readonly string[],
  rest: readonly string[] | null,
): Pick<MountTask, 'volfile' | 'command'> {
  if (rest === null) throw new UsageError("COMMAND is missing: it stands behind '--'");
  const [volfile] = takeOperands(operands, ['VOLFILE']);
  if (rest.length === 0) throw new UsageError("COMMAND is missing behind '--'");
  return { volfile, command: rest };
}

/**
 * Reads the operand of a command line without COMMAND: an existing mount or brick.
 * @throws {UsageError} for a volfile, whose COMMAND is missing, and for flags of a new mount
 */
export async function takeMount(operands: readonly string[], flags: ServerFlags): Promise<string> {
  const [operand] = takeOperands(operands, ['MNT|BRICK']);
  await refuseStuck(operand);
  // A volfile without COMMAND: this call throws the error that says so.
  if (isFile(operand) && !(await isServerRunning(operand))) takeVolfileAndCommand(operands, null);
  for (const [name, value] of Object.entries(flags)) {
    const isGiven = Array.isArray(value)
      ? value.length > 0
      : value !== undefined && value !== false;
    if (isGiven && !Object.hasOwn(stepFlags, name)) {
      throw new UsageError(`--${name} is for a mount of its own, with '-- COMMAND'`);
    }
  }
  return operand;
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    // The search for a mount reports the error.
    return false;
  }
}

/** Runs a command in a temporary mount; resolves to its exit status, or to the server's failure. */
export async function runInMount(task: MountTask, terminal: Terminal): Promise<number> {
  await refuseNonVolfile(task.volfile);
  const folder = makeScratch(task.commandName);
  try {
    return await serveAndRun(folder, task, terminal);
  } finally {
    removeFolder(folder, task, terminal);
  }
}

/** Makes the server's arguments from the flags; without --log-file it logs warnings only. */
export function makeServerArguments(
  { volfile, flags }: Pick<MountTask, 'volfile' | 'flags'>,
  folder: string,
  verbosity: Verbosity | undefined,
): string[] {
  const defaultLevel = flags['log-file'] === undefined ? 'WARNING' : 'INFO';
  const log = flags['log-file'] ?? CONSOLE;
  const level = flags['log-level'] ?? chooseLogLevel(log, verbosity, defaultLevel);
  const serverFlagValues: ServerFlags = { ...flags, 'log-file': log, 'log-level': level };
  const flagArguments = Object.entries(serverFlagValues).flatMap(([name, value]) => {
    if (value === true) return [`--${name}`];
    const values: readonly unknown[] = Array.isArray(value) ? value : [value];
    return values
      .filter((value) => value !== undefined && value !== false)
      .map((value) => `--${name}=${value}`);
  });
  return ['mount', ...flagArguments, '--', volfile, folder];
}

/** Returns where the server's mount is, by its flags. */
export const makePlace = (flags: ServerFlags, mountpoint: string): MountPlace => ({
  mountpoint,
  readOnly: flags['read-only'],
  suid: flags.suid,
  dev: flags.dev,
  noexec: flags.noexec,
});

/** Starts the server, runs the command in the mount, and ends the server; resolves to the exit status. */
async function serveAndRun(folder: string, task: MountTask, terminal: Terminal): Promise<number> {
  const { commandName, command, recordRequest } = task;
  const server = new ChildServer(makeServerArguments(task, folder, terminal.verbosity), {
    isAttached: true,
    stderr: 'inherit',
    volfile: task.volfile,
    place: makePlace(task.flags, folder),
    command: commandName,
    terminal,
    ...(recordRequest === undefined ? {} : { record: recordRequest }),
  });
  const signals = new SignalForwarder();
  try {
    const isServing = await server.whenReady;
    if (signals.firstSignal !== null) return EXIT_SIGNAL + constants.signals[signals.firstSignal];
    if (!isServing) return (await server.whenExited).status || EXIT_FAILURE;
    const problem = await findEntryProblem(folder, task.flags['log-file']);
    if (problem !== null) throw new Failure(problem);
    printStep(`run ${command.join(' ')} in ${folder}`, terminal);
    const status = await runCommand(folder, task, signals, terminal);
    printStep(`'${command[0]}' ended with status ${status}`, terminal);
    server.endServer();
    const serverExit = await server.whenExited;
    printStep('the server has ended', terminal);
    if (serverExit.status === 0) return status;
    const endText =
      serverExit.signal === null
        ? `ended with status ${serverExit.status}`
        : `died of ${serverExit.signal}`;
    terminal.err(`glossa ${commandName}: the server ${endText}`);
    return status || EXIT_FAILURE;
  } finally {
    server.endServer();
    await server.whenExited;
    signals.close();
  }
}

/** Runs the command; resolves to its exit status, as in a shell. */
async function runCommand(
  folder: string,
  { commandName, command: [command, ...args] }: MountTask,
  signals: SignalForwarder,
  terminal: Terminal,
): Promise<number> {
  try {
    const child = spawn(command!, args, {
      cwd: folder,
      stdio: 'inherit',
      env: { ...process.env, PWD: folder },
    });
    signals.forwardTo(child);
    const [status, signal] = (await once(child, 'exit')) as [number, NodeJS.Signals | null];
    return signal === null ? status : EXIT_SIGNAL + constants.signals[signal];
  } catch (error) {
    // The error of `spawn` is the same (ENOENT) for a missing command and for a missing folder.
    const problem = await findEntryProblem(folder);
    terminal.err(
      `glossa ${commandName}: ${problem ?? `cannot run '${command}': ${formatReason(error)}`}`,
    );
    const isMissing = problem === null && (error as NodeJS.ErrnoException).code === 'ENOENT';
    return isMissing ? EXIT_NOT_FOUND : EXIT_NOT_EXECUTABLE;
  }
}

/** Signals that a terminal sends to its whole foreground process group. */
const TERMINAL_SIGNALS: readonly NodeJS.Signals[] = ['SIGINT', 'SIGQUIT'];
const FORWARDED_SIGNALS: readonly NodeJS.Signals[] = [...TERMINAL_SIGNALS, 'SIGTERM', 'SIGHUP'];

/** Forwards the signals that this process receives to the command. */
class SignalForwarder {
  /** The first signal received. */
  firstSignal: NodeJS.Signals | null = null;
  private child: ChildProcess | null = null;
  private readonly hasTerminal = process.stdin.isTTY || process.stdout.isTTY;

  constructor() {
    for (const signal of FORWARDED_SIGNALS) process.on(signal, this.onSignal);
  }

  /** Sets the process to which signals are forwarded from now on. */
  forwardTo(child: ChildProcess): void {
    this.child = child;
  }

  close(): void {
    for (const signal of FORWARDED_SIGNALS) process.off(signal, this.onSignal);
  }

  private readonly onSignal = (signal: NodeJS.Signals): void => {
    this.firstSignal ??= signal;
    // The terminal has sent it to the command as well.
    if (this.hasTerminal && TERMINAL_SIGNALS.includes(signal)) return;
    this.child?.kill(signal);
  };
}

/** Removes an empty temporary folder; prints a message if that fails. */
export function removeFolder(
  folder: string,
  { commandName }: Pick<MountTask, 'commandName'>,
  terminal: Terminal,
): void {
  try {
    rmdirSync(folder);
  } catch (error) {
    terminal.err(`glossa ${commandName}: ${folder} is left: ${formatReason(error)}`);
  }
}
