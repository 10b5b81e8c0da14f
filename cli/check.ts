/** `glossa check`: prints all problems of volfiles that can be found without starting them. */
import { dirname, resolve } from 'node:path';
import { makeReachRows, type ReachRow } from '../runtime/core/reach.ts';
import { findTopVolume } from '../runtime/volfile/description.ts';
import { listGraphReach } from '../runtime/volfile/graph-reach.ts';
import { inspectVolumes } from '../runtime/volfile/inspect-volumes.ts';
import { makePrintable } from '../runtime/volfile/printable-text.ts';
import { formatProblems, type VolfileProblem } from '../runtime/volfile/problems.ts';
import type { VolfileInspection } from '../runtime/volfile/volfile.ts';
import { findDefaultLogFile } from '../server/log-sink.ts';
import { NodeContext } from '../server/node-context.ts';
import {
  formatProblemCounts,
  inspectFile,
  inspectStandardInput,
  STDIN,
  toDisplayName,
} from '../server/volfiles.ts';
import { defineCommand } from '../terminal/command.ts';
import { EXIT_FAILURE, EXIT_OK, EXIT_USAGE, Failure, UsageError } from '../terminal/exit.ts';
import { quietFlag, toggleFlag } from '../terminal/flags.ts';
import { printNote, type Terminal } from '../terminal/terminal.ts';
import { printReach } from './reach-table.ts';
import { volfileFlags } from './volfile-flags.ts';

/** A row of `files` in the output of --json. */
interface FileReport {
  readonly file: string;
  readonly ok: boolean;
  readonly problems: readonly VolfileProblem[];
  /** With --reach, of a file without errors. */
  readonly reach?: readonly ReachRow[];
  /** The reason why the file could not be read; absent if it was. */
  readonly error?: string;
}

export default defineCommand({
  usage: ['glossa check VOLFILE… [options]', 'glossa check MODULE… [options]'],
  description:
    'Prints all problems of each VOLFILE with their lines; - is standard input, whose relative paths ' +
    'start at the current folder. For a MODULE, it checks the volfile with the module alone, as ' +
    'glossa mount MODULE does. Nothing is started: a module is read in its sandbox for its ' +
    'declarations, and its init does not run; a module of features/native is not loaded: one in ' +
    'TypeScript is read for its fields and fops, native code is not read. The exit status is that of ' +
    'the worst file: 1 for an error, 0 for a warning.',
  flags: {
    ...volfileFlags,
    ...quietFlag,
    reach: toggleFlag({
      help: 'print what a server of it reaches: path or address, how, volume (- for the server itself), option',
    }),
    json: toggleFlag({
      help:
        'print {ok, files: [{file, ok, problems: [{severity, code, file, line, column, length, ' +
        'message, hint}], reach: [{target, access, volume, option}], error}]}; error if it cannot be ' +
        'read, reach with --reach',
    }),
  },
  async run({ flags, operands }, terminal) {
    if (operands.length === 0) throw new UsageError('VOLFILE is missing');
    const files: FileReport[] = [];
    let status = EXIT_OK;
    for (const operand of operands) {
      const file = toDisplayName(operand);
      try {
        const inspection = await inspectOperand(operand, flags);
        const { problems } = inspection;
        const isValid = inspection.description !== undefined;
        if (!isValid) status = Math.max(status, EXIT_FAILURE);
        const reach = flags.reach && isValid ? await listReach(operand, inspection) : undefined;
        files.push({ file, ok: isValid, problems, ...(reach && { reach }) });
        if (flags.json) continue;
        printInspection(file, inspection, terminal);
        if (reach !== undefined) printReach(reach, terminal);
      } catch (error) {
        const isUsage = error instanceof UsageError;
        if (!isUsage && !(error instanceof Failure)) throw error;
        status = Math.max(status, isUsage ? EXIT_USAGE : EXIT_FAILURE);
        files.push({ file, ok: false, problems: [], error: error.message });
        terminal.err(`glossa${isUsage ? ' check' : ''}: ${error.message}`);
      }
    }
    const ok = status === EXIT_OK;
    if (flags.json) terminal.out(JSON.stringify({ ok, files }, null, 2));
    return status;
  },
});

/** The flags that concern how a volfile is inspected. */
interface CheckFlags {
  readonly strict: boolean;
  readonly 'xlator-option': readonly string[];
  readonly 'allow-shell': boolean;
}

/** Inspects a file, or standard input, with the options of its volumes. @throws {UsageError | Failure} */
async function inspectOperand(file: string, flags: CheckFlags): Promise<VolfileInspection> {
  const { registry } = await import('../server/registry.ts');
  const { strict } = flags;
  const overrides = flags['xlator-option'];
  const settings = { registry, strict, overrides, allowShell: flags['allow-shell'] };
  const isStandardInput = file === STDIN;
  const inspection = isStandardInput
    ? await inspectStandardInput(settings)
    : await inspectFile(file, settings);
  const baseDir = findBaseDir(file);
  return inspectVolumes(inspection, {
    registry,
    strict,
    makeContext: (warn) => new NodeContext({ sink: NULL_SINK, baseDir, wake() {}, warn }),
  });
}

/** Returns the folder that the relative paths of a volfile start from. */
const findBaseDir = (file: string): string =>
  file === STDIN ? process.cwd() : dirname(resolve(file));

/** Lists what a mount of a checked file reaches, with the default places of its log and state. */
async function listReach(
  file: string,
  { description }: VolfileInspection,
): Promise<readonly ReachRow[]> {
  const { registry } = await import('../server/registry.ts');
  const { listServerReach } = await import('../server/server-reach.ts');
  const settings = { volfile: file, logFile: findDefaultLogFile('') };
  return makeReachRows([
    ...listGraphReach(description!, registry, findBaseDir(file)),
    ...listServerReach(settings),
  ]);
}

/** Drops the log lines that volumes write while their options are checked. */
const NULL_SINK = { now: () => 0, write() {} };

/** Prints the problems of a volfile, and a line that sums them up; when quiet, errors only. */
function printInspection(file: string, inspection: VolfileInspection, terminal: Terminal): void {
  const { sources, description } = inspection;
  const isQuiet = terminal.verbosity === 'quiet';
  const problems = inspection.problems.filter(
    (problem) => !isQuiet || problem.severity === 'error',
  );
  const colour = terminal.colour.out;
  if (problems.length > 0) terminal.out(`${formatProblems(problems, sources, { colour })}\n`);
  const counts = formatProblemCounts(inspection, colour);
  if (description === undefined) {
    printNote(`${file}: ${counts}`, terminal);
    return;
  }
  const { length: volumeCount } = description.volumes;
  const { name, type } = findTopVolume(description);
  const volumesText = `${volumeCount} volume${volumeCount === 1 ? '' : 's'}`;
  printNote(
    `${file}: ${volumesText}, the top is ${makePrintable(name.text)} (${makePrintable(type.text)}): ${counts}`,
    terminal,
  );
}
