/**
 * Starts the server that `glossa debug` debugs, and runs commands in its mount.
 *
 * This process never enters the mount: it would wait for a request that it holds itself. So each
 * command runs in a shell that changes to the folder.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';
import { DebugClient } from '../../runtime/debug/debug-client.ts';
import type { DebugEvent } from '../../runtime/debug/protocol.ts';
import type { MountPlace } from '../../runtime/mount/fuse/mounter.ts';
import { ChildServer } from '../../server/child-server.ts';
import { EXIT_SIGNAL } from '../../terminal/exit.ts';
import type { Terminal } from '../../terminal/terminal.ts';

const INHERIT_OUTPUT = ['inherit', 'inherit'] as const;
const PIPE_OUTPUT = ['pipe', 'pipe'] as const;

/** The time for which a command may go on after SIGTERM. */
const GRACE_MS = 2000;

/** An event of the debugged server, of its mount, or of the command that runs there. */
export type DebuggeeEvent =
  | DebugEvent
  | { readonly event: 'mounted' }
  /** The mount has ended, or has failed to start. */
  | { readonly event: 'gone'; readonly hasFailed: boolean }
  /** A command has ended. */
  | { readonly event: 'exited'; readonly name: string; readonly status: number };

/** A command for the mount: its words, or a line for the shell. */
export type CommandLine = readonly string[] | string;

/** Formats a command for messages. */
export const formatCommand = (command: CommandLine): string =>
  typeof command === 'string' ? command : command.join(' ');

/** The debugged server, and the command that runs in its mount. */
export class Debuggee {
  readonly client: DebugClient;
  readonly mountpoint: string;
  private readonly server: ChildServer;
  private readonly onEvent: (event: DebuggeeEvent) => void;
  private command: ChildProcess | null = null;

  /** @param args the server's arguments */
  constructor(
    args: readonly string[],
    place: MountPlace,
    terminal: Terminal,
    onEvent: (event: DebuggeeEvent) => void,
  ) {
    this.mountpoint = place.mountpoint;
    this.onEvent = onEvent;
    this.server = new ChildServer(args, {
      isAttached: true,
      stderr: 'inherit',
      command: 'debug',
      place,
      terminal,
      onDebug: (message) => this.client.receive(message),
    });
    this.client = new DebugClient((message) => this.server.sendDebugRequest(message), onEvent);
    void this.server.whenReady.then((ready) => ready && onEvent({ event: 'mounted' }));
    void this.server.whenExited.then(({ status }) => {
      this.client.close();
      onEvent({ event: 'gone', hasFailed: status !== 0 });
    });
  }

  /** Whether a command is running in the mount. */
  get isRunning(): boolean {
    return this.command !== null;
  }

  /**
   * Runs a command in the mount, without input.
   * @param writeOutput receives its output, which otherwise goes to this process's output
   */
  run(
    commandLine: CommandLine,
    writeOutput?: (stream: 'stdout' | 'stderr', text: string) => void,
  ): void {
    const words = typeof commandLine === 'string' ? [] : commandLine;
    const shellCommand = typeof commandLine === 'string' ? `eval "$1"` : 'exec "$@"';
    // `$0` is the mount point; the further arguments are the line or the words of the command.
    const script = `cd "$0" && ${shellCommand}`;
    const shellArguments = typeof commandLine === 'string' ? [commandLine] : words;
    // `detached` makes a process group: Ctrl-C interrupts the debugger, not the command.
    const child = spawn('/bin/sh', ['-c', script, this.mountpoint, ...shellArguments], {
      cwd: '/',
      stdio: ['ignore', ...(writeOutput === undefined ? INHERIT_OUTPUT : PIPE_OUTPUT)],
      detached: true,
    });
    this.command = child;
    for (const stream of ['stdout', 'stderr'] as const) {
      child[stream]?.setEncoding('utf8').on('data', (text: string) => writeOutput!(stream, text));
    }
    const reportExit = (status: number): void => {
      this.command = null;
      this.onEvent({ event: 'exited', name: formatCommand(commandLine), status });
    };
    child.once('error', () => reportExit(1));
    child.once('close', (status, signal) => {
      reportExit(signal === null ? status! : EXIT_SIGNAL + constants.signals[signal]);
    });
  }

  /** Ends the command, then the server and its mount. */
  async end(): Promise<void> {
    const { command } = this;
    if (this.command !== null) {
      // A command that waits for a held request would not end at SIGTERM.
      await this.client.sendCommand('detach', {}).catch(() => null);
      await endGroup(command!);
    }
    this.server.endServer();
    await this.server.whenExited;
  }
}

/** Ends a command and its children: by SIGTERM, and by SIGKILL after GRACE_MS. */
async function endGroup(child: ChildProcess): Promise<void> {
  const whenExited = new Promise((resolve) => child.once('exit', resolve));
  const kill = (signal: NodeJS.Signals): void => {
    try {
      process.kill(-child.pid!, signal);
    } catch {
      // The process group has ended already.
    }
  };
  kill('SIGTERM');
  const timer = setTimeout(() => kill('SIGKILL'), GRACE_MS);
  await whenExited;
  clearTimeout(timer);
}
