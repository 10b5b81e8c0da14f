/** `glossa debug`: stops, shows and changes requests on their way through a graph, with gdb's commands. */
import { resolve } from 'node:path';
import { fopNames } from '../runtime/core/gen/fops.gen.ts';
import { DebugError } from '../runtime/debug/debug-error.ts';
import { makeScratch } from '../server/scratch.ts';
import { refuseStuck } from '../server/stuck-mounts.ts';
import { refuseNonVolfile } from '../server/volfile-operand.ts';
import { defineCommand } from '../terminal/command.ts';
import { EXIT_FAILURE, EXIT_OK } from '../terminal/exit.ts';
import { type FlagValues, takeOperands, toggle } from '../terminal/flags.ts';
import { Interruption } from '../terminal/interruption.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { completer } from './debug/command-table.ts';
import { type CommandLine, Debuggee } from './debug/debuggee.ts';
import { Session } from './debug/session.ts';
import { serverFlags } from './mount.ts';
import { removeFolder, serverArguments } from './own-mount.ts';
import { CANCELLED } from './repl/loop.ts';
import { ConsolePrompt, PipedPrompt } from './repl/prompt.ts';

const PROMPT = '(glossa) ';
/** The commands that an empty line repeats, as in gdb. */
const REPEATED = /^\s*(c|cont\w*|s|step|n|next|up|down|fin\w*)\s*$/;

const ownFlags = {
  dap: toggle({ help: 'for an editor: the Debug Adapter Protocol on standard input and output' }),
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
  flags: { ...serverFlags, ...ownFlags },
  kinds: { MNT: 'folder' },
  hasRest: true,
  async run({ flags, operands, rest }, terminal) {
    if (flags.dap) {
      takeOperands(operands, []);
      const { serveDap } = await import('./debug/dap/index.ts');
      const { dap: _, ...given } = flags;
      return serveDap(given, terminal);
    }
    const [volfile, mnt] = takeOperands(operands, ['VOLFILE', '[MNT]']);
    await refuseNonVolfile(volfile);
    if (mnt !== undefined) await refuseStuck(mnt);
    const command = rest === null || rest.length === 0 ? null : rest;
    const folder = mnt === undefined ? makeScratch('debug') : null;
    try {
      const mountpoint = folder ?? resolve(mnt!);
      return await debug({ volfile, flags, mountpoint, command }, terminal);
    } finally {
      if (folder !== null) removeFolder(folder, { as: 'debug' }, terminal);
    }
  },
});

interface DebugTask {
  readonly volfile: string;
  readonly flags: FlagValues<typeof serverFlags>;
  readonly mountpoint: string;
  readonly command: CommandLine | null;
}

async function debug(task: DebugTask, terminal: Terminal): Promise<number> {
  const { mountpoint, command } = task;
  const isPerson = process.stdin.isTTY === true && terminal.interactive;
  let volumes: readonly string[] = [];
  const prompt = isPerson
    ? new ConsolePrompt({
        prompts: [PROMPT, PROMPT],
        history: 'debug',
        complete: completer(() => volumes, fopNames),
      })
    : new PipedPrompt();
  let started = (): void => {};
  const isStarted = new Promise<void>((resolve) => {
    started = resolve;
  });
  const debuggee = new Debuggee(
    serverArguments(task, mountpoint, terminal.verbosity),
    mountpoint,
    terminal,
    (happening) => {
      session.onEvent(happening);
      if (happening.event === 'started' || happening.event === 'gone') started();
    },
  );
  const signals = new Interruption(isPerson ? BUT_CTRL_C : undefined);
  const session: Session = new Session(debuggee, command, (text) => prompt.say(text));
  try {
    const status = await Promise.race([isStarted, signals.firstSignal]);
    if (typeof status === 'number') return status;
    if (session.over !== null) return EXIT_FAILURE;
    volumes = (await debuggee.client.ask('volumes', {})).map(({ name }) => name);
    return await Promise.race([serve(session, prompt, terminal), signals.firstSignal]);
  } finally {
    signals.close();
    session.isEnding = true;
    prompt.close();
    await debuggee.end();
  }
}

/** On a terminal the prompt handles Ctrl-C. */
const BUT_CTRL_C: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGHUP'];

/** Reads and carries out commands until the end of the input. */
async function serve(
  session: Session,
  prompt: ConsolePrompt | PipedPrompt,
  terminal: Terminal,
): Promise<number> {
  let last = '';
  for (;;) {
    if (session.over !== null) return session.over ? EXIT_FAILURE : EXIT_OK;
    const line = await prompt.next(false);
    if (line === CANCELLED) continue;
    if (line === null) return EXIT_OK;
    const given: string = line.trim() === '' && !prompt.strict ? last : line;
    last = REPEATED.test(given) ? given : '';
    const { promise, done } = prompt.interrupted();
    try {
      if ((await session.carryOut(given, promise)) === 'quit') return EXIT_OK;
    } catch (error) {
      if (!(error instanceof DebugError)) throw error;
      terminal.err(error.message);
      if (prompt.strict) return EXIT_FAILURE;
    } finally {
      done();
    }
  }
}
