/**
 * `glossa bench`: mounts the stacks of several volfiles, and measures them side by side. Even after
 * a failure it reports the finished rounds, and leaves no mount, process or file behind.
 */
import { join } from 'node:path';
import { describeMachine } from '../apps/bench/engine/machine.ts';
import { MeasurementError } from '../apps/bench/engine/measurement-error.ts';
import { type Condition, findFailures, parseCondition } from '../apps/bench/engine/measures.ts';
import { readAllowedCpus } from '../apps/bench/engine/placement.ts';
import { makeReportFiles } from '../apps/bench/engine/report/html.ts';
import { formatTerminalReport } from '../apps/bench/engine/report/text.ts';
import { prepareReportFolder, writeReportFolder } from '../apps/bench/engine/report-folder.ts';
import { type BenchOutcome, runBench } from '../apps/bench/engine/run.ts';
import { ROUNDS_MIN } from '../apps/bench/engine/verdict.ts';
import { STORED_BYTES_MAX } from '../apps/bench/engine/workloads/workload.ts';
import {
  addOtherImplementations,
  type StacksWithOtherImplementations,
} from '../apps/bench/run/others/index.ts';
import { makeOtherImplementationPlan } from '../apps/bench/run/others/other-plan.ts';
import {
  type BenchFlags,
  type BenchSettings,
  benchFlags,
  parseSettings,
} from '../apps/bench/run/settings.ts';
import { makeStackPlan } from '../apps/bench/run/stack-mount.ts';
import { makeTranslatorStacks, readVolfileStacks, type Stacks } from '../apps/bench/run/stacks.ts';
import { Workspace } from '../apps/bench/run/workspace.ts';
import { requireMount } from '../server/without-mount.ts';
import { defineCommand } from '../terminal/command.ts';
import { EXIT_FAILURE, EXIT_OK, Failure, UsageError } from '../terminal/exit.ts';
import type { ParsedFlags } from '../terminal/flags.ts';
import { Interruption } from '../terminal/interruption.ts';
import { maskCommandLine } from '../terminal/invocation.ts';
import { readPackageVersion } from '../terminal/package-version.ts';
import { ProgressLine } from '../terminal/progress.ts';
import type { Terminal } from '../terminal/terminal.ts';

export default defineCommand({
  usage: [
    'glossa bench VOLFILE… [options] [-- COMMAND]',
    'glossa bench --translator NAME --in LANGUAGES [options] [-- COMMAND]',
    'glossa bench call',
    'glossa bench compare FIRST.json SECOND.json',
    'glossa bench report RUN.json',
  ],
  description:
    'Mounts each stack, runs the same workloads on all of them in interleaved rounds, checks every ' +
    'answer against a plain directory, and compares the stacks with the first one. Each storage/posix ' +
    'volume gets an empty folder of its own; the folders that a volfile names are not touched. COMMAND ' +
    'is one more workload, which runs in a folder of the mount, many times: it must end, and always ' +
    'print the same as the first time in a plain directory. With --in-process nothing is mounted: each ' +
    'stack is a volume in a process of its own.',
  flags: benchFlags,
  passesRest: true,
  async run(parsed, terminal) {
    const settings = parseSettings(parsed.flags, parsed.rest);
    const interruption = new Interruption();
    try {
      const status = await runBenchmark(parsed, settings, terminal, interruption.signal);
      return (await interruption.awaitStatus()) ?? status;
    } finally {
      interruption.close();
    }
  },
});

