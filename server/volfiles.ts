/** Reads volfiles, checks them, and prints their problems; used by all commands with a volfile. */
import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { decodeName } from '../runtime/core/bytes.ts';
import { formatSuggestion } from '../runtime/core/nearest.ts';
import { describeUntrusted } from '../runtime/sys/untrusted-code.ts';
import type { CommandRunner } from '../runtime/volfile/commands.ts';
import type { VolfileDescription } from '../runtime/volfile/description.ts';
import { makePrintable } from '../runtime/volfile/printable-text.ts';
import {
  formatProblems,
  formatSeverityCounts,
  listProblems,
  VolfileError,
} from '../runtime/volfile/problems.ts';
import { Source, VOLFILE_SIZE_MAX as sizeMax } from '../runtime/volfile/source.ts';
import {
  inspectVolfile,
  type VolfileInspection,
  type VolfileSettings,
} from '../runtime/volfile/volfile.ts';
import { Failure } from '../terminal/exit.ts';
import { readNamedFile, readStandardInput } from '../terminal/named-file.ts';
import { paint, type Terminal } from '../terminal/terminal.ts';
import { refuseStuck } from './stuck-mounts.ts';

/** The settings with which a volfile is read and checked. */
export interface InspectSettings extends VolfileSettings {
  /** Whether commands in backticks are run. */
  readonly allowShell?: boolean;
}

/** The operand that means standard input. */
export const STDIN = '-';
/** The name of standard input in messages. */
const STDIN_NAME = '<stdin>';

/** Returns the name of an operand in messages: `<stdin>` for `-`. */
export const toDisplayName = (file: string): string => (file === STDIN ? STDIN_NAME : file);

/** Whether a file has the name of a module. The languages are loaded for names that are no volfile's only. */
const isModuleName = async (file: string): Promise<boolean> =>
  !file.endsWith('.vol') &&
  (await import('../bridges/languages.ts')).findLanguage(file) !== undefined;

/**
 * Reads and checks a volfile, or the one that is made for a module; its problems are in the result.
 * @throws {Failure} when it cannot be read
 */
export async function inspectFile(
  file: string,
  settings: InspectSettings,
): Promise<VolfileInspection> {
  await refuseStuck(file);
  if (await isModuleName(file)) {
    const { describeModuleFile, formatModuleVolfile } = await import('./module-volfile.ts');
    if (!existsSync(file)) throw new Failure(`${file} is not there${makeSimilarNameHint(file)}`);
    const module = describeModuleFile(resolve(file));
    const text = formatModuleVolfile(module, { storage: 'none', shouldReload: false });
    // A backtick in this volfile can only be part of the module's path.
    return inspectText(nameModuleVolfile(file), text, { ...settings, allowShell: false });
  }
  const makeHint = () => makeSimilarNameHint(file);
  const bytes = await readNamedFile(file, { name: `the volfile ${file}`, sizeMax, makeHint });
  return inspectText(file, decodeName(bytes), settings);
}

/** Names the volfile that is made for a module, in messages. */
export const nameModuleVolfile = (operand: string): string => `(a volfile for ${operand})`;

/** Reads and checks a volfile on standard input. @throws {Failure} when it cannot be read */
export async function inspectStandardInput(settings: InspectSettings): Promise<VolfileInspection> {
  const bytes = await readStandardInput({ name: `the volfile ${STDIN_NAME}`, sizeMax });
  return inspectText(STDIN_NAME, decodeName(bytes), settings);
}

/** Checks the text of a volfile. @param path for messages, and as the folder of its commands */
export async function inspectText(
  path: string,
  text: string,
  { allowShell = false, ...settings }: InspectSettings,
): Promise<VolfileInspection> {
  const inspectSource = async (source: Source): Promise<VolfileInspection> => {
    await settings.registry?.loadTypesIn?.(source.text);
    return inspectVolfile(source, settings);
  };
  if (!allowShell) return inspectSource(new Source(path, text));
  const { runCommands } = await import('../runtime/volfile/commands.ts');
  try {
    return await inspectSource(await runCommands(path, text, await makeShellRunner(dirname(path))));
  } catch (error) {
    if (!(error instanceof VolfileError)) throw error;
    return {
      problems: error.problems,
      sources: error.sources,
      volumes: [],
      description: undefined,
    };
  }
}

/** Warns when another user can write the volfile. @throws {Failure} with `isStrict` */
export function warnUntrusted(
  path: string,
  isStrict: boolean,
  onWarning: (text: string) => void,
): void {
  const reason = describeUntrusted(path, isStrict);
  if (reason === null) return;
  const text = `${makePrintable(path)}: ${reason}`;
  if (isStrict) throw new Failure(text);
  onWarning(text);
}

/** Returns ` (did you mean 'NAME'?)` with a similar file name of the same folder, or ''. */
function makeSimilarNameHint(path: string): string {
  try {
    return formatSuggestion(basename(path), readdirSync(dirname(path)));
  } catch {
    // The folder does not exist, either.
    return '';
  }
}

/**
 * Makes the function that runs a volfile's commands in backticks, in the volfile's folder. The user
 * sees their standard error.
 */
async function makeShellRunner(cwd: string): Promise<CommandRunner> {
  const { spawnSync } = await import('node:child_process');
  return (command) => {
    const { status, signal, stdout, error } = spawnSync('sh', ['-c', command], {
      cwd,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    if (error !== undefined) return { status: `did not run: ${error.message}`, stdout: '' };
    return { status: status ?? `was killed by ${signal}`, stdout: decodeName(stdout) };
  };
}

/**
 * Prints the warnings, and returns the description.
 * @throws {Failure} with all problems if there is an error
 */
export function describeOrFail(
  { description, problems, sources }: VolfileInspection,
  terminal: Terminal,
): VolfileDescription {
  const problemsText = formatProblems(problems, sources, { colour: terminal.colour.err });
  if (description === undefined) throw new Failure(problemsText, listProblems(problems));
  if (problems.length > 0 && terminal.verbosity !== 'quiet') terminal.err(problemsText);
  return description;
}

/** Formats the number of problems: `2 errors, 1 warning`; `no problems`. */
export function formatProblemCounts({ problems }: VolfileInspection, colour: boolean): string {
  const counts = formatSeverityCounts(problems);
  return (
    counts.map(([severity, words]) => paint(severity, words, colour)).join(', ') ||
    paint('good', 'no problems', colour)
  );
}
