/**
 * `glossa run`: a command in a mount of its own, which is gone when the command is.
 *
 * The server is another process: starting a program in the mount asks the mount, and a process that
 * waits for its child to start cannot answer.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, realpathSync, rmdirSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineCommand } from './command.ts';
import {
  EXIT_FAILURE,
  EXIT_NOT_EXECUTABLE,
  EXIT_NOT_FOUND,
  EXIT_SIGNAL,
  UsageError,
} from './exit.ts';
import { type FlagValues, takeOperands } from './flags.ts';
import { Server } from './handover.ts';
import { serverFlags } from './mount.ts';
import { reason } from './reason.ts';
import type { Terminal } from './terminal.ts';

type RunFlags = FlagValues<typeof serverFlags>;

export default defineCommand({
  usage: ['glossa run VOLFILE [options] -- COMMAND [ARGUMENTS]'],
  description:
    'Mounts what VOLFILE describes on a temporary folder, runs COMMAND in it, unmounts, and ends ' +
    'as COMMAND did. Without --log-file, warnings and errors go to standard error.',
  flags: serverFlags,
  hasRest: true,
  async run({ flags, operands, rest }, terminal) {
    if (rest === null) throw new UsageError("COMMAND is missing: it stands behind '--'");
    const [volfile] = takeOperands(operands, ['VOLFILE']);
    if (rest.length === 0) throw new UsageError("COMMAND is missing behind '--'");
    const folder = realpathSync(mkdtempSync(join(tmpdir(), 'glossa-run-')));
    try {
      return await runIn(folder, serverArguments(volfile, folder, flags), rest, terminal);
    } finally {
      removeFolder(folder, terminal);
    }
  },
});

/** The same flags for the server, which logs less when its log is the terminal. */
function serverArguments(volfile: string, folder: string, flags: RunFlags): string[] {
  const given: RunFlags = {
    ...flags,
    'log-file': flags['log-file'] ?? '-',
    'log-level': flags['log-level'] ?? (flags['log-file'] === undefined ? 'WARNING' : 'INFO'),
  };
  const flagArguments = Object.entries(given).flatMap(([name, value]) => {
    if (value === true) return [`--${name}`];
    const values: readonly unknown[] = Array.isArray(value) ? value : [value];
    return values
      .filter((one) => one !== undefined && one !== false)
      .map((one) => `--${name}=${one}`);
  });
  return ['mount', ...flagArguments, '--', volfile, folder];
}

async function runIn(
  folder: string,
  serverArgs: readonly string[],
  command: readonly string[],
  terminal: Terminal,
): Promise<number> {
  const server = new Server(serverArgs, { attached: true, stderr: 'inherit', terminal });
  const signals = new Forwarding();
  try {
    const ready = await server.ready;
    if (signals.first !== null) return EXIT_SIGNAL + constants.signals[signals.first];
    if (!ready) return (await server.ended).status || EXIT_FAILURE;
    const status = await runCommand(folder, command, signals, terminal);
    server.release();
    const end = await server.ended;
    if (end.status === 0) return status;
    const how = end.signal === null ? `ended with status ${end.status}` : `died of ${end.signal}`;
    terminal.err(`glossa run: the server ${how}`);
    return status || EXIT_FAILURE;
  } finally {
    server.release();
    await server.ended;
    signals.close();
  }
}

/** Its exit status, as a shell has it. */
function runCommand(
  folder: string,
  [command, ...args]: readonly string[],
  signals: Forwarding,
  terminal: Terminal,
): Promise<number> {
  const child = spawn(command!, args, {
    cwd: folder,
    stdio: 'inherit',
    env: { ...process.env, PWD: folder },
  });
  signals.forwardTo(child);
  return new Promise((resolve) => {
    child.once('error', (error: NodeJS.ErrnoException) => {
      terminal.err(`glossa run: cannot run '${command}': ${reason(error)}`);
      resolve(error.code === 'ENOENT' ? EXIT_NOT_FOUND : EXIT_NOT_EXECUTABLE);
    });
    child.once('exit', (status, signal) => {
      resolve(signal === null ? status! : EXIT_SIGNAL + constants.signals[signal]);
    });
  });
}

/** What a terminal sends to all that run in its foreground. */
const FROM_TERMINAL: readonly NodeJS.Signals[] = ['SIGINT', 'SIGQUIT'];
const FORWARDED: readonly NodeJS.Signals[] = [...FROM_TERMINAL, 'SIGTERM', 'SIGHUP'];

/** Signals that this process gets are the command's to deal with. */
class Forwarding {
  /** The first signal that came. */
  first: NodeJS.Signals | null = null;
  private child: ChildProcess | null = null;
  private readonly withTerminal = process.stdin.isTTY || process.stdout.isTTY;

  constructor() {
    for (const signal of FORWARDED) process.on(signal, this.onSignal);
  }

  forwardTo(child: ChildProcess): void {
    this.child = child;
  }

  close(): void {
    for (const signal of FORWARDED) process.off(signal, this.onSignal);
  }

  private readonly onSignal = (signal: NodeJS.Signals): void => {
    this.first ??= signal;
    // At a terminal the command has got its own already.
    if (this.withTerminal && FROM_TERMINAL.includes(signal)) return;
    this.child?.kill(signal);
  };
}

function removeFolder(folder: string, terminal: Terminal): void {
  try {
    rmdirSync(folder);
  } catch (error) {
    terminal.err(`glossa run: ${folder} is left: ${reason(error)}`);
  }
}