/** Prepares the stacks in a workspace, measures and reports; resolves to the exit status. */
async function runBenchmark(
  { flags, operands }: ParsedFlags<typeof benchFlags>,
  settings: BenchSettings,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<number> {
  const stackCount =
    Math.max(operands.length, flags.in?.split(',').length ?? 0) + flags.with.length;
  // Each stack stores files in a folder of its own, and so does the plain directory.
  const workspace = new Workspace(
    flags.data,
    STORED_BYTES_MAX * settings.clients * (stackCount + 1),
  );
  try {
    const glossaStacks = await makeStacks(flags, operands, workspace, terminal);
    const allStacks = addOtherImplementations(
      glossaStacks,
      settings.otherImplementations,
      workspace.scratchFolder,
    );
    const stackNames = [...allStacks.stacks, ...allStacks.otherImplementations.stacks].map(
      ({ name }) => name,
    );
    if (settings.rounds < ROUNDS_MIN && stackNames.length > 1) {
      throw new UsageError(
        `--rounds takes at least ${ROUNDS_MIN} where stacks are compared: fewer rounds have no ` +
          'interval with 95 % confidence',
      );
    }
    const conditions = flags['fail-if'].map((text) => parseCondition(text, stackNames));
    if (!settings.inProcess) await requireMount('bench', workspace.scratchFolder);
    if (flags.out !== undefined) prepareReportFolder(flags.out, flags);
    const outcome = await measureStacks(workspace, allStacks, settings, flags, terminal, signal);
    return await printReport(outcome, conditions, flags, terminal);
  } finally {
    const leftover = workspace.remove();
    if (leftover !== null) terminal.err(`glossa bench: ${leftover}`);
  }
}

/** Makes the stacks of the volfiles, or those of --translator. @throws {UsageError | Failure} */
function makeStacks(
  flags: BenchFlags,
  operands: readonly string[],
  { scratchFolder: scratch }: Workspace,
  terminal: Terminal,
): Promise<Stacks> | Stacks {
  const { translator, in: languages, option: options } = flags;
  if (translator === undefined) {
    if (languages !== undefined) throw new UsageError('--in goes with --translator');
    if (options.length > 0) throw new UsageError('--option goes with --translator');
    if (operands.length === 0) throw new UsageError('VOLFILE is missing, or --translator');
    return readVolfileStacks(operands, terminal);
  }
  if (operands.length > 0) throw new UsageError(`unexpected '${operands[0]}' with --translator`);
  if (languages === undefined) throw new UsageError('--translator needs --in, its languages');
  return makeTranslatorStacks({ translator, languageList: languages, options, scratch });
}

/** The warning in the result of a run without mounts. */
const NO_MOUNT_WARNING =
  'measured without a mount: each stack ran in the process of its client, without the kernel and its cache';

/** Serves and measures the stacks, and shows the progress. @throws {Failure} if it cannot measure */
async function measureStacks(
  workspace: Workspace,
  {
    stacks,
    otherImplementations,
    question,
    warnings,
    sameLookupStacks,
  }: StacksWithOtherImplementations,
  settings: BenchSettings,
  flags: BenchFlags,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<BenchOutcome> {
  const { scratchFolder: scratch, dataFolder: data, stacksFolder, plainFolder } = workspace;
  const { mountFlags, timeouts, inProcess } = settings;
  const mountSettings = {
    ...{ scratch, dataFolder: stacksFolder, mountFlags, timeouts, inProcess, terminal },
  };
  const progress = new ProgressLine(terminal);
  if (!flags.json) for (const warning of warnings) terminal.err(`glossa bench: ${warning}`);
  try {
    return await runBench({
      ...settings,
      question,
      sameLookupStacks,
      warnings: inProcess ? [...warnings, NO_MOUNT_WARNING] : warnings,
      signal,
      commandLine: ['glossa', ...maskCommandLine()],
      stacks: [
        ...stacks.map((stack) => makeStackPlan(stack, mountSettings)),
        ...otherImplementations.stacks.map((stack) =>
          makeOtherImplementationPlan(stack, mountSettings),
        ),
      ],
      machine: describeMachine(data, {
        glossa: readPackageVersion(),
        ...otherImplementations.versions,
      }),
      cpus: readAllowedCpus(),
      folder: plainFolder,
      showProgress: progress.show,
      printProblem: (problem) => {
        progress.clear();
        terminal.err(`glossa bench: ${problem}`);
      },
    });
  } catch (error) {
    throw error instanceof MeasurementError ? new Failure(error.message) : error;
  } finally {
    progress.clear();
  }
}

/** Prints the result, writes the page if `--out` asks for it; resolves to the exit status. */
async function printReport(
  { run, trialFailures, failures }: BenchOutcome,
  conditions: readonly Condition[],
  { out, json }: BenchFlags,
  terminal: Terminal,
): Promise<number> {
  const screen = { width: terminal.width, colour: terminal.colour.out };
  terminal.out(json ? JSON.stringify(run, null, 1) : formatTerminalReport(run, screen));
  if (out !== undefined) {
    writeReportFolder(out, await makeReportFiles(run));
    if (terminal.isInteractive) terminal.err(`the page is ${join(out, 'report.html')}`);
  }
  const allFailures = [
    ...failures,
    ...conditions.flatMap((condition) => findFailures(condition, run)),
  ];
  for (const failure of allFailures) terminal.err(`glossa bench: failed: ${failure}`);
  return trialFailures.length + allFailures.length > 0 ? EXIT_FAILURE : EXIT_OK;
}
