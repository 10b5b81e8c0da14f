/**
 * `glossa debug`: a debugger with gdb's commands that stops, shows and changes requests in a graph.
 */
import { resolve } from 'node:path';
import { fopNames } from '../runtime/core/gen/fops.gen.ts';
import { DebugError } from '../runtime/debug/debug-error.ts';
import { makeScratch } from '../server/scratch-folders.ts';
import { refuseStuck } from '../server/stuck-mounts.ts';
import { refuseNonVolfile } from '../server/volfile-operand.ts';
import { defineCommand } from '../terminal/command.ts';
import { EXIT_FAILURE, EXIT_OK } from '../terminal/exit.ts';
import { type FlagValues, takeOperands, toggleFlag } from '../terminal/flags.ts';
import { Interruption } from '../terminal/interruption.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { makeCompleter } from './debug/command-table.ts';
import { DebugSession } from './debug/debug-session.ts';
import { type CommandLine, Debuggee } from './debug/debuggee.ts';
import { serverFlags } from './mount.ts';
import { ConsolePrompt, PipedPrompt } from './repl/prompt.ts';
import { CANCELLED } from './repl/repl-loop.ts';
import { makePlace, makeServerArguments, removeFolder } from './temporary-mount.ts';

const PROMPT = '(glossa) ';
/** The commands that an empty line repeats, as in gdb. */
const REPEATABLE_COMMAND = /^\s*(c|cont\w*|s|step|n|next|up|down|fin\w*)\s*$/;

const dapFlags = {
  dap: toggleFlag({
    help: 'for an editor: the Debug Adapter Protocol on standard input and output',
  }),
};

export default defineCommand({
  usage: [
    'glossa debug VOLFILE [MNT] [options] [-- COMMAND [ARGUMENTS]]',
    'glossa debug --dap [options]',
  ],
  description:
    'Starts what VOLFILE describes, and gives a prompt with the commands of gdb: break says where ' +
    'requests are to stop, run mounts on MNT, or a temporary folder, and runs COMMAND there. A ' +
    "request that stops is held, and others go on. 'help' lists the commands; they may also come " +
    'from a pipe, where the first mistake ends it. At the end everything goes on, and the mount is ' +
    'gone.',
  flags: { ...serverFlags, ...dapFlags },
  placeholderKinds: { MNT: 'folder' },
  passesRest: true,
  async run({ flags, operands, rest }, terminal) {
    if (flags.dap) {
      takeOperands(operands, []);
      const { serveDap } = await import('./debug/dap/index.ts');
      const { dap: _, ...mountFlags } = flags;
      return serveDap(mountFlags, terminal);
    }
    const [volfile, mnt] = takeOperands(operands, ['VOLFILE', '[MNT]']);
    await refuseNonVolfile(volfile);
    if (mnt !== undefined) await refuseStuck(mnt);
    const command = rest === null || rest.length === 0 ? null : rest;
    const folder = mnt === undefined ? makeScratch('debug') : null;
    try {
      const mountpoint = folder ?? resolve(mnt!);
      return await runDebugger({ volfile, flags, mountpoint, command }, terminal);
    } finally {
      if (folder !== null) removeFolder(folder, { commandName: 'debug' }, terminal);
    }
  },
});

/** The graph to debug, the flags and the mount point of its server, and the command to run there; null for none. */
interface DebugTask {
  readonly volfile: string;
  readonly flags: FlagValues<typeof serverFlags>;
  readonly mountpoint: string;
  readonly command: CommandLine | null;
}

/** Starts server and session, and carries out commands to the end; resolves to the exit status. */
async function runDebugger(task: DebugTask, terminal: Terminal): Promise<number> {
  const { mountpoint, command } = task;
  const isInteractive = process.stdin.isTTY === true && terminal.isInteractive;
  let volumes: readonly string[] = [];
  const prompt = isInteractive
    ? new ConsolePrompt({
        prompts: [PROMPT, PROMPT],
        historyName: 'debug',
        complete: makeCompleter(() => volumes, fopNames),
      })
    : new PipedPrompt(terminal);
  let markStarted = (): void => {};
  /** Resolves when the server has started the graph, or has ended without that. */
  const whenStarted = new Promise<void>((resolve) => {
    markStarted = resolve;
  });
  const debuggee = new Debuggee(
    makeServerArguments(task, mountpoint, terminal.verbosity),
    makePlace(task.flags, mountpoint),
    terminal,
    (event) => {
      session.onEvent(event);
      if (event.event === 'started' || event.event === 'gone') markStarted();
    },
  );
  const signals = new Interruption(isInteractive ? SIGNALS_BUT_CTRL_C : undefined);
  const session: DebugSession = new DebugSession(debuggee, command, (text) => prompt.print(text));
  try {
    const status = await Promise.race([whenStarted, signals.firstSignal]);
    if (typeof status === 'number') return status;
    if (session.outcome !== null) return EXIT_FAILURE;
    volumes = (await debuggee.client.sendCommand('volumes', {})).map(({ name }) => name);
    return await Promise.race([runCommands(session, prompt, terminal), signals.firstSignal]);
  } finally {
    signals.close();
    session.isEnding = true;
    prompt.close();
    await debuggee.end();
  }
}

/** The signals that end the debugger on a terminal, where the prompt handles Ctrl-C (SIGINT). */
const SIGNALS_BUT_CTRL_C: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGHUP'];

/**
 * Reads and carries out commands until `quit` or the end of the input; resolves to the exit status.
 */
async function runCommands(
  session: DebugSession,
  prompt: ConsolePrompt | PipedPrompt,
  terminal: Terminal,
): Promise<number> {
  let lastCommandLine = '';
  for (;;) {
    if (session.outcome !== null) return session.outcome === 'failed' ? EXIT_FAILURE : EXIT_OK;
    const line = await prompt.readLine(false);
    if (line === CANCELLED) continue;
    if (line === null) return EXIT_OK;
    // On a terminal, an empty line repeats the last command, as in gdb.
    const commandLine: string = line.trim() === '' && !prompt.isPipe ? lastCommandLine : line;
    lastCommandLine = REPEATABLE_COMMAND.test(commandLine) ? commandLine : '';
    const { whenInterrupted, stopListening } = prompt.listenForInterrupt();
    try {
      if ((await session.carryOut(commandLine, whenInterrupted)) === 'quit') return EXIT_OK;
    } catch (error) {
      if (!(error instanceof DebugError)) throw error;
      terminal.err(error.message);
      if (prompt.isPipe) return EXIT_FAILURE;
    } finally {
      stopListening();
    }
  }
}
