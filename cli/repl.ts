/**
 * `glossa repl`: starts a graph in this process, and gives a prompt inside a module's interpreter.
 */

import { basename, dirname, resolve } from 'node:path';
import { findPromptTarget, type GlupyState } from '../bridges/host/index.ts';
import { hostedLanguages } from '../bridges/languages.ts';
import type { Graph } from '../runtime/core/graph.ts';
import { INFO, type LogLevels, type LogSink, WARNING } from '../runtime/core/log.ts';
import { formatSuggestion } from '../runtime/core/nearest.ts';
import type { Xlator } from '../runtime/core/xlator.ts';
import { pump } from '../runtime/pump/pump.ts';
import type { VolfileDescription } from '../runtime/volfile/description.ts';
import { makeGraph } from '../runtime/volfile/make-graph.ts';
import type { VolfileInspection } from '../runtime/volfile/volfile.ts';
import { TimeOfDay } from '../server/log-sink.ts';
import { findModuleFile, formatModuleVolfile } from '../server/module-volfile.ts';
import { PumpContext } from '../server/pump-context.ts';
import { listModuleVolumes } from '../server/reloader.ts';
import { startOrFail } from '../server/start-graph.ts';
import { refuseStuck } from '../server/stuck-mounts.ts';
import { describeOrFail, inspectFile, inspectText, nameModuleVolfile } from '../server/volfiles.ts';
import { BlockingTty, findTtyPath } from '../terminal/blocking-tty.ts';
import { defineCommand } from '../terminal/command.ts';
import { Failure } from '../terminal/exit.ts';
import { takeOperands, textFlag } from '../terminal/flags.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { DevLog, makeModuleFileTest } from './dev/dev-log.ts';
import { ConsolePrompt, PipedPrompt } from './repl/prompt.ts';
import { serveRepl } from './repl/repl-loop.ts';
import { volfileFlags } from './volfile-flags.ts';

export default defineCommand({
  usage: ['glossa repl VOLFILE|MODULE [options]'],
  description:
    'Starts the graph of VOLFILE, or MODULE above a storage in memory, without a mount, and gives ' +
    'a prompt inside the interpreter of the scripted volume: self is the translator, and the ' +
    'names of the module are there (in JavaScript, those that it exports, and those of glossa). ' +
    'What is awaited is waited for: ' +
    'await self.child.statfs(...). Lines may also come from a pipe. Ctrl-D ends it.',
  flags: {
    volume: textFlag({
      placeholder: 'NAME',
      help: 'the volume, when there are several scripted ones',
    }),
    ...volfileFlags,
  },
  async run({ flags, operands }, terminal) {
    const [operand] = takeOperands(operands, ['VOLFILE|MODULE']);
    const { registry } = await import('../server/registry.ts');
    const inspectSettings = {
      registry,
      strict: flags.strict,
      overrides: flags['xlator-option'],
      allowShell: flags['allow-shell'],
    };
    const description = describeOrFail(await inspectOperand(operand, inspectSettings), terminal);
    const tty = findTtyPath();
    const context = new PumpContext({
      sink: makeModuleSink(description, operand, terminal),
      baseDir: dirname(resolve(operand)),
      wake: () => pump.wake(),
      terminal: tty === undefined ? undefined : new BlockingTty(tty, null),
      strict: flags.strict,
    });
    const levels: LogLevels = { default: WARNING, volumes: new Map() };
    const graph = makeGraph(description, registry, context, levels);
    await startOrFail(graph);
    try {
      const volume = chooseVolume(graph, flags.volume, operand);
      // During the start only warnings are shown; from here on, lines are due to the user's input.
      levels.default = INFO;
      return await runPrompt(volume, terminal);
    } finally {
      await graph.stop();
    }
  },
});

/** Inspects the volfile of the operand, or one that is made for its module. @throws {Failure} */
async function inspectOperand(
  operand: string,
  inspectSettings: Parameters<typeof inspectFile>[1],
): Promise<VolfileInspection> {
  await refuseStuck(operand);
  const module = findModuleFile(operand);
  if (module === null) return inspectFile(operand, inspectSettings);
  if (module.isNative)
    throw new Failure(`${operand} runs in the process itself: it has no interpreter`);
  const volfile = formatModuleVolfile(module, { storage: 'memory', shouldReload: false });
  return inspectText(nameModuleVolfile(operand), volfile, {
    ...inspectSettings,
    // A backtick in this volfile can only be part of the module's path.
    allowShell: false,
  });
}

/** Makes a log sink that prints the lines shortened, as `glossa dev` does. */
function makeModuleSink(
  { volumes }: VolfileDescription,
  operand: string,
  { err, colour }: Terminal,
): LogSink {
  const names = volumes.map(({ name }) => name.text);
  const log = new DevLog({
    volumes: names,
    module: basename(operand),
    isModuleFile: makeModuleFileTest(dirname(resolve(operand))),
    colour: colour.err,
  });
  const clock = new TimeOfDay();
  return {
    now: () => clock.now(),
    write(line) {
      for (const part of line.split('\n')) {
        const shortLine = log.format(part);
        if (shortLine !== null) err(shortLine);
      }
    },
  };
}

/** Chooses the volume whose interpreter gets the prompt. @throws {Failure} */
function chooseVolume(graph: Graph, name: string | undefined, operand: string): Xlator<GlupyState> {
  const volumes = listModuleVolumes(graph);
  const names = volumes.map((xl) => xl.name);
  if (volumes.length === 0) throw new Failure(`${operand} has no scripted volume (features/glupy)`);
  if (name === undefined && volumes.length === 1) return volumes[0]!;
  if (name === undefined) {
    throw new Failure(`${operand} has several scripted volumes: --volume ${names.join(' or ')}`);
  }
  const match = volumes.find((xl) => xl.name === name);
  if (match !== undefined) return match;
  const hint = formatSuggestion(name, names) || `; there is ${names.join(', ')}`;
  throw new Failure(`${operand} has no scripted volume '${name}'${hint}`);
}

/** Runs the prompt to its end; resolves to the exit status. */
async function runPrompt(volume: Xlator<GlupyState>, terminal: Terminal): Promise<number> {
  const modulePrompt = findPromptTarget(volume);
  const { language } = modulePrompt;
  const isInteractive = process.stdin.isTTY === true && terminal.isInteractive;
  const prompts = hostedLanguages.find(({ name }) => name === language)?.prompts ?? ['> ', '... '];
  const prompt = isInteractive
    ? new ConsolePrompt({ prompts, historyName: `repl-${language}` })
    : new PipedPrompt(terminal);
  if (isInteractive) {
    terminal.out(
      `${modulePrompt.path}, volume ${volume.name}: self is the translator; Ctrl-D ends`,
    );
  }
  try {
    return await serveRepl((source) => modulePrompt.evaluate(source), prompt, terminal);
  } finally {
    prompt.close();
  }
}
